"""How long a repair takes, and what it keeps: 50 technicians with about 6 promised visits each, one thread.

`python -m benchmarks.repair` prints the median and the 95th percentile of the seconds for each kind of event.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from statistics import mean, quantiles

from benchmarks.booked_calendar import Booked, booked, place_of, request
from solver import Absent, Emergency, Estimate, Overrun, Problem, Repair, Touched, check, repair, warm

TECHNICIANS = 50
BEGINS, ENDS = 480, 960
Case = Callable[[random.Random, int], Repair]


def cases(company: Booked) -> dict[str, Case]:
    """One upset of each kind, at a random minute of the day."""
    problem = Problem(company.places, Estimate(), company.technicians, company.visits, plan=company.calendar.plan)
    stops = [stop for route in problem.plan.routes for stop in route.stops]

    def ill(dice: random.Random, number: int) -> Repair:
        who = dice.choice(company.technicians).id
        return repair(problem, Absent(who, 0, 1440), now=dice.choice((450, dice.randrange(BEGINS, ENDS))), seed=number)

    def late(dice: random.Random, number: int) -> Repair:
        stop = dice.choice(stops)
        over = stop.begins + problem.index.visits[stop.visit].minutes
        return repair(problem, Overrun(stop.visit, over + dice.choice((20, 45, 90))), now=over - 5, seed=number)

    def urgent(dice: random.Random, number: int) -> Repair:
        visit = request(dice, f"urgent-{number}")
        place = place_of(dice, visit.place)
        now = dice.randrange(BEGINS, ENDS)
        return repair(replace(problem, places=(*problem.places, place)), Emergency(visit), now=now, seed=number)

    return {"technician ill": ill, "visit runs late": late, "emergency": urgent}


def line(name: str, case: Case, times: int) -> str:
    """One row of the table; a repair that breaks the law ends the measurement."""
    dice = random.Random(1)
    made = [case(dice, number) for number in range(times)]
    for one in made:
        if check(one.problem, one.plan):
            raise RuntimeError(f"{name}: the plan breaks the law")
    parts = quantiles([one.seconds for one in made], n=100)
    moved = mean(sum(_has_moved(touch) for touch in one.touched) for one in made)
    lost = mean(len(one.to_rearrange) for one in made)
    return f"| {name} | {parts[49]:.2f} s | {parts[94]:.2f} s | {moved:.1f} | {lost:.1f} |"


def _has_moved(one: Touched) -> bool:
    return bool(one.after) and {seat.shift for seat in one.before} != {seat.shift for seat in one.after}


def main(times: int = 25) -> None:
    """Print the tables."""
    warm()
    for visits_a_day in (6.0, 8.0):
        company = booked(TECHNICIANS, 1, visits_a_day)
        print(f"\n{TECHNICIANS} technicians, {len(company.visits)} promised visits, {times} events of each kind\n")
        print("| event | p50 | p95 | changed technician | to rearrange |\n|---|---|---|---|---|")
        for name, case in cases(company).items():
            print(line(name, case, times), flush=True)


if __name__ == "__main__":
    main()
