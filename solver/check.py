"""The law: every rule that a plan must keep, each a function that yields what breaks it.

Every other part of the engine is tested against this file, so it shares nothing with them but the model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from solver.model import Break, Problem, Shift, Visit
from solver.plan import Plan, Stop, Violation

if TYPE_CHECKING:
    from solver.traffic import Traffic


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every violation of the law in a plan; empty for a good one. Times in minutes."""
    found = [*unknown(problem, plan), *twice(problem, plan), *left_out(problem, plan)]
    found += [*crews(problem, plan), *order(problem, plan)]
    for route in plan.routes:
        shift = problem.index.shifts.get(route.shift)
        if shift is None:
            continue
        stops = [(stop, problem.index.visits[stop.visit]) for stop in route.stops if stop.visit in problem.index.visits]
        if stops:
            for rule in (skills, people, territory, windows, locks, capacity, maxima, legs, pauses):
                found.extend(rule(problem, shift, stops))
    return found


Stops = list[tuple[Stop, Visit]]


def unknown(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Only shifts and visits of the problem may be planned."""
    for route in plan.routes:
        if route.shift not in problem.index.shifts:
            yield Violation("unknown_shift", f"the shift {route.shift} is not in the problem", shift=route.shift)
        for stop in route.stops:
            if stop.visit not in problem.index.visits:
                words = f"the visit {stop.visit} is not in the problem"
                yield Violation("unknown_visit", words, stop.visit, route.shift)


def twice(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A shift has one route, and a visit is planned once for each of its crew."""
    routes: dict[str, int] = defaultdict(int)
    for route in plan.routes:
        routes[route.shift] += 1
    for shift, count in routes.items():
        if count > 1:
            yield Violation("twice", f"the shift {shift} has {count} routes", shift=shift)
    for name, places in _planned(problem, plan).items():
        if len(places) > problem.index.visits[name].crew:
            yield Violation("twice", f"{name} is planned {len(places)} times", name)


def left_out(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A required visit is served, and so is a locked one that today's plan serves."""
    served = {stop.visit for route in plan.routes for stop in route.stops}
    for visit in problem.visits:
        if visit.id in served:
            continue
        if visit.required:
            yield Violation("required", f"{visit.id} is required and not planned", visit.id)
        if visit.locked is not None and visit.id in problem.index.planned:
            yield Violation("lock", f"{visit.id} is locked and no longer planned", visit.id)


def crews(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A crew is complete, of different technicians, and begins together."""
    for name, places in _planned(problem, plan).items():
        visit = problem.index.visits[name]
        people = {technician for technician, _, _ in places}
        if len(places) < visit.crew or len(people) < min(len(places), visit.crew):
            words = f"{name} needs {visit.crew} technicians and has {len(people)}"
            yield Violation("crew", words, name)
        starts = {stop.begins for _, _, stop in places}
        if len(starts) > 1:
            apart = max(starts) - min(starts)
            yield Violation("crew", f"the crew of {name} begins {apart} minutes apart", name, minutes=apart)


def order(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A visit that follows another one begins late enough after it, soon enough, and with one of its people."""
    planned = _planned(problem, plan)
    for name, places in planned.items():
        for rule in problem.index.visits[name].follows:
            first = planned.get(rule.visit)
            if first is None:
                yield Violation("order", f"{name} follows {rule.visit}, which is not planned", name)
                continue
            work = problem.index.visits[rule.visit]
            over = max(stop.begins + work.minutes_with(technician) for technician, _, stop in first)
            begins = min(stop.begins for _, _, stop in places)
            early = over + rule.gap - begins
            if early > 0:
                words = f"{name} begins {early} minutes too early after {rule.visit}"
                yield Violation("order", words, name, minutes=early)
            late = begins - (over + rule.most) if rule.most is not None else 0
            if late > 0:
                words = f"{name} begins {late} minutes too late after {rule.visit}"
                yield Violation("order", words, name, minutes=late)
            same = {technician for technician, _, _ in first} & {technician for technician, _, _ in places}
            if rule.same_technician and not same:
                words = f"{name} needs a technician who was at {rule.visit}"
                yield Violation("order", words, name)


def _planned(problem: Problem, plan: Plan) -> dict[str, list[tuple[str, str, Stop]]]:
    """Technician, shift and stop of every planned visit of the problem, one for each of its crew."""
    found = defaultdict(list)
    for route in plan.routes:
        technician = problem.index.technicians.get(route.shift)
        for stop in route.stops:
            if technician is not None and stop.visit in problem.index.visits:
                found[stop.visit].append((technician.id, route.shift, stop))
    return found


def skills(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """The technician has every skill of the visit, at its level or above."""
    technician = problem.index.technicians[shift.id]
    for _, visit in stops:
        for skill, level in visit.skills.items():
            has = technician.skills.get(skill)
            if has is None:
                words = f"{technician.id} does not have the skill {skill} that {visit.id} needs"
                yield Violation("skill", words, visit.id, shift.id)
            elif has < level:
                words = f"{technician.id} has level {has} of {skill}; {visit.id} needs {level}"
                yield Violation("level", words, visit.id, shift.id)


def people(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """Who may come to a visit, and who may not, is kept."""
    technician = problem.index.technicians[shift.id]
    for _, visit in stops:
        if visit.only and technician.id not in visit.only:
            words = f"{visit.id} is for {', '.join(visit.only)}, not for {technician.id}"
            yield Violation("people", words, visit.id, shift.id)
        if technician.id in visit.excluded:
            yield Violation("people", f"{technician.id} may not come to {visit.id}", visit.id, shift.id)


def territory(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """A technician stays inside a territory that has no price."""
    technician = problem.index.technicians[shift.id]
    area = technician.territory
    if area is None or area.price is not None:
        return
    for _, visit in stops:
        place = problem.index.place(visit.place)
        if not area.covers(place.latitude, place.longitude):
            words = f"{visit.id} lies outside the territory of {technician.id}"
            yield Violation("territory", words, visit.id, shift.id)


def windows(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """Work starts inside one of the windows and not too early; a locked start stands in their place."""
    for stop, visit in stops:
        if visit.locked is not None and visit.locked.begins is not None:
            continue
        if visit.earliest is not None and stop.begins < visit.earliest:
            off = visit.earliest - stop.begins
            words = f"{visit.id} begins at {stop.begins}, {off} minutes ahead of its earliest start"
            yield Violation("window", words, visit.id, shift.id, off)
        if not visit.windows:
            continue
        off = min(max(begins - stop.begins, stop.begins - ends, 0) for begins, ends in visit.windows)
        if off:
            words = f"{visit.id} begins at {stop.begins}, {off} minutes outside its windows"
            yield Violation("window", words, visit.id, shift.id, off)


def locks(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """A locked visit keeps its technician, its start and its day."""
    technician = problem.index.technicians[shift.id]
    for stop, visit in stops:
        lock = visit.locked
        if lock is None:
            continue
        if lock.technician not in (None, technician.id):
            words = f"{visit.id} is locked to {lock.technician}, not {technician.id}"
            yield Violation("lock", words, visit.id, shift.id)
        if lock.begins not in (None, stop.begins):
            off = abs(stop.begins - lock.begins)
            words = f"{visit.id} is locked to {lock.begins} and begins at {stop.begins}"
            yield Violation("lock", words, visit.id, shift.id, off)
        today = problem.index.planned.get(visit.id)
        if today is not None and problem.index.shifts[today[0]].day != shift.day:
            day = problem.index.shifts[today[0]].day
            words = f"{visit.id} is locked to day {day} and planned on day {shift.day}"
            yield Violation("lock", words, visit.id, shift.id)


def capacity(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """What the visits need fits into the van."""
    load = sum(visit.load for _, visit in stops)
    if shift.capacity is not None and load > shift.capacity:
        words = f"the visits of {shift.id} need {load} and the van carries {shift.capacity}"
        yield Violation("capacity", words, shift=shift.id)


def maxima(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """A technician has no more visits and no more travel in a shift than is his maximum."""
    technician = problem.index.technicians[shift.id]
    if technician.most_visits is not None and len(stops) > technician.most_visits:
        words = f"{shift.id} has {len(stops)} visits, and {technician.most_visits} are the most"
        yield Violation("maximum", words, shift=shift.id)
    if technician.most_travel_minutes is not None:
        drives = sum(gap.drive for gap in _gaps(problem, shift, stops))
        over = drives - technician.most_travel_minutes
        if over > 0:
            words = f"{shift.id} has {drives} minutes of travel, {over} more than its maximum"
            yield Violation("maximum", words, shift=shift.id, minutes=over)


def legs(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """Between two visits there is time for their buffers and the drive, and so there is at both ends of the
    day.
    """
    for gap in _gaps(problem, shift, stops):
        short = problem.traffic.arrival(gap.opens, gap.drive) - gap.closes
        if short <= 0:
            continue
        if gap.after is None or gap.before is None:
            words = f"{gap.after or gap.before} leaves {short} minutes too few in the shift {shift.id}"
            yield Violation("shift", words, gap.after or gap.before, shift.id, short)
        else:
            words = f"from {gap.after} to {gap.before} {short} minutes are missing"
            yield Violation("travel", words, gap.before, shift.id, short)


def pauses(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """Every break of the shift fits into the idle time, whole and in its range."""
    ways = {frozenset(range(len(shift.breaks)))}
    for gap in _gaps(problem, shift, stops):
        ways = {left for open_ in ways for left in _left_open(gap, problem.traffic, shift.breaks, open_)}
    if frozenset() not in ways:
        missed = min(ways, key=lambda left: (len(left), sorted(left)))
        minutes = sum(shift.breaks[number].minutes for number in missed)
        words = f"the shift {shift.id} has no time for {len(missed)} of its breaks, {minutes} minutes"
        yield Violation("break", words, shift=shift.id, minutes=minutes)


@dataclass(frozen=True, slots=True)
class _Gap:
    """The time between two stops, or between a stop and an end of the day."""

    opens: int
    closes: int
    drive: int
    after: str | None
    before: str | None


def _gaps(problem: Problem, shift: Shift, stops: Stops) -> list[_Gap]:
    technician = problem.index.technicians[shift.id].id
    marks: list[tuple[int, int, str, str | None]] = [(shift.begins, shift.begins, shift.start, None)]
    for stop, visit in stops:
        leaves = stop.begins + visit.minutes_with(technician) + visit.after
        marks.append((stop.begins - visit.before, leaves, visit.place, visit.id))
    over = shift.ends + shift.overtime
    marks.append((over, over, shift.end, None))
    return [
        _Gap(one[1], other[0], problem.index.minutes(one[2], other[2]), one[3], other[3])
        for one, other in pairwise(marks)
    ]


def _left_open(gap: _Gap, traffic: Traffic, breaks: tuple[Break, ...], left: frozenset[int]) -> set[frozenset[int]]:
    """Which breaks can be open behind a gap when those in `left` are open ahead of it."""
    found: set[frozenset[int]] = set()
    tried: set[tuple[int, bool, frozenset[int]]] = set()
    waiting = [(gap.opens, False, left)]
    while waiting:
        state = waiting.pop()
        if state in tried:
            continue
        tried.add(state)
        now, driven, remaining = state
        if driven:
            found.add(remaining)
        else:
            waiting.append((traffic.arrival(now, gap.drive), True, remaining))
        for number in remaining:
            pause = breaks[number]
            begins = max(now, pause.earliest)
            ends = begins + pause.minutes
            if begins <= pause.latest and (ends if driven else traffic.arrival(ends, gap.drive)) <= gap.closes:
                waiting.append((ends, driven, remaining - {number}))
    return found
