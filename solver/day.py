"""One technician-day as arrays: its stops in order and the times between which each gap can be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from solver.kernels import day as kernels
from solver.kernels.arrays import Ints
from solver.kernels.breaks import drive
from solver.model import Break, Shift, Visit
from solver.travel import Roads

Windows = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Day:
    """A shift with stops in a fixed order; the arrays are described in `solver.kernels.day`.

    `places` are the positions of the start, the stops and the end.
    """

    begins: int
    ends: int
    breaks: Ints
    clock: Ints
    places: list[int]
    legs: Ints
    work: Ints
    windows: Ints
    first: Ints

    def tables(self) -> tuple[Ints, Ints]:
        """Earliest departures and latest arrivals, one line per gap and one column per subset of breaks."""
        shape = (len(self.legs), 1 << len(self.breaks))
        leaves, arrives = np.empty(shape, np.int32), np.empty(shape, np.int32)
        kernels.fill_day(
            len(self.work),
            self.begins,
            self.ends,
            self.breaks,
            self.clock,
            self.legs,
            self.work,
            self.windows,
            self.first[:-1],
            self.first[1:],
            leaves,
            arrives,
        )
        return leaves, arrives

    def works_out(self) -> bool:
        """Whether the stops can be served in this order with every window and break kept."""
        leaves, arrives = self.tables()
        drive(leaves, 0, self.legs[0], self.breaks, self.clock)
        return bool((leaves[0] <= arrives[0]).any())

    def finish(self) -> int:
        """The earliest minute at which the technician can be back with every break taken."""
        leaves, _ = self.tables()
        drive(leaves, len(self.work), self.legs[-1], self.breaks, self.clock)
        return int(leaves[-1, -1])

    def with_least_overtime(self, ends: int) -> Day:
        """The same day when it has to be over by `ends`, or as early after that as its stops allow."""
        return replace(self, ends=min(self.ends, max(ends, self.finish())))


def day_of(
    shift: Shift,
    technician: str,
    visits: Sequence[Visit],
    allowed: Sequence[Windows],
    places: dict[str, int],
    roads: Roads,
    clock: Ints,
) -> Day:
    """The day on which a technician's shift, overtime included, serves visits in this order, each starting inside its
    `allowed` intervals.
    """
    stops = [places[shift.start], *(places[visit.place] for visit in visits), places[shift.end]]
    windows = [disjoint(one) for one in allowed]
    first = np.zeros(len(visits) + 1, np.int64)
    np.cumsum([len(one) for one in windows], out=first[1:])
    return Day(
        begins=shift.begins,
        ends=shift.ends + shift.overtime,
        breaks=breaks_of(shift.breaks),
        clock=clock,
        places=stops,
        legs=np.array([roads.minutes(one, other) for one, other in pairwise(stops)], np.int64),
        work=np.array([work_of(visit, technician) for visit in visits], np.int64).reshape(-1, 3),
        windows=np.array([window for one in windows for window in one], np.int64).reshape(-1, 2),
        first=first,
    )


def work_of(visit: Visit, technician: str) -> tuple[int, int, int]:
    """The minutes ahead of the work, of the work, and behind it."""
    return visit.before, visit.minutes_with(technician), visit.after


def breaks_of(breaks: Iterable[Break]) -> Ints:
    """Breaks as lines of (earliest, latest, minutes)."""
    return np.array([(one.earliest, one.latest, one.minutes) for one in breaks], np.int64).reshape(-1, 3)


def disjoint(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same minutes as ascending intervals that neither overlap nor touch."""
    merged: list[tuple[int, int]] = []
    for opens, closes in sorted(windows):
        if merged and opens <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], closes)
        else:
            merged.append((opens, closes))
    return merged
