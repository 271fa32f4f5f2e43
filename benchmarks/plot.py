"""Cost over time as an SVG picture, legible on light and on dark paper; the time axis is logarithmic."""

from __future__ import annotations

import math
from html import escape

from benchmarks.measure import Curve

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 40, 45
INK = "#7a7f87"
COLOURS = ("#d9480f", "#1c7ed6", "#2b9348", "#ae3ec9", "#b08900", "#0b8a8a")
FIRST_SECOND = 0.05


def as_svg(title: str, curves: list[Curve]) -> str:
    """One line a solver, one dot a run of a solver that only answers at its end; each is named at its end."""
    costs = [cost for curve in curves for when, cost in curve.points if when >= FIRST_SECOND]
    last = max(when for curve in curves for when, _ in curve.points)
    low, high = min(costs), _high(curves, min(costs))
    lines = [_text(LEFT, 20, title, size=15)]
    for second in (0.1, 0.3, 1, 3, 10, 30, 60):
        if second <= last:
            x = _x(second, last)
            lines += [_line(x, TOP, x, HEIGHT - BOTTOM), _text(x, HEIGHT - 25, f"{second:g} s", "middle")]
    for cost in _round_costs(low, high):
        y = _y(cost, low, high)
        lines += [_line(LEFT, y, WIDTH - RIGHT, y), _text(LEFT - 8, y + 4, f"{cost:,.0f}", "end")]
    ends = _apart([_y(curve.points[-1][1], low, high) for curve in curves])
    for curve, colour, end in zip(curves, COLOURS, ends, strict=False):
        lines += _drawn(curve, colour, last, low, high)
        lines.append(_text(WIDTH - RIGHT + 10, end + 4, curve.solver, colour=colour))
    body = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12">\n<title>{escape(title)}</title>\n{body}\n</svg>\n'
    )


def _round_costs(low: float, high: float) -> list[float]:
    """Three to eight round numbers from one cost to another."""
    power = 10.0 ** math.floor(math.log10((high - low) / 3))
    step = max(factor * power for factor in (1, 2, 5) if factor * power <= (high - low) / 3)
    return [step * number for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _high(curves: list[Curve], low: float) -> float:
    """The top of the picture: all that was reached in the end, and not the worst beginnings."""
    return max(low * 1.02, 1.1 * max(curve.points[-1][1] for curve in curves) - 0.1 * low)


def _drawn(curve: Curve, colour: str, last: float, low: float, high: float) -> list[str]:
    points = [(_x(when, last), _y(cost, low, high)) for when, cost in curve.points if cost <= high]
    if not curve.is_anytime:
        return [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in points]
    # One point a pixel is enough, and a plan stays as good until the next one comes.
    kept = {round(x): y for x, y in points}
    steps = [f"{x},{y:.1f}" for x, y in kept.items()]
    path = "M" + steps[0] + "".join(f"H{one.split(',')[0]}V{one.split(',')[1]}" for one in steps[1:])
    return [f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']


def _x(when: float, last: float) -> float:
    share = math.log(max(when, FIRST_SECOND) / FIRST_SECOND) / math.log(max(last, 2 * FIRST_SECOND) / FIRST_SECOND)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(cost: float, low: float, high: float) -> float:
    share = (cost - low) / (high - low)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _apart(heights: list[float]) -> list[float]:
    """The same heights, moved down where two names would lie on one another."""
    found = list(heights)
    below = -math.inf
    for number in sorted(range(len(heights)), key=lambda one: heights[one]):
        below = found[number] = max(heights[number], below + 15)
    return found


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path d="M{x:.1f},{y:.1f}L{to_x:.1f},{to_y:.1f}" stroke="{INK}" stroke-opacity="0.25"/>'


def _text(x: float, y: float, words: str, anchor: str = "start", size: int = 12, colour: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">'
        f"{escape(words)}</text>"
    )
