"""Ruin: strings of neighbouring visits leave a few days that lie close to one another.

J. Christiaens and G. Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems", Transportation
Science 54(2), 2020.
"""

from __future__ import annotations

from solver.kernels.compiling import inlined
from solver.kernels.dice import below, uniform
from solver.kernels.state import Routes, Scratch, Work, cost_of_day, refresh

AVERAGE_REMOVED = 10.0
LONGEST_STRING = 10.0


@inlined
def ruin(work: Work, routes: Routes, scratch: Scratch) -> float:
    """Remove strings of visits from a few neighbouring days; returns the change of cost."""
    used = 0
    served = 0
    for row in range(routes.stops.shape[0]):
        if routes.stops[row] > 0:
            used += 1
            served += routes.stops[row]
    longest = min(LONGEST_STRING, served / used if used > 0 else 1.0)
    most_days = 4.0 * AVERAGE_REMOVED / (1.0 + longest) - 1.0
    days = int(uniform(routes.dice) * most_days + 1.0)
    seed = below(routes.dice, work.place.shape[0])
    change = 0.0
    ruined = 0
    for number in range(work.near.shape[1]):
        if ruined >= days:
            break
        visit = work.near[seed, number]
        row = routes.where[visit]
        if row >= 0 and not routes.touched[row]:
            change += remove_string(work, routes, scratch, row, visit, longest)
            ruined += 1
    return change


@inlined
def remove_string(work: Work, routes: Routes, scratch: Scratch, row: int, visit: int, longest: float) -> float:
    """Remove a string around a visit from its day, in half of the cases leaving some stops inside it."""
    count = routes.stops[row]
    length = int(uniform(routes.dice) * min(float(count), longest) + 1.0)
    length = min(length, count)
    spared = 0
    if 1 < length < count and uniform(routes.dice) < 0.5:
        spared = 1
        while length + spared < count and uniform(routes.dice) > 0.5:
            spared += 1
    span = length + spared
    at = 0
    while routes.order[row, at] != visit:
        at += 1
    lowest = max(0, at - span + 1)
    begin = lowest + below(routes.dice, min(at, count - span) - lowest + 1)
    spare_from = begin + below(routes.dice, length + 1) if spared > 0 else begin
    change = -cost_of_day(work, routes, row)
    kept = 0
    for stop in range(count):
        one = routes.order[row, stop]
        inside = begin <= stop < begin + span and not spare_from <= stop < spare_from + spared
        if inside and not work.frozen[one]:
            routes.where[one] = -1
            change += work.penalty[one] - routes.paid[one]
        else:
            routes.order[row, kept] = one
            kept += 1
    routes.stops[row] = kept
    routes.touched[row] = True
    refresh(work, routes, scratch, row)
    return change + cost_of_day(work, routes, row)
