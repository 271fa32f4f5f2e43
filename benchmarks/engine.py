"""How fast and how good the planning engine is on this machine: `python -m benchmarks.engine [--json]`.

Propose is measured on a warm calendar of 50 technicians over 20 days with seven promised visits a day, booked one by
one at cheap places, as clients would. Optimise is measured by the cost of a day with more work than fits.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import quantiles
from unittest.mock import patch

from solver import (
    Break,
    Calendar,
    Estimate,
    Place,
    Problem,
    Shift,
    Technician,
    Visit,
    check,
    optimise,
    warm,
)

SKILLS = 6
CENTRE = 41.15, -8.61
KILOMETRE = 1 / 111.2
Figures = dict[str, object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--technicians", type=int, default=50)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--visits", type=float, default=7.0, help="a technician and day")
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each optimisation")
    chosen = parser.parse_args()
    figures = measured(chosen.technicians, chosen.days, chosen.visits, chosen.requests, chosen.seconds)
    print(json.dumps(figures, indent=1) if chosen.json else as_text(figures))


def measured(technicians: int, days: int, visits: float, requests: int, seconds: float) -> Figures:
    """All figures; milliseconds unless the name says otherwise."""
    began = time.perf_counter()
    compiled = warm()
    figures: Figures = {"machine": machine(), "compiled": compiled, "warm_s": round(time.perf_counter() - began, 2)}
    calendar, dice = filled(technicians, days, visits)
    asked = [request(dice, f"r{number}", days) for number in range(requests)]
    for visit in asked:
        calendar.add_place(place_of(dice, visit.place))
    figures["planned_visits"] = sum(len(route.stops) for route in calendar.plan.routes)
    figures["propose"] = timed(lambda visit: calendar.propose(visit, limit=8), asked)
    figures["propose_all"] = timed(calendar.propose, asked[:100])
    figures["propose_with_reasons"] = timed(lambda visit: calendar.propose(visit, limit=8, reasons=True), asked[:20])
    figures["insert_and_remove"] = timed(lambda visit: book_and_cancel(calendar, visit), asked[:200])
    with patch("solver.slots.compiled", bool), patch("solver.travel.compiled", bool):
        figures["propose_numpy"] = timed(lambda visit: calendar.propose(visit, limit=8), asked[:200])
    figures["optimise"] = [optimised(number, amount, seconds) for number, amount in ((10, 80), (25, 200), (50, 400))]
    return figures


def machine() -> Figures:
    """What the figures were measured on."""
    cores = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in cores.read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
    }


def timed(action: Callable[[Visit], object], visits: list[Visit]) -> Figures:
    """The median and the 95th percentile of an action's milliseconds, after a few that do not count."""
    for visit in visits[:10]:
        action(visit)
    spent = []
    for visit in visits:
        began = time.perf_counter()
        action(visit)
        spent.append((time.perf_counter() - began) * 1000)
    parts = quantiles(spent, n=100)
    return {"p50": round(parts[49], 3), "p95": round(parts[94], 3)}


def optimised(technicians: int, amount: int, seconds: float) -> Figures:
    """The cost of one day with more work than fits."""
    dice = random.Random(1)
    staff, homes = technicians_of(dice, technicians, 1)
    visits = [request(dice, f"v{number}", 1) for number in range(amount)]
    places = (*homes, *(place_of(dice, visit.place) for visit in visits))
    problem = Problem(places, Estimate(), staff, tuple(visits))
    result = optimise(problem, seconds=seconds)
    assert not check(problem, result.plan)
    return {
        "technicians": technicians,
        "visits": amount,
        "seconds": round(result.seconds, 2),
        "iterations": result.iterations,
        "unserved": len(result.unserved),
        "travel": result.cost.travel,
        "cost": result.cost.total,
    }


def book_and_cancel(calendar: Calendar, visit: Visit) -> None:
    candidates = calendar.propose(visit, limit=1).candidates
    if candidates:
        best = candidates[0]
        calendar.insert(best.shift, best.position, visit, best.begins[0])
        calendar.remove(visit.id)


def filled(technicians: int, days: int, visits: float) -> tuple[Calendar, random.Random]:
    """A calendar booked until it holds so many promised visits a day, or takes no more."""
    dice = random.Random(1)
    staff, homes = technicians_of(dice, technicians, days)
    calendar = Calendar(Problem(homes, Estimate(), staff, ()))
    booked = refused = 0
    while booked < technicians * days * visits and refused < 500:
        visit = request(dice, f"v{booked + refused}", days)
        calendar.add_place(place_of(dice, visit.place))
        candidates = calendar.propose(visit, limit=200).candidates
        if not candidates:
            refused += 1
            continue
        chosen = min(dice.sample(candidates, min(20, len(candidates))), key=lambda one: one.cost.total)
        begins = chosen.begins[0]
        opens = begins - begins % 30
        promised = Visit(visit.id, visit.place, visit.minutes, ((opens, opens + 120),), visit.skills)
        calendar.insert(chosen.shift, chosen.position, promised, begins)
        booked += 1
    return calendar, dice


def technicians_of(dice: random.Random, count: int, days: int) -> tuple[tuple[Technician, ...], tuple[Place, ...]]:
    homes = tuple(place_of(dice, f"home{number}") for number in range(count))
    staff = tuple(
        Technician(
            f"t{number}",
            {str(skill): 1 for skill in {number % SKILLS, *dice.sample(range(SKILLS), dice.randint(1, 3))}},
            tuple(shift_of(f"t{number}-{day}", home.id, day) for day in range(days)),
        )
        for number, home in enumerate(homes)
    )
    return staff, homes


def shift_of(name: str, home: str, day: int) -> Shift:
    begins = day * 1440 + 480
    return Shift(name, begins, begins + 540, home, home, (Break(begins + 210, begins + 330, 45),))


def request(dice: random.Random, name: str, days: int) -> Visit:
    minutes = dice.choices((30, 45, 60, 90, 120), (35, 30, 25, 7, 3))[0]
    skills = {str(dice.randrange(SKILLS)): 1}
    opens = 480 + 30 * dice.randrange(12)
    windows = () if days > 1 else ((opens, opens + 180),)
    return Visit(name, f"at-{name}", minutes, windows, skills, priority=dice.choice((1, 2, 3, 5, 10)))


def place_of(dice: random.Random, name: str) -> Place:
    north, east = dice.gauss(0, 8), dice.gauss(0, 8)
    return Place(name, CENTRE[0] + north * KILOMETRE, CENTRE[1] + east * KILOMETRE * 1.33)


def as_text(figures: Figures) -> str:
    """One figure a line."""
    lines = []
    for name, value in figures.items():
        lines += [f"{name}: {one}" for one in value] if isinstance(value, list) else [f"{name}: {value}"]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
