"""The cheapest place of many likely visits on one technician-day, for `solver.regret`."""

from __future__ import annotations

from solver.kernels.arrays import NEVER, Floats, Ints
from solver.kernels.compiling import kernel
from solver.kernels.fitting import fits


@kernel
def cheapest_in_day(
    bounds: Ints,
    places: Ints,
    direct: Floats,
    leaves: Ints,
    arrives: Ints,
    breaks: Ints,
    clock: Ints,
    there: Ints,
    onwards: Ints,
    there_cost: Floats,
    onwards_cost: Floats,
    may: Ints,
    work: Ints,
    windows: Ints,
    first: Ints,
    lost: float,
    starts: Ints,
    found: Floats,
) -> None:
    """Fill `found` with the least cost of adding each visit to a day, or `lost` where it does not fit for less.

    The day is that of `solver.day.Day` with its tables; `direct` is the cost of the drive of each gap. Visits are
    lines: `there` and `onwards` are minutes (and costs) from and to every place, `may` says who may come, `work` is
    (before, minutes, after), and `windows[first[k]:first[k + 1]]` are the disjoint, ascending windows of visit k.
    """
    states = 1 << breaks.shape[0]
    for visit in range(may.shape[0]):
        found[visit] = lost
        low, high = first[visit], first[visit + 1]
        has_windows = low < high
        while low < high and windows[low, 1] < bounds[0]:
            low += 1
        while low < high and windows[high - 1, 0] > bounds[1]:
            high -= 1
        if not may[visit] or (has_windows and low == high):
            continue
        busy = work[visit, 0] + work[visit, 1] + work[visit, 2]
        for gap in range(places.shape[0] - 1):
            place, following = places[gap], places[gap + 1]
            extra = there_cost[visit, place] + onwards_cost[visit, following] - direct[gap]
            if extra >= found[visit]:
                continue
            soonest, latest = NEVER, -NEVER
            for taken in range(states):
                soonest = min(soonest, leaves[gap, taken])
                latest = max(latest, arrives[gap, taken])
            minutes, further = there[visit, place], onwards[visit, following]
            if soonest + minutes + busy + further > latest:
                continue
            if fits(leaves, arrives, gap, minutes, further, breaks, clock, work[visit], windows, low, high, starts):
                found[visit] = extra
