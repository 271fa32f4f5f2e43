"""Proposals in another order of the day, against every order there is."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from solver import (
    Calendar,
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
    Traffic,
    Visit,
    check,
)
from solver.resequence import propose_widely
from solver.schedule import schedule
from tests.solver.make import random_problem, random_week


def travel_of(problem: Problem, order: list[Visit]) -> int:
    return problem.index.travel_minutes(problem.technicians[0].shifts[0], order)


def shortest_by_trying(problem: Problem, visit: Visit, window: tuple[int, int] | None) -> int | None:
    """The least driving of every order in which the day works out, the visit in one of its windows."""
    shift = problem.technicians[0].shifts[0].id
    narrow = replace(visit, windows=() if window is None else (window,))
    whole = replace(problem, visits=(*(one for one in problem.visits if one.id != visit.id), narrow))
    names = [*(stop.visit for route in problem.plan.routes for stop in route.stops), visit.id]
    return min(
        (
            travel_of(whole, [whole.index.visits[name] for name in order])
            for order in permutations(names)
            if schedule(whole, shift, order) is not None
        ),
        default=None,
    )


def day_of(seed: int) -> tuple[Problem, Visit]:
    """A random day of up to five stops with wide windows, at some seeds with slow hours, and a visit without a lock."""
    problem, _ = random_problem(seed, breaks=2, stops=5)
    technician = problem.technicians[0]
    longer = replace(technician.shifts[0], ends=technician.shifts[0].ends + 90)
    visits = [
        replace(one, windows=tuple((opens, closes + 70) for opens, closes in one.windows)) for one in problem.visits
    ]
    problem = replace(
        problem,
        technicians=(replace(technician, shifts=(longer,)),),
        visits=(*visits[:-1], replace(visits[-1], locked=None)),
        traffic=Traffic((0.5, 0.8, 1.0, 0.7) * 6) if seed % 3 == 0 else Traffic(),
        plan=Plan(),
    )
    calendar = Calendar(problem)
    for one in problem.visits[:-1]:
        found = calendar.propose(one, limit=3).candidates
        if found:
            calendar.insert_crew(found[-1], one)
    return replace(problem, plan=calendar.plan), problem.visits[-1]


def assert_shortest(seed: int) -> int:
    """Compare with brute force and book at both ends; returns how many candidates have another order."""
    problem, visit = day_of(seed)
    calendar = Calendar(problem)
    if not problem.plan.routes:
        return 0
    base = travel_of(problem, [problem.index.visits[stop.visit] for stop in problem.plan.routes[0].stops])
    usual = calendar.propose(visit).candidates
    wide = propose_widely(calendar, visit, enough=1000).candidates
    for window in visit.windows or (None,):
        shortest = shortest_by_trying(problem, visit, window)
        in_order = [one.cost.travel_minutes for one in usual if one.window == window]
        reordered = [one.cost.travel_minutes for one in wide if one.window == window and one.order]
        if shortest is None or (in_order and min(in_order) <= shortest - base):
            assert reordered == [], seed
        else:
            assert {*reordered} == {shortest - base}, seed
    for one in wide:
        for begins in {*one.begins, sum(one.begins) // 2}:
            booked = Calendar(problem)
            booked.insert_crew(one, visit, begins)
            assert [found for found in check(problem, booked.plan) if found.kind != "required"] == []
            if one.order and begins == one.begins[0]:
                assert booked.plan.routes[0].stops == one.order
    return sum(bool(one.order) for one in wide)


@pytest.mark.parametrize("batch", range(3))
def test_another_order_is_the_shortest_that_keeps_every_promise(batch: int) -> None:
    found = [assert_shortest(seed) for seed in range(batch * 80, (batch + 1) * 80)]
    assert sum(found) > 10


@pytest.mark.parametrize("seed", range(12))
def test_a_week_keeps_the_law_whatever_is_booked_in_another_order(seed: int) -> None:
    problem = random_week(seed, technicians=2, days=2, visits=24)
    calendar = Calendar(problem)
    for visit in problem.visits:
        if visit.id not in problem.index.planned:
            found = propose_widely(calendar, visit, enough=1000, most_days=2).candidates
            reordered = [one for one in found if one.order]
            if found:
                calendar.insert_crew((reordered or found)[0], visit)
    assert {one.kind for one in check(problem, calendar.plan)} <= {"required"}


def square(*visits: Visit, plan: tuple[tuple[str, int], ...]) -> Problem:
    """One technician between two ends of a road: from one end to the other takes an hour."""
    places = (Place("west", 0, 0), Place("east", 0, 0))
    shift = Shift("day", 480, 960, "west", "west")
    stops = tuple(Stop(name, begins) for name, begins in plan)
    staff = (Technician("ana", {}, (shift,)),)
    return Problem(places, Matrix([[0, 60], [60, 0]]), staff, visits, plan=Plan((Route("day", stops),)))


def test_a_day_that_went_to_and_fro_has_room_when_it_no_longer_does() -> None:
    first, second, third = Visit("first", "east", 30), Visit("second", "west", 30), Visit("third", "east", 30)
    plan = (("first", 540), ("second", 630), ("third", 720))
    asked = Visit("asked", "east", 200)
    problem = square(first, second, third, asked, plan=plan)
    calendar = Calendar(problem)
    assert calendar.propose(asked).candidates == ()
    (best, *_) = propose_widely(calendar, asked).candidates
    assert best.cost.travel_minutes == -120
    calendar.insert_crew(best, asked)
    assert check(problem, calendar.plan) == []


def test_what_is_locked_or_follows_something_stays_in_its_time() -> None:
    first = Visit("first", "east", 30, locked=Lock(begins=540))
    second = Visit("second", "west", 30, follows=(Follows("first", gap=30),))
    third, asked = Visit("third", "east", 30), Visit("asked", "east", 90)
    problem = square(first, second, third, asked, plan=(("first", 540), ("second", 660), ("third", 750)))
    calendar = Calendar(problem)
    for one in propose_widely(calendar, asked, enough=1000).candidates:
        booked = Calendar(problem)
        booked.insert_crew(one, asked)
        assert check(problem, booked.plan) == []


def test_green_candidates_in_the_usual_order_are_enough() -> None:
    asked = Visit("asked", "west", 10)
    problem = square(Visit("first", "east", 30), asked, plan=(("first", 540),))
    calendar = Calendar(problem)
    assert propose_widely(calendar, asked) == calendar.propose(asked)


def test_a_candidate_in_another_order_is_not_booked_on_a_day_that_changed() -> None:
    visits = [Visit("first", "east", 30), Visit("second", "west", 30), Visit("third", "east", 30)]
    asked = Visit("asked", "east", 200)
    problem = square(*visits, asked, plan=(("first", 540), ("second", 630), ("third", 720)))
    calendar = Calendar(problem)
    best = propose_widely(calendar, asked).candidates[0]
    calendar.remove("second")
    with pytest.raises(ValueError, match="other visits"):
        calendar.insert_crew(best, asked)
