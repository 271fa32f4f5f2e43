"""Where one more visit fits: exact starts in one gap, and the pass over every gap of every day."""

from __future__ import annotations

from solver.kernels.arrays import NEVER, Ints
from solver.kernels.breaks import drive, drive_back
from solver.kernels.compiling import kernel


@kernel
def starts_in_gap(
    leaves: Ints,
    arrives: Ints,
    gap: int,
    there: int,
    onwards: int,
    breaks: Ints,
    clock: Ints,
    work: Ints,
    starts: Ints,
) -> None:
    """Fill the earliest and latest start of a visit in one gap for each subset of breaks taken before it.

    `leaves` and `arrives` are the tables of the day, `clock` the roads (`solver.kernels.clock`), `there` and `onwards`
    the drives to and from the visit, and `work` its (before, minutes, after). A start from `starts[0, taken]` to
    `starts[1, taken]` keeps the whole day.
    """
    states = 1 << breaks.shape[0]
    for taken in range(states):
        starts[0, taken] = leaves[gap, taken]
        starts[1, taken] = arrives[gap, taken]
    drive(starts, 0, there, breaks, clock)
    drive_back(starts, 1, onwards, breaks, clock)
    for taken in range(states):
        starts[0, taken] += work[0]
        starts[1, taken] -= work[1] + work[2]


@kernel
def merge_starts(starts: Ints, states: int, opens: int, closes: int, found: Ints) -> int:
    """Write the separate intervals of starts inside a window to `found`, ascending; returns how many.

    Starts are not always one interval: work may fit ahead of a break or behind it, and not in between.
    """
    count = 0
    for taken in range(states):
        begins = max(starts[0, taken], opens)
        ends = min(starts[1, taken], closes)
        if begins > ends:
            continue
        place = count
        while place > 0 and found[place - 1, 0] > begins:
            found[place, 0] = found[place - 1, 0]
            found[place, 1] = found[place - 1, 1]
            place -= 1
        found[place, 0] = begins
        found[place, 1] = ends
        count += 1
    kept = 0
    for number in range(1, count):
        if found[number, 0] <= found[kept, 1] + 1:
            found[kept, 1] = max(found[kept, 1], found[number, 1])
        else:
            kept += 1
            found[kept, 0] = found[number, 0]
            found[kept, 1] = found[number, 1]
    return min(count, kept + 1)


@kernel
def find_gaps(
    rows: Ints,
    stops: Ints,
    places: Ints,
    leaves: Ints,
    arrives: Ints,
    direct: Ints,
    breaks: Ints,
    break_count: Ints,
    bounds: Ints,
    clock: Ints,
    minutes_to: Ints,
    minutes_from: Ints,
    work: Ints,
    windows: Ints,
    starts: Ints,
    merged: Ints,
    found: Ints,
) -> int:
    """Write every interval of starts of a visit in the given rows to `found`; returns how many there are.

    A line of `found` is (row, gap, window, earliest, latest, extra minutes, minutes waiting at the door). When there
    are more than `found` has lines, the rest is counted and not written. `starts` and `merged` are scratch space.
    """
    count = 0
    busy = work[0] + work[1] + work[2]
    for row in rows:
        states = 1 << break_count[row]
        pauses = breaks[row, : break_count[row]]
        leaving, arriving = leaves[row], arrives[row]
        for gap in range(stops[row] + 1):
            there = minutes_to[places[row, gap]]
            onwards = minutes_from[places[row, gap + 1]]
            soonest = NEVER
            last = -NEVER
            for taken in range(states):
                soonest = min(soonest, leaving[gap, taken])
                last = max(last, arriving[gap, taken])
            if soonest + there + busy + onwards > last:
                continue
            starts_in_gap(leaving, arriving, gap, there, onwards, pauses, clock, work, starts)
            for window in range(windows.shape[0]):
                if windows[window, 1] < bounds[row, 0] or windows[window, 0] > bounds[row, 1]:
                    continue
                intervals = merge_starts(starts, states, windows[window, 0], windows[window, 1], merged)
                for number in range(intervals):
                    if count < found.shape[0]:
                        waits = NEVER
                        for taken in range(states):
                            if starts[0, taken] <= merged[number, 0] <= starts[1, taken]:
                                waits = min(waits, merged[number, 0] - starts[0, taken])
                        found[count, 0] = row
                        found[count, 1] = gap
                        found[count, 2] = window
                        found[count, 3] = merged[number, 0]
                        found[count, 4] = merged[number, 1]
                        found[count, 5] = there + onwards - direct[row, gap]
                        found[count, 6] = waits if gap > 0 else 0
                    count += 1
    return count


@kernel
def shortfall(
    leaves: Ints,
    arrives: Ints,
    there: Ints,
    onwards: Ints,
    breaks: Ints,
    clock: Ints,
    work: Ints,
    windows: Ints,
    starts: Ints,
) -> int:
    """The minutes that one visit lacks in the best gap of a day; 0 or less when it fits, NEVER when nothing helps.

    `there` and `onwards` are the drives to and from the visit, one of each per gap.
    """
    least = NEVER
    for gap in range(there.shape[0]):
        starts_in_gap(leaves, arrives, gap, there[gap], onwards[gap], breaks, clock, work, starts)
        for taken in range(1 << breaks.shape[0]):
            if starts[0, taken] >= NEVER or starts[1, taken] <= -NEVER:
                continue
            for window in range(windows.shape[0]):
                begins = max(starts[0, taken], windows[window, 0])
                ends = min(starts[1, taken], windows[window, 1])
                least = min(least, begins - ends)
    return least
