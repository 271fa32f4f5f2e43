"""Exact times for visits in a given order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from solver.day import Day, day_of, disjoint
from solver.errors import ProblemError
from solver.kernels.arrays import NEVER, Ints
from solver.kernels.gaps import starts_in_gap
from solver.model import Problem, Shift, Visit
from solver.plan import Route, Stop
from solver.reasons import why_unfit


def schedule(
    problem: Problem,
    shift_id: str,
    order: Sequence[str],
    prefer: Mapping[str, int] | None = None,
    fixed: Mapping[str, int] | None = None,
) -> Route | None:
    """The route of a shift that serves visits in this order and keeps every law, or None when there is none.

    From the first stop on, each visit starts at the allowed minute that is nearest to its preferred start
    (minutes from the first midnight), or at the earliest one when it has none, such that the rest still works
    out. Visits in `fixed` start exactly there, and the day has as little overtime as the order allows. Of a crew and of
    visits that follow one another, only this day is looked at. Exact for any number of windows and breaks. Refuses
    unknown ids (`ProblemError`).
    """
    index = problem.index
    if shift_id not in index.shifts:
        raise ProblemError("shift", f"the id of a shift; {shift_id} is unknown")
    unknown = [name for name in order if name not in index.visits]
    if unknown:
        raise ProblemError("order", f"ids of visits; {unknown[0]} is unknown")
    shift, visits = index.shifts[shift_id], [index.visits[name] for name in order]
    if len(set(order)) < len(order) or any(
        why_unfit(problem, shift, visit, index.place(visit.place)) for visit in visits
    ):
        return None
    if overfull(problem, shift, visits):
        return None
    fixed = fixed or {}
    allowed = []
    for visit in visits:
        windows = visit.allowed
        if visit.id in fixed:
            start = fixed[visit.id]
            if windows and not any(opens <= start <= closes for opens, closes in windows):
                return None
            windows = ((start, start),)
        allowed.append(windows)
    day = day_of(shift, index.technicians[shift.id].id, visits, allowed, index.places, index.roads, index.clock)
    day = day.with_least_overtime(shift.ends)
    starts = starts_of(day, [(prefer or {}).get(name) for name in order])
    return None if starts is None else Route(shift_id, tuple(map(Stop, order, starts)))


def overfull(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> bool:
    """Whether these visits in this order are more than the van carries, or than the technician may do in a shift."""
    technician = problem.index.technicians[shift.id]
    if shift.capacity is not None and sum(visit.load for visit in visits) > shift.capacity:
        return True
    if technician.most_visits is not None and len(visits) > technician.most_visits:
        return True
    if technician.most_travel_minutes is None or not visits:
        return False
    return problem.index.travel_minutes(shift, visits) > technician.most_travel_minutes


def starts_of(day: Day, wishes: Sequence[int | None]) -> list[int] | None:
    """The start of each stop of a day, as near to the wishes as `schedule` promises; None when the day is
    impossible.
    """
    leaves, arrives = day.tables()
    possible = np.empty((2, leaves.shape[1]), np.int64)
    starts = []
    for stop, wish in enumerate(wishes):
        there, onwards = day.legs[stop], day.legs[stop + 1]
        starts_in_gap(leaves, arrives[1:], stop, there, onwards, day.breaks, day.clock, day.work[stop], possible)
        windows = [(int(opens), int(closes)) for opens, closes in day.windows[day.first[stop] : day.first[stop + 1]]]
        start = _nearest(wish, _intervals(possible[0], possible[1], windows or [(-NEVER, NEVER)]))
        if start is None:
            return None
        starts.append(start)
        leave = start + int(day.work[stop, 1] + day.work[stop, 2])
        leaves[stop + 1] = np.where(possible[0] <= start, leave, NEVER)
    return starts


def _intervals(earliest: Ints, latest: Ints, windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found = [
        (max(int(opens), low), min(int(closes), high))
        for opens, closes in zip(earliest, latest, strict=True)
        for low, high in windows
    ]
    return disjoint((opens, closes) for opens, closes in found if opens <= closes)


def _nearest(wish: int | None, intervals: list[tuple[int, int]]) -> int | None:
    if not intervals:
        return None
    if wish is None:
        return intervals[0][0]
    return min((min(max(wish, opens), closes) for opens, closes in intervals), key=lambda start: abs(start - wish))
