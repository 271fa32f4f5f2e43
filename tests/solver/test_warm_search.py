"""Room for one more visit by a short search of whole days: every promise, lock and tie is kept."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from solver import Calendar, Lock, Matrix, Place, Plan, Problem, Route, Shift, Stop, Technician, Visit, check
from solver.warm_search import rearrange
from tests.solver.make import random_week
from tests.solver.test_crews import linked_week


def full_week(seed: int, *, linked: bool) -> Problem:
    """A week in which the plan takes nothing more of many visits, some of them locked."""
    dice = random.Random(seed)
    problem = linked_week(seed) if linked else replace(random_week(seed, visits=50), plan=Plan())
    problem = replace(problem, visits=tuple(replace(one, locked=None, required=False) for one in problem.visits))
    calendar = Calendar(problem)
    for visit in problem.visits:
        candidates = calendar.propose(visit, limit=6).candidates
        if candidates:
            calendar.insert_crew(dice.choice(candidates), visit)
    starts = {stop.visit: stop.begins for route in calendar.plan.routes for stop in route.stops}
    visits = tuple(
        replace(one, locked=Lock(begins=starts[one.id])) if one.id in starts and dice.random() < 0.1 else one
        for one in problem.visits
    )
    return replace(problem, visits=visits, plan=calendar.plan)


def rescued(problem: Problem) -> int:
    """Rearrange for whatever is not planned, one visit after the other; how many of them found room."""
    calendar, count = Calendar(problem), 0
    for visit in problem.visits:
        if visit.id in problem.index.planned or calendar.propose(visit, limit=1).candidates:
            continue
        found = rearrange(calendar, visit, iterations=300)
        if found is None:
            continue
        before = calendar.plan
        calendar.rearrange(found.routes, visit)
        assert check(problem, calendar.plan) == []
        assert {one.visit for one in found.changes} == differing(before, calendar.plan)
        assert Calendar(problem, calendar.plan).plan == calendar.plan
        count += 1
    rebuilt = Calendar(problem, calendar.plan)
    planned = {stop.visit for route in calendar.plan.routes for stop in route.stops}
    for visit in problem.visits:
        if visit.id not in planned:
            assert calendar.propose(visit, reasons=True) == rebuilt.propose(visit, reasons=True)
    return count


def differing(before: Plan, after: Plan) -> set[str]:
    stops = [{(route.shift, stop) for route in plan.routes for stop in route.stops} for plan in (before, after)]
    return {stop.visit for _, stop in stops[0] ^ stops[1]}


def test_days_that_take_nothing_more_find_room_and_keep_the_law() -> None:
    assert sum(rescued(full_week(seed, linked=False)) for seed in range(8)) > 5


def test_crews_and_visits_in_order_stay_as_they_are() -> None:
    for seed in range(8):
        rescued(full_week(seed, linked=True))


def two_technicians(*, locked: bool) -> tuple[Problem, Visit]:
    """Ana can do both kinds of work and is full; Rui is free and can do only what Ana is busy with."""
    places = (Place("home", 0, 0), Place("a", 0, 0))
    ana = Technician("ana", {"gas": 1, "water": 1}, (Shift("ana-day", 480, 600, "home", "home"),))
    rui = Technician("rui", {"water": 1}, (Shift("rui-day", 480, 600, "home", "home"),))
    water = Visit("water", "a", 80, skills={"water": 1}, locked=Lock("ana") if locked else None)
    gas = Visit("gas", "a", 60, skills={"gas": 1})
    plan = Plan((Route("ana-day", (Stop("water", 490),)),))
    return Problem(places, Matrix([[0, 10], [10, 0]]), (ana, rui), (water, gas), plan=plan), gas


def test_a_colleague_takes_over_what_only_time_kept_apart() -> None:
    problem, gas = two_technicians(locked=False)
    calendar = Calendar(problem)
    assert calendar.propose(gas).candidates == ()
    found = rearrange(calendar, gas)
    assert found is not None
    assert {one.visit: [seat.shift for seat in one.after] for one in found.changes} == {
        "gas": ["ana-day"],
        "water": ["rui-day"],
    }
    assert found.extra_cost == 20
    calendar.rearrange(found.routes, gas)
    assert check(problem, calendar.plan) == []


def test_what_is_locked_is_not_taken_over() -> None:
    problem, gas = two_technicians(locked=True)
    assert rearrange(Calendar(problem), gas, iterations=500) is None


def test_no_more_visits_move_than_may() -> None:
    problem, gas = two_technicians(locked=False)
    assert rearrange(Calendar(problem), gas, iterations=500, most_moved=0) is None


def test_a_rearrangement_of_days_that_changed_is_refused() -> None:
    problem, gas = two_technicians(locked=False)
    calendar = Calendar(problem)
    found = rearrange(calendar, gas)
    assert found is not None
    calendar.remove("water")
    with pytest.raises(ValueError, match="other visits"):
        calendar.rearrange(found.routes, gas)
