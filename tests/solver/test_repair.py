"""Repair: somebody is ill, a visit takes longer, something urgent comes in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import (
    Absent,
    Break,
    Emergency,
    Event,
    Follows,
    Lock,
    Matrix,
    Overrun,
    Place,
    Plan,
    Problem,
    ProblemError,
    Repair,
    Route,
    Shift,
    Stop,
    Technician,
    Visit,
    check,
    repair,
    schedule,
)
from tests.solver.make import random_week


@st.composite
def upsets(draw: st.DrawFn) -> tuple[Problem, Event, int]:
    """A week with a plan that keeps the law, something that happens, and when it does."""
    problem = random_week(draw(st.integers(0, 10_000)), visits=draw(st.integers(8, 40)))
    now = draw(st.integers(0, 2 * 1440))
    planned = [stop for route in problem.plan.routes for stop in route.stops]
    names = {stop.visit for stop in planned}
    problem = replace(problem, visits=tuple(replace(one, required=one.id in names) for one in problem.visits))
    kind = draw(st.sampled_from(("absent", "overrun", "emergency")))
    if kind == "overrun" and planned:
        stop = draw(st.sampled_from(planned))
        minutes = problem.index.visits[stop.visit].minutes
        return problem, Overrun(stop.visit, stop.begins + minutes + draw(st.integers(1, 200))), stop.begins + 5
    if kind == "emergency":
        place = draw(st.sampled_from(problem.places)).id
        opens = now + draw(st.integers(0, 600))
        windows = draw(st.sampled_from(((), ((opens, opens + 120),))))
        return problem, Emergency(Visit("urgent", place, draw(st.integers(10, 90)), windows)), now
    begins = max(0, now + draw(st.integers(-200, 300)))
    who = draw(st.sampled_from(problem.technicians)).id
    return problem, Absent(who, begins, begins + draw(st.sampled_from((60, 300, 1440, 3 * 1440)))), now


def seats(plan: Plan) -> dict[str, tuple[str, int]]:
    return {stop.visit: (route.shift, stop.begins) for route in plan.routes for stop in route.stops}


def done(problem: Problem, event: Event, now: int, seconds: float = 0.4) -> Repair:
    return repair(problem, event, seconds=seconds, now=now)


@given(upsets())
@settings(max_examples=120, deadline=None)
def test_a_repaired_plan_keeps_the_law_and_loses_nothing(upset: tuple[Problem, Event, int]) -> None:
    problem, event, now = upset
    result = done(problem, event, now)
    assert check(result.problem, result.plan) == []
    before, after = seats(problem.plan), seats(result.plan)
    new = {event.visit.id} if isinstance(event, Emergency) else set()
    assert after.keys() | {one.visit for one in result.to_rearrange} == before.keys() | new
    assert not after.keys() & {one.visit for one in result.to_rearrange}
    assert all(one.reasons for one in result.to_rearrange)


@given(upsets())
@settings(max_examples=120, deadline=None)
def test_what_has_begun_or_is_locked_does_not_move(upset: tuple[Problem, Event, int]) -> None:
    problem, event, now = upset
    result = done(problem, event, now)
    after = seats(result.plan)
    for visit, place in seats(problem.plan).items():
        lock = problem.index.visits[visit].locked
        if place[1] <= now:
            assert after[visit] == place
        elif visit in after and lock is not None and lock.begins is not None:
            assert after[visit][1] == place[1]


@given(upsets())
@settings(max_examples=120, deadline=None)
def test_visits_of_others_change_their_technician_only_to_make_room(upset: tuple[Problem, Event, int]) -> None:
    problem, event, now = upset
    result = done(problem, event, now)
    before, after = seats(problem.plan), seats(result.plan)
    owner = {shift: technician.id for shift, technician in problem.index.technicians.items()}
    concerned = {owner[before[visit][0]] for visit in before if isinstance(event, Overrun) and visit == event.visit} | (
        {event.technician} if isinstance(event, Absent) else set()
    )
    others = {visit for visit, place in before.items() if owner[place[0]] not in concerned}
    moved = {visit for visit in others if visit not in after or owner[after[visit][0]] != owner[before[visit][0]]}
    reasons = {one.visit: [reason.code for reason in one.reasons] for one in result.touched}
    assert all(reasons[visit] == ["made_room"] for visit in moved)
    placed = (before.keys() | {"urgent"}) - others
    assert not moved or any(visit in after and after[visit] != before.get(visit) for visit in placed)


@given(upsets())
@settings(max_examples=60, deadline=None)
def test_touched_is_exactly_what_differs(upset: tuple[Problem, Event, int]) -> None:
    problem, event, now = upset
    result = done(problem, event, now)
    before, after = seats(problem.plan), seats(result.plan)
    different = {visit for visit in before.keys() | after.keys() if before.get(visit) != after.get(visit)}
    lost = {one.visit for one in result.to_rearrange}
    assert {one.visit for one in result.touched} | lost == different | lost
    assert {one.visit for one in result.touched if not one.promise_kept} <= lost


@given(upsets())
@settings(max_examples=40, deadline=None)
def test_other_starts_are_free_and_lie_outside_the_windows(upset: tuple[Problem, Event, int]) -> None:
    problem, event, now = upset
    result = done(problem, event, now)
    for one in result.to_rearrange:
        visit = result.problem.index.visits[one.visit]
        for seat in one.starts:
            assert seat.begins >= now
            assert all(not opens <= seat.begins <= closes for opens, closes in visit.windows)
            moved = replace(visit, windows=(), locked=None)
            route = next((route for route in result.plan.routes if route.shift == seat.shift), Route(seat.shift))
            assert _fits(replace(result.problem, visits=_with(result.problem, moved)), route, moved, seat.begins)


def _with(problem: Problem, visit: Visit) -> tuple[Visit, ...]:
    return tuple(visit if one.id == visit.id else one for one in problem.visits)


def _fits(problem: Problem, route: Route, visit: Visit, begins: int) -> bool:
    orders: Iterator[list[str]] = (
        [*(stop.visit for stop in route.stops[:place]), visit.id, *(stop.visit for stop in route.stops[place:])]
        for place in range(len(route.stops) + 1)
    )
    return any(schedule(problem, route.shift, order, fixed={visit.id: begins}) for order in orders)


def one_day(
    visits: tuple[Visit, ...], plan: dict[str, list[tuple[str, int]]], breaks: tuple[Break, ...] = ()
) -> Problem:
    """Ana, Rui and Eva from eight to five on a road; from one place to the next it takes ten minutes."""
    places = tuple(Place(f"p{number}", 0, number / 10) for number in range(6))
    drives = [[abs(one - other) * 10 for one in range(6)] for other in range(6)]
    staff = tuple(
        Technician(name, {}, (Shift(name, 480, 1020, "p0", "p0", breaks if name == "ana" else ()),))
        for name in ("ana", "rui", "eva")
    )
    routes = tuple(Route(shift, tuple(Stop(*stop) for stop in stops)) for shift, stops in plan.items())
    return Problem(places, Matrix(drives), staff, visits, plan=Plan(routes))


def visit(name: str, opens: int, closes: int, minutes: int = 60, place: str = "p1", **more: Any) -> Visit:
    return replace(Visit(name, place, minutes, ((opens, closes),), required=True), **more)


def test_who_is_ill_today_is_replaced_and_the_promises_are_kept() -> None:
    visits = (visit("a", 500, 620), visit("b", 700, 820), visit("c", 500, 620))
    problem = one_day(visits, {"ana": [("a", 500), ("b", 700)], "rui": [("c", 560)]})
    result = repair(problem, Absent("ana", 0, 1440), now=470)
    assert "ana" not in {route.shift for route in result.plan.routes}
    assert [one.visit for one in result.touched] == ["a", "b"]
    assert all(one.promise_kept and one.reasons[0].code == "absent" for one in result.touched)
    assert {name: begins for name, (_, begins) in seats(result.plan).items()} == {"a": 500, "b": 700, "c": 560}
    assert result.to_rearrange == ()
    assert result.after.unserved == 0


def test_who_falls_ill_ends_what_he_has_begun() -> None:
    visits = (visit("a", 500, 620), visit("b", 700, 820))
    problem = one_day(visits, {"ana": [("a", 500), ("b", 700)]})
    after = seats(repair(problem, Absent("ana", 530, 1440), now=530).plan)
    assert after["a"] == ("ana", 500)
    assert after["b"][0] != "ana"


def test_who_is_away_for_two_hours_keeps_what_lies_behind() -> None:
    visits = (visit("a", 500, 560), visit("b", 700, 820))
    problem = one_day(visits, {"ana": [("a", 500), ("b", 780)]}, (Break(690, 750, 30),))
    result = repair(problem, Absent("ana", 480, 600), now=470)
    assert [one.visit for one in result.touched] == ["a"]
    assert seats(result.plan)["b"] == ("ana", 780)


def test_a_visit_that_nobody_can_take_is_given_back_with_reasons_and_other_starts() -> None:
    visits = (visit("a", 500, 620, 300), visit("b", 500, 560, 400), visit("c", 500, 560, 400))
    problem = one_day(visits, {"ana": [("a", 500)], "rui": [("b", 500)], "eva": [("c", 500)]})
    [lost] = repair(problem, Absent("ana", 0, 1440), now=470).to_rearrange
    assert lost.visit == "a"
    assert {reason.code for reason in lost.reasons} == {"promise"} or lost.reasons
    later = problem.technicians[1].shifts[0]
    two_days = tuple(
        replace(one, shifts=(*one.shifts, replace(later, id=f"{one.id}-1", begins=1920, ends=2460)))
        for one in problem.technicians
    )
    [lost] = repair(replace(problem, technicians=two_days), Absent("ana", 0, 1440), now=470).to_rearrange
    assert [seat.begins for seat in lost.starts] == [1930, 1930, 1930]


def test_a_visit_is_pushed_on_when_that_keeps_every_promise() -> None:
    expert = {"gas": 1}
    visits = (visit("gas", 500, 510, 300, skills=expert), visit("any", 500, 510, 300))
    problem = one_day(visits, {"ana": [("gas", 500)], "rui": [("any", 500)]})
    staff = tuple(replace(one, skills=expert if one.id != "eva" else {}) for one in problem.technicians)
    result = repair(replace(problem, technicians=staff), Absent("ana", 0, 1440), now=470)
    assert {name: shift for name, (shift, _) in seats(result.plan).items()} == {"gas": "rui", "any": "eva"}
    assert {one.visit: one.reasons[0].code for one in result.touched} == {"gas": "absent", "any": "made_room"}


def test_what_runs_late_pushes_the_rest_of_the_day_inside_its_windows() -> None:
    visits = (visit("a", 500, 500), visit("b", 560, 680), visit("c", 640, 760))
    problem = one_day(visits, {"ana": [("a", 500), ("b", 570), ("c", 650)]})
    result = repair(problem, Overrun("a", 620), now=550)
    assert seats(result.plan) == {"a": ("ana", 500), "b": ("ana", 620), "c": ("ana", 680)}
    assert [one.promise_kept for one in result.touched] == [True, True]


def test_what_cannot_wait_for_a_late_technician_goes_to_another_one() -> None:
    visits = (visit("a", 500, 500), visit("b", 560, 600), visit("c", 640, 760))
    problem = one_day(visits, {"ana": [("a", 500), ("b", 570), ("c", 650)]})
    after = seats(repair(problem, Overrun("a", 640), now=550).plan)
    assert after["b"][0] != "ana"
    assert after["c"] == ("ana", 650)


def test_a_late_technician_may_come_home_late() -> None:
    problem = one_day((visit("a", 900, 900),), {"ana": [("a", 900)]}, (Break(960, 990, 20),))
    result = repair(problem, Overrun("a", 1100), now=950)
    assert seats(result.plan) == {"a": ("ana", 900)}
    assert check(result.problem, result.plan) == []
    assert result.after.overtime > 0


def test_an_emergency_is_served_at_once_by_whoever_is_nearest() -> None:
    visits = (visit("a", 500, 900, place="p5"),)
    problem = one_day(visits, {"ana": [("a", 530)]})
    after = seats(repair(problem, Emergency(Visit("leak", "p4", 30)), now=592).plan)
    assert after["leak"] == ("ana", 602)


def test_an_emergency_in_its_window_changes_nobodys_technician() -> None:
    visits = (visit("a", 500, 620), visit("b", 500, 620))
    problem = one_day(visits, {"ana": [("a", 500)], "rui": [("b", 500)]})
    result = repair(problem, Emergency(Visit("leak", "p1", 30, ((500, 560),))), now=470)
    after = seats(result.plan)
    assert {name: after[name][0] for name in "ab"} == {"a": "ana", "b": "rui"}
    assert 500 <= after["leak"][1] <= 560
    assert all(one.promise_kept for one in result.touched)


def test_an_emergency_may_take_the_place_of_what_is_less_urgent() -> None:
    visits = tuple(visit(name, 490, 500, 500, priority=number) for number, name in enumerate("abc", 3))
    problem = one_day(visits, {"ana": [("a", 490)], "rui": [("b", 490)], "eva": [("c", 490)]})
    result = repair(problem, Emergency(Visit("leak", "p1", 60, ((500, 560),), priority=9)), now=470)
    assert [one.visit for one in result.to_rearrange] == ["a"]
    same = repair(problem, Emergency(Visit("leak", "p1", 60, ((500, 560),), priority=3)), now=470)
    assert [one.visit for one in same.to_rearrange] == ["leak"]


def test_nobody_is_called_back_and_nobody_has_left_ahead_of_now() -> None:
    visits = (visit("a", 600, 700, place="p5"),)
    problem = one_day(visits, {"ana": [("a", 600)]})
    urgent = Emergency(Visit("leak", "p5", 30))
    assert seats(repair(problem, urgent, now=570).plan) == {"a": ("ana", 600), "leak": ("eva", 620)}
    assert seats(repair(problem, urgent, now=500).plan) == {"a": ("ana", 600), "leak": ("ana", 550)}


def test_somebody_takes_the_place_of_one_of_a_crew() -> None:
    pair = Visit("pair", "p1", 60, ((500, 620),), crew=2, required=True)
    problem = one_day((pair,), {"ana": [("pair", 540)], "rui": [("pair", 540)]})
    result = repair(problem, Absent("ana", 0, 1440), now=470)
    assert {route.shift: route.stops for route in result.plan.routes} == {
        "rui": (Stop("pair", 540),),
        "eva": (Stop("pair", 540),),
    }
    nobody = replace(problem, technicians=problem.technicians[:2])
    assert [one.visit for one in repair(nobody, Absent("ana", 0, 1440), now=470).to_rearrange] == ["pair"]


def test_what_follows_a_visit_that_is_lost_is_lost_with_it() -> None:
    first = visit("first", 500, 510, skills={"gas": 1})
    then = visit("then", 500, 800, follows=(Follows("first"),))
    problem = one_day((first, then), {"ana": [("first", 500)], "rui": [("then", 600)]})
    staff = tuple(replace(one, skills={"gas": 1} if one.id == "ana" else {}) for one in problem.technicians)
    result = repair(replace(problem, technicians=staff), Absent("ana", 0, 1440), now=470)
    assert [one.visit for one in result.to_rearrange] == ["first", "then"]
    assert check(result.problem, result.plan) == []


def test_a_visit_locked_to_who_is_ill_is_given_back() -> None:
    locked = visit("a", 500, 620, locked=Lock("ana", 500))
    problem = one_day((locked,), {"ana": [("a", 500)]})
    [lost] = repair(problem, Absent("ana", 0, 1440), now=470).to_rearrange
    assert lost.reasons[0].code == "lock"


def test_the_same_seed_gives_the_same_repair() -> None:
    problem = random_week(7)
    event = Absent(problem.technicians[0].id, 0, 1440)
    plans = [repair(problem, event, seconds=60, seed=3, now=0).plan for _ in range(2)]
    assert plans[0] == plans[1]


@pytest.mark.parametrize(
    ("event", "path"),
    [
        (Absent("nobody", 0, 10), "event.technician"),
        (Absent("ana", 10, 10), "event.ends"),
        (Overrun("nothing", 600), "event.visit"),
        (Overrun("a", 500), "event.ends"),
        (Emergency(Visit("a", "p1", 30)), "event.visit"),
    ],
)
def test_an_event_that_does_not_fit_the_problem_is_refused_with_its_path(event: Event, path: str) -> None:
    problem = one_day((visit("a", 500, 500),), {"ana": [("a", 500)]})
    with pytest.raises(ProblemError) as refused:
        repair(problem, event, now=0)
    assert refused.value.path == path
