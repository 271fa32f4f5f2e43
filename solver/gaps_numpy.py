"""The pass over every gap in NumPy: the same lines as `solver.kernels.gaps.find_gaps`, without compiling
anything.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.kernels.arrays import NEVER, Ints
from solver.kernels.clock import DAY, WHOLE

FAR = NEVER * 2 - 1


def find_gaps(
    rows: Ints,
    places: Ints,
    leaves: Ints,
    arrives: Ints,
    direct: Ints,
    breaks: Ints,
    clock: Ints,
    minutes_to: Ints,
    minutes_from: Ints,
    work: Ints,
    windows: Ints,
) -> NDArray[np.int64]:
    """Lines of (row, gap, window, earliest, latest, extra minutes, minutes waiting at the door).

    The tables are those of `Calendar`; a gap that is not there leaves NEVER.
    """
    there, onwards = minutes_to[places[rows, :-1]], minutes_from[places[rows, 1:]]
    soonest, last = leaves[rows].min(axis=2), arrives[rows].max(axis=2)
    possible = soonest + there + onwards + int(work.sum()) <= last
    in_rows, in_gaps = np.nonzero(possible)
    at_rows = rows[in_rows]
    there, onwards = there[possible], onwards[possible]
    pauses = breaks[at_rows]
    tables = leaves[at_rows, in_gaps], arrives[at_rows, in_gaps]
    earliest, latest = starts_in_gaps(*tables, there, onwards, pauses, clock, work)
    extra = there + onwards - direct[at_rows, in_gaps]
    found = []
    for number, (opens, closes) in enumerate(windows):
        begins, ends = np.maximum(earliest, opens), np.minimum(latest, closes)
        lines = np.flatnonzero((begins <= ends).any(axis=1))
        line, starts, stops = _merged(begins[lines], ends[lines])
        line = lines[line]
        reached = (earliest[line] <= starts[:, None]) & (starts[:, None] <= latest[line])
        waits = np.where(reached, starts[:, None] - earliest[line], NEVER).min(axis=1, initial=NEVER)
        waits[in_gaps[line] == 0] = 0
        columns = (
            at_rows[line],
            in_gaps[line],
            np.full(len(line), number),
            starts,
            stops,
            extra[line],
            waits,
        )
        found.append(np.stack(columns, axis=1))
    lines = np.concatenate(found) if found else np.empty((0, 7), np.int64)
    return np.asarray(lines[np.lexsort(lines[:, [3, 2, 1, 0]].T)], np.int64)


def starts_in_gaps(
    leaves: Ints, arrives: Ints, there: Ints, onwards: Ints, breaks: Ints, clock: Ints, work: Ints
) -> tuple[Ints, Ints]:
    """The earliest and latest start in many gaps at once, as `solver.kernels.gaps.starts_in_gap`: a line for each.

    `work` is (before, minutes, after) for all of them, or a line for each.
    """
    earliest, latest = leaves.astype(np.int64), arrives.astype(np.int64)
    before, rest = work[..., :1], work[..., 1:].sum(axis=-1, keepdims=True)
    _take_breaks(earliest, breaks)
    earliest = _arrivals(earliest, there[:, None], clock)
    _take_breaks(earliest, breaks)
    _leave_room(latest, breaks)
    latest = _departures(latest, onwards[:, None], clock)
    _leave_room(latest, breaks)
    return earliest + before, latest - rest


def _take_breaks(ready: Ints, breaks: Ints) -> None:
    for taken in range(ready.shape[1]):
        for number in range(breaks.shape[1]):
            bit = 1 << number
            if not taken & bit:
                begins = np.maximum(ready[:, taken], breaks[:, number, 0])
                ends = np.where(begins <= breaks[:, number, 1], begins + breaks[:, number, 2], FAR)
                np.minimum(ready[:, taken | bit], ends, out=ready[:, taken | bit])


def _leave_room(latest: Ints, breaks: Ints) -> None:
    for taken in range(latest.shape[1] - 1, -1, -1):
        for number in range(breaks.shape[1]):
            bit = 1 << number
            if not taken & bit:
                begins = np.minimum(breaks[:, number, 1], latest[:, taken | bit] - breaks[:, number, 2])
                begins = np.where(begins >= breaks[:, number, 0], begins, -FAR)
                np.maximum(latest[:, taken], begins, out=latest[:, taken])


def _arrivals(leaves: Ints, minutes: Ints, clock: Ints) -> Ints:
    if not len(clock):
        return np.asarray(leaves + minutes)
    days, rest = np.divmod(clock[leaves % DAY] + minutes.astype(np.int64) * WHOLE, clock[DAY])
    return np.asarray((leaves // DAY + days) * DAY + np.searchsorted(clock, rest))


def _departures(arrives: Ints, minutes: Ints, clock: Ints) -> Ints:
    if not len(clock):
        return np.asarray(arrives - minutes)
    days, rest = np.divmod(clock[arrives % DAY] - minutes.astype(np.int64) * WHOLE, clock[DAY])
    return np.asarray((arrives // DAY + days) * DAY + np.searchsorted(clock, rest, side="right") - 1)


def _merged(begins: Ints, ends: Ints) -> tuple[Ints, Ints, Ints]:
    """The separate intervals of each line: (line, first start, last start); an interval with begins > ends is
    none.
    """
    begins = np.where(begins <= ends, begins, FAR)
    ends = np.where(begins <= ends, ends, -FAR)
    order = np.argsort(begins, axis=1, kind="stable")
    begins = np.take_along_axis(begins, order, axis=1)
    ends = np.maximum.accumulate(np.take_along_axis(ends, order, axis=1), axis=1)
    used = begins < FAR
    opens, closes = used.copy(), used.copy()
    opens[:, 1:] &= begins[:, 1:] > ends[:, :-1] + 1
    closes[:, :-1] &= opens[:, 1:] | ~used[:, 1:]
    line, column = np.nonzero(opens)
    return line, begins[line, column], ends[np.nonzero(closes)]
