"""When a technician can spend some minutes without a place on a day that is planned: on the phone, or at a desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from solver.day import Windows, day_of, disjoint
from solver.kernels.gaps import starts_in_gap
from solver.model import Problem


def pause_starts(
    problem: Problem,
    shift_id: str,
    minutes: int,
    windows: Windows,
    fixed: Mapping[str, int] | None = None,
) -> list[tuple[int, int]]:
    """The intervals, inside `windows`, in which a pause of `minutes` may begin on a shift with today's stops on it.

    Every stop stays in its order and inside its windows, or at its start in `fixed`, and every break is kept; the pause
    is spent where the technician is, ahead of a drive or behind it. Exact: with a fixed break at such a minute, and at
    no other, `solver.schedule` finds the day.
    """
    index = problem.index
    shift = index.shifts[shift_id]
    route = index.routes.get(shift_id)
    visits = [index.visits[stop.visit] for stop in route.stops] if route else []
    held = fixed or {}
    allowed: Sequence[Windows] = [
        ((held[visit.id], held[visit.id]),) if visit.id in held else visit.allowed for visit in visits
    ]
    day = day_of(shift, index.technicians[shift_id].id, visits, allowed, index.places, index.roads, index.clock)
    day = day.with_least_overtime(shift.ends)
    leaves, arrives = day.tables()
    work = np.array((0, minutes, 0), np.int64)
    starts = np.empty((2, leaves.shape[1]), np.int64)
    found = []
    for gap, leg in enumerate(day.legs.tolist()):
        for there, onwards in {(0, leg), (leg, 0)}:
            starts_in_gap(leaves, arrives, gap, there, onwards, day.breaks, day.clock, work, starts)
            found += [
                (max(int(earliest), opens), min(int(latest), closes))
                for earliest, latest in zip(starts[0], starts[1], strict=True)
                for opens, closes in windows
            ]
    return disjoint((earliest, latest) for earliest, latest in found if earliest <= latest)
