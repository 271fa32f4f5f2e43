"""Crews: several technicians at once, against brute force, and in step with everything else that is booked."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from solver import (
    Calendar,
    Candidate,
    Follows,
    Matrix,
    Place,
    Plan,
    Problem,
    ProblemError,
    Route,
    Shift,
    Stop,
    Technician,
    Visit,
    Weights,
    check,
    propose,
)
from tests.solver.make import random_problem, random_week
from tests.solver.oracle import brute_starts


def random_team(seed: int) -> tuple[Problem, Visit]:
    """A few technicians with short days at once, each as in `random_problem`, and a visit for two or three of them."""
    dice = random.Random(seed)
    parts = [random_problem(seed * 10 + number, breaks=2, stops=2) for number in range(dice.randint(2, 4))]
    places, travel = parts[0][0].places, parts[0][0].travel
    staff, visits = [], []
    for number, (one, _) in enumerate(parts):
        shift = replace(one.technicians[0].shifts[0], id=f"day{number}")
        staff.append(Technician(f"t{number}", {}, (shift,)))
        visits += [replace(visit, id=f"{visit.id}-{number}", locked=None) for visit in one.visits]
    asked = replace(parts[0][1], id="asked", crew=dice.choice((2, 2, 3)), locked=None)
    weights = Weights(waiting=dice.choice((0, 0.5)), km=dice.choice((0, 0.3)))
    problem = Problem(places, travel, tuple(staff), (*visits, asked), weights)
    calendar = Calendar(problem)
    for visit in visits:
        candidates = calendar.propose(visit, limit=4).candidates
        if candidates and dice.random() < 0.7:
            calendar.insert_crew(dice.choice(candidates), visit)
    return replace(problem, plan=calendar.plan), asked


def brute(problem: Problem, asked: Visit) -> dict[str, dict[int, set[int]]]:
    """For each shift and gap the minutes at which the visit can begin."""
    index = problem.index
    found: dict[str, dict[int, set[int]]] = {}
    for name, shift in index.shifts.items():
        stops = index.routes[name].stops if name in index.routes else ()
        order = [index.visits[stop.visit] for stop in stops]
        found[name] = {
            gap: brute_starts(problem, shift, [*order[:gap], asked, *order[gap:]], gap) for gap in range(len(order) + 1)
        }
    return found


def seats_of(candidate: Candidate) -> list[tuple[str, int]]:
    return [(candidate.shift, candidate.position), *((seat.shift, seat.position) for seat in candidate.crew)]


def assert_crews_are_exact(seed: int) -> None:
    problem, asked = random_team(seed)
    possible = brute(problem, asked)
    together: set[int] = set()
    people: dict[int, int] = {}
    for gaps in possible.values():
        for minute in set().union(*gaps.values()):
            people[minute] = people.get(minute, 0) + 1
    together = {minute for minute, count in people.items() if count >= asked.crew}
    offered: set[int] = set()
    for one in Calendar(problem).propose(asked).candidates:
        first, last = one.begins
        assert len({seat for seat, _ in seats_of(one)}) == asked.crew
        for shift, gap in seats_of(one):
            assert set(range(first, last + 1)) <= possible[shift][gap]
        offered.update(range(first, last + 1))
        for begins in {first, last, (first + last) // 2}:
            calendar = Calendar(problem)
            calendar.insert_crew(one, asked, begins)
            assert [found for found in check(problem, calendar.plan) if found.kind != "required"] == []
    assert offered == together


@pytest.mark.parametrize("batch", range(5))
def test_a_crew_is_offered_every_minute_at_which_enough_technicians_can_begin_and_no_other(batch: int) -> None:
    for seed in range(batch * 80, (batch + 1) * 80):
        assert_crews_are_exact(seed)


@pytest.mark.parametrize("seed", range(60))
def test_no_other_crew_is_cheaper_at_the_first_minute(seed: int) -> None:
    problem, asked = random_team(seed)
    alone = Calendar(problem).propose(replace(asked, crew=1)).candidates
    for one in Calendar(problem).propose(asked).candidates:
        begins = one.begins[0]
        least: dict[str, float] = {}
        for other in alone:
            if other.begins[0] <= begins <= other.begins[1]:
                later = problem.weights.waiting * (begins - other.begins[0]) * (other.position > 0)
                least[other.technician] = min(least.get(other.technician, 1e9), other.cost.total + later)
        assert one.cost.total == pytest.approx(sum(sorted(least.values())[: asked.crew]))


def linked_week(seed: int) -> Problem:
    """A week in which some visits need crews and some follow others, with nothing planned."""
    dice = random.Random(seed)
    problem = random_week(seed)
    visits: list[Visit] = []
    for one in problem.visits:
        visit = replace(one, locked=None, required=False, crew=dice.choice((1, 1, 2, 3)))
        if visits and dice.random() < 0.5:
            first = dice.choice(visits[-4:])
            gap = dice.choice((0, 0, 60))
            most = dice.choice((None, None, gap + dice.randint(0, 200)))
            rule = Follows(first.id, gap, most, same_technician=dice.random() < 0.3)
            visits.append(replace(visit, follows=(rule,)))
        else:
            visits.append(visit)
    return replace(problem, visits=tuple(visits), plan=Plan())


@pytest.mark.parametrize("seed", range(40))
def test_no_sequence_of_bookings_breaks_a_crew_or_an_order(seed: int) -> None:
    dice = random.Random(seed)
    problem = linked_week(seed)
    calendar = Calendar(problem)
    planned: set[str] = set()
    booked = 0
    for _ in range(60):
        visit = dice.choice(problem.visits)
        if visit.id in planned:
            if not planned & set(problem.index.followers.get(visit.id, ())):
                calendar.remove(visit.id)
                planned.remove(visit.id)
            continue
        candidates = calendar.propose(visit, limit=9).candidates
        if candidates:
            chosen = dice.choice(candidates)
            calendar.insert_crew(chosen, visit, dice.randint(*chosen.begins))
            planned.add(visit.id)
            booked += 1
            assert check(problem, calendar.plan) == []
    assert booked > 3
    rebuilt = Calendar(problem, calendar.plan)
    for visit in problem.visits:
        if visit.id not in planned:
            assert calendar.propose(visit, reasons=True) == rebuilt.propose(visit, reasons=True)


def two_and_a_late_one() -> Problem:
    """Two technicians from eight to ten, and one from ten to noon."""
    places = (Place("home", 0, 0), Place("a", 0, 0))
    spans = (("ana", 480, 600), ("rui", 480, 600), ("eva", 600, 720))
    staff = tuple(Technician(name, {}, (Shift(name, begins, ends, "home", "home"),)) for name, begins, ends in spans)
    pair, trio = Visit("pair", "a", 30, crew=2), Visit("trio", "a", 30, crew=3)
    return Problem(places, Matrix([[0, 10], [10, 0]]), staff, (pair, trio))


def test_a_refusal_counts_the_technicians_who_can_come_together() -> None:
    problem = two_and_a_late_one()
    proposal = propose(problem, problem.index.visits["trio"], reasons=True)
    assert proposal.candidates == ()
    told = {one.technician: (one.reason.code, dict(one.reason.parameters)) for one in proposal.refused}
    assert told["ana"] == told["rui"] == ("crew", {"found": 2, "needs": 3})
    assert told["eva"] == ("crew", {"found": 1, "needs": 3})
    assert proposal.refused[0].reason.words == "2 of 3 technicians can come"


def test_the_cost_of_a_crew_is_the_sum_of_its_seats() -> None:
    problem = two_and_a_late_one()
    (candidate,) = propose(problem, problem.index.visits["pair"]).candidates
    assert (candidate.begins, candidate.cost.travel_minutes, candidate.cost.total) == ((490, 560), 40, 40)
    assert (candidate.technician, [seat.technician for seat in candidate.crew]) == ("ana", ["rui"])


def test_a_crew_that_does_not_fit_any_longer_is_not_booked_in_part() -> None:
    problem = two_and_a_late_one()
    calendar = Calendar(problem)
    pair = problem.index.visits["pair"]
    (candidate,) = calendar.propose(pair).candidates
    calendar.insert("rui", 0, Visit("long", "a", 90))
    before = calendar.plan
    with pytest.raises(ValueError, match="does not fit"):
        calendar.insert_crew(candidate, pair)
    assert calendar.plan == before
    with pytest.raises(ProblemError, match="crew"):
        calendar.insert_crew(replace(candidate, crew=()), pair)


def test_a_crew_that_is_planned_in_part_is_completed_with_somebody_else_at_the_same_minute() -> None:
    problem = two_and_a_late_one()
    calendar = Calendar(problem)
    pair = problem.index.visits["pair"]
    calendar.insert("ana", 0, pair, 500)
    (candidate,) = calendar.propose(pair).candidates
    assert (candidate.technician, candidate.begins, candidate.crew) == ("rui", (500, 500), ())
    calendar.insert_crew(candidate, pair)
    assert check(replace(problem, visits=(pair,)), calendar.plan) == []


@pytest.mark.parametrize("most", [20, 30, 45, None])
def test_what_a_visit_follows_is_not_pushed_away_by_the_visit_itself(most: int | None) -> None:
    """Behind the hour of work between them it would come too late, unless the first one went back as well."""
    first, between = Visit("first", "a", 30), Visit("between", "a", 60)
    then = Visit("then", "a", 10, follows=(Follows("first", most=most),))
    staff = (Technician("ana", {}, (Shift("day", 480, 960, "home", "home"),)),)
    plan = Plan((Route("day", (Stop("first", 610), Stop("between", 640))),))
    places = (Place("home", 0, 0), Place("a", 0, 0))
    problem = Problem(places, Matrix([[0, 10], [10, 0]]), staff, (first, between, then), plan=plan)
    candidates = Calendar(problem).propose(then).candidates
    assert {one.position for one in candidates} == ({1} if most else {1, 2})
    for one in candidates:
        for begins in one.begins:
            calendar = Calendar(problem)
            calendar.insert_crew(one, then, begins)
            assert check(problem, calendar.plan) == []
