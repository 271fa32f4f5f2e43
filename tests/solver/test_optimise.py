"""Many visits at once: the law, the same answer twice, and never a worse plan than today's."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import pytest

from solver import (
    Break,
    Lock,
    Matrix,
    Place,
    Plan,
    Problem,
    Progress,
    Route,
    Shift,
    Stop,
    Technician,
    Visit,
    Weights,
    check,
    cost_of,
    optimise,
    schedule,
)
from tests.solver.make import random_week


def unkept(problem: Problem, plan: Plan) -> set[str]:
    """The kinds of violation of a plan, without those that no plan of this random problem may be able to avoid."""
    return {one.kind for one in check(problem, plan)} - {"required"}


@pytest.mark.parametrize("seed", range(25))
def test_the_result_keeps_the_law_and_is_no_worse_than_todays_plan(seed: int) -> None:
    problem = random_week(seed)
    assert unkept(problem, problem.plan) == set()
    result = optimise(problem, iterations=300, seed=seed)
    assert unkept(problem, result.plan) == set()
    assert result.cost == cost_of(problem, result.plan)
    assert result.cost.total <= cost_of(problem, problem.plan).total
    served = {stop.visit for route in result.plan.routes for stop in route.stops}
    assert {one.visit for one in result.unserved} == {visit.id for visit in problem.visits} - served
    assert all(one.reasons for one in result.unserved)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_and_iterations_give_the_same_plan(seed: int) -> None:
    problem = random_week(seed)
    assert optimise(problem, iterations=200, seed=seed).plan == optimise(problem, iterations=200, seed=seed).plan


def test_another_seed_searches_elsewhere() -> None:
    problem = random_week(2, visits=60)
    plans = [optimise(problem, iterations=5, seed=seed).plan for seed in range(4)]
    assert any(plan != plans[0] for plan in plans)


@pytest.mark.parametrize("seed", range(10))
def test_locked_visits_of_todays_plan_do_not_move(seed: int) -> None:
    problem = random_week(seed)
    where = {stop.visit: (route.shift, stop.begins) for route in problem.plan.routes for stop in route.stops}
    technicians = problem.index.technicians
    visits = tuple(
        replace(visit, locked=Lock(technicians[where[visit.id][0]].id, where[visit.id][1]))
        if visit.id in where and number % 2
        else visit
        for number, visit in enumerate(problem.visits)
    )
    problem = replace(problem, visits=visits)
    plan = optimise(problem, iterations=300).plan
    after = {stop.visit: (route.shift, stop.begins) for route in plan.routes for stop in route.stops}
    locked = [visit.id for visit in visits if visit.locked is not None and visit.id in where]
    assert locked
    assert {visit: after[visit] for visit in locked} == {visit: where[visit] for visit in locked}
    assert unkept(problem, plan) == set()


def one_day(visits: tuple[Visit, ...], weights: Weights | None = None, plan: Plan | None = None) -> Problem:
    places = tuple(Place(f"p{number}", 0, number / 10) for number in range(6))
    drives = [[abs(one - other) * 10 for one in range(6)] for other in range(6)]
    shift = Shift("day", 480, 1020, "p0", "p0", (Break(690, 750, 30),))
    second = Shift("other", 480, 1020, "p0", "p0")
    staff = (Technician("ana", {}, (shift,)), Technician("rui", {}, (second,)))
    return Problem(places, Matrix(drives), staff, visits, weights or Weights(), plan or Plan())


def test_a_small_day_is_planned_as_well_as_can_be() -> None:
    visits = tuple(Visit(f"v{number}", f"p{number}", 60) for number in range(1, 6))
    result = optimise(one_day(visits), iterations=500)
    assert result.cost.total == result.cost.travel == 100
    assert result.unserved == ()


def test_what_is_worth_more_is_served_when_not_everything_fits() -> None:
    visits = tuple(Visit(f"v{number}", "p1", 240, priority=number) for number in range(1, 7))
    result = optimise(one_day(visits), iterations=500)
    assert {one.visit for one in result.unserved} == {"v1", "v2"}
    assert {reason.code for one in result.unserved for reason in one.reasons} == {"full"}


def test_a_required_visit_goes_ahead_of_any_priority() -> None:
    visits = (Visit("dear", "p1", 500, priority=100), Visit("must", "p1", 500, required=True, priority=1))
    both = optimise(replace(one_day(visits), technicians=one_day(visits).technicians[1:]), iterations=200)
    assert [one.visit for one in both.unserved] == ["dear"]


def test_a_visit_that_costs_more_than_it_is_worth_is_left_out_and_says_so() -> None:
    result = optimise(one_day((Visit("far", "p5", 30, priority=1),), Weights(unserved=50)), iterations=50)
    assert [(one.visit, [reason.code for reason in one.reasons]) for one in result.unserved] == [("far", ["cost"])]


def test_moving_a_visit_to_another_shift_must_be_worth_the_disturbance() -> None:
    visits = (Visit("a", "p1", 60), Visit("b", "p1", 60))
    today = Plan((Route("day", (Stop("a", 490),)), Route("other", (Stop("b", 490),))))
    assert len(optimise(one_day(visits, plan=today), iterations=200).plan.routes) == 1
    dear = one_day(visits, Weights(disturbance=100), today)
    assert optimise(dear, iterations=200).plan == today


def test_visits_keep_their_starts_where_nothing_forces_them() -> None:
    visits = (Visit("a", "p1", 60), Visit("b", "p1", 60))
    today = Plan((Route("day", (Stop("a", 600), Stop("b", 900))),))
    assert optimise(one_day(visits, plan=today), iterations=200).plan == today


def test_a_plan_that_breaks_the_law_is_mended() -> None:
    visits = (Visit("a", "p1", 250, priority=9), Visit("b", "p1", 250), Visit("c", "p1", 60))
    broken = Plan((Route("day", (Stop("b", 480), Stop("a", 500), Stop("c", 900))),))
    result = optimise(one_day(visits, plan=broken), iterations=0)
    assert check(one_day(visits), result.plan) == []
    assert {stop.visit for route in result.plan.routes for stop in route.stops} == {"a", "c"}


def test_without_the_triangle_inequality_the_law_holds_too() -> None:
    for seed in range(30):
        problem = random_week(seed, technicians=2, days=2, visits=20)
        if isinstance(problem.travel, Matrix):
            assert unkept(problem, optimise(problem, iterations=400, seed=seed).plan) == set()


def test_progress_only_falls_in_cost_and_rises_in_time() -> None:
    seen: list[Progress] = []
    optimise(random_week(1, visits=80), seconds=0.5, progress=seen.append)
    assert len(seen) > 3
    assert [one.cost for one in seen] == sorted((one.cost for one in seen), reverse=True)
    assert [one.done for one in seen] == sorted(one.done for one in seen)


def test_a_cancelled_run_stops_at_once_and_still_answers() -> None:
    problem = random_week(1, technicians=20, days=5, visits=300)
    optimise(problem, iterations=1)
    asked_at: list[float] = []

    def cancelled() -> bool:
        asked_at.append(time.process_time())
        return len(asked_at) > 10

    result = optimise(problem, seconds=600, cancelled=cancelled)
    assert unkept(problem, result.plan) == set()
    pauses = [later - sooner for sooner, later in pairwise(asked_at)]
    assert max(pauses) < 0.2


def test_some_limit_must_be_given() -> None:
    with pytest.raises(ValueError, match="seconds or iterations"):
        optimise(one_day(()))


def test_nothing_to_plan_is_planned() -> None:
    assert optimise(one_day(()), iterations=5).plan == Plan()
    nobody = replace(one_day((Visit("a", "p1", 10),)), technicians=())
    assert [one.visit for one in optimise(nobody, iterations=5).unserved] == ["a"]


def test_the_route_of_a_result_is_what_schedule_says() -> None:
    problem = random_week(5)
    for route in optimise(problem, iterations=100).plan.routes:
        wishes = {stop.visit: stop.begins for stop in route.stops}
        assert schedule(problem, route.shift, [stop.visit for stop in route.stops], wishes) == route
