"""The two tables of one technician-day: earliest departures and latest arrivals.

`work` holds (before, minutes, after) of each stop; `windows[first[k]:last[k]]` are the disjoint,
ascending windows of stop k, none for any time; `legs[k]` is the drive of gap k.
"""

from __future__ import annotations

from solver.kernels.arrays import NEVER, Ints
from solver.kernels.breaks import drive, drive_back
from solver.kernels.compiling import kernel


@kernel
def next_start(minute: int, windows: Ints, first: int, last: int) -> int:
    """The earliest allowed start at or after a minute; NEVER when there is none."""
    if first == last:
        return minute
    for number in range(first, last):
        if minute <= windows[number, 1]:
            opens: int = windows[number, 0]
            return max(minute, opens)
    return NEVER


@kernel
def last_start(minute: int, windows: Ints, first: int, last: int) -> int:
    """The latest allowed start at or before a minute; -NEVER when there is none."""
    if first == last:
        return minute
    for number in range(last - 1, first - 1, -1):
        if minute >= windows[number, 0]:
            closes: int = windows[number, 1]
            return min(minute, closes)
    return -NEVER


@kernel
def fill_day(
    stops: int,
    begins: int,
    ends: int,
    breaks: Ints,
    clock: Ints,
    legs: Ints,
    work: Ints,
    windows: Ints,
    first: Ints,
    last: Ints,
    leaves: Ints,
    arrives: Ints,
) -> None:
    """Fill `leaves[k, taken]` and `arrives[k, taken]` for every gap k of a day with some stops.

    `leaves` is the earliest minute at which gap k opens with those breaks taken by then (NEVER: impossible),
    and `arrives` the latest minute at which the technician may stand at its far end, with those breaks taken
    by then, for the rest of the day to work out (-NEVER: it does not).
    """
    states = 1 << breaks.shape[0]
    for taken in range(states):
        leaves[0, taken] = NEVER
        arrives[stops, taken] = -NEVER
    leaves[0, 0] = begins
    arrives[stops, states - 1] = ends
    for stop in range(stops):
        for taken in range(states):
            leaves[stop + 1, taken] = leaves[stop, taken]
        drive(leaves, stop + 1, legs[stop], breaks, clock)
        for taken in range(states):
            arrival = leaves[stop + 1, taken]
            if arrival < NEVER:
                start = next_start(arrival + work[stop, 0], windows, first[stop], last[stop])
                leaves[stop + 1, taken] = min(start + work[stop, 1] + work[stop, 2], NEVER)
    for stop in range(stops - 1, -1, -1):
        for taken in range(states):
            arrives[stop, taken] = arrives[stop + 1, taken]
        drive_back(arrives, stop, legs[stop + 1], breaks, clock)
        for taken in range(states):
            leaving = arrives[stop, taken]
            if leaving > -NEVER:
                start = last_start(leaving - work[stop, 1] - work[stop, 2], windows, first[stop], last[stop])
                arrives[stop, taken] = max(start - work[stop, 0], -NEVER)
