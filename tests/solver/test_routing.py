"""The engine `ortools`: the same problem, the same law, another method."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from solver import (
    Estimate,
    Place,
    Plan,
    Problem,
    Progress,
    Result,
    Route,
    Shift,
    Stop,
    Technician,
    Visit,
    Weights,
    check,
    cost_of,
    optimise,
)
from solver.changes import touched
from tests.solver.make import random_week
from tests.solver.whole_problems import whole_problem

PLACES = (Place("north", 41.2, -8.0), Place("south", 41.0, -8.0), Place("middle", 41.1, -8.0))
NORTH = Technician("ana", {}, (Shift("ana-0", 480, 1020, "north", "north"),))
SOUTH = Technician("rui", {}, (Shift("rui-0", 480, 1020, "south", "south"),))
SECONDS = 0.3


def problem_of(*visits: Visit, weights: Weights | None = None, plan: Plan | None = None) -> Problem:
    return Problem(PLACES, Estimate(), (NORTH, SOUTH), visits, weights or Weights(), plan or Plan())


def with_ortools(problem: Problem, seconds: float = SECONDS, **asked: int) -> Result:
    return optimise(problem, seconds=seconds, engine="ortools", **asked)  # type: ignore[arg-type]


def served(plan: Plan) -> dict[str, str]:
    return {stop.visit: route.shift for route in plan.routes for stop in route.stops}


@pytest.mark.parametrize("seed", range(12))
def test_its_plans_keep_the_law_and_cost_no_more_than_todays(seed: int) -> None:
    problem = whole_problem(seed, visits=12)
    result = with_ortools(problem)
    # What is required and has no place today may have none at all.
    assert {one.kind for one in check(problem, result.plan)} <= {"required"}
    assert result.cost.total <= cost_of(problem, problem.plan).total


def test_it_serves_what_is_worth_it_from_an_empty_plan() -> None:
    problem = random_week(7)
    free = tuple(replace(visit, locked=None, required=False) for visit in problem.visits)
    empty = replace(problem, plan=Plan(), visits=free)
    result = with_ortools(empty, 1.0)
    assert not check(empty, result.plan)
    assert result.cost.total < 0.7 * cost_of(empty, Plan()).total


def test_the_nearer_technician_comes_unless_another_is_preferred_for_more_than_the_way() -> None:
    visit = Visit("v", "north", 60, preferred=("rui",))
    assert served(with_ortools(problem_of(visit, weights=Weights(preference=1))).plan) == {"v": "ana-0"}
    assert served(with_ortools(problem_of(visit, weights=Weights(preference=500))).plan) == {"v": "rui-0"}


def test_a_visit_stays_where_it_is_when_moving_it_is_dear() -> None:
    visit = Visit("v", "north", 60)
    today = Plan((Route("rui-0", (Stop("v", 600),)),))
    assert served(with_ortools(problem_of(visit, weights=Weights(disturbance=1), plan=today)).plan) == {"v": "ana-0"}
    assert served(with_ortools(problem_of(visit, weights=Weights(disturbance=500), plan=today)).plan) == {"v": "rui-0"}


def test_no_more_visits_move_than_are_allowed_to() -> None:
    visits = tuple(Visit(f"v{number}", "north", 30) for number in range(4))
    stops = tuple(Stop(visit.id, 600 + 60 * number) for number, visit in enumerate(visits))
    problem = problem_of(*visits, plan=Plan((Route("rui-0", stops),)))
    for most in (0, 1, 4):
        result = with_ortools(problem, 1.0, most_touched=most)
        assert len(touched(problem, result.plan)) <= most
        assert (result.cost.total < cost_of(problem, problem.plan).total) == (most == 4)


def test_a_visit_with_several_windows_begins_in_one_of_them() -> None:
    first = Visit("first", "middle", 60, ((600, 610), (800, 810)), only=("ana",))
    second = Visit("second", "middle", 60, ((605, 606),), only=("ana",))
    plan = with_ortools(problem_of(first, second)).plan
    assert {stop.visit: stop.begins >= 800 for route in plan.routes for stop in route.stops} == {
        "first": True,
        "second": False,
    }


def test_a_cancelled_run_ends_within_200_ms_with_a_lawful_plan() -> None:
    problem = random_week(2, technicians=12, visits=150)
    said: list[float] = []

    def cancelled() -> bool:
        if time.perf_counter() - began > 0.5:
            said.append(time.perf_counter())
        return bool(said)

    began = time.perf_counter()
    result = optimise(problem, seconds=30, engine="ortools", cancelled=cancelled)
    assert time.perf_counter() - said[0] < 0.2
    assert {one.kind for one in check(problem, result.plan)} <= {"required"}


def test_the_reported_best_never_gets_worse() -> None:
    told: list[Progress] = []
    result = optimise(random_week(5), seconds=1.0, engine="ortools", progress=told.append)
    costs = [one.cost for one in told]
    assert costs == sorted(costs, reverse=True)
    assert len(set(costs)) > 1
    assert all(0 < one.done <= 1 for one in told)
    assert result.iterations >= len(told) > 0


def test_the_same_number_of_solutions_gives_the_same_plan() -> None:
    problem = random_week(4)
    one, other = (optimise(problem, iterations=20, engine="ortools") for _ in range(2))
    assert one.plan == other.plan
