"""How fast the engine says where one more visit fits: milliseconds of one call, in one thread.

That its answers are exact is not measured here but proved in `tests/solver/test_propose.py`, against every minute of
random days.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import quantiles
from unittest.mock import patch

from benchmarks.booked_calendar import Booked, place_of, request
from solver import Calendar, Visit

Milliseconds = tuple[float, float]


def measured(calendar: Booked, requests: int) -> dict[str, Milliseconds]:
    """The median and the 95th percentile of the milliseconds of each call."""
    asked = [request(calendar.dice, f"r{number}") for number in range(requests)]
    for visit in asked:
        calendar.calendar.add_place(place_of(calendar.dice, visit.place))
    ask = calendar.calendar.propose
    figures = {
        "the 8 best places": timed(lambda visit: ask(visit, limit=8), asked),
        "every place": timed(ask, asked[:60]),
        "the 8 best, and why nowhere else": timed(lambda visit: ask(visit, limit=8, reasons=True), asked[:20]),
        "book it and cancel it": timed(lambda visit: _book_and_cancel(calendar.calendar, visit), asked[:200]),
    }
    with patch("solver.questions.compiled", bool), patch("solver.travel.compiled", bool):
        figures["the 8 best places, without a compiler"] = timed(lambda visit: ask(visit, limit=8), asked[:100])
    return figures


def timed(action: Callable[[Visit], object], visits: list[Visit]) -> Milliseconds:
    """The median and the 95th percentile of an action's milliseconds, after a few that do not count."""
    for visit in visits[:10]:
        action(visit)
    spent = []
    for visit in visits:
        began = time.perf_counter()
        action(visit)
        spent.append((time.perf_counter() - began) * 1000)
    parts = quantiles(spent, n=100)
    return round(parts[49], 3), round(parts[94], 3)


def _book_and_cancel(calendar: Calendar, visit: Visit) -> None:
    candidates = calendar.propose(visit, limit=1).candidates
    if candidates:
        best = candidates[0]
        calendar.insert(best.shift, best.position, visit, best.begins[0])
        calendar.remove(visit.id)
