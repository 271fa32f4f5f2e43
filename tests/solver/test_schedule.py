"""Exact times for an order of visits."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from solver import Matrix, Place, Plan, Problem, ProblemError, Shift, Technician, Visit, check, schedule
from tests.solver.make import random_problem
from tests.solver.oracle import brute_starts


def simple(*visits: Visit) -> Problem:
    places = (Place("home", 0, 0), Place("a", 0, 0))
    shift = Shift("day", 480, 1020, "home", "home")
    return Problem(places, Matrix([[0, 10], [10, 0]]), (Technician("ana", {}, (shift,)),), visits)


FIRST, SECOND = Visit("first", "a", 60), Visit("second", "a", 30, ((600, 700),))


def begins(problem: Problem, prefer: dict[str, int] | None = None, **fixed: int) -> dict[str, int]:
    route = schedule(problem, "day", ["first", "second"], prefer, fixed)
    assert route is not None
    return {stop.visit: stop.begins for stop in route.stops}


def test_visits_without_a_wish_begin_as_early_as_they_can() -> None:
    assert begins(simple(FIRST, SECOND)) == {"first": 490, "second": 600}


def test_a_wish_that_can_be_kept_is_kept() -> None:
    assert begins(simple(FIRST, SECOND), {"first": 555, "second": 650}) == {"first": 555, "second": 650}


def test_a_wish_that_cannot_be_kept_moves_no_further_than_it_must() -> None:
    assert begins(simple(FIRST, SECOND), {"first": 690, "second": 900}) == {"first": 640, "second": 700}


def test_a_fixed_start_moves_the_others_out_of_its_way() -> None:
    assert begins(simple(FIRST, SECOND), {"first": 600}, second=620) == {"first": 560, "second": 620}


def test_a_fixed_start_outside_the_windows_is_impossible() -> None:
    assert schedule(simple(FIRST, SECOND), "day", ["first", "second"], fixed={"second": 800}) is None


def test_an_order_that_cannot_be_served_has_no_route() -> None:
    assert schedule(simple(FIRST, replace(SECOND, windows=((490, 500),))), "day", ["first", "second"]) is None


def test_an_empty_order_is_an_empty_route() -> None:
    route = schedule(simple(FIRST), "day", [])
    assert route is not None
    assert route.stops == ()


def test_skills_are_part_of_the_law() -> None:
    assert schedule(simple(replace(FIRST, skills={"gas": 1})), "day", ["first"]) is None


def test_unknown_ids_are_refused() -> None:
    with pytest.raises(ProblemError, match="order"):
        schedule(simple(FIRST), "day", ["nothing"])
    with pytest.raises(ProblemError, match="shift"):
        schedule(simple(FIRST), "nowhere", ["first"])


def test_there_is_a_route_if_and_only_if_brute_force_finds_one() -> None:
    routes = 0
    for seed in range(3000):
        dice = random.Random(seed)
        problem, _ = random_problem(seed, stops=3)
        shift = problem.technicians[0].shifts[0]
        order = dice.sample(problem.visits, len(problem.visits))
        wishes = {visit.id: dice.randrange(shift.begins, shift.ends) for visit in order if dice.random() < 0.5}
        route = schedule(problem, shift.id, [visit.id for visit in order], wishes)
        assert (route is not None) == bool(brute_starts(problem, shift, order, 0))
        if route is not None:
            routes += 1
            assert check(problem, Plan((route,))) == []
            first = order[0]
            if first.id in wishes:
                every = brute_starts(problem, shift, order, 0)
                kept = abs(route.stops[0].begins - wishes[first.id])
                assert kept == min(abs(start - wishes[first.id]) for start in every)
    assert routes > 500
