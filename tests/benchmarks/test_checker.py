"""The independent checker: what it refuses, and that it agrees with the engine."""

from __future__ import annotations

import copy
import random
from typing import Any

import numpy as np
import pytest

from benchmarks.answers import OURS, Limit, answer_of, routes_of
from benchmarks.checker import Figures, WrongAnswer, checked
from benchmarks.field_day import field_day
from benchmarks.instance import Instance, Json, problem_of, shift_of, visit_of
from solver import Plan, Problem, cost_of, schedule
from solver.json_format import problem_from_json

DRIVE = 10
NOON: Json = {"earliest": 120, "latest": 180, "minutes": 30}
GOOD: Json = {"shift": "t0-0", "visits": ["early", "late"]}


def two_visits() -> Json:
    """A shift from 0 to 300 with a break, ten minutes from anywhere to anywhere else, and two visits of an hour."""
    minutes = np.full((3, 3), DRIVE) * (1 - np.eye(3, dtype=np.int64))
    shift = shift_of("t0-0", 0, 300, "home", [NOON], capacity=5)
    other = shift_of("t1-0", 0, 300, "home", [])
    visits = [
        visit_of("early", "a", 60, [[0, 20], [100, 110]], skills={"gas": 2}, priority=3, load=3),
        visit_of("late", "b", 60, [[100, 200]], priority=2, load=2),
    ]
    staff = [
        {"id": "t0", "skills": {"gas": 2}, "shifts": [shift]},
        {"id": "t1", "skills": {"gas": 1}, "shifts": [other]},
    ]
    return problem_of(["home", "a", "b"], minutes, staff, visits)


def test_a_good_answer_costs_its_travel_and_what_it_leaves_out() -> None:
    assert checked(two_visits(), [GOOD]) == Figures(cost=30, travel=30, unserved=0, points=0)
    assert checked(two_visits(), [{"shift": "t0-0", "visits": ["early"]}]) == Figures(420, 20, 1, 2)
    assert checked(two_visits(), []) == Figures(1000, 0, 2, 5)


@pytest.mark.parametrize("begins", [[10, 100], [20, 170], [100, 200]])
def test_times_that_leave_room_for_drives_and_breaks_are_good(begins: list[int]) -> None:
    problem = two_visits()
    problem["technicians"][0]["shifts"][0]["ends"] = 310
    assert checked(problem, [{**GOOD, "begins": begins}]).travel == 30


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ([{"shift": "t9-0", "visits": []}], "shift t9-0 is unknown"),
        ([{"shift": "t0-0", "visits": ["nobody"]}], "visit nobody is unknown"),
        ([{"shift": "t0-0", "visits": ["late"]}, {"shift": "t1-0", "visits": ["late"]}], "visit late twice"),
        ([{"shift": "t0-0", "visits": ["late"]}, {"shift": "t0-0", "visits": []}], "shift t0-0 twice"),
        ([{"shift": "t1-0", "visits": ["early"]}], "lacks skill gas"),
        ([{"shift": "t0-0", "visits": ["late", "early"]}], "visit early cannot begin in its time"),
        ([{**GOOD, "begins": [10]}], "1 times for 2 visits"),
        ([{**GOOD, "begins": [5, 100]}], "visit early cannot begin in its time"),
        ([{**GOOD, "begins": [30, 120]}], "visit early cannot begin in its time"),
        ([{**GOOD, "begins": [20, 89]}], "visit late cannot begin in its time"),
        ([{**GOOD, "begins": [100, 169]}], "visit late cannot begin in its time"),
        ([{**GOOD, "begins": [110, 190]}], "no room for its breaks"),
        ([{**GOOD, "begins": [20, 200]}], None),
        ([{**GOOD, "begins": [100, 200]}], None),
    ],
)
def test_a_broken_answer_is_refused(routes: list[Json], words: str | None) -> None:
    if words is None:
        assert checked(two_visits(), routes).unserved == 0
    else:
        with pytest.raises(WrongAnswer, match=words):
            checked(two_visits(), routes)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("visits", 1, "load"), 3, "carries 6 of 5"),
        (("technicians", 0, "shifts", 0, "ends"), 199, "ends 1 late"),
        (("technicians", 0, "shifts", 0, "begins"), 111, "visit early cannot begin"),
        (("technicians", 0, "shifts", 0, "breaks", 0, "latest"), 121, None),
        (("technicians", 0, "shifts", 0, "breaks"), [{**NOON, "minutes": 131}], "ends 1 late"),
    ],
)
def test_a_tighter_problem_refuses_the_same_answer(path: tuple[Any, ...], value: object, words: str | None) -> None:
    problem = two_visits()
    part: Any = problem
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    if words is None:
        assert checked(problem, [GOOD]).unserved == 0
    else:
        with pytest.raises(WrongAnswer, match=words):
            checked(problem, [GOOD])


def test_a_required_visit_may_not_be_left_out() -> None:
    problem = two_visits()
    problem["visits"][1]["required"] = True
    with pytest.raises(WrongAnswer, match="late is required"):
        checked(problem, [{"shift": "t0-0", "visits": ["early"]}])


@pytest.mark.parametrize("seed", range(6))
def test_the_checker_and_the_law_agree_on_every_order(seed: int) -> None:
    instance = any_skills(field_day("clusters", seed, 2, 9, lunch=True))
    problem, dice = problem_from_json(instance.problem), random.Random(seed)
    verdicts = []
    for _ in range(60):
        order = dice.sample([visit["id"] for visit in instance.problem["visits"]], dice.randint(1, 5))
        route = schedule(problem, "t0-0", order)
        assert works(instance.problem, {"shift": "t0-0", "visits": order}) == (route is not None)
        if route is not None:
            told = routes_of(Plan((route,)))
            assert checked(instance.problem, told).cost == pytest.approx(cost_of(problem, Plan((route,))).total)
        verdicts.append(route is not None)
    assert len(set(verdicts)) == 2


def test_the_answer_of_this_engine_is_good_and_costs_what_it_says() -> None:
    instance = field_day("clusters", 1, 4, 30, lunch=True)
    answer = answer_of(OURS, instance, Limit(1, iterations=200))
    assert answer.figures is not None
    assert answer.figures.cost == pytest.approx(answer.trace[-1][1])
    assert answer.iterations == 200


def any_skills(instance: Instance) -> Instance:
    problem = copy.deepcopy(instance.problem)
    for visit in problem["visits"]:
        visit["skills"] = {}
    return Instance(instance.name, problem)


def works(problem: Json, route: Json) -> bool:
    try:
        checked(problem, [route])
    except WrongAnswer:
        return False
    return True


def test_estimated_drives_are_those_of_the_engine() -> None:
    dice = random.Random(1)
    places = [
        {"id": str(number), "latitude": 41 + dice.random(), "longitude": -8 - dice.random()} for number in range(30)
    ]
    shift = shift_of("t0-0", 0, 10_000, "0", [])
    problem = {
        "places": places,
        "travel": {"estimate": {"fixed_minutes": 2.0, "minutes_per_km": 1.6}},
        "technicians": [{"id": "t0", "skills": {}, "shifts": [shift]}],
        "visits": [visit_of(str(number), str(number), 5, []) for number in range(30)],
        "weights": {"unserved": 200, "travel_minute": 1},
    }
    routes = [{"shift": "t0-0", "visits": [str(number) for number in range(30)]}]
    engine: Problem = problem_from_json(problem)
    route = schedule(engine, "t0-0", routes[0]["visits"])
    assert route is not None
    assert checked(problem, routes).cost == cost_of(engine, Plan((route,))).total
