"""The law, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from solver import Break, Lock, Matrix, Place, Plan, Problem, Route, Shift, Stop, Technician, Visit, check
from tests.solver.make import random_problem
from tests.solver.oracle import brute_starts

DRIVE = 10


def problem_of(*visits: Visit, shift: Shift | None = None, plan: Plan | None = None) -> Problem:
    places = (Place("home", 0, 0), Place("a", 0, 0), Place("b", 0, 0))
    drives = [[0 if one == other else DRIVE for one in range(3)] for other in range(3)]
    day = shift or Shift("day", 480, 1020, "home", "home")
    other = Shift("next", 1920, 2460, "home", "home")
    staff = (Technician("ana", {"gas": 2}, (day, other)), Technician("rui", {}, (Shift("rui", 480, 1020, "a", "a"),)))
    return Problem(places, Matrix(drives), staff, visits, plan=plan or Plan())


def plan_of(*stops: tuple[str, int], shift: str = "day") -> Plan:
    return Plan((Route(shift, tuple(Stop(*stop) for stop in stops)),))


VISIT = Visit("v", "a", 60, ((500, 600),), {"gas": 2}, before=5, after=10)
OTHER = Visit("w", "b", 30)


def kinds(problem: Problem, plan: Plan) -> list[tuple[str, int | None]]:
    return [(one.kind, one.minutes) for one in check(problem, plan)]


def test_a_plan_that_keeps_the_law_has_no_violation() -> None:
    assert kinds(problem_of(VISIT, OTHER), plan_of(("v", 500), ("w", 580))) == []


def test_nothing_planned_is_lawful() -> None:
    assert kinds(problem_of(VISIT, OTHER), Plan()) == []


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (plan_of(("v", 499)), [("window", 1)]),
        (plan_of(("v", 605)), [("window", 5)]),
        (plan_of(("w", 489)), [("shift", 1)]),
        (plan_of(("w", 982)), [("shift", 2)]),
        (plan_of(("v", 500), ("w", 577)), [("travel", 3)]),
        (plan_of(("w", 500), ("v", 540)), [("travel", 5)]),
        (plan_of(("v", 500), ("v", 600)), [("twice", None)]),
        (plan_of(("x", 500)), [("unknown_visit", None)]),
        (plan_of(("w", 500), shift="nowhere"), [("unknown_shift", None)]),
        (Plan((Route("day"), Route("day"))), [("twice", None)]),
        (plan_of(("v", 505), shift="rui"), [("skill", None)]),
    ],
)
def test_each_broken_rule_is_named_with_its_minutes(plan: Plan, expected: list[tuple[str, int | None]]) -> None:
    found = kinds(problem_of(VISIT, OTHER), plan)
    assert [one for one in found if one in expected] == expected
    assert len(found) == len(expected) or ("twice", None) in found


def test_a_level_that_is_too_low_is_a_violation() -> None:
    demanding = replace(VISIT, skills={"gas": 3})
    assert kinds(problem_of(demanding), plan_of(("v", 500))) == [("level", None)]


def test_a_required_visit_must_be_planned() -> None:
    assert kinds(problem_of(replace(OTHER, required=True)), Plan()) == [("required", None)]


def test_what_the_van_carries_is_limited() -> None:
    shift = Shift("day", 480, 1020, "home", "home", capacity=1)
    loaded = replace(OTHER, load=2)
    assert kinds(problem_of(loaded, shift=shift), plan_of(("w", 500))) == [("capacity", None)]


@pytest.mark.parametrize(
    ("lock", "plan", "expected"),
    [
        (Lock("ana"), plan_of(("w", 600)), []),
        (Lock("ana"), plan_of(("w", 600), shift="rui"), [("lock", None)]),
        (Lock(begins=500), plan_of(("w", 507)), [("lock", 7)]),
        (Lock("ana", 500), plan_of(("w", 500)), []),
        (Lock(), plan_of(("w", 2000), shift="next"), [("lock", None)]),
        (Lock(), Plan(), [("lock", None)]),
        (Lock("ana"), plan_of(("w", 2000), shift="next"), [("lock", None)]),
    ],
)
def test_a_locked_visit_of_todays_plan_does_not_move(
    lock: Lock, plan: Plan, expected: list[tuple[str, int | None]]
) -> None:
    locked = replace(OTHER, locked=lock)
    assert kinds(problem_of(locked, plan=plan_of(("w", 500))), plan) == expected


def test_a_locked_start_stands_in_place_of_the_windows() -> None:
    locked = replace(VISIT, locked=Lock(begins=700))
    assert kinds(problem_of(locked), plan_of(("v", 700))) == []


@pytest.mark.parametrize(
    ("breaks", "begins", "lawful"),
    [
        ((Break(540, 540, 30),), 515, False),
        ((Break(540, 540, 30),), 570, True),
        ((Break(540, 540, 30),), 510, True),
        ((Break(500, 700, 30),), 520, True),
        ((Break(480, 490, 30), Break(480, 520, 10)), 540, True),
        ((Break(480, 485, 30), Break(480, 489, 10)), 540, False),
        ((Break(1000, 1000, 30),), 500, False),
        ((Break(990, 990, 30),), 500, True),
        ((Break(985, 985, 20),), 940, True),
        ((Break(985, 985, 20),), 950, True),
        ((Break(985, 985, 20),), 960, False),
    ],
)
def test_breaks_need_idle_time_that_is_no_drive(breaks: tuple[Break, ...], begins: int, lawful: bool) -> None:
    shift = Shift("day", 480, 1020, "home", "home", breaks)
    assert (kinds(problem_of(OTHER, shift=shift), plan_of(("w", begins))) == []) == lawful


def test_brute_force_and_the_law_agree_on_every_pair_of_starts() -> None:
    """The oracle of the other tests is itself held against the law, with every start of every stop tried."""
    tried = 0
    for seed in range(400):
        problem, visit = random_problem(seed, breaks=2, stops=1)
        shift = problem.technicians[0].shifts[0]
        order = [*(problem.index.visits[stop.visit] for stop in problem.plan.routes[0].stops), visit]
        if shift.ends - shift.begins > 110:
            continue
        lawful: set[int] = set()
        minutes = [possible_starts(shift, one) for one in order]
        for starts in product(*minutes):
            route = Route(shift.id, tuple(Stop(one.id, begins) for one, begins in zip(order, starts, strict=True)))
            if starts[-1] not in lawful and not check(problem, Plan((route,))):
                lawful.add(starts[-1])
        assert brute_starts(problem, shift, order, len(order) - 1) == lawful
        tried += 1
    assert tried > 100


def possible_starts(shift: Shift, visit: Visit) -> list[int]:
    return [
        minute
        for minute in range(shift.begins, shift.ends)
        if not visit.allowed or any(opens <= minute <= closes for opens, closes in visit.allowed)
    ]
