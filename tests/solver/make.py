"""Small random problems: short days in which every minute can be tried."""

from __future__ import annotations

import random
from dataclasses import replace

from solver import (
    Break,
    Calendar,
    Estimate,
    Lock,
    Matrix,
    Place,
    Plan,
    Problem,
    Route,
    Shift,
    Stop,
    Technician,
    Visit,
    Weights,
    schedule,
)

PLACES = 6


def random_problem(seed: int, breaks: int = 3, stops: int = 3) -> tuple[Problem, Visit]:
    """One short day with a plan that keeps the law, and a visit to be proposed (the last one of the problem)."""
    dice = random.Random(seed)
    begins = dice.randrange(0, 30)
    ends = begins + dice.randrange(60, 200)
    shift = Shift("shift", begins, ends, "p0", dice.choice(("p0", "p1")), _breaks(dice, begins, ends, breaks))
    visits = [_visit(dice, f"v{number}", begins, ends) for number in range(dice.randint(0, stops) + 1)]
    problem = Problem(_places(dice), _travel(dice), (Technician("one", {}, (shift,)),), tuple(visits))
    return with_plan(problem, [visit.id for visit in visits[:-1]]), visits[-1]


def with_plan(problem: Problem, order: list[str]) -> Problem:
    """The problem when its first shift serves as many of these visits, in this order, as fit one after the
    other.
    """
    shift = problem.technicians[0].shifts[0].id
    served: list[str] = []
    stops: tuple[Stop, ...] = ()
    for visit in order:
        route = schedule(problem, shift, [*served, visit])
        if route is not None:
            served, stops = [*served, visit], route.stops
    routes = (Route(shift, stops),)
    return Problem(problem.places, problem.travel, problem.technicians, problem.visits, problem.weights, Plan(routes))


def _places(dice: random.Random) -> tuple[Place, ...]:
    return tuple(
        Place(f"p{number}", 41 + dice.randrange(8) / 100, -8 + dice.randrange(8) / 100) for number in range(PLACES)
    )


def _travel(dice: random.Random) -> Estimate | Matrix:
    if dice.random() < 0.5:
        return Estimate(dice.choice((0, 2)), dice.choice((0.5, 1.6)))
    return Matrix([[0 if one == other else dice.randrange(0, 25) for one in range(PLACES)] for other in range(PLACES)])


def _breaks(dice: random.Random, begins: int, ends: int, most: int) -> tuple[Break, ...]:
    found = []
    for _ in range(dice.randint(0, most)):
        earliest = dice.randrange(begins, ends)
        latest = earliest + dice.choice((0, 0, dice.randrange(1, 60)))
        found.append(Break(earliest, latest, dice.randint(1, 20)))
    return tuple(found)


def _visit(dice: random.Random, name: str, begins: int, ends: int) -> Visit:
    windows = []
    for _ in range(dice.choice((0, 1, 1, 2, 3))):
        opens = dice.randrange(begins, ends)
        windows.append((opens, opens + dice.choice((0, dice.randrange(1, 80)))))
    return Visit(
        name,
        f"p{dice.randrange(PLACES)}",
        dice.randint(1, 40),
        tuple(windows),
        before=dice.choice((0, 0, dice.randint(1, 8))),
        after=dice.choice((0, 0, dice.randint(1, 8))),
        locked=Lock(begins=dice.randrange(begins, ends)) if dice.random() < 0.05 else None,
    )


def random_week(seed: int, technicians: int = 4, days: int = 3, visits: int = 30) -> Problem:
    """Several technicians over several days, about half of the visits planned; the plan keeps the law."""
    dice = random.Random(seed)
    places = _places(dice)
    staff = tuple(
        Technician(
            f"t{number}",
            {skill: dice.randint(1, 3) for skill in ("gas", "water", "power") if dice.random() < 0.7},
            tuple(_shift(dice, f"t{number}-{day}", day) for day in range(days) if dice.random() < 0.9),
        )
        for number in range(technicians)
    )
    wanted = tuple(_visit_of_week(dice, f"v{number}", days) for number in range(visits))
    weights = Weights(km=dice.choice((0, 0.3)), waiting=dice.choice((0, 0.5)), disturbance=dice.choice((0, 20)))
    problem = Problem(places, _travel(dice), staff, wanted, weights)
    calendar = Calendar(problem)
    for visit in wanted[: visits // 2]:
        candidates = calendar.propose(visit, limit=3).candidates
        if candidates:
            chosen = dice.choice(candidates)
            calendar.insert(chosen.shift, chosen.position, visit, dice.randint(*chosen.begins))
    planned = {stop.visit: stop.begins for route in calendar.plan.routes for stop in route.stops}
    locked = tuple(
        replace(visit, locked=Lock(begins=planned[visit.id])) if visit.id in planned and dice.random() < 0.1 else visit
        for visit in wanted
    )
    return Problem(places, problem.travel, staff, locked, weights, calendar.plan)


def _shift(dice: random.Random, name: str, day: int) -> Shift:
    begins = day * 1440 + dice.randrange(450, 550)
    ends = begins + dice.randrange(200, 500)
    capacity = dice.choice((None, dice.randint(2, 8)))
    return Shift(name, begins, ends, "p0", dice.choice(("p0", "p1")), _breaks(dice, begins, ends, 3), capacity)


def _visit_of_week(dice: random.Random, name: str, days: int) -> Visit:
    windows = []
    for day in dice.sample(range(days), dice.randint(0, days)):
        opens = day * 1440 + dice.randrange(450, 900)
        windows.append((opens, opens + dice.choice((0, 120, 300))))
    return Visit(
        name,
        f"p{dice.randrange(PLACES)}",
        dice.randint(10, 90),
        tuple(windows),
        {skill: dice.randint(1, 3) for skill in ("gas", "water", "power") if dice.random() < 0.2},
        priority=dice.randint(1, 10),
        required=dice.random() < 0.05,
        load=dice.choice((0, 0, 1, 2)),
        before=dice.choice((0, 0, 5)),
        after=dice.choice((0, 0, 10)),
    )
