"""A stream of requests, answered by a policy on an empty calendar."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import (
    Candidate,
    Cost,
    Estimate,
    Outcome,
    Place,
    Problem,
    ProblemError,
    Promises,
    Reason,
    Request,
    Rules,
    Shift,
    Technician,
    Visit,
    check,
    cost_of,
    loads,
    replay,
)
from solver.each_day import optimise_each_day
from solver.offers import first_available, nearest, shown
from solver.replay import Policy, likely_visits
from tests.solver.make import random_week

DAY = 1440
QUICK = Rules(likely=10, nightly=20, daily=5)


def unit(technicians: int = 2, days: int = 4) -> Problem:
    """Technicians from one home who work from eight to five, and sixteen places around it."""
    places = tuple(Place(f"p{number}", 41.1 + number % 4 / 50, -8.6 + number // 4 / 50) for number in range(16))
    staff = tuple(
        Technician(
            f"t{number}",
            {},
            tuple(Shift(f"t{number}-{day}", day * DAY + 480, day * DAY + 1020, "p0", "p0") for day in range(days)),
        )
        for number in range(technicians)
    )
    return Problem(places, Estimate(), staff, ())


def clients(seed: int, count: int) -> list[Request]:
    """Clients who ask on the first two days, each free in some half-days of the following ones."""
    dice = np.random.default_rng(seed)
    found = []
    for number in range(count):
        today = 2 * number // count
        free = [(day, half) for day in range(today + 1, 4) for half in range(2) if dice.random() < 0.6] or [(3, 0)]
        windows = tuple((day * DAY + (480, 720)[half], day * DAY + (719, 1020)[half]) for day, half in free)
        visit = Visit(f"v{number}", f"p{dice.integers(16)}", int(dice.integers(30, 120)), windows)
        found.append(Request(visit, today * DAY + 480 + number, float(dice.random())))
    return found


def plan_of(outcome: Outcome) -> list[tuple[str, str, int]]:
    return [(route.shift, stop.visit, stop.begins) for route in outcome.problem.plan.routes for stop in route.stops]


# --- Replay -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["first", "nearest", "regret"])
def test_everybody_is_booked_within_what_suits_him_or_lost_and_the_law_is_kept(policy: Policy) -> None:
    asked = clients(1, 60)
    outcome = replay(unit(), asked, replace(QUICK, policy=policy))
    booked = {visit.id: visit for visit in outcome.problem.visits}
    assert not check(outcome.problem, outcome.problem.plan)
    assert sorted([*booked, *outcome.lost]) == sorted(request.visit.id for request in asked)
    assert sorted(visit for _, visit, _ in plan_of(outcome)) == sorted(booked)
    assert outcome.lost, "two technicians are too few for everybody"
    for request in asked:
        for opens, closes in booked[request.visit.id].windows if request.visit.id in booked else ():
            assert closes - opens <= 120
            assert any(low <= opens and closes <= high for low, high in request.visit.windows)


def test_the_same_requests_and_rules_give_the_same_plan() -> None:
    one, other = (replay(unit(), clients(2, 50), QUICK) for _ in range(2))
    assert (plan_of(one), one.lost) == (plan_of(other), other.lost)


def test_requests_are_answered_in_the_order_in_which_they_were_asked() -> None:
    asked = clients(3, 40)
    assert plan_of(replay(unit(), asked[::-1], QUICK)) == plan_of(replay(unit(), asked, QUICK))


def test_a_promise_of_the_first_day_is_not_moved_by_later_nights() -> None:
    asked = clients(4, 50)
    booked = [
        {visit.id: visit.windows for visit in replay(unit(), requests, QUICK).problem.visits}
        for requests in (asked[:25], asked)
    ]
    assert booked[0].items() <= booked[1].items()


def test_who_has_no_slot_is_lost() -> None:
    visit = Visit("long", "p1", 600, ((DAY, 2 * DAY),))
    assert replay(unit(), [Request(visit, 600)], QUICK).lost == ("long",)


def test_the_pick_decides_which_of_the_slots_is_taken() -> None:
    visit = Visit("v", "p5", 60, tuple((day * DAY + 480, day * DAY + 719) for day in range(1, 4)))
    taken = [replay(unit(), [Request(visit, 600, pick)], QUICK).problem.visits[0].windows for pick in (0, 0.7, 0.9)]
    assert len(set(taken)) == 3


def test_a_replay_refuses_a_calendar_with_visits() -> None:
    problem = replace(unit(), visits=(Visit("v", "p1", 30),))
    with pytest.raises(ProblemError, match="visits"):
        replay(problem, [])


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"policy": "best"}, "rules.policy"),
        ({"nightly": -1}, "rules.nightly"),
        ({"pause": 0}, "rules.pause"),
        ({"promises": Promises(0, 60)}, "rules.promises"),
    ],
)
def test_wrong_rules_are_refused_with_their_key(wrong: dict[str, object], key: str) -> None:
    with pytest.raises(ProblemError, match=key):
        Rules(**wrong)  # type: ignore[arg-type]


@given(st.integers(0, 10**6), st.integers(0, 3))
def test_likely_visits_are_those_of_clients_who_ask_from_today_on(seed: int, today: int) -> None:
    asked = clients(seed, 20)
    for visit in likely_visits(asked, today, 30, np.random.default_rng(seed)):
        like = next(request for request in asked if request.visit.id == visit.id)
        [moved] = {one[0] - other[0] for one, other in zip(visit.windows, like.visit.windows, strict=True)}
        assert moved % DAY == 0
        assert like.asked + moved >= today * DAY


# --- Offers -------------------------------------------------------------------------------------------


def candidate(begins: tuple[int, int], window: tuple[int, int], cost: float = 0.0) -> Candidate:
    return Candidate("t", "s", 0, begins, window, Cost(0, 0, 0, cost), "green", None, None, Reason("empty_day"))


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(1, 240), st.integers(1, 120))
def test_every_promise_can_be_kept_and_lies_where_the_client_is_there(
    first: int, more: int, rest: int, minutes: int, step: int
) -> None:
    step = min(step, minutes)
    opens, closes = 480, 480 + first + more + rest
    begins = opens + first, opens + first + more
    promises = Promises(minutes, step)
    windows = promises.around(candidate(begins, (opens, closes)))
    assert promises.earliest(candidate(begins, (opens, closes))) in windows
    for low, high in windows:
        assert (low - opens) % step == 0
        assert low <= high <= min(closes, low + minutes)
        assert max(low, begins[0]) <= min(high, begins[1])
    assert all(other - one == step for (one, _), (other, _) in pairwise(windows))


def test_the_first_policy_shows_the_earliest_and_the_nearest_the_cheapest() -> None:
    soon, cheap = candidate((500, 510), (480, 719), 9), candidate((700, 710), (480, 719), 1)
    assert [one.candidate for one in shown(first_available([cheap, soon], Promises()))] == [soon, cheap]
    assert [one.candidate for one in shown(nearest([soon, cheap], Promises()))] == [cheap, soon]


def test_no_window_is_shown_twice_and_three_at_most() -> None:
    several = [candidate((500 + 5 * number, 505 + 5 * number), (480, 719), number) for number in range(40)]
    offers = shown(nearest(several, Promises()))
    assert len({offer.promise for offer in offers}) == len(offers) == 3
    assert offers[0].candidate is several[0]


# --- Each day -----------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_days_that_are_optimised_alone_keep_their_visits_and_cost_no_more(seed: int) -> None:
    problem = random_week(seed)
    planned = tuple(visit for visit in problem.visits if visit.id in problem.index.planned)
    problem = replace(problem, visits=tuple(replace(visit, required=True) for visit in planned))
    days = {shift.day for shift in problem.index.shifts.values()}
    plan = optimise_each_day(problem, days, 5)
    assert not check(problem, plan)
    assert cost_of(problem, plan).total <= cost_of(problem, problem.plan).total + 1e-6
    day = {name: shift.day for name, shift in problem.index.shifts.items()}
    before, after = (
        {stop.visit: day[route.shift] for route in one.routes for stop in route.stops} for one in (problem.plan, plan)
    )
    assert before == after


@given(st.integers(0, 10**6))
def test_loads_add_up_to_what_the_plan_costs_in_travel(seed: int) -> None:
    problem = random_week(seed)
    found = loads(problem)
    assert problem.weights.travel_minute * sum(one.travel_minutes for one in found) == pytest.approx(
        cost_of(problem, problem.plan).travel
    )
    assert sum(one.visits for one in found) == sum(len(route.stops) for route in problem.plan.routes)
    assert all(one.share >= 0 for one in found)


@pytest.mark.parametrize("policy", ["first", "nearest", "regret"])
def test_work_for_several_is_booked_with_all_of_its_crew(policy: Policy) -> None:
    asked = [
        replace(one, visit=replace(one.visit, crew=2)) if number % 3 == 0 else one
        for number, one in enumerate(clients(seed=5, count=60))
    ]
    outcome = replay(unit(technicians=3), asked, replace(QUICK, policy=policy))
    assert check(outcome.problem, outcome.problem.plan) == []
    crews = [visit.id for visit in outcome.problem.visits if visit.crew == 2]
    assert len(crews) >= 8
    served = [stop.visit for route in outcome.problem.plan.routes for stop in route.stops]
    assert all(served.count(name) == 2 for name in crews)
