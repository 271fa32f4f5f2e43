"""Proposals against brute force, and against themselves in every form they take."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from solver import Calendar, Plan, Problem, ProblemError, Visit, check, gaps_numpy, propose, schedule, warm
from tests.solver.make import random_problem, random_week
from tests.solver.oracle import brute_starts

A_BATCH = 1000


@pytest.mark.parametrize("batch", range(10))
def test_every_start_offered_keeps_the_law_and_none_is_missed(batch: int) -> None:
    for seed in range(batch * A_BATCH, (batch + 1) * A_BATCH):
        assert_exact(seed)


@pytest.mark.full
@pytest.mark.parametrize("batch", range(10, 100))
def test_every_start_offered_keeps_the_law_and_none_is_missed_at_length(batch: int) -> None:
    for seed in range(batch * A_BATCH, (batch + 1) * A_BATCH):
        assert_exact(seed)


@pytest.mark.usefixtures("with_numpy")
def test_every_start_offered_without_numba_is_exact_too() -> None:
    for seed in range(A_BATCH):
        assert_exact(seed)


@pytest.mark.usefixtures("with_numpy")
@pytest.mark.parametrize("broken", ["_take_breaks", "_leave_room"])
def test_the_comparison_notices_an_engine_that_forgets_breaks(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps_numpy, broken, lambda times, breaks: None)
    assert any(not is_exact(seed) for seed in range(100))


def is_exact(seed: int) -> bool:
    try:
        assert_exact(seed)
    except AssertionError:
        return False
    return True


def assert_exact(seed: int) -> None:
    """Compare every gap with brute force, and put the visit at both ends, in the middle and one minute beyond."""
    problem, visit = random_problem(seed)
    shift = problem.technicians[0].shifts[0]
    order = [problem.index.visits[stop.visit] for stop in problem.plan.routes[0].stops]
    candidates = Calendar(problem).propose(visit).candidates
    for gap in range(len(order) + 1):
        around = [*order[:gap], visit, *order[gap:]]
        every = brute_starts(problem, shift, around, gap)
        here = [one for one in candidates if one.position == gap]
        offered: set[int] = set()
        for one in here:
            first, last = one.begins
            assert one.window is None or one.window[0] <= first <= last <= one.window[1]
            assert one.after == (order[gap - 1].id if gap else None)
            assert one.before == (order[gap].id if gap < len(order) else None)
            offered.update(range(first, last + 1))
            for begins in {first, last, (first + last) // 2}:
                assert_lawful(problem, around, visit, begins)
        assert offered == every, (seed, gap)
        for begins in {one.begins[0] - 1 for one in here} | {one.begins[1] + 1 for one in here}:
            if begins not in every:
                assert schedule(problem, shift.id, [one.id for one in around], fixed={visit.id: begins}) is None


def assert_lawful(problem: Problem, around: list[Visit], visit: Visit, begins: int) -> None:
    wishes = {stop.visit: stop.begins for stop in problem.plan.routes[0].stops}
    shift = problem.technicians[0].shifts[0].id
    route = schedule(problem, shift, [one.id for one in around], wishes, {visit.id: begins})
    assert route is not None
    assert {stop.visit: stop.begins for stop in route.stops}[visit.id] == begins
    assert check(problem, Plan((route,))) == []


@pytest.mark.parametrize("seed", range(40))
def test_numpy_and_numba_propose_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_week(seed)
    compiled, plain = Calendar(problem), Calendar(problem)
    for visit in unplanned(problem)[:10]:
        for limit in (None, 3):
            one = compiled.propose(visit, limit, reasons=limit is None)
            with monkeypatch.context() as patched:
                patched.setattr("solver.questions.compiled", lambda: False)
                patched.setattr("solver.travel.compiled", lambda: False)
                assert plain.propose(visit, limit, reasons=limit is None) == one


@pytest.mark.parametrize("seed", range(10))
def test_a_calendar_after_any_inserts_and_removals_equals_a_new_one(seed: int) -> None:
    dice = random.Random(seed)
    problem = random_week(seed)
    calendar = Calendar(problem)
    planned = {stop.visit for route in problem.plan.routes for stop in route.stops}
    for _ in range(60):
        visit = dice.choice(problem.visits)
        if visit.id in planned:
            calendar.remove(visit.id)
            planned.remove(visit.id)
            continue
        candidates = calendar.propose(visit, limit=5).candidates
        if candidates:
            chosen = dice.choice(candidates)
            calendar.insert(chosen.shift, chosen.position, visit, dice.randint(*chosen.begins))
            planned.add(visit.id)
    assert {one.kind for one in check(problem, calendar.plan)} <= {"required", "lock"}  # removed, and no more
    rebuilt = Calendar(problem, calendar.plan)
    for visit in problem.visits:
        if visit.id not in planned:
            assert calendar.propose(visit, reasons=True) == rebuilt.propose(visit, reasons=True)


@pytest.mark.parametrize("seed", range(10))
def test_the_cheapest_come_first_and_a_limit_only_cuts(seed: int) -> None:
    calendar = Calendar(random_week(seed))
    for visit in unplanned(calendar.problem)[:5]:
        every = calendar.propose(visit).candidates
        costs = [one.cost.total for one in every]
        assert costs == sorted(costs)
        for limit in (0, 1, 3, len(every), len(every) + 1):
            assert calendar.propose(visit, limit).candidates == every[:limit]


def test_the_extra_minutes_and_kilometres_are_those_of_the_changed_route() -> None:
    for seed in range(200):
        problem, visit = random_problem(seed)
        index = problem.index
        shift = problem.technicians[0].shifts[0]
        order = [index.visits[stop.visit] for stop in problem.plan.routes[0].stops]
        for one in propose(problem, visit).candidates:
            changed = [*order[: one.position], visit, *order[one.position :]]
            drives = [
                list(pairwise([shift.start, *(stop.place for stop in row), shift.end])) for row in (order, changed)
            ]
            minutes = [sum(index.minutes(*leg) for leg in row) for row in drives]
            km = [sum(index.km(*leg) for leg in row) for row in drives]
            base = (minutes[0], km[0]) if order else (0, 0.0)
            assert one.cost.travel_minutes == minutes[1] - base[0]
            assert one.cost.km == pytest.approx(km[1] - base[1])


def test_only_the_shifts_asked_for_answer() -> None:
    problem = random_week(3)
    asked = {shift.id for shift in problem.technicians[0].shifts}
    calendar = Calendar(problem)
    for visit in unplanned(problem):
        proposal = calendar.propose(visit, shifts=asked, reasons=True)
        answered = {one.shift for one in proposal.candidates} | {one.shift for one in proposal.refused}
        assert answered - {None} == asked


def test_every_technician_day_is_either_a_candidate_or_refused() -> None:
    problem = random_week(4)
    calendar = Calendar(problem)
    for visit in unplanned(problem):
        proposal = calendar.propose(visit, reasons=True)
        offered = {one.shift for one in proposal.candidates}
        refused = [one.shift for one in proposal.refused if one.shift is not None]
        assert sorted([*offered, *refused]) == sorted(problem.index.shifts)


@pytest.mark.parametrize("crew", [1, 2, 3])
def test_reasons_asked_for_afterwards_are_those_that_come_with_the_candidates(crew: int) -> None:
    problem = random_week(4)
    calendar = Calendar(problem)
    for visit in unplanned(problem):
        several = replace(visit, crew=crew)
        refused = calendar.why_not(several)
        assert refused
        assert refused == calendar.propose(several, reasons=True).refused


def test_a_planned_visit_is_proposed_as_if_it_were_not_there() -> None:
    problem, _ = random_problem(11)
    stop = problem.plan.routes[0].stops[0]
    candidates = propose(problem, problem.index.visits[stop.visit]).candidates
    assert any(one.begins[0] <= stop.begins <= one.begins[1] and one.position == 0 for one in candidates)


def test_a_calendar_refuses_what_it_does_not_know() -> None:
    problem, visit = random_problem(1)
    calendar = Calendar(problem)
    with pytest.raises(ProblemError, match=r"visit\.place"):
        calendar.propose(Visit("new", "nowhere", 10))
    with pytest.raises(ProblemError, match="shift"):
        calendar.propose(visit, shifts=["nowhere"])
    with pytest.raises(ProblemError, match="visit"):
        calendar.remove(visit.id)
    with pytest.raises(ProblemError, match="crew"):
        calendar.propose(Visit("new", "p0", 10, crew=0))


def test_an_insertion_that_does_not_fit_changes_nothing() -> None:
    problem, _ = random_problem(1)
    calendar = Calendar(problem)
    before = calendar.plan
    with pytest.raises(ValueError, match="does not fit"):
        calendar.insert("shift", 0, Visit("new", "p0", 100_000))
    assert calendar.plan == before


def test_warming_twice_is_harmless() -> None:
    assert warm()


def unplanned(problem: Problem) -> list[Visit]:
    return [visit for visit in problem.visits if visit.id not in problem.index.planned]


def test_the_pass_finds_nothing_on_no_rows() -> None:
    problem = random_week(1)
    visit = unplanned(problem)[0]
    assert Calendar(problem).propose(visit, shifts=[]).candidates == ()
