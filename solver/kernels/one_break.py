"""The steps of `solver.kernels.breaks` for a shift with one break or none, without arrays.

Most shifts are like that, and the search spends its time here. A pair of times is that of the break still open and
of the break taken; it begins between `begins` and `ends`. A shift without a break has one that can never begin.
"""

from __future__ import annotations

from solver.kernels.arrays import NEVER, Ints
from solver.kernels.clock import arrival, departure
from solver.kernels.compiling import inlined, kernel
from solver.kernels.day import last_start, next_start


@inlined
def drive_once(
    still: int, taken: int, minutes: int, begins: int, ends: int, length: int, clock: Ints
) -> tuple[int, int]:
    """`drive` for a pair of times."""
    start = max(still, begins)
    if start <= ends:
        taken = min(taken, start + length)
    if clock.shape[0] == 0:
        still, taken = still + minutes, taken + minutes
    else:
        still, taken = arrival(still, minutes, clock), arrival(taken, minutes, clock)
    start = max(still, begins)
    if start <= ends:
        taken = min(taken, start + length)
    return still, taken


@inlined
def drive_back_once(
    still: int, taken: int, minutes: int, begins: int, ends: int, length: int, clock: Ints
) -> tuple[int, int]:
    """`drive_back` for a pair of times."""
    start = min(ends, taken - length)
    if start >= begins:
        still = max(still, start)
    if clock.shape[0] == 0:
        still, taken = still - minutes, taken - minutes
    else:
        still, taken = departure(still, minutes, clock), departure(taken, minutes, clock)
    start = min(ends, taken - length)
    if start >= begins:
        still = max(still, start)
    return still, taken


@inlined
def fits_once(
    leaves: Ints,
    arrives: Ints,
    row: int,
    gap: int,
    there: int,
    onwards: int,
    breaks: Ints,
    clock: Ints,
    before: int,
    stays: int,
    windows: Ints,
    first: int,
    last: int,
) -> bool:
    """`fits` for a row of the search; `stays` are the minutes from the start of the work to the departure."""
    begins, ends, length = breaks[row, 0, 0], breaks[row, 0, 1], breaks[row, 0, 2]
    still, taken = drive_once(leaves[row, gap, 0], leaves[row, gap, 1], there, begins, ends, length, clock)
    still_until, taken_until = drive_back_once(
        arrives[row, gap, 0], arrives[row, gap, 1], onwards, begins, ends, length, clock
    )
    return (
        next_start(still + before, windows, first, last) <= still_until - stays
        or next_start(taken + before, windows, first, last) <= taken_until - stays
    )


@kernel
def fill_day_once(
    stops: int,
    bounds: Ints,
    breaks: Ints,
    has_break: bool,
    clock: Ints,
    legs: Ints,
    work: Ints,
    windows: Ints,
    first: Ints,
    last: Ints,
    leaves: Ints,
    arrives: Ints,
    row: int,
) -> None:
    """`fill_day` for a row of the search."""
    begins, ends, length = breaks[row, 0, 0], breaks[row, 0, 1], breaks[row, 0, 2]
    still, taken = bounds[row, 0], NEVER
    leaves[row, 0, 0], leaves[row, 0, 1] = still, taken
    for stop in range(stops):
        before, stays = work[stop, 0], work[stop, 1] + work[stop, 2]
        still, taken = drive_once(still, taken, legs[stop], begins, ends, length, clock)
        still = min(next_start(still + before, windows, first[stop], last[stop]) + stays, NEVER)
        taken = min(next_start(taken + before, windows, first[stop], last[stop]) + stays, NEVER)
        leaves[row, stop + 1, 0], leaves[row, stop + 1, 1] = still, taken
    still, taken = (-NEVER, bounds[row, 1]) if has_break else (bounds[row, 1], -NEVER)
    arrives[row, stops, 0], arrives[row, stops, 1] = still, taken
    for stop in range(stops - 1, -1, -1):
        before, stays = work[stop, 0], work[stop, 1] + work[stop, 2]
        still, taken = drive_back_once(still, taken, legs[stop + 1], begins, ends, length, clock)
        still = max(last_start(still - stays, windows, first[stop], last[stop]) - before, -NEVER)
        taken = max(last_start(taken - stays, windows, first[stop], last[stop]) - before, -NEVER)
        arrives[row, stop, 0], arrives[row, stop, 1] = still, taken
