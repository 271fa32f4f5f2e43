"""Why a candidate is where it is, and why a technician-day has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from solver.day import Day, Windows
from solver.kernels import gaps as kernels
from solver.kernels.arrays import NEVER, Ints
from solver.model import Place, Problem, Shift, Visit
from solver.plan import Reason

A_SHORT_WAY = 5
NEARBY = 10


def why_here(after: str | None, before: str | None, there: int, onwards: int, extra: int, far: int) -> Reason:
    """What speaks for a gap: its neighbours, the drives to and from the visit, and the extra minutes; `far`
    is a lot.
    """
    if after is None and before is None:
        return Reason("empty_day")
    if after is not None and before is not None and extra <= A_SHORT_WAY:
        return Reason("on_the_way", {"after": after, "before": before, "minutes": extra})
    near = [(there, after), (onwards, before)]
    minutes, visit = min((minutes, visit) for minutes, visit in near if visit is not None)
    if minutes <= NEARBY:
        return Reason("nearby", {"visit": visit, "minutes": minutes})
    if extra > far:
        return Reason("detour", {"minutes": extra})
    if after is None:
        return Reason("first_of_day", {"before": before})
    if before is None:
        return Reason("last_of_day", {"after": after})
    return Reason("between_visits", {"after": after, "before": before})


def why_unfit(problem: Problem, shift: Shift, visit: Visit, place: Place) -> Reason | None:
    """The first rule, times apart, that keeps a visit off a shift that is empty; None when it may be there."""
    technician = problem.index.technicians[shift.id]
    lock = visit.locked
    if lock is not None:
        if lock.technician not in (None, technician.id):
            return Reason("lock", {"visit": visit.id, "technician": lock.technician})
        today = problem.index.planned.get(visit.id)
        if today is not None and problem.index.shifts[today[0]].day != shift.day:
            return Reason("lock", {"visit": visit.id, "day": problem.index.shifts[today[0]].day})
    if (visit.only and technician.id not in visit.only) or technician.id in visit.excluded:
        return Reason("people", {"technician": technician.id})
    for skill, needs in visit.skills.items():
        has = technician.skills.get(skill)
        if has is None:
            return Reason("skill", {"skill": skill, "needs": needs})
        if has < needs:
            return Reason("level", {"skill": skill, "has": has, "needs": needs})
    if shift.capacity is not None and visit.load > shift.capacity:
        return Reason("capacity", {"left": shift.capacity, "needs": visit.load})
    area = technician.territory
    if area is not None and area.price is None and not area.covers(place.latitude, place.longitude):
        return Reason("territory", {"technician": technician.id})
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit at the door of a day: its minutes (before, work, after), its windows, and the drives to and from it for
    each gap.
    """

    work: tuple[int, int, int]
    windows: Windows
    there: Ints
    onwards: Ints


def why_not_there(day: Day, stops: Sequence[Visit], asked: Asked) -> tuple[Reason, int | None]:
    """Why a visit has no start on a day, and the minutes that it lacks there.

    One thing is left aside after the other (the breaks, the windows of the others, their locks, the drives to
    the visit): the first without which the visit fits is the reason, and a day that nothing opens is full.
    """
    outside = _minutes_outside(day, asked)
    if outside:
        return Reason("window", {"minutes": outside}), outside
    if stops and not day.works_out():
        return Reason("broken"), None
    short = _shortfall(day, asked)
    short_by = None if short >= NEVER else short
    if _shortfall(replace(day, breaks=day.breaks[:0]), asked) <= 0:
        return Reason("break", {"minutes": short_by}), short_by
    locked = {number for number, stop in enumerate(stops) if stop.locked is not None and stop.locked.begins is not None}
    promised = {number for number, stop in enumerate(stops) if stop.windows} - locked
    for code, numbers in (("promise", promised), ("lock", promised | locked)):
        if numbers and _shortfall(_without_windows(day, numbers), asked) <= 0:
            alone = {
                number: _shortfall(_without_windows(day, {number}), asked)
                for number in sorted(numbers if code == "promise" else locked)
            }
            nearest = min(alone, key=lambda number: alone[number])
            return Reason(code, {"visit": stops[nearest].id, "minutes": short_by}), short_by
    if _shortfall(day, replace(asked, there=day.legs, onwards=np.zeros_like(day.legs))) <= 0:
        return Reason("travel", {"minutes": short_by}), short_by
    return Reason("full", {"minutes": short_by}), short_by


def _minutes_outside(day: Day, asked: Asked) -> int:
    """By how much the windows of a visit miss the hours in which it could start, drives aside."""
    before, minutes, after = asked.work
    earliest = day.begins + before
    latest = day.ends - minutes - after
    if not asked.windows or latest < earliest:
        return 0
    return min(max(opens - latest, earliest - closes, 0) for opens, closes in asked.windows)


def _without_windows(day: Day, numbers: set[int]) -> Day:
    """The same day when these stops may start at any time."""
    kept = [
        day.windows[day.first[stop] : day.first[stop + 1]] if stop not in numbers else day.windows[:0]
        for stop in range(len(day.work))
    ]
    first = np.zeros(len(kept) + 1, np.int64)
    np.cumsum([len(windows) for windows in kept], out=first[1:])
    return replace(day, windows=np.concatenate([day.windows[:0], *kept]), first=first)


def _shortfall(day: Day, asked: Asked) -> int:
    leaves, arrives = day.tables()
    return shortfall(leaves, arrives, day.breaks, day.clock, asked)


def shortfall(leaves: Ints, arrives: Ints, breaks: Ints, clock: Ints, asked: Asked) -> int:
    """The minutes that a visit lacks in the best gap of a day; 0 or less when it fits, NEVER when nothing
    helps.
    """
    return int(
        kernels.shortfall(
            np.ascontiguousarray(leaves),
            np.ascontiguousarray(arrives),
            asked.there.astype(np.int64),
            asked.onwards.astype(np.int64),
            breaks,
            clock,
            np.array(asked.work, np.int64),
            np.array(asked.windows or ((-NEVER, NEVER),), np.int64),
            np.empty((2, leaves.shape[1]), np.int64),
        )
    )
