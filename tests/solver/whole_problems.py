"""Small random problems in which everything that the model knows is used, and plans that keep or break the law."""

from __future__ import annotations

import random
from dataclasses import replace

from solver import (
    Break,
    Estimate,
    Follows,
    Lock,
    Matrix,
    Place,
    Plan,
    Problem,
    Route,
    Shift,
    Stop,
    Technician,
    Territory,
    Traffic,
    Visit,
    Weights,
    check,
    schedule,
)

PLACES = 7
NAMES = ("ana", "rui", "eva")
SKILLS = ("gas", "water")


def whole_problem(seed: int, visits: int = 8, days: int = 2) -> Problem:
    """Three technicians over some days; its plan is that of a day on which this and that was booked, and lawful."""
    dice = random.Random(seed)
    places = tuple(
        Place(f"p{number}", 41 + dice.uniform(0, 0.1), -8 + dice.uniform(0, 0.1), dice.choice((1, 1, 1.7)))
        for number in range(PLACES)
    )
    staff = tuple(_technician(dice, name, days) for name in NAMES)
    wanted = tuple(_visit(dice, f"v{number}", number, days) for number in range(visits))
    speeds = dice.choice(((), (), tuple(dice.choice((1, 0.8, 0.45)) for _ in range(48))))
    bare = Problem(places, _travel(dice), staff, wanted, _weights(dice), traffic=Traffic(speeds))
    booked = booked_plan(bare, dice)
    locked = tuple(_locked(dice, visit, booked) for visit in wanted)
    return replace(bare, visits=locked, plan=booked)


def booked_plan(problem: Problem, dice: random.Random) -> Plan:
    """A lawful plan in which visits were put in at random, whatever they cost."""
    plan = Plan()
    owners = {shift.id: one.id for one in problem.technicians for shift in one.shifts}
    for visit in problem.visits:
        for _ in range(4):
            seats = dice.sample(sorted(owners), min(visit.crew, len(owners)))
            begins = dice.choice(
                [start for shift in seats for start in _starts(problem, plan, shift, visit, dice)] or [0]
            )
            changed = plan
            for shift in seats:
                changed = _with(problem, changed, shift, visit, begins, dice)
            if changed != plan and not [one for one in check(problem, changed) if one.kind not in ("required", "lock")]:
                plan = changed
                break
    return plan


def broken_plan(problem: Problem, plan: Plan, dice: random.Random) -> Plan:
    """A plan with one thing changed: a start, an order, a technician, a stop that goes, comes or is there twice."""
    routes = {route.shift: list(route.stops) for route in plan.routes}
    shifts = [shift.id for one in problem.technicians for shift in one.shifts]
    shift = dice.choice(sorted(routes) or shifts)
    stops = routes.setdefault(shift, [])
    number = dice.randrange(len(stops)) if stops else 0
    match dice.randrange(6) if stops else 5:
        case 0 | 1:
            stops[number] = replace(
                stops[number], begins=max(0, stops[number].begins + dice.choice((-30, -5, -1, 1, 5, 30)))
            )
        case 2:
            other = dice.randrange(len(stops))
            stops[number], stops[other] = stops[other], stops[number]
        case 3:
            routes.setdefault(dice.choice(shifts), []).append(stops.pop(number))
        case 4:
            del stops[number]
        case _:
            visit = dice.choice(problem.visits)
            stops.insert(number, Stop(visit.id, dice.randrange(500, 900)))
    return Plan(tuple(Route(name, tuple(mine)) for name, mine in routes.items()))


def _starts(problem: Problem, plan: Plan, shift: str, visit: Visit, dice: random.Random) -> list[int]:
    """The start that a visit would have on a day of its own choice."""
    stops = next((route.stops for route in plan.routes if route.shift == shift), ())
    names = [stop.visit for stop in stops]
    place = dice.randint(0, len(names))
    if visit.id in names:
        return []
    route = schedule(
        problem, shift, [*names[:place], visit.id, *names[place:]], {one.visit: one.begins for one in stops}
    )
    return [] if route is None else [route.stops[place].begins]


def _with(problem: Problem, plan: Plan, shift: str, visit: Visit, begins: int, dice: random.Random) -> Plan:
    stops = next((route.stops for route in plan.routes if route.shift == shift), ())
    order = sorted([*stops, Stop(visit.id, begins)], key=lambda stop: stop.begins)
    fixed = {visit.id: begins} | {
        stop.visit: stop.begins for stop in stops if problem.index.visits[stop.visit].crew > 1
    }
    prefer = {stop.visit: stop.begins + dice.choice((0, 0, 20)) for stop in stops}
    route = schedule(problem, shift, [stop.visit for stop in order], prefer, fixed)
    if route is None:
        return plan
    return Plan((*(one for one in plan.routes if one.shift != shift), route))


def _technician(dice: random.Random, name: str, days: int) -> Technician:
    return Technician(
        name,
        {skill: dice.randint(1, 3) for skill in SKILLS if dice.random() < 0.8},
        tuple(_shift(dice, f"{name}-{day}", day) for day in range(days) if dice.random() < 0.9),
        dice.choice((None, None, _territory(dice))),
        dice.choice((None, None, 2, 3)),
        dice.choice((None, None, 60, 90)),
    )


def _territory(dice: random.Random) -> Territory:
    price = dice.choice((None, 30.0))
    if dice.random() < 0.5:
        return Territory(centre=(41.05, -7.95), km=dice.uniform(2, 7), price=price)
    corners = tuple((41 + dice.uniform(-0.05, 0.15), -8 + dice.uniform(-0.05, 0.15)) for _ in range(dice.randint(3, 5)))
    return Territory(corners, price=price)


def _shift(dice: random.Random, name: str, day: int) -> Shift:
    begins = day * 1440 + dice.randrange(450, 550)
    ends = begins + dice.randrange(150, 450)
    breaks = []
    for _ in range(dice.choice((0, 1, 1, 2, 3))):
        earliest = dice.randrange(begins, ends)
        breaks.append(Break(earliest, earliest + dice.choice((0, 30, 90)), dice.choice((10, 30))))
    home = dice.choice(("p0", "p1"))
    capacity = dice.choice((None, None, dice.randint(2, 5)))
    return Shift(name, begins, ends, "p0", home, tuple(breaks), capacity, dice.choice((0, 0, 45)))


def _visit(dice: random.Random, name: str, number: int, days: int) -> Visit:
    windows = []
    for day in dice.sample(range(days), dice.choice((0, days, 1))):
        opens = day * 1440 + dice.randrange(450, 800)
        windows.append((opens, opens + dice.choice((15, 120, 300))))
    follows: tuple[Follows, ...] = ()
    if number and dice.random() < 0.25:
        gap = dice.choice((0, 20))
        most = dice.choice((None, gap + 200))
        follows = (Follows(f"v{dice.randrange(number)}", gap, most, dice.random() < 0.3),)
    return Visit(
        name,
        f"p{dice.randrange(PLACES)}",
        dice.randint(10, 80),
        tuple(windows),
        {skill: dice.randint(1, 2) for skill in SKILLS if dice.random() < 0.2},
        crew=dice.choice((1, 1, 1, 1, 2)),
        priority=dice.randint(0, 3),
        required=dice.random() < 0.04,
        load=dice.choice((0, 0, 1, 2)),
        before=dice.choice((0, 0, 5)),
        after=dice.choice((0, 0, 10)),
        minutes_by={dice.choice(NAMES): dice.randint(10, 80)} if dice.random() < 0.2 else {},
        earliest=dice.choice((None, None, None, 520)) if not windows else None,
        due=dice.choice((None, None, 1000)),
        preferred=tuple(dice.sample(NAMES, 1)) if dice.random() < 0.2 else (),
        only=tuple(dice.sample(NAMES, 2)) if dice.random() < 0.15 else (),
        excluded=tuple(dice.sample(NAMES, 1)) if dice.random() < 0.1 else (),
        follows=follows,
    )


def _locked(dice: random.Random, visit: Visit, plan: Plan) -> Visit:
    """One in five of what is booked may not change in some way."""
    places = [(route.shift, stop) for route in plan.routes for stop in route.stops if stop.visit == visit.id]
    if not places or dice.random() < 0.8:
        return visit
    shift, stop = dice.choice(places)
    technician = dice.choice((None, shift.partition("-")[0] if visit.crew == 1 else None))
    return replace(visit, locked=Lock(technician, dice.choice((None, stop.begins))))


def _travel(dice: random.Random) -> Estimate | Matrix:
    if dice.random() < 0.5:
        return Estimate(dice.choice((0, 2)), dice.choice((0.9, 1.6)))
    minutes = [[0 if one == other else dice.randrange(0, 30) for one in range(PLACES)] for other in range(PLACES)]
    return Matrix(minutes, [[0.7 * one for one in row] for row in minutes])


def _weights(dice: random.Random) -> Weights:
    return Weights(
        unserved=dice.choice((5, 40, 200)),
        km=dice.choice((0, 0.3)),
        disturbance=dice.choice((0, 20)),
        overtime=dice.choice((0, 2)),
        lateness=dice.choice((0, 15)),
        preference=dice.choice((0, 10)),
        fairness=dice.choice((0, 0, 0.2)),
    )
