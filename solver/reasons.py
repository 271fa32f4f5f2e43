"""Why a candidate is where it is, and why a technician-day has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from solver.day import Day
from solver.kernels import gaps
from solver.kernels import refusals as kernels
from solver.kernels.arrays import NEVER, Ints
from solver.model import Place, Problem, Shift, Technician, Visit
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
    unskilled = why_unskilled(technician, visit.skills)
    if unskilled is not None:
        return unskilled
    if shift.capacity is not None and visit.load > shift.capacity:
        return Reason("capacity", {"left": shift.capacity, "needs": visit.load})
    area = technician.territory
    if area is not None and area.price is None and not area.covers(place.latitude, place.longitude):
        return Reason("territory", {"technician": technician.id})
    return None


def why_unskilled(technician: Technician, skills: Mapping[str, int]) -> Reason | None:
    """The first of some skills that a technician lacks, or has at too low a level; None when he has them all."""
    for skill, needs in skills.items():
        has = technician.skills.get(skill)
        if has is None:
            return Reason("skill", {"skill": skill, "needs": needs})
        if has < needs:
            return Reason("level", {"skill": skill, "has": has, "needs": needs})
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit at the door of a day: its minutes (before, work, after), its windows, and the drives to and from it for
    each gap.
    """

    work: Ints
    windows: Ints
    there: Ints
    onwards: Ints


CODES = {
    kernels.WINDOW: "window",
    kernels.OVERTIME: "overtime",
    kernels.BREAK: "break",
    kernels.PROMISE: "promise",
    kernels.LOCK: "lock",
    kernels.TRAVEL: "travel",
    kernels.FULL: "full",
}


def why_not_there(day: Day, latest: int, stops: Sequence[Visit], asked: Asked) -> tuple[Reason, int | None]:
    """Why a visit has no start on a day that overtime could stretch to `latest`, and the minutes that it lacks there.

    One thing is left aside after the other (the end of the shift, the breaks, the windows of the others, their locks,
    the drives to the visit): the first without which the visit fits is the reason, and a day that nothing opens is
    full.
    """
    shape = (len(day.legs), 1 << len(day.breaks))
    locked = [stop.locked is not None and stop.locked.begins is not None for stop in stops]
    promised = [bool(stop.windows) and not is_locked for stop, is_locked in zip(stops, locked, strict=True)]
    found = np.empty(3, np.int64)
    kernels.why_not(
        day.begins, day.ends, latest, day.breaks, day.clock, day.legs, day.work, day.windows, day.first,
        np.array(promised, np.bool_), np.array(locked, np.bool_), asked.there, asked.onwards, asked.work,
        asked.windows, np.empty(shape, np.int32), np.empty(shape, np.int32), np.empty((2, shape[1]), np.int64),
        np.empty(len(stops), np.int64), found,
    )  # fmt: skip
    code, minutes, stop = found.tolist()
    if code == kernels.BROKEN:
        return Reason("broken"), None
    short_by = None if minutes >= NEVER else minutes
    visit = {} if stop < 0 else {"visit": stops[stop].id}
    return Reason(CODES[code], {**visit, "minutes": short_by}), short_by


def shortfall(leaves: Ints, arrives: Ints, breaks: Ints, clock: Ints, asked: Asked) -> int:
    """The minutes that a visit lacks in the best gap of a day; 0 or less when it fits, NEVER when nothing
    helps.
    """
    starts = np.empty((2, leaves.shape[1]), np.int64)
    return gaps.shortfall(leaves, arrives, asked.there, asked.onwards, breaks, clock, asked.work, asked.windows, starts)
