"""The smallest changes that open a place for a visit: each does, and no smaller one of its kind would."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solver import (
    Calendar,
    Lock,
    Matrix,
    Place,
    Plan,
    Problem,
    Route,
    Shift,
    Stop,
    Technician,
    Visit,
    check,
)
from solver.openings import MOST_MINUTES, Opening, openings
from tests.solver.make import random_week

PLACES = (Place("home", 0, 0), Place("a", 0, 0))
DRIVES = Matrix([[0, 10], [10, 0]])
DAY = Shift("day", 480, 600, "home", "home")


def calendar_of(
    visit: Visit, *planned: tuple[Visit, int], shift: Shift = DAY, skills: dict[str, int] | None = None
) -> Calendar:
    plan = Plan((Route("day", tuple(Stop(one.id, begins) for one, begins in planned)),))
    staff = (Technician("ana", skills or {}, (shift,)),)
    return Calendar(Problem(PLACES, DRIVES, staff, (visit, *(one for one, _ in planned)), plan=plan))


def assert_opens(problem: Problem, opening: Opening) -> None:
    """Book a visit as the opening says, in a problem where only what it says has changed."""
    changed = {one.id: one for one in (opening.visit, opening.moved) if one is not None}
    visits = tuple(changed.get(one.id, one) for one in problem.visits)
    calendar = Calendar(replace(problem, visits=visits))
    calendar.insert_crew(opening.candidate, opening.visit, opening.begins)
    assert {one.kind for one in check(calendar.problem, calendar.plan)} <= {"required"}
    starts = {stop.visit: stop.begins for route in calendar.plan.routes for stop in route.stops}
    assert starts[opening.visit.id] == opening.begins
    if opening.moved is not None:
        assert starts[opening.moved.id] == opening.moved_to


def test_a_start_half_an_hour_later_is_named_with_both_times() -> None:
    visit, planned = Visit("new", "a", 30, ((480, 490),)), Visit("first", "a", 30, ((490, 490),))
    calendar = calendar_of(visit, (planned, 490))
    (opening, *_) = openings(calendar, visit)
    assert (opening.because.code, opening.begins) == ("starts_later", 520)
    assert opening.because.words == "at 8:40 instead of 8:10, 30 minutes later"
    assert opening.visit.windows == ((480, 520),)
    assert_opens(calendar.problem, opening)


def test_overtime_is_offered_where_the_shift_allows_it_and_costs_its_weight() -> None:
    visit, planned = Visit("new", "a", 30), Visit("long", "a", 80, ((490, 490),))
    calendar = calendar_of(visit, (planned, 490), shift=replace(DAY, overtime=30))
    assert calendar.propose(visit).candidates == ()
    (opening,) = openings(calendar, visit)
    assert opening.because.words == "with 10 minutes of overtime"
    assert opening.price == opening.candidate.cost.total + 10 * calendar.problem.weights.overtime
    assert_opens(calendar.problem, opening)
    assert openings(calendar_of(visit, (planned, 490)), visit) == ()


def test_another_visit_that_would_have_to_move_is_named_with_its_minutes() -> None:
    visit, promised = Visit("new", "a", 60), Visit("promised", "a", 30, ((520, 530),))
    calendar = calendar_of(visit, (promised, 520))
    (opening,) = openings(calendar, visit)
    assert opening.because.words == "if promised moves by 20 minutes"
    assert opening.moved_to in {500, 550}
    assert_opens(calendar.problem, opening)


def test_a_level_that_is_one_too_low_is_named_and_two_are_too_many() -> None:
    visit = Visit("new", "a", 30, skills={"gas": 3})
    (opening,) = openings(calendar_of(visit, skills={"gas": 2}), visit)
    assert opening.because.words == "with level 2 of gas instead of 3"
    assert openings(calendar_of(visit, skills={"gas": 1}), visit) == ()


def test_a_visit_that_is_locked_is_never_asked_to_move() -> None:
    visit, locked = Visit("new", "a", 60), Visit("locked", "a", 30, ((520, 530),), locked=Lock(begins=525))
    assert openings(calendar_of(visit, (locked, 525)), visit) == ()


@pytest.mark.parametrize("seed", range(60))
def test_every_opening_opens_and_no_smaller_change_of_the_start_does(seed: int) -> None:
    week = random_week(seed)
    staff = tuple(
        replace(one, shifts=tuple(replace(shift, overtime=30 * (number % 2)) for shift in one.shifts))
        for number, one in enumerate(week.technicians)
    )
    problem = replace(week, technicians=staff)
    calendar = Calendar(problem)
    before = calendar.plan
    for visit in problem.visits:
        if visit.id in problem.index.planned:
            continue
        found = openings(calendar, visit)
        prices = [one.price for one in found]
        assert prices == sorted(prices)
        for opening in found:
            assert_opens(problem, opening)
        starts = [one for one in found if one.because.code.startswith("starts")]
        for opening in starts:
            minutes = int(str(opening.because.parameters["minutes"]))
            assert 0 < minutes <= MOST_MINUTES
            less = tuple((max(0, opens - minutes + 1), closes + minutes - 1) for opens, closes in visit.windows)
            here = calendar.propose(replace(visit, windows=less), shifts=[opening.candidate.shift]).candidates
            assert opening.candidate.position not in {one.position for one in here}
    assert calendar.plan == before


def test_random_weeks_show_every_kind_of_opening() -> None:
    kinds = set()
    for seed in range(40):
        problem = random_week(seed)
        calendar = Calendar(problem)
        waiting = [visit for visit in problem.visits if visit.id not in problem.index.planned]
        kinds |= {one.because.code for visit in waiting for one in openings(calendar, visit)}
    assert kinds == {"starts_earlier", "starts_later", "visit_moves", "lower_level"}
