"""The law notices: whatever is changed about a lawful plan of a random whole problem such that a rule is broken."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from solver import Break, Follows, Lock, Plan, Problem, Route, Shift, Stop, Technician, Territory, Visit, check
from tests.solver.oracle import in_territory
from tests.solver.whole_problems import whole_problem

Seat = tuple[Technician, Shift, int, Stop, Visit]
Case = tuple[Problem, Plan]


def seats(problem: Problem, plan: Plan) -> list[Seat]:
    """Technician, shift, position, stop and visit of everything that is planned."""
    index = problem.index
    return [
        (index.technicians[route.shift], index.shifts[route.shift], number, stop, index.visits[stop.visit])
        for route in plan.routes
        for number, stop in enumerate(route.stops)
    ]


def stops_of(plan: Plan, shift: str) -> list[Stop]:
    return next((list(route.stops) for route in plan.routes if route.shift == shift), [])


def with_stops(plan: Plan, shift: str, stops: list[Stop]) -> Plan:
    return Plan((*(route for route in plan.routes if route.shift != shift), Route(shift, tuple(stops))))


def without(plan: Plan, visit: str, shift: str | None = None) -> Plan:
    """The plan without a visit, on one shift or anywhere."""
    return Plan(
        tuple(
            replace(route, stops=tuple(stop for stop in route.stops if stop.visit != visit))
            if shift in (None, route.shift)
            else route
            for route in plan.routes
        )
    )


def beginning(plan: Plan, visit: str, begins: int) -> Plan:
    """The plan with another start for a visit, for all of its crew."""
    return Plan(
        tuple(
            replace(
                route,
                stops=tuple(replace(stop, begins=begins) if stop.visit == visit else stop for stop in route.stops),
            )
            for route in plan.routes
        )
    )


def changed(problem: Problem, visit: Visit) -> Problem:
    """The problem when one of its visits is another one."""
    return replace(problem, visits=tuple(visit if one.id == visit.id else one for one in problem.visits))


def employing(problem: Problem, technician: Technician) -> Problem:
    """The problem when one of its technicians is another one."""
    staff = tuple(technician if one.id == technician.id else one for one in problem.technicians)
    return replace(problem, technicians=staff)


def on_shift(problem: Problem, technician: Technician, shift: Shift) -> Problem:
    """The problem when one of a technician's shifts is another one."""
    shifts = tuple(shift if one.id == shift.id else one for one in technician.shifts)
    return employing(problem, replace(technician, shifts=shifts))


# --- One way each to break a rule; those that a plan gives no occasion for yield nothing -----------------


def begins_ahead_of_its_window(problem: Problem, plan: Plan) -> Iterator[Case]:
    for *_, stop, visit in seats(problem, plan):
        if visit.windows and (visit.locked is None or visit.locked.begins is None):
            yield problem, beginning(plan, stop.visit, min(opens for opens, _ in visit.windows) - 1)


def begins_behind_its_window(problem: Problem, plan: Plan) -> Iterator[Case]:
    for *_, stop, visit in seats(problem, plan):
        if visit.windows and (visit.locked is None or visit.locked.begins is None):
            yield problem, beginning(plan, stop.visit, max(closes for _, closes in visit.windows) + 1)


def begins_ahead_of_its_earliest_minute(problem: Problem, plan: Plan) -> Iterator[Case]:
    for *_, stop, visit in seats(problem, plan):
        if visit.locked is None:
            yield changed(problem, replace(visit, windows=(), earliest=stop.begins + 1)), plan


def is_away_from_its_locked_minute(problem: Problem, plan: Plan) -> Iterator[Case]:
    for *_, stop, visit in seats(problem, plan):
        yield changed(problem, replace(visit, locked=Lock(begins=stop.begins + 1))), plan


def is_with_another_than_the_locked_technician(problem: Problem, plan: Plan) -> Iterator[Case]:
    for technician, *_, visit in seats(problem, plan):
        for other in problem.technicians:
            if other.id != technician.id:
                yield changed(problem, replace(visit, locked=Lock(other.id))), plan


def leaves_out_what_is_locked(problem: Problem, plan: Plan) -> Iterator[Case]:
    for *_, stop, visit in seats(problem, plan):
        yield changed(problem, replace(visit, locked=Lock())), without(plan, stop.visit)


def moves_what_is_locked_to_another_day(problem: Problem, plan: Plan) -> Iterator[Case]:
    for technician, shift, _, stop, visit in seats(problem, plan):
        for other in technician.shifts:
            if other.day != shift.day and visit.crew == 1:
                moved = [*stops_of(plan, other.id), Stop(visit.id, other.begins)]
                asked = changed(problem, replace(visit, locked=Lock()))
                yield asked, with_stops(without(plan, stop.visit), other.id, moved)


def leaves_out_what_is_required(problem: Problem, plan: Plan) -> Iterator[Case]:
    for *_, stop, visit in seats(problem, plan):
        yield changed(problem, replace(visit, required=True)), without(plan, stop.visit)


def lacks_a_skill(problem: Problem, plan: Plan) -> Iterator[Case]:
    for *_, visit in seats(problem, plan):
        yield changed(problem, replace(visit, skills={**visit.skills, "welding": 1})), plan


def lacks_a_level(problem: Problem, plan: Plan) -> Iterator[Case]:
    for technician, *_, visit in seats(problem, plan):
        for skill, level in technician.skills.items():
            yield changed(problem, replace(visit, skills={**visit.skills, skill: level + 1})), plan


def goes_to_somebody_without_the_skill(problem: Problem, plan: Plan) -> Iterator[Case]:
    for technician, shift, _, stop, visit in seats(problem, plan):
        for other in problem.technicians:
            if visit.skills.keys() - other.skills.keys() and other.id != technician.id:
                for day in other.shifts:
                    moved = [*stops_of(plan, day.id), stop]
                    yield problem, with_stops(without(plan, visit.id, shift.id), day.id, moved)


def has_somebody_who_is_excluded(problem: Problem, plan: Plan) -> Iterator[Case]:
    for technician, *_, visit in seats(problem, plan):
        yield changed(problem, replace(visit, excluded=(technician.id,))), plan


def has_somebody_who_is_not_among_the_only_ones(problem: Problem, plan: Plan) -> Iterator[Case]:
    for technician, *_, visit in seats(problem, plan):
        others = tuple(one.id for one in problem.technicians if one.id != technician.id)
        yield changed(problem, replace(visit, only=others)), plan


def lies_outside_a_territory(problem: Problem, plan: Plan) -> Iterator[Case]:
    for technician, *_, visit in seats(problem, plan):
        place = problem.index.place(visit.place)
        north = place.latitude + 0.02
        away = Territory(((north, -9), (north, -7), (north + 1, -8)))
        yield employing(problem, replace(technician, territory=away)), plan
        if technician.territory is not None and not in_territory(technician.territory, place):
            hard = replace(technician.territory, price=None)
            yield employing(problem, replace(technician, territory=hard)), plan


def has_one_visit_more_than_the_maximum(problem: Problem, plan: Plan) -> Iterator[Case]:
    for route in plan.routes:
        if route.stops:
            technician = problem.index.technicians[route.shift]
            yield employing(problem, replace(technician, most_visits=len(route.stops) - 1)), plan


def has_one_minute_of_travel_more_than_the_maximum(problem: Problem, plan: Plan) -> Iterator[Case]:
    for route in plan.routes:
        shift, technician = problem.index.shifts[route.shift], problem.index.technicians[route.shift]
        visited = [problem.index.visits[stop.visit].place for stop in route.stops]
        drives = sum(problem.index.minutes(*leg) for leg in pairwise([shift.start, *visited, shift.end]))
        if visited and drives:
            yield employing(problem, replace(technician, most_travel_minutes=drives - 1)), plan


def needs_more_than_the_van_carries(problem: Problem, plan: Plan) -> Iterator[Case]:
    for technician, shift, *_, visit in seats(problem, plan):
        asked = changed(problem, replace(visit, load=visit.load + 10))
        yield on_shift(asked, technician, replace(shift, capacity=9)), plan


def is_served_twice_by_the_same_technician(problem: Problem, plan: Plan) -> Iterator[Case]:
    for _, shift, _, stop, _ in seats(problem, plan):
        yield problem, with_stops(plan, shift.id, [*stops_of(plan, shift.id), stop])


def has_two_routes_for_one_shift(problem: Problem, plan: Plan) -> Iterator[Case]:
    for route in plan.routes:
        yield problem, Plan((*plan.routes, Route(route.shift)))


def names_a_visit_that_is_not_there(problem: Problem, plan: Plan) -> Iterator[Case]:
    for route in plan.routes:
        yield problem, with_stops(plan, route.shift, [*route.stops, Stop("nothing", 600)])


def names_a_shift_that_is_not_there(problem: Problem, plan: Plan) -> Iterator[Case]:
    yield problem, Plan((*plan.routes, Route("nobody")))


def drops_one_of_a_crew(problem: Problem, plan: Plan) -> Iterator[Case]:
    for _, shift, _, _, visit in seats(problem, plan):
        if visit.crew > 1:
            yield problem, without(plan, visit.id, shift.id)


def begins_a_crew_a_minute_apart(problem: Problem, plan: Plan) -> Iterator[Case]:
    for _, shift, number, stop, visit in seats(problem, plan):
        if visit.crew > 1:
            stops = stops_of(plan, shift.id)
            stops[number] = replace(stop, begins=stop.begins + 1)
            yield problem, with_stops(plan, shift.id, stops)


def drops_what_another_follows(problem: Problem, plan: Plan) -> Iterator[Case]:
    for *_, visit in seats(problem, plan):
        for rule in visit.follows:
            yield problem, without(plan, rule.visit)


def gap_between(problem: Problem, plan: Plan, first: str, then: str) -> int:
    """Minutes from the end of the work of one visit, for all of its crew, to the beginning of another."""
    placed = seats(problem, plan)
    over = max(
        stop.begins + visit.minutes_by.get(technician.id, visit.minutes)
        for technician, _, _, stop, visit in placed
        if visit.id == first
    )
    return min(stop.begins for *_, stop, visit in placed if visit.id == then) - over


def following(problem: Problem, plan: Plan) -> Iterator[tuple[Visit, Visit, int]]:
    """Two planned visits one behind the other, whatever the problem says of them, and the minutes between them."""
    visits = {visit.id: visit for *_, visit in seats(problem, plan)}
    for first in visits.values():
        for then in visits.values():
            gap = gap_between(problem, plan, first.id, then.id)
            if gap >= 0 and not first.follows:
                yield first, then, gap


def follows_a_minute_too_early(problem: Problem, plan: Plan) -> Iterator[Case]:
    for first, then, gap in following(problem, plan):
        yield changed(problem, replace(then, follows=(Follows(first.id, gap + 1),))), plan


def follows_a_minute_too_late(problem: Problem, plan: Plan) -> Iterator[Case]:
    for first, then, gap in following(problem, plan):
        if gap:
            yield changed(problem, replace(then, follows=(Follows(first.id, most=gap - 1),))), plan


def follows_without_any_of_the_same_people(problem: Problem, plan: Plan) -> Iterator[Case]:
    people: dict[str, set[str]] = {}
    for technician, *_, visit in seats(problem, plan):
        people.setdefault(visit.id, set()).add(technician.id)
    for first, then, _ in following(problem, plan):
        if not people[first.id] & people[then.id]:
            yield changed(problem, replace(then, follows=(Follows(first.id, same_technician=True),))), plan


def ready(problem: Problem, shift: Shift, stops: list[Stop], number: int) -> int:
    """The first minute at which the work of a stop can begin for the stop ahead of it, or the shift; breaks apart."""
    visit = problem.index.visits[stops[number].visit]
    leaves, place = shift.begins, shift.start
    if number:
        before = problem.index.visits[stops[number - 1].visit]
        technician = problem.index.technicians[shift.id].id
        leaves = stops[number - 1].begins + before.minutes_by.get(technician, before.minutes) + before.after
        place = before.place
    arrives = leaves
    while problem.traffic.departure(arrives, problem.index.minutes(place, visit.place)) < leaves:
        arrives += 1
    return arrives + visit.before


def begins_before_anybody_can_be_there(problem: Problem, plan: Plan) -> Iterator[Case]:
    for _, shift, number, stop, _ in seats(problem, plan):
        stops = stops_of(plan, shift.id)
        stops[number] = replace(stop, begins=ready(problem, shift, stops, number) - 1)
        if number:
            yield problem, with_stops(plan, shift.id, stops)


def begins_before_the_way_from_home_is_over(problem: Problem, plan: Plan) -> Iterator[Case]:
    for _, shift, number, stop, _ in seats(problem, plan):
        stops = stops_of(plan, shift.id)
        stops[number] = replace(stop, begins=ready(problem, shift, stops, number) - 1)
        if not number:
            yield problem, with_stops(plan, shift.id, stops)


def takes_somebody_a_minute_longer_than_there_is(problem: Problem, plan: Plan) -> Iterator[Case]:
    for technician, shift, number, stop, visit in seats(problem, plan):
        for following in stops_of(plan, shift.id)[number + 1 : number + 2]:
            then = problem.index.visits[following.visit]
            drive = problem.index.minutes(visit.place, then.place)
            leaves = problem.traffic.departure(following.begins - then.before, drive)
            minutes = leaves - visit.after - stop.begins + 1
            yield changed(problem, replace(visit, minutes_by={**visit.minutes_by, technician.id: minutes})), plan


def needs_a_longer_way_to_the_door(problem: Problem, plan: Plan) -> Iterator[Case]:
    for _, shift, number, stop, visit in seats(problem, plan):
        spare = stop.begins - ready(problem, shift, stops_of(plan, shift.id), number)
        if number:
            yield changed(problem, replace(visit, before=visit.before + spare + 1)), plan


def is_home_after_the_overtime(problem: Problem, plan: Plan) -> Iterator[Case]:
    for route in plan.routes:
        if not route.stops:
            continue
        shift, technician = problem.index.shifts[route.shift], problem.index.technicians[route.shift]
        last = problem.index.visits[route.stops[-1].visit]
        leaves = route.stops[-1].begins + last.minutes_by.get(technician.id, last.minutes) + last.after
        home = problem.traffic.arrival(leaves, problem.index.minutes(last.place, shift.end))
        for overtime in (0, 15):
            if home - 1 - overtime >= shift.begins:
                yield on_shift(problem, technician, replace(shift, ends=home - 1 - overtime, overtime=overtime)), plan


def has_work_when_the_break_must_be(problem: Problem, plan: Plan) -> Iterator[Case]:
    for technician, shift, _, stop, _ in seats(problem, plan):
        if len(shift.breaks) < 4:
            pause = Break(stop.begins, stop.begins, 1)
            yield on_shift(problem, technician, replace(shift, breaks=(*shift.breaks, pause))), plan


def has_a_break_that_lasts_longer_than_the_idle_time(problem: Problem, plan: Plan) -> Iterator[Case]:
    for route in plan.routes:
        shift, technician = problem.index.shifts[route.shift], problem.index.technicians[route.shift]
        if shift.breaks and route.stops:
            whole_day = shift.ends + shift.overtime - shift.begins
            pause = replace(shift.breaks[0], minutes=whole_day)
            yield on_shift(problem, technician, replace(shift, breaks=(pause, *shift.breaks[1:]))), plan


WAYS: dict[str, tuple[Callable[[Problem, Plan], Iterator[Case]], ...]] = {
    "window": (begins_ahead_of_its_window, begins_behind_its_window, begins_ahead_of_its_earliest_minute),
    "lock": (
        is_away_from_its_locked_minute,
        is_with_another_than_the_locked_technician,
        leaves_out_what_is_locked,
        moves_what_is_locked_to_another_day,
    ),
    "required": (leaves_out_what_is_required,),
    "skill": (lacks_a_skill, goes_to_somebody_without_the_skill),
    "level": (lacks_a_level,),
    "people": (has_somebody_who_is_excluded, has_somebody_who_is_not_among_the_only_ones),
    "territory": (lies_outside_a_territory,),
    "maximum": (has_one_visit_more_than_the_maximum, has_one_minute_of_travel_more_than_the_maximum),
    "capacity": (needs_more_than_the_van_carries,),
    "twice": (is_served_twice_by_the_same_technician, has_two_routes_for_one_shift),
    "unknown_visit": (names_a_visit_that_is_not_there,),
    "unknown_shift": (names_a_shift_that_is_not_there,),
    "crew": (drops_one_of_a_crew, begins_a_crew_a_minute_apart),
    "order": (
        drops_what_another_follows,
        follows_a_minute_too_early,
        follows_a_minute_too_late,
        follows_without_any_of_the_same_people,
    ),
    "travel": (
        begins_before_anybody_can_be_there,
        takes_somebody_a_minute_longer_than_there_is,
        needs_a_longer_way_to_the_door,
    ),
    "shift": (begins_before_the_way_from_home_is_over, is_home_after_the_overtime),
    "break": (has_work_when_the_break_must_be, has_a_break_that_lasts_longer_than_the_idle_time),
}
CASES = [(kind, way) for kind, ways in WAYS.items() for way in ways]


@pytest.mark.parametrize(("kind", "way"), CASES, ids=[f"{kind}-{way.__name__}" for kind, way in CASES])
def test_the_law_notices_a_plan_that(kind: str, way: Callable[[Problem, Plan], Iterator[Case]]) -> None:
    seen = 0
    for problem in LAWFUL:
        for asked, plan in way(problem, problem.plan):
            assert kind in {one.kind for one in check(asked, plan)}
            seen += 1
    assert seen > 10


LAWFUL = [
    problem for problem in (whole_problem(seed, visits=9) for seed in range(80)) if not check(problem, problem.plan)
]


@settings(derandomize=True, max_examples=60, phases=[Phase.generate])
@given(some.integers(0, 10**6))
def test_what_was_booked_with_every_rule_in_force_is_lawful_and_so_is_what_is_left_when_somebody_cancels(
    seed: int,
) -> None:
    problem = whole_problem(seed)
    left = {one.kind for one in check(problem, problem.plan)}
    assert left <= {"required"}
    dice = random.Random(seed)
    free = [one for one in problem.visits if not one.locked and not problem.index.followers.get(one.id)]
    visit = dice.choice(free or [None])
    if visit is not None:
        assert {one.kind for one in check(problem, without(problem.plan, visit.id))} <= {"required"}
