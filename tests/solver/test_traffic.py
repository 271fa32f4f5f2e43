"""Drives that take longer at some hours: the clock by itself, in the kernels, and in everything that plans with it."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from solver import (
    Break,
    Calendar,
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
    gaps_numpy,
    optimise,
    propose,
    schedule,
)
from solver.kernels import clock
from tests.solver.make import random_problem
from tests.solver.oracle import brute_starts

DAY = 1440
SLICES = [count for count in range(1, DAY + 1) if DAY % count == 0]
TIMES, DRIVES = some.integers(0, 4 * DAY), some.integers(0, 2 * DAY)


@some.composite
def traffics(draw: some.DrawFn) -> Traffic:
    """Any speeds of any number of slices that a day can have; long days are drawn as a pattern that comes again."""
    count = draw(some.sampled_from(SLICES))
    pattern = draw(some.lists(some.floats(0.1, 1), min_size=1, max_size=min(count, 24)))
    return Traffic(tuple(pattern[number % len(pattern)] for number in range(count)))


laws = settings(derandomize=True, max_examples=400)


@laws
@given(traffics(), TIMES, DRIVES)
def test_the_arrival_is_the_first_minute_by_which_the_drive_may_depart_no_sooner(
    traffic: Traffic, leaves: int, minutes: int
) -> None:
    arrives = traffic.arrival(leaves, minutes)
    assert traffic.departure(arrives, minutes) >= leaves > traffic.departure(arrives - 1, minutes)


@laws
@given(traffics(), TIMES, DRIVES)
def test_the_departure_is_the_last_minute_that_arrives_in_time(traffic: Traffic, arrives: int, minutes: int) -> None:
    leaves = traffic.departure(arrives, minutes)
    assert traffic.arrival(leaves, minutes) <= arrives < traffic.arrival(leaves + 1, minutes)


@laws
@given(traffics(), TIMES, some.integers(0, DAY), DRIVES)
def test_who_leaves_later_never_arrives_earlier(traffic: Traffic, leaves: int, later: int, minutes: int) -> None:
    assert traffic.arrival(leaves, minutes) <= traffic.arrival(leaves + later, minutes)


@laws
@given(traffics(), TIMES, some.integers(0, 300))
def test_a_drive_is_over_when_the_speeds_of_its_minutes_sum_up_to_its_length(
    traffic: Traffic, leaves: int, minutes: int
) -> None:
    slice_ = DAY // len(traffic.speeds)
    arrives, left = leaves, 1000 * minutes
    while left > 0:
        left -= round(1000 * traffic.speeds[arrives % DAY // slice_])
        arrives += 1
    assert traffic.arrival(leaves, minutes) == arrives


@laws
@given(traffics(), DRIVES)
def test_free_roads_are_the_quickest_and_the_slowest_speed_bounds_every_drive(traffic: Traffic, minutes: int) -> None:
    for leaves in range(0, DAY, 97):
        taken = traffic.arrival(leaves, minutes) - leaves
        assert minutes <= taken <= minutes / round(min(traffic.speeds), 3) + 1


@settings(derandomize=True, max_examples=100)
@given(traffics(), some.lists(TIMES, min_size=1, max_size=40), some.integers(0, DAY))
def test_kernels_and_numpy_agree_with_the_clock_to_the_minute(traffic: Traffic, times: list[int], minutes: int) -> None:
    progress = np.array(traffic.progress, np.int64)
    at, drives = np.array(times, np.int64), np.full(len(times), minutes, np.int64)
    arrivals = [traffic.arrival(time, minutes) for time in times]
    departures = [traffic.departure(time, minutes) for time in times]
    assert [clock.arrival(time, minutes, progress) for time in times] == arrivals
    assert [clock.departure(time, minutes, progress) for time in times] == departures
    assert gaps_numpy._arrivals(at, drives, progress).tolist() == arrivals
    assert gaps_numpy._departures(at, drives, progress).tolist() == departures


RUSH = Traffic(tuple(0.4 if hour in (8, 17) else 1 for hour in range(24)))


def commuter(*windows: tuple[int, int], ends: int = 1020, most_travel: int | None = None) -> Problem:
    """One technician at work from eight, half an hour of free road away from the only visit."""
    places = (Place("home", 0, 0), Place("there", 0, 0))
    staff = Technician("ana", {}, (Shift("day", 480, ends, "home", "home"),), most_travel_minutes=most_travel)
    visit = Visit("v", "there", 60, windows)
    return Problem(places, Matrix([[0, 30], [30, 0]]), (staff,), (visit,), traffic=RUSH)


def says(problem: Problem, begins: int) -> tuple[bool, bool, bool]:
    """Whether propose, schedule and the law have the visit begin at a minute."""
    offered = propose(problem, problem.visits[0]).candidates
    fixed = schedule(problem, "day", ["v"], fixed={"v": begins})
    lawful = not check(problem, Plan((Route("day", (Stop("v", begins),)),)))
    return any(one.begins[0] <= begins <= one.begins[1] for one in offered), fixed is not None, lawful


@pytest.mark.parametrize(
    ("begins", "possible"),
    [
        (510, False),  # half an hour on a free road
        (545, False),
        (546, True),  # 24 of its minutes fill the hour from eight to nine, and six more follow on a free road
        (900, True),
        (930, True),  # over at 990, and home at five
        (931, False),
    ],
)
def test_a_rush_hour_puts_off_what_everybody_agrees_about(begins: int, possible: bool) -> None:
    assert says(commuter((480, 1000)), begins) == (possible, possible, possible)


def test_what_the_rush_hour_makes_unreachable_is_reachable_at_noon() -> None:
    early, noon = commuter((500, 540)), commuter((500, 540), (720, 730))
    assert propose(early, early.visits[0]).candidates == ()
    assert propose(replace(early, traffic=Traffic()), early.visits[0]).candidates != ()
    assert schedule(early, "day", ["v"]) is None
    assert optimise(early, iterations=20).plan == Plan()
    assert [one.begins for one in propose(noon, noon.visits[0]).candidates] == [(720, 730)]
    assert schedule(noon, "day", ["v"]) == Route("day", (Stop("v", 720),))
    assert optimise(noon, iterations=20).plan == Plan((Route("day", (Stop("v", 720),)),))


def test_the_way_home_in_the_rush_hour_takes_its_time_too() -> None:
    problem = commuter((480, 1000), ends=1060)
    last = propose(problem, problem.visits[0]).candidates[-1].begins[1]
    assert RUSH.arrival(last + 60, 30) <= 1060 < RUSH.arrival(last + 61, 30)
    assert says(problem, last) == (True, True, True)
    assert says(problem, last + 1) == (False, False, False)


def test_maxima_and_cost_count_the_minutes_of_free_roads() -> None:
    problem = commuter((480, 700), most_travel=60)
    (candidate,) = propose(problem, problem.visits[0]).candidates
    assert candidate.cost.travel_minutes == 60


def test_a_break_can_wait_for_the_road_to_be_free() -> None:
    """Twenty minutes of pause at home from eight cost only eight minutes of free road."""
    problem = commuter((480, 1000))
    shift = replace(problem.technicians[0].shifts[0], breaks=(Break(480, 480, 20),))
    paused = replace(problem, technicians=(replace(problem.technicians[0], shifts=(shift,)),))
    (candidate,) = propose(paused, paused.visits[0]).candidates
    assert candidate.begins[0] == 554


def rush_day(seed: int) -> tuple[Problem, Visit]:
    """A short random day on roads whose speed changes every few minutes."""
    dice = random.Random(seed)
    problem, visit = random_problem(seed, breaks=2)
    speeds = tuple(dice.choice((1, 1, 0.7, 0.5, 0.25)) for _ in range(dice.choice((48, 96, 288))))
    rushed = replace(problem, traffic=Traffic(speeds), plan=Plan())
    order: list[str] = []
    routes: tuple[Route, ...] = ()
    for one in problem.visits[:-1]:
        route = schedule(rushed, problem.technicians[0].shifts[0].id, [*order, one.id])
        if route is not None:
            order, routes = [*order, one.id], (route,)
    return replace(rushed, plan=Plan(routes)), visit


def assert_exact_in_traffic(seed: int) -> int:
    problem, visit = rush_day(seed)
    shift = problem.technicians[0].shifts[0]
    stops = problem.plan.routes[0].stops if problem.plan.routes else ()
    order = [problem.index.visits[stop.visit] for stop in stops]
    candidates = Calendar(problem).propose(visit).candidates
    for gap in range(len(order) + 1):
        around = [*order[:gap], visit, *order[gap:]]
        offered: set[int] = set()
        for one in candidates:
            if one.position != gap:
                continue
            offered.update(range(one.begins[0], one.begins[1] + 1))
            for begins in one.begins:
                route = schedule(problem, shift.id, [other.id for other in around], fixed={visit.id: begins})
                assert route is not None
                assert check(problem, Plan((route,))) == []
        assert offered == brute_starts(problem, shift, around, gap), (seed, gap)
    return len(candidates)


@pytest.mark.parametrize("batch", range(2))
def test_in_traffic_every_start_offered_keeps_the_law_and_none_is_missed(batch: int) -> None:
    assert sum(assert_exact_in_traffic(seed) for seed in range(batch * 200, (batch + 1) * 200)) > 100


@pytest.mark.usefixtures("with_numpy")
def test_in_traffic_the_engine_without_numba_is_exact_too() -> None:
    assert sum(assert_exact_in_traffic(seed) for seed in range(150)) > 50


@settings(derandomize=True, max_examples=60, phases=[Phase.generate])
@given(some.integers(0, 10**6))
def test_what_is_optimised_in_traffic_keeps_the_law_of_that_hour(seed: int) -> None:
    problem, _ = rush_day(seed)
    free = replace(problem, visits=tuple(replace(one, locked=None) for one in problem.visits))
    assert check(free, optimise(free, iterations=40, seed=seed).plan) == []
