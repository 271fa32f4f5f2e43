"""The bound: nothing that the law allows costs less."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from itertools import combinations, permutations, product

import pytest

from solver import Matrix, Place, Plan, Problem, Route, Shift, Technician, Visit, cost_of, optimise, schedule
from solver.cost import worth
from solver.exact.bound import lower_bound
from tests.solver.make import random_week
from tests.solver.whole_problems import whole_problem

A_LITTLE = 1e-6
SECONDS = 20.0


def least_cost(problem: Problem) -> float:
    """Of all lawful plans of a problem without crews and orders, by trying them."""
    left_out = {visit.id: worth(problem, visit) for visit in problem.visits}
    days = [day_costs(problem, shift) for shift in problem.index.shifts]
    has_to_stay = {
        visit.id for visit in problem.visits if visit.locked is not None and visit.id in problem.index.planned
    }
    best = float("inf")
    for choice in product(*(day.items() for day in days)):
        served = [name for names, _ in choice for name in names]
        if len(served) == len(set(served)) and has_to_stay.issubset(served):
            cost = sum(cost for _, cost in choice)
            best = min(best, cost + sum(value for name, value in left_out.items() if name not in served))
    return best


def day_costs(problem: Problem, shift: str) -> dict[tuple[str, ...], float]:
    """The least cost of a day for each set of visits that it can serve."""
    nothing = cost_of(problem, Plan()).total
    names = [visit.id for visit in problem.visits if schedule(problem, shift, [visit.id]) is not None]
    found: dict[tuple[str, ...], float] = {(): 0.0}
    for size in range(1, len(names) + 1):
        for visits in combinations(names, size):
            costs = []
            for order in permutations(visits):
                route = schedule(problem, shift, order)
                if route is not None:
                    served = sum(worth(problem, problem.index.visits[name]) for name in visits)
                    costs.append(cost_of(problem, Plan((route,))).total - nothing + served)
            if costs:
                found[visits] = min(costs)
    return found


def without_ties(problem: Problem) -> Problem:
    visits = tuple(replace(visit, crew=1, follows=(), required=False) for visit in problem.visits)
    seats: set[str] = set()
    routes = []
    for route in problem.plan.routes:
        mine = tuple(stop for stop in route.stops if stop.visit not in seats)
        seats |= {stop.visit for stop in mine}
        routes.append(Route(route.shift, mine))
    return replace(problem, visits=visits, plan=Plan(tuple(routes)))


def test_it_is_never_above_the_least_cost_of_all_plans_and_often_meets_it() -> None:
    met, something = 0, 0
    for seed in range(60):
        problem = without_ties(whole_problem(seed, visits=4, days=1))
        least, bound = least_cost(problem), lower_bound(problem, SECONDS)
        assert bound is not None
        assert bound <= least + A_LITTLE
        met += bound >= 0.99 * least
        something += least < cost_of(problem, Plan()).total
    assert something > 20
    assert met > 20


def test_it_is_never_above_the_cost_of_a_plan_with_crews_and_orders() -> None:
    for seed in range(30):
        problem = whole_problem(seed)
        bound = lower_bound(problem, SECONDS)
        assert bound is not None
        assert bound <= cost_of(problem, problem.plan).total + A_LITTLE
        if seed < 5:
            assert bound <= optimise(problem, iterations=300).cost.total + A_LITTLE


def test_it_is_near_what_is_found_for_several_technicians_and_days() -> None:
    for seed in range(3):
        problem = random_week(seed)
        problem = replace(problem, visits=tuple(replace(visit, required=False) for visit in problem.visits))
        found = optimise(problem, iterations=3000)
        bound = lower_bound(problem, SECONDS, found.plan)
        assert bound is not None
        assert 0.6 * found.cost.total <= bound <= found.cost.total + A_LITTLE


def test_where_the_best_plan_is_plain_the_bound_is_its_cost() -> None:
    places = (Place("home", 0, 0), Place("here", 0, 0), Place("there", 0, 0))
    drives = Matrix([[0, 10, 20], [10, 0, 15], [20, 15, 0]])
    staff = (Technician("ana", {}, (Shift("day", 480, 720, "home", "home"),)),)
    visits = (Visit("one", "here", 60), Visit("other", "there", 60), Visit("far too long", "here", 300, priority=1))
    problem = Problem(places, drives, staff, visits)
    assert lower_bound(problem, SECONDS) == pytest.approx(10 + 15 + 20 + 200, rel=2e-3)


def test_without_technicians_everything_is_left_out() -> None:
    problem = replace(random_week(1), technicians=(), plan=Plan())
    assert lower_bound(problem, SECONDS) == cost_of(problem, Plan()).total
    assert lower_bound(replace(problem, visits=()), SECONDS) == 0


def test_a_problem_too_large_for_the_time_has_none() -> None:
    problem = random_week(1, technicians=15, visits=200)
    begins = time.perf_counter()
    assert lower_bound(problem, 0.2) is None
    assert time.perf_counter() - begins < 2


def test_it_ends_when_it_is_cancelled() -> None:
    assert lower_bound(random_week(1), SECONDS, cancelled=lambda: True) is None


def test_it_needs_no_compiler() -> None:
    code = (
        "from tests.solver.whole_problems import whole_problem\n"
        "from solver.exact.bound import lower_bound\n"
        "from solver.kernels.compiling import compiled\n"
        "print(lower_bound(whole_problem(3, days=1), 60), compiled())\n"
    )
    plain = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    bound = lower_bound(whole_problem(3, days=1), 60)
    assert plain == [str(bound), "False"]
