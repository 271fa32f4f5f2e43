"""Visits that depend on one another, in everything else that a problem may hold: no booking ever breaks a tie."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from solver import (
    Calendar,
    Follows,
    Lock,
    Matrix,
    Place,
    Plan,
    Problem,
    Shift,
    Technician,
    Visit,
    check,
    propose_widely,
    rearrange,
)
from solver.links import is_linked
from tests.solver.whole_problems import whole_problem


def tied_problem(seed: int) -> Problem:
    """A whole problem in which two visits of three are tied to another one, or are for a crew; nothing is planned."""
    dice = random.Random(seed)
    problem = whole_problem(seed, visits=12)
    visits: list[Visit] = []
    for one in problem.visits:
        follows: tuple[Follows, ...] = ()
        if visits and dice.random() < 0.5:
            gap = dice.choice((0, 15))
            firsts = dice.sample(visits[-4:], dice.choice((1, 1, 2)) if len(visits) > 1 else 1)
            follows = tuple(
                Follows(first.id, gap, dice.choice((None, gap, gap + 120)), dice.random() < 0.4) for first in firsts
            )
        visits.append(replace(one, required=False, locked=None, follows=follows, windows=one.windows[:1]))
    return replace(problem, visits=tuple(visits), plan=Plan())


@settings(derandomize=True, max_examples=60, phases=[Phase.generate])
@given(some.integers(0, 10**6))
def test_no_sequence_of_bookings_cancellations_and_new_orders_breaks_a_tie_or_any_other_law(seed: int) -> None:
    dice, problem = random.Random(seed), tied_problem(seed)
    calendar, planned = Calendar(problem), set[str]()
    for _ in range(40):
        visit = dice.choice(problem.visits)
        if visit.id in planned:
            if not planned & set(problem.index.followers.get(visit.id, ())):
                calendar.remove(visit.id)
                planned.remove(visit.id)
        else:
            planned |= booked(calendar, visit, dice)
        assert check(problem, calendar.plan) == []
    rebuilt = Calendar(problem, calendar.plan)
    for visit in problem.visits:
        if visit.id not in planned:
            assert calendar.propose(visit, reasons=True) == rebuilt.propose(visit, reasons=True)


def booked(calendar: Calendar, visit: Visit, dice: random.Random) -> set[str]:
    """Book a visit where it fits, in another order where it does not, or else by moving others, if it can be."""
    candidates = calendar.propose(visit, limit=6).candidates
    if not candidates and visit.crew == 1:
        candidates = propose_widely(calendar, visit).candidates
    if candidates:
        chosen = dice.choice(candidates)
        calendar.insert_crew(chosen, visit, chosen.begins[0] if chosen.order else dice.randint(*chosen.begins))
        return {visit.id}
    found = rearrange(calendar, visit, iterations=20)
    if found is None:
        return set()
    calendar.rearrange(found.routes, visit)
    return {visit.id}


def test_the_random_problems_do_have_ties_that_are_booked() -> None:
    crews = orders = same = 0
    for seed in range(60):
        dice, problem = random.Random(seed), tied_problem(seed)
        calendar = Calendar(problem)
        for visit in problem.visits:
            if booked(calendar, visit, dice) and is_linked(problem, visit):
                crews += visit.crew > 1
                orders += bool(visit.follows)
                same += any(rule.same_technician for rule in visit.follows)
    assert min(crews, orders, same) > 10


def pair(*, gap: int = 0, most: int | None = None, same: bool = False) -> Problem:
    """Two visits at home, an hour each, of which the second one follows the first, for two technicians."""
    staff = tuple(Technician(name, {}, (Shift(name, 480, 1020, "home", "home"),)) for name in ("ana", "rui"))
    visits = (Visit("first", "home", 60), Visit("then", "home", 60, follows=(Follows("first", gap, most, same),)))
    return Problem((Place("home", 0, 0),), Matrix([[0]]), staff, visits)


def offered(problem: Problem, first: str, begins: int) -> dict[str, set[int]]:
    """When the second visit may begin with each technician once the first one is booked."""
    calendar = Calendar(problem)
    calendar.insert(first, 0, problem.index.visits["first"], begins)
    found: dict[str, set[int]] = {}
    for one in calendar.propose(problem.index.visits["then"]).candidates:
        found.setdefault(one.technician, set()).update(range(one.begins[0], one.begins[1] + 1))
    return found


@pytest.mark.parametrize(("gap", "most"), [(0, None), (30, None), (30, 30), (0, 90), (15, 60)])
def test_the_second_is_offered_exactly_between_the_least_and_the_most_minutes_behind_the_first(
    gap: int, most: int | None
) -> None:
    earliest = 600 + 60 + gap
    latest = 960 if most is None else 600 + 60 + most
    expected = set(range(earliest, latest + 1))
    assert offered(pair(gap=gap, most=most), "ana", 600) == {"ana": expected, "rui": expected}


def test_the_same_technician_comes_again_and_nobody_else() -> None:
    assert offered(pair(same=True), "rui", 600).keys() == {"rui"}


def test_a_crew_that_worked_for_different_times_is_followed_when_the_last_one_is_done() -> None:
    problem = pair(gap=10)
    slow = replace(problem.visits[0], crew=2, minutes_by={"rui": 100})
    problem = replace(problem, visits=(slow, problem.visits[1]))
    calendar = Calendar(problem)
    (candidate,) = calendar.propose(slow).candidates
    calendar.insert_crew(candidate, slow, 500)
    found = calendar.propose(problem.visits[1]).candidates
    assert {one.begins[0] for one in found} == {610}


def test_what_is_followed_by_something_fixed_is_offered_only_ahead_of_it() -> None:
    problem = pair(gap=30, most=60)
    then = replace(problem.visits[1], locked=Lock(begins=800), follows=())
    calendar = Calendar(replace(problem, visits=(problem.visits[0], then)))
    calendar.insert("ana", 0, then, 800)
    again = Calendar(problem, calendar.plan)
    found = again.propose(problem.visits[0]).candidates
    assert {begins for one in found for begins in one.begins} == {800 - 60 - 60, 800 - 30 - 60}


def test_nothing_is_offered_while_what_it_follows_is_not_planned() -> None:
    problem = pair()
    proposal = Calendar(problem).propose(problem.visits[1], reasons=True)
    assert proposal.candidates == ()
    assert {one.reason.code for one in proposal.refused} == {"order"}
