"""Why a day has no place for a visit: one rule after the other is left aside until the visit fits."""

from __future__ import annotations

from solver.kernels.arrays import NEVER, Ints
from solver.kernels.breaks import drive
from solver.kernels.compiling import kernel
from solver.kernels.day import fill_day
from solver.kernels.gaps import shortfall

WINDOW, BROKEN, OVERTIME, BREAK, PROMISE, LOCK, TRAVEL, FULL = range(8)


@kernel
def works_out(
    stops: int, begins: int, ends: int, breaks: Ints, clock: Ints, legs: Ints, work: Ints, windows: Ints, first: Ints,
    leaves: Ints, arrives: Ints,
) -> bool:  # fmt: skip
    """Whether a day keeps its windows and breaks as it is; fills its tables, the first line of `leaves` apart."""
    fill_day(stops, begins, ends, breaks, clock, legs, work, windows, first[:-1], first[1:], leaves, arrives)
    drive(leaves, 0, legs[0], breaks, clock)
    can_begin = False
    for taken in range(leaves.shape[1]):
        can_begin = can_begin or leaves[0, taken] <= arrives[0, taken]
    return can_begin


@kernel
def lacking(
    begins: int, ends: int, breaks: Ints, clock: Ints, legs: Ints, work: Ints, windows: Ints, first: Ints, last: Ints,
    there: Ints, onwards: Ints, asked: Ints, asked_windows: Ints, leaves: Ints, arrives: Ints, starts: Ints,
) -> int:  # fmt: skip
    """The minutes that a visit lacks on a day whose stop k has the windows from `first[k]` to `last[k]`."""
    fill_day(work.shape[0], begins, ends, breaks, clock, legs, work, windows, first, last, leaves, arrives)
    return shortfall(leaves, arrives, there, onwards, breaks, clock, asked, asked_windows, starts)


@kernel
def why_not(
    begins: int, ends: int, latest: int, breaks: Ints, clock: Ints, legs: Ints, work: Ints, windows: Ints, first: Ints,
    is_promised: Ints, is_locked: Ints, there: Ints, onwards: Ints, asked: Ints, asked_windows: Ints, leaves: Ints,
    arrives: Ints, starts: Ints, last: Ints, found: Ints,
) -> None:  # fmt: skip
    """Fill `found` with why a visit has no start on a day, the minutes that it lacks (or NEVER), and a stop (or -1).

    The day is that of `solver.day.Day`, with overtime it ends by `latest`. `there` and `onwards` are the drives to and
    from the visit for each gap, `asked` its (before, minutes, after). `leaves`, `arrives`, `starts` and `last` are
    scratch space.
    """
    stops = work.shape[0]
    found[1], found[2] = NEVER, -1
    outside = NEVER
    earliest_start, latest_start = begins + asked[0], latest - asked[1] - asked[2]
    for window in range(asked_windows.shape[0]):
        early, late = asked_windows[window, 0] - latest_start, earliest_start - asked_windows[window, 1]
        outside = min(outside, max(early, late, 0))
    if outside > 0 and earliest_start <= latest_start:
        found[0], found[1] = WINDOW, outside
        return
    if stops > 0 and not works_out(stops, begins, ends, breaks, clock, legs, work, windows, first, leaves, arrives):
        found[0] = BROKEN
        return
    for stop in range(stops):
        last[stop] = first[stop + 1]
    short = lacking(
        begins, ends, breaks, clock, legs, work, windows, first, last, there, onwards, asked, asked_windows,
        leaves, arrives, starts,
    )  # fmt: skip
    found[1] = short
    if latest > ends and lacking(
        begins, latest, breaks, clock, legs, work, windows, first, last, there, onwards, asked, asked_windows,
        leaves, arrives, starts,
    ) <= 0:  # fmt: skip
        found[0] = OVERTIME
        return
    if breaks.shape[0] > 0 and lacking(
        begins, ends, breaks[:0], clock, legs, work, windows, first, last, there, onwards, asked, asked_windows,
        leaves, arrives, starts,
    ) <= 0:  # fmt: skip
        found[0] = BREAK
        return
    for code in (PROMISE, LOCK):
        asked_about = 0
        for stop in range(stops):
            if is_promised[stop] or (code == LOCK and is_locked[stop]):
                last[stop] = first[stop]
                asked_about += 1
        if asked_about > 0 and lacking(
            begins, ends, breaks, clock, legs, work, windows, first, last, there, onwards, asked, asked_windows,
            leaves, arrives, starts,
        ) <= 0:  # fmt: skip
            found[0] = code
            least = NEVER + 1
            for stop in range(stops):
                if not (is_promised[stop] if code == PROMISE else is_locked[stop]):
                    continue
                for other in range(stops):
                    last[other] = first[other] if other == stop else first[other + 1]
                alone = lacking(
                    begins, ends, breaks, clock, legs, work, windows, first, last, there, onwards, asked,
                    asked_windows, leaves, arrives, starts,
                )  # fmt: skip
                if alone < least:
                    least = alone
                    found[2] = stop
            return
    for stop in range(stops):
        last[stop] = first[stop + 1]
    fill_day(stops, begins, ends, breaks, clock, legs, work, windows, first, last, leaves, arrives)
    found[0] = FULL
    if shortfall(leaves, arrives, legs, legs - legs, breaks, clock, asked, asked_windows, starts) <= 0:
        found[0] = TRAVEL
