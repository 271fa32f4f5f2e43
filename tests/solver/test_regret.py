"""Regret: what a booking does to the visits that are likely to come next."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import Calendar, Estimate, Place, Problem, Regret, Shift, Technician, Visit, regret
from tests.solver.make import random_week

LOST = 25.0


def week(seed: int) -> tuple[Problem, list[Visit], list[Visit]]:
    """A week without maxima, the visits that are not planned, and a sample of likely ones."""
    problem = random_week(seed)
    planned = problem.index.planned
    waiting = [replace(visit, load=0) for visit in problem.visits if visit.id not in planned and not visit.locked]
    return problem, waiting[::2], [replace(one, id=f"likely-{one.id}") for one in waiting[1::2]]


def least_by_asking(calendar: Calendar, visit: Visit) -> float:
    """What a visit costs at least, without waiting, or `LOST`."""
    weights = calendar.problem.weights
    candidates = calendar.propose(visit).candidates
    driving = [weights.travel_minute * one.cost.travel_minutes + weights.km * one.cost.km for one in candidates]
    return min([LOST, *driving])


@given(st.integers(0, 10**6))
def test_a_table_that_followed_bookings_and_cancellations_equals_a_rebuilt_one(seed: int) -> None:
    dice = random.Random(seed)
    problem, waiting, likely = week(seed)
    calendar = Calendar(problem)
    followed = Regret(calendar, likely, LOST)
    booked: dict[str, str] = {stop.visit: route.shift for route in problem.plan.routes for stop in route.stops}
    for visit in waiting:
        candidates = calendar.propose(visit).candidates
        if candidates:
            chosen = dice.choice(candidates)
            calendar.insert(chosen.shift, chosen.position, visit)
            booked[visit.id] = chosen.shift
            followed.follow(chosen.shift)
        if booked and dice.random() < 0.3:
            gone = dice.choice(sorted(booked))
            calendar.remove(gone)
            followed.follow(booked.pop(gone))
    assert np.array_equal(followed.least, Regret(calendar, likely, LOST).least)


@given(st.integers(0, 10**6))
def test_regret_is_the_mean_by_which_the_likely_visits_get_dearer(seed: int) -> None:
    problem, waiting, likely = week(seed)
    calendar = Calendar(problem)
    known = Regret(calendar, likely, LOST)
    for visit in waiting[:3]:
        for candidate in calendar.propose(visit, limit=4).candidates:
            before = [least_by_asking(calendar, one) for one in likely]
            told = known.of(visit, candidate.shift, candidate.position)
            calendar.insert(candidate.shift, candidate.position, visit)
            after = [least_by_asking(calendar, one) for one in likely]
            calendar.remove(visit.id)
            assert told == pytest.approx(np.mean(after) - np.mean(before), abs=1e-6)


@given(st.integers(0, 10**6))
def test_numpy_and_compiled_code_fill_the_same_table(seed: int) -> None:
    problem, _, likely = week(seed)
    calendar = Calendar(problem)
    compiled = Regret(calendar, likely, LOST).least
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regret, "compiled", lambda: False)
        assert np.allclose(Regret(calendar, likely, LOST).least, compiled, atol=1e-6)


def two_colleagues() -> Problem:
    """Two technicians from one home, and only the second one knows gas."""
    places = (Place("home", 41.15, -8.61), Place("here", 41.16, -8.61), Place("there", 41.16, -8.60))
    shifts = [(Shift(name, 480, 600, "home", "home"),) for name in ("water-only", "water-and-gas")]
    skills: list[dict[str, int]] = [{"water": 1}, {"water": 1, "gas": 1}]
    staff = tuple(Technician(one[0].id, skill, one) for one, skill in zip(shifts, skills, strict=True))
    return Problem(places, Estimate(), staff, ())


def test_who_keeps_the_only_technician_with_a_rare_skill_busy_is_regretted() -> None:
    calendar = Calendar(two_colleagues())
    likely = [Visit("gas", "there", 60, skills={"gas": 1}), Visit("water", "there", 60, skills={"water": 1})]
    known = Regret(calendar, likely)
    visit = Visit("new", "here", 90, skills={"water": 1})
    candidates = calendar.propose(visit).candidates
    assert candidates[0].cost.total == candidates[1].cost.total
    ranked = known.rank(visit, candidates)
    assert [candidate.shift for candidate, _ in ranked] == ["water-only", "water-and-gas"]
    assert ranked[0][1] == 0 < ranked[1][1]


def test_a_visit_that_opens_a_way_to_a_neighbourhood_makes_likely_ones_cheaper() -> None:
    calendar = Calendar(two_colleagues())
    known = Regret(calendar, [Visit("next-door", "there", 20)])
    assert known.of(Visit("new", "here", 20), "water-only", 0) < 0


def test_without_likely_visits_the_cheapest_is_best() -> None:
    calendar = Calendar(two_colleagues())
    visit = Visit("new", "here", 20)
    candidates = calendar.propose(visit).candidates
    assert [one for one, _ in Regret(calendar, []).rank(visit, candidates)] == list(candidates)


def test_places_that_the_calendar_learns_later_are_known_too() -> None:
    calendar = Calendar(two_colleagues())
    known = Regret(calendar, [Visit("likely", "there", 20)])
    calendar.add_place(Place("new", 41.2, -8.6))
    visit = Visit("far", "new", 20)
    calendar.insert("water-only", 0, visit)
    known.follow("water-only")
    assert np.array_equal(known.least, Regret(calendar, [Visit("likely", "there", 20)]).least)
