"""The shortest order of one day that keeps every window and break.

Labels grow from the start of the shift, one for each set of stops visited and last stop, and one is dropped when
another is as early with every subset of breaks and has driven no longer: the dynamic program of M. Held and R. M. Karp
(1962) with the dominance of M. Desrochers, J. Desrosiers and M. Solomon, "A new optimization algorithm for the vehicle
routing problem with time windows", Operations Research 40(2), 1992.
"""

from __future__ import annotations

from typing import NamedTuple

from solver.kernels.arrays import NEVER, Ints
from solver.kernels.breaks import drive
from solver.kernels.compiling import kernel
from solver.kernels.day import next_start

NONE, TOO_MANY = -1, -2


class Labels(NamedTuple):
    """The beginnings of orders: one line each, linked to those with the same set of stops and last stop."""

    heads: Ints  # (sets × stops): the first label of each, or -1
    following: Ints
    ahead: Ints  # the label that it grew from
    stop: Ints
    driven: Ints
    leaves: Ints  # (labels, subsets of breaks): the earliest departure


@kernel
def shortest_order(
    begins: int,
    ends: int,
    breaks: Ints,
    clock: Ints,
    minutes: Ints,
    work: Ints,
    windows: Ints,
    first: Ints,
    least: Ints,
    most: int,
    labels: Labels,
    order: Ints,
) -> int:
    """Fill `order` with the shortest order of the stops; returns its minutes of driving, or NONE or TOO_MANY.

    NONE is that no order drives `most` minutes or less, TOO_MANY that `labels` are too few. `minutes` are the drives
    between the stops, with the start and the end of the day behind them, and `least` the shortest drive to each stop
    and to the end. The rest is that of `solver.kernels.day`.
    """
    stops = work.shape[0]
    states = 1 << breaks.shape[0]
    everything = (1 << stops) - 1
    for taken in range(states):
        labels.leaves[0, taken] = NEVER
    labels.leaves[0, 0] = begins
    labels.driven[0] = 0
    count = 1
    best, best_label = NONE, 0
    for visited in range(everything + 1):
        for stop in range(stops if visited else 1):
            if visited and visited >> stop & 1 == 0:
                continue
            label = labels.heads[visited * stops + stop] if visited else 0
            place = stop if visited else stops
            while label >= 0:
                if count + stops >= labels.stop.shape[0]:
                    return TOO_MANY
                for following in range(stops):
                    if visited >> following & 1:
                        continue
                    grown = grow(
                        label, place, following, visited, count, ends, breaks, clock, minutes, work, windows, first,
                        least, most, labels,
                    )  # fmt: skip
                    if grown and keep(count, (visited | 1 << following) * stops + following, states, labels):
                        count += 1
                if visited == everything:
                    driven = labels.driven[label] + minutes[place, stops + 1]
                    for taken in range(states):
                        labels.leaves[count, taken] = labels.leaves[label, taken]
                    drive(labels.leaves, count, minutes[place, stops + 1], breaks, clock)
                    if labels.leaves[count, states - 1] <= ends and driven <= most:
                        best, best_label, most = driven, label, driven - 1
                label = labels.following[label] if visited else -1
    label = best_label
    for position in range(stops - 1, -1, -1):
        if label > 0:
            order[position] = labels.stop[label]
            label = labels.ahead[label]
    return best


@kernel
def grow(
    label: int,
    place: int,
    stop: int,
    visited: int,
    line: int,
    ends: int,
    breaks: Ints,
    clock: Ints,
    minutes: Ints,
    work: Ints,
    windows: Ints,
    first: Ints,
    least: Ints,
    most: int,
    labels: Labels,
) -> bool:
    """Write to `line` what becomes of a label when it goes on to a stop; False when nothing can come of that."""
    stops = work.shape[0]
    labels.driven[line] = labels.driven[label] + minutes[place, stop]
    labels.stop[line] = stop
    labels.ahead[line] = label
    for taken in range(labels.leaves.shape[1]):
        labels.leaves[line, taken] = labels.leaves[label, taken]
    drive(labels.leaves, line, minutes[place, stop], breaks, clock)
    soonest = NEVER
    for taken in range(labels.leaves.shape[1]):
        arrives = labels.leaves[line, taken]
        if arrives < NEVER:
            start = next_start(arrives + work[stop, 0], windows, first[stop], first[stop + 1])
            labels.leaves[line, taken] = min(start + work[stop, 1] + work[stop, 2], NEVER)
        soonest = min(soonest, labels.leaves[line, taken])
    driving, busy = least[stops], 0
    for other in range(stops):
        if other == stop or visited >> other & 1:
            continue
        driving += least[other]
        busy += work[other, 0] + work[other, 1] + work[other, 2]
        if first[other] < first[other + 1]:
            latest = windows[first[other + 1] - 1, 1]
            if soonest + least[other] + work[other, 0] > latest:
                return False
    return bool(soonest + driving + busy <= ends and labels.driven[line] + driving <= most)


@kernel
def keep(line: int, head: int, states: int, labels: Labels) -> bool:
    """Add a label to those of its set and last stop, unless one of them is as good; drop those that are no better."""
    previous, label = -1, labels.heads[head]
    while label >= 0:
        following = labels.following[label]
        old_is_good = labels.driven[label] <= labels.driven[line]
        new_is_good = labels.driven[line] <= labels.driven[label]
        for taken in range(states):
            old_is_good = old_is_good and labels.leaves[label, taken] <= labels.leaves[line, taken]
            new_is_good = new_is_good and labels.leaves[line, taken] <= labels.leaves[label, taken]
        if old_is_good:
            return False
        if not new_is_good:
            previous = label
        elif previous < 0:
            labels.heads[head] = following
        else:
            labels.following[previous] = following
        label = following
    labels.following[line] = labels.heads[head]
    labels.heads[head] = line
    return True
