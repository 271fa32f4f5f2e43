"""The law: every rule that a plan must keep, each a function that yields what breaks it.

Every other part of the engine is tested against this file, so it shares nothing with them but the model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from solver.model import Break, Problem, Shift, Visit
from solver.plan import Plan, Stop, Violation


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every violation of the law in a plan; empty for a good one. Times in minutes."""
    found = [*unknown(problem, plan), *twice(plan), *left_out(problem, plan)]
    for route in plan.routes:
        shift = problem.index.shifts.get(route.shift)
        if shift is None:
            continue
        stops = [(stop, problem.index.visits[stop.visit]) for stop in route.stops if stop.visit in problem.index.visits]
        if stops:
            for rule in (skills, windows, locks, capacity, legs, pauses):
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


def twice(plan: Plan) -> Iterator[Violation]:
    """A visit is planned once, and a shift has one route."""
    for shift, count in Counter(route.shift for route in plan.routes).items():
        if count > 1:
            yield Violation("twice", f"the shift {shift} has {count} routes", shift=shift)
    for visit, count in Counter(stop.visit for route in plan.routes for stop in route.stops).items():
        if count > 1:
            yield Violation("twice", f"{visit} is planned {count} times", visit)


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


def windows(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """Work starts inside one of the windows; a locked start stands in their place."""
    for stop, visit in stops:
        locked = visit.locked is not None and visit.locked.begins is not None
        if locked or not visit.windows:
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
        if today is not None and problem.index.shifts[today].day != shift.day:
            day = problem.index.shifts[today].day
            words = f"{visit.id} is locked to day {day} and planned on day {shift.day}"
            yield Violation("lock", words, visit.id, shift.id)


def capacity(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """What the visits need fits into the van."""
    load = sum(visit.load for _, visit in stops)
    if shift.capacity is not None and load > shift.capacity:
        words = f"the visits of {shift.id} need {load} and the van carries {shift.capacity}"
        yield Violation("capacity", words, shift=shift.id)


def legs(problem: Problem, shift: Shift, stops: Stops) -> Iterator[Violation]:
    """Between two visits there is time for their buffers and the drive, and so there is at both ends of the
    day.
    """
    for gap in _gaps(problem, shift, stops):
        short = gap.drive - (gap.closes - gap.opens)
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
        ways = {left for open_ in ways for left in _left_open(gap, shift.breaks, open_)}
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
    marks: list[tuple[int, int, str, str | None]] = [(shift.begins, shift.begins, shift.start, None)]
    for stop, visit in stops:
        leaves = stop.begins + visit.minutes + visit.after
        marks.append((stop.begins - visit.before, leaves, visit.place, visit.id))
    marks.append((shift.ends, shift.ends, shift.end, None))
    return [
        _Gap(one[1], other[0], problem.index.minutes(one[2], other[2]), one[3], other[3])
        for one, other in pairwise(marks)
    ]


def _left_open(gap: _Gap, breaks: tuple[Break, ...], left: frozenset[int]) -> set[frozenset[int]]:
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
            waiting.append((now + gap.drive, True, remaining))
        for number in remaining:
            pause = breaks[number]
            begins = max(now, pause.earliest)
            ends = begins + pause.minutes
            if begins <= pause.latest and ends + (0 if driven else gap.drive) <= gap.closes:
                waiting.append((ends, driven, remaining - {number}))
    return found
