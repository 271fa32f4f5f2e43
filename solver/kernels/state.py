"""What the search works on: the problem as arrays, the routes with their tables, and the two steps that keep both true.

Visits and shifts are positions; D are the days on which a shift begins, and a pace is a group of technicians for whom
work takes equally long.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.kernels.arrays import Floats, Ints
from solver.kernels.breaks import drive
from solver.kernels.compiling import inlined, kernel
from solver.kernels.day import fill_day, next_start
from solver.kernels.legs import Legs, leg_cost, leg_minutes
from solver.kernels.one_break import fill_day_once

Flags = NDArray[np.bool_]


class Work(NamedTuple):
    """What is known of visits and shifts."""

    legs: Legs
    clock: Ints  # see `solver.kernels.clock`
    place: Ints  # (visits)
    busy: Ints  # (paces, visits, 3): before, minutes, after
    windows: Ints  # (all windows, 2)
    first: Ints  # (D, visits): the windows that matter on a day, from here
    last: Ints  # (D, visits): to here, excluded
    rows: Ints  # shifts on which a visit may be, visit after visit
    row_cost: Floats  # the same: what the visit costs there beyond travel
    row_first: Ints  # (visits + 1)
    worth: Floats  # (visits): cost of leaving it out
    penalty: Floats  # (visits): the same as the search sees it now (`solver.price_of_time`)
    width: Floats  # (visits): minutes of all its windows
    frozen: Flags  # (visits): stays where it is
    load: Ints  # (visits)
    today: Ints  # (visits): the shift in today's plan, or -1
    near: Ints  # (visits, some): the nearest visits, itself first
    start: Ints  # (shifts): place
    end: Ints  # (shifts): place
    bounds: Ints  # (shifts, 2): with overtime
    usual_end: Ints  # (shifts): without
    day: Ints  # (shifts): line of `first` and `last`
    pace: Ints  # (shifts): part of `busy`
    breaks: Ints  # (shifts, most breaks, 3)
    break_count: Ints  # (shifts)
    capacity: Ints  # (shifts)
    most_stops: Ints  # (shifts)
    most_driving: Ints  # (shifts)
    overtime: float  # cost of a minute
    fairness: float
    most_moved: int  # visits that may leave the shift of today's plan


class Routes(NamedTuple):
    """Routes with their tables; `kept` is the accepted state, `best` the cheapest one so far."""

    order: Ints  # (shifts, most stops)
    stops: Ints  # (shifts): how many there are
    where: Ints  # (visits): the shift, or -1
    paid: Floats  # (visits): the row cost of the shift
    room: Ints  # (shifts): capacity left
    driven: Ints  # (shifts): minutes on the road
    worked: Ints  # (shifts): minutes of work and buffers
    over: Ints  # (shifts): minutes of overtime
    leaves: Ints  # (shifts, most stops + 1, subsets of breaks)
    arrives: Ints
    at: Ints  # (shifts, most stops + 2): places of the start, the stops and the end
    soonest: Ints  # (shifts, most stops + 1): the least of `leaves`
    closing: Ints  # (shifts, most stops + 1): the greatest of `arrives`
    direct: Floats  # (shifts, most stops + 1): cost of the drive of a gap; 0 on an empty day
    sound: Flags  # (shifts): the day works out
    touched: Flags  # (shifts): differs from the accepted state
    stale: Flags  # (shifts): differs from the best state
    kept_order: Ints
    kept_stops: Ints
    kept_where: Ints
    kept_paid: Floats
    best_order: Ints
    best_stops: Ints
    costs: Floats  # accepted, as the search sees it; best, as it is
    moved: Ints  # (1): visits that have left the shift of today's plan
    dice: Ints  # (2)


class Scratch(NamedTuple):
    """Space that is filled and read again inside one step."""

    legs: Ints  # (most stops + 1)
    busy: Ints  # (most stops, 3)
    first: Ints  # (most stops)
    last: Ints  # (most stops)
    starts: Ints  # (2, subsets of breaks)
    waiting: Ints  # (visits)
    key: Floats  # (visits)


@inlined
def refresh(work: Work, routes: Routes, scratch: Scratch, row: int) -> None:
    """Fill the tables of one day from the order of its stops."""
    count = routes.stops[row]
    day, pace = work.day[row], work.pace[row]
    place = work.start[row]
    routes.at[row, 0] = place
    room, driven, worked = work.capacity[row], 0, 0
    for stop in range(count + 1):
        visit = routes.order[row, stop] if stop < count else -1
        following = work.place[visit] if stop < count else work.end[row]
        routes.at[row, stop + 1] = following
        scratch.legs[stop] = leg_minutes(work.legs, place, following)
        routes.direct[row, stop] = leg_cost(work.legs, place, following) if count > 0 else 0.0
        driven += scratch.legs[stop]
        place = following
        if stop < count:
            room -= work.load[visit]
            for part in range(3):
                scratch.busy[stop, part] = work.busy[pace, visit, part]
                worked += work.busy[pace, visit, part]
            scratch.first[stop] = work.first[day, visit]
            scratch.last[stop] = work.last[day, visit]
    routes.room[row], routes.driven[row], routes.worked[row] = room, driven if count > 0 else 0, worked
    breaks = work.breaks[row, : work.break_count[row]]
    leaves, arrives, starts = routes.leaves[row], routes.arrives[row], scratch.starts
    if work.break_count[row] < 2:
        fill_day_once(
            count, work.bounds, work.breaks, work.break_count[row] == 1, work.clock, scratch.legs, scratch.busy,
            work.windows, scratch.first, scratch.last, routes.leaves, routes.arrives, row,
        )  # fmt: skip
    else:
        fill_day(
            count, work.bounds[row, 0], work.bounds[row, 1], breaks, work.clock, scratch.legs, scratch.busy,
            work.windows, scratch.first, scratch.last, leaves, arrives,
        )  # fmt: skip
    states = 1 << breaks.shape[0]
    for gap in range(count + 1):
        routes.soonest[row, gap], routes.closing[row, gap] = leaves[gap, 0], arrives[gap, 0]
        for taken in range(1, states):
            routes.soonest[row, gap] = min(routes.soonest[row, gap], leaves[gap, taken])
            routes.closing[row, gap] = max(routes.closing[row, gap], arrives[gap, taken])
    for taken in range(states):
        starts[0, taken] = leaves[0, taken]
    drive(starts, 0, scratch.legs[0], breaks, work.clock)
    sound = count == 0
    for taken in range(states):
        sound = sound or starts[0, taken] <= arrives[0, taken]
    routes.sound[row] = sound and count <= work.most_stops[row] and routes.driven[row] <= work.most_driving[row]
    routes.over[row] = 0
    if count > 0 and work.usual_end[row] < work.bounds[row, 1]:
        for taken in range(states):
            starts[0, taken] = leaves[count, taken]
        drive(starts, 0, scratch.legs[count], breaks, work.clock)
        routes.over[row] = max(0, starts[0, states - 1] - work.usual_end[row])


@inlined
def cost_of_day(work: Work, routes: Routes, row: int) -> float:
    """What one day costs: its drives, its overtime, and how uneven it makes the work."""
    total: float = work.overtime * routes.over[row]
    for gap in range(routes.stops[row] + 1):
        total += routes.direct[row, gap]
    if work.fairness > 0:
        total += uneven(work, row, routes.worked[row])
    return total


@inlined
def uneven(work: Work, row: int, worked: int) -> float:
    """The weighted unevenness of a day with some minutes of work (`solver.cost.unevenness`)."""
    length = max(1, work.usual_end[row] - work.bounds[row, 0])
    return float(work.fairness * worked * worked / length)


@kernel
def overtime_with(
    work: Work, routes: Routes, scratch: Scratch, row: int, gap: int, visit: int, there: int, onwards: int
) -> int:
    """Minutes of overtime of a day once a visit stands in one of its gaps, where it fits."""
    breaks = work.breaks[row, : work.break_count[row]]
    day, pace, times = work.day[row], work.pace[row], scratch.starts
    for taken in range(1 << breaks.shape[0]):
        times[0, taken] = routes.leaves[row, gap, taken]
    drive(times, 0, there, breaks, work.clock)
    for stop in range(gap, routes.stops[row] + 1):
        one = visit if stop == gap else routes.order[row, stop - 1]
        busy = work.busy[pace, one]
        for taken in range(1 << breaks.shape[0]):
            start = next_start(times[0, taken] + busy[0], work.windows, work.first[day, one], work.last[day, one])
            times[0, taken] = start + busy[1] + busy[2]
        leg = onwards if stop == gap else leg_minutes(work.legs, routes.at[row, stop], routes.at[row, stop + 1])
        drive(times, 0, leg, breaks, work.clock)
    return int(max(0, times[0, (1 << breaks.shape[0]) - 1] - work.usual_end[row]))
