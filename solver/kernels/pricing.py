"""The cheapest route of a shift when every visit has a prize: the inner loop of `solver.exact.bound`.

Labels go forwards in time: a label is a visit, the minute at which it is left, what the route has cost so far, and
which of the visit's neighbours it has been to and may not come to again. A label that another one of the same visit
beats in all three goes. Visits that are no neighbours may be repeated, so the cheapest route found is at most as dear
as the cheapest real one, and it is found in one pass over the minutes.
Source: R. Baldacci, A. Mingozzi and R. Roberti, "New route relaxation and pricing strategies for the vehicle routing
problem", Operations Research 59(5), 2011 (ng-routes).
"""

from __future__ import annotations

from typing import NamedTuple

from solver.kernels.arrays import Floats, Ints
from solver.kernels.compiling import inlined, kernel

COSTLY = 1e18
FORBIDDEN = 255
"""In `Shift.memory`: the route has been there."""

LEEWAY = 1e-9
"""Costs nearer to each other than this are the same."""


class ShiftRoads(NamedTuple):
    """What a shift can drive: minutes without its breaks, counted from its beginning.

    `to`, `between` and `back` are (minutes, costs) from the start, from visit to visit and to the end. `next_start` is
    the earliest allowed start of each visit from each minute on, `before` and `busy` its minutes ahead of and from its
    start. `memory` is the set of neighbours that a label of visit j remembers which comes from one of visit i with a
    set S, [i, j, S]. The technician is back at `last`, and each minute after `regular` costs `overtime`.
    """

    last: int
    regular: int
    overtime: float
    minutes_to: Ints
    cost_to: Floats
    minutes_between: Ints
    cost_between: Floats
    minutes_back: Ints
    cost_back: Floats
    next_start: Ints
    before: Ints
    busy: Ints
    memory: Ints


class Labels(NamedTuple):
    """Scratch space, large enough for every shift.

    `coming` and `origin` hold the cost and the parent of the best label for each minute, visit and set, and are empty
    between calls; `best` the least cost of each visit and set so far. `visit` and `parent` are the labels made, `total`
    and `final` the cheapest whole route behind each visit and its label.
    """

    coming: Floats
    origin: Ints
    best: Floats
    visit: Ints
    parent: Ints
    total: Floats
    final: Ints


@kernel
def price(roads: ShiftRoads, stop_costs: Floats, labels: Labels) -> int:
    """Fill `labels.total` and `labels.final` for the visits of a shift, each of which costs its `stop_costs` (less
    than nothing where the prize is larger); returns how many labels there were.
    """
    visits, sets = len(stop_costs), labels.best.shape[1]
    for visit in range(visits):
        labels.best[visit] = COSTLY
        labels.total[visit] = COSTLY
        labels.final[visit] = -1
        come(roads, labels, visit, 0, roads.minutes_to[visit], roads.cost_to[visit] + stop_costs[visit], -1)
    made = 0
    for minute in range(roads.last + 1):
        for visit in range(visits):
            for remembered in range(sets):
                cost = labels.coming[minute, visit, remembered]
                if cost == COSTLY:
                    continue
                labels.coming[minute, visit, remembered] = COSTLY
                if beaten(labels.best, visit, remembered, cost):
                    continue
                labels.best[visit, remembered] = cost
                labels.visit[made] = visit
                labels.parent[made] = labels.origin[minute, visit, remembered]
                late = minute + roads.minutes_back[visit] - roads.regular
                total = cost + roads.cost_back[visit] + roads.overtime * max(0, late)
                if total < labels.total[visit]:
                    labels.total[visit] = total
                    labels.final[visit] = made
                for other in range(visits):
                    kept = roads.memory[visit, other, remembered]
                    if other != visit and kept != FORBIDDEN:
                        arrives = minute + roads.minutes_between[visit, other]
                        onwards = cost + roads.cost_between[visit, other] + stop_costs[other]
                        come(roads, labels, other, kept, arrives, onwards, made)
                made += 1
    return made


@inlined
def come(
    roads: ShiftRoads, labels: Labels, visit: int, remembered: int, arrives: int, cost: float, parent: int
) -> None:
    """Keep the label of a route that arrives at a visit, when it can be back in time and is the cheapest there."""
    ready = arrives + roads.before[visit]
    # A label that remembers nothing beats all later ones that are no cheaper.
    if ready <= roads.last and cost < labels.best[visit, 0]:
        leaves = roads.next_start[visit, ready] + roads.busy[visit]
        if leaves + roads.minutes_back[visit] <= roads.last and cost < labels.coming[leaves, visit, remembered]:
            labels.coming[leaves, visit, remembered] = cost
            labels.origin[leaves, visit, remembered] = parent


@inlined
def beaten(best: Floats, visit: int, remembered: int, cost: float) -> bool:
    """Whether a label that was earlier is as cheap and remembers no more."""
    part = remembered
    while True:
        if best[visit, part] <= cost + LEEWAY:
            return True
        if part == 0:
            return False
        part = (part - 1) & remembered


@kernel
def fill_memory(near: Ints, memory: Ints) -> None:
    """`memory` of `ShiftRoads` for visits whose neighbours are the lines of `near`, as positions."""
    visits, neighbours = near.shape
    for one in range(visits):
        for other in range(visits):
            for remembered in range(1 << neighbours):
                kept = 0
                for bit in range(neighbours):
                    if remembered >> bit & 1 and near[one, bit] == other:
                        kept = FORBIDDEN
                        break
                    for place in range(neighbours):
                        been = near[other, place] == one or (
                            remembered >> bit & 1 and near[other, place] == near[one, bit]
                        )
                        if been:
                            kept |= 1 << place
                memory[one, other, remembered] = kept
