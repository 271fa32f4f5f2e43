"""Ruin and recreate over many days at once.

SISR: J. Christiaens and G. Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54(2), 2020: strings of neighbouring visits are removed from a few days that lie close
to one another, and put back at the cheapest place, now and then overlooking one ("blinks"), under simulated
annealing. The test of a place is exact for windows, breaks and buffers (`solver.kernels.gaps`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.kernels.arrays import NEVER, Floats, Ints
from solver.kernels.breaks import drive
from solver.kernels.compiling import inlined, kernel
from solver.kernels.day import fill_day
from solver.kernels.dice import below, trials_until, uniform
from solver.kernels.fitting import fits
from solver.kernels.legs import Legs, leg_cost, leg_minutes
from solver.kernels.one_break import fill_day_once, fits_once

AVERAGE_REMOVED = 10.0
LONGEST_STRING = 10.0
LOG_OF_NO_BLINK = math.log(0.99)
ORDERS = 7

Flags = NDArray[np.bool_]


class Work(NamedTuple):
    """What is known of visits and shifts; visits and shifts are positions, D are the days on which a shift
    begins.
    """

    legs: Legs
    clock: Ints  # see `solver.kernels.clock`
    place: Ints  # (visits)
    busy: Ints  # (visits, 3): before, minutes, after
    windows: Ints  # (all windows, 2)
    first: Ints  # (D, visits): the windows that matter on a day, from here
    last: Ints  # (D, visits): to here, excluded
    rows: Ints  # shifts on which a visit may be, visit after visit
    row_first: Ints  # (visits + 1)
    penalty: Floats  # (visits): cost of leaving it out
    width: Floats  # (visits): minutes of all its windows
    frozen: Flags  # (visits): stays where it is
    load: Ints  # (visits)
    today: Ints  # (visits): the shift in today's plan, or -1
    near: Ints  # (visits, some): the nearest visits, itself first
    start: Ints  # (shifts): place
    end: Ints  # (shifts): place
    bounds: Ints  # (shifts, 2)
    day: Ints  # (shifts): line of `first` and `last`
    breaks: Ints  # (shifts, most breaks, 3)
    break_count: Ints  # (shifts)
    capacity: Ints  # (shifts)
    disturbance: float


class Routes(NamedTuple):
    """Routes with their tables; `kept` is the accepted state, `best` the cheapest one so far."""

    order: Ints  # (shifts, most stops)
    stops: Ints  # (shifts): how many there are
    where: Ints  # (visits): the shift, or -1
    room: Ints  # (shifts): capacity left
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
    best_order: Ints
    best_stops: Ints
    costs: Floats  # accepted, best
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
    day = work.day[row]
    place = work.start[row]
    routes.at[row, 0] = place
    room = work.capacity[row]
    for stop in range(count + 1):
        visit = routes.order[row, stop] if stop < count else -1
        following = work.place[visit] if stop < count else work.end[row]
        routes.at[row, stop + 1] = following
        scratch.legs[stop] = leg_minutes(work.legs, place, following)
        routes.direct[row, stop] = leg_cost(work.legs, place, following) if count > 0 else 0.0
        place = following
        if stop < count:
            room -= work.load[visit]
            for part in range(3):
                scratch.busy[stop, part] = work.busy[visit, part]
            scratch.first[stop] = work.first[day, visit]
            scratch.last[stop] = work.last[day, visit]
    routes.room[row] = room
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
    for gap in range(count + 1):
        routes.soonest[row, gap], routes.closing[row, gap] = leaves[gap, 0], arrives[gap, 0]
        for taken in range(1, 1 << breaks.shape[0]):
            routes.soonest[row, gap] = min(routes.soonest[row, gap], leaves[gap, taken])
            routes.closing[row, gap] = max(routes.closing[row, gap], arrives[gap, taken])
    for taken in range(1 << breaks.shape[0]):
        starts[0, taken] = leaves[0, taken]
    drive(starts, 0, scratch.legs[0], breaks, work.clock)
    sound = count == 0
    for taken in range(1 << breaks.shape[0]):
        sound = sound or starts[0, taken] <= arrives[0, taken]
    routes.sound[row] = sound


@inlined
def cost_of_day(routes: Routes, row: int) -> float:
    """What the drives of one day cost."""
    total = 0.0
    for gap in range(routes.stops[row] + 1):
        total += routes.direct[row, gap]
    return total


@inlined
def moved(work: Work, visit: int, row: int) -> float:
    """What it costs that a visit is on a shift that is not today's."""
    if work.today[visit] >= 0 and work.today[visit] != row:
        return work.disturbance
    return 0.0


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
    change = -cost_of_day(routes, row)
    kept = 0
    for stop in range(count):
        one = routes.order[row, stop]
        inside = begin <= stop < begin + span and not spare_from <= stop < spare_from + spared
        if inside and not work.frozen[one]:
            routes.where[one] = -1
            change += work.penalty[one] - moved(work, one, row)
        else:
            routes.order[row, kept] = one
            kept += 1
    routes.stops[row] = kept
    routes.touched[row] = True
    refresh(work, routes, scratch, row)
    return change + cost_of_day(routes, row)


@kernel
def sort_key(work: Work, visit: int, order: int, chance: float) -> float:
    """Which visits are put back first, one of several orders; small comes first."""
    penalty: float = work.penalty[visit]
    width: float = work.width[visit]
    minutes: int = work.busy[visit, 1]
    if order == 0:
        return chance
    if order == 1:
        return -penalty + chance
    if order == 2:
        return -penalty / (minutes + 20.0)
    if order == 3:
        return width + chance
    if order == 4:
        return width - 0.1 * penalty + chance * 60.0
    if order == 5:
        return -minutes + chance
    return -penalty * chance


@inlined
def recreate(work: Work, routes: Routes, scratch: Scratch, everywhere: bool) -> float:
    """Put visits that are not served back at their cheapest places; returns the change of cost.

    A visit that was left out before is tried on the days that changed, unless `everywhere`: it fitted nowhere
    else.
    """
    count = 0
    order = below(routes.dice, ORDERS)
    for visit in range(work.place.shape[0]):
        if routes.where[visit] < 0:
            scratch.waiting[count] = visit
            scratch.key[count] = sort_key(work, visit, order, uniform(routes.dice))
            count += 1
    change = 0.0
    for number in np.argsort(scratch.key[:count]):
        visit = scratch.waiting[number]
        change += put_back(work, routes, scratch, visit, everywhere or routes.kept_where[visit] >= 0)
    return change


@inlined
def put_back(work: Work, routes: Routes, scratch: Scratch, visit: int, everywhere: bool) -> float:
    """Serve a visit at the cheapest place that is not overlooked, if that is worth it; returns the change of cost."""
    legs, windows, breaks, break_count = work.legs, work.windows, work.breaks, work.break_count
    order, leaves, arrives, direct = routes.order, routes.leaves, routes.arrives, routes.direct
    at, here, busy = routes.at, work.place[visit], work.busy[visit]
    soonest, closing, stays = routes.soonest, routes.closing, busy[1] + busy[2]
    penalty: float = work.penalty[visit]
    cheapest, best_row, best_gap = penalty, -1, 0
    blink = trials_until(routes.dice, LOG_OF_NO_BLINK)
    for number in range(work.row_first[visit], work.row_first[visit + 1]):
        row = work.rows[number]
        count = routes.stops[row]
        if not (everywhere or routes.touched[row]) or count >= order.shape[1]:
            continue
        if work.load[visit] > routes.room[row]:
            continue
        first, last = work.first[work.day[row], visit], work.last[work.day[row], visit]
        opens = windows[first, 0] + stays if first < last else -NEVER
        closes = windows[last - 1, 1] - busy[0] if first < last else NEVER
        base = work.disturbance if work.today[visit] >= 0 and work.today[visit] != row else 0.0
        for gap in range(count + 1):
            slack = closing[row, gap] - soonest[row, gap]
            if soonest[row, gap] > closes:
                break
            if closing[row, gap] < opens or slack < busy[0] + stays:
                continue
            place, following = at[row, gap], at[row, gap + 1]
            extra = base + leg_cost(legs, place, here) + leg_cost(legs, here, following) - direct[row, gap]
            if extra >= cheapest:
                continue
            there, onwards = leg_minutes(legs, place, here), leg_minutes(legs, here, following)
            if slack < there + busy[0] + stays + onwards:
                continue
            if blink == 0:
                blink = trials_until(routes.dice, LOG_OF_NO_BLINK)
                continue
            blink -= 1
            if break_count[row] < 2:
                fit = fits_once(
                    leaves, arrives, row, gap, there, onwards, breaks, work.clock, busy[0], stays, windows, first, last
                )
            else:
                fit = fits(
                    leaves[row], arrives[row], gap, there, onwards, breaks[row, : break_count[row]],
                    work.clock, busy, windows, first, last, scratch.starts,
                )  # fmt: skip
            if fit:
                cheapest, best_row, best_gap = extra, row, gap
    if best_row < 0:
        return 0.0
    for stop in range(routes.stops[best_row], best_gap, -1):
        order[best_row, stop] = order[best_row, stop - 1]
    order[best_row, best_gap] = visit
    routes.stops[best_row] += 1
    routes.where[visit] = best_row
    routes.touched[best_row] = True
    refresh(work, routes, scratch, best_row)
    return cheapest - penalty


@inlined
def keep(routes: Routes, cost: float) -> None:
    """Accept the present state, and remember it when it is the cheapest so far."""
    for row in range(routes.stops.shape[0]):
        if routes.touched[row]:
            copy_row(routes.order, routes.stops, routes.kept_order, routes.kept_stops, row)
            routes.touched[row] = False
            routes.stale[row] = True
    routes.kept_where[:] = routes.where
    routes.costs[0] = cost
    if cost < routes.costs[1] - 1e-9:
        routes.costs[1] = cost
        for row in range(routes.stops.shape[0]):
            if routes.stale[row]:
                copy_row(routes.order, routes.stops, routes.best_order, routes.best_stops, row)
                routes.stale[row] = False


@inlined
def undo(work: Work, routes: Routes, scratch: Scratch) -> None:
    """Go back to the accepted state."""
    for row in range(routes.stops.shape[0]):
        if routes.touched[row]:
            copy_row(routes.kept_order, routes.kept_stops, routes.order, routes.stops, row)
            refresh(work, routes, scratch, row)
            routes.touched[row] = False
    routes.where[:] = routes.kept_where


@inlined
def copy_row(order: Ints, count: Ints, to_order: Ints, to_count: Ints, row: int) -> None:
    """Copy the stops of one day from one state to another."""
    to_count[row] = count[row]
    for stop in range(count[row]):
        to_order[row, stop] = order[row, stop]


@inlined
def all_sound(routes: Routes) -> bool:
    """Whether every changed day works out; without the triangle inequality a removal can break one."""
    sound = True
    for row in range(routes.stops.shape[0]):
        sound = sound and (routes.sound[row] or not routes.touched[row])
    return sound


@kernel
def search(
    work: Work, routes: Routes, scratch: Scratch, first: int, count: int, progress: float, step: float, heat: Floats
) -> None:
    """Run iterations `first` to `first + count`.

    The temperature falls from `heat[0]` to `heat[1]` as `progress + iteration * step` goes from 0 to 1.
    """
    if first == 0:
        for row in range(routes.stops.shape[0]):
            refresh(work, routes, scratch, row)
    for iteration in range(first, first + count):
        done = min(1.0, progress + iteration * step)
        temperature = heat[0] * (heat[1] / heat[0]) ** done
        change = 0.0
        if iteration > 0:
            change += ruin(work, routes, scratch)
        change += recreate(work, routes, scratch, iteration == 0)
        cost = routes.costs[0] + change
        threshold = routes.costs[0] - temperature * math.log(1.0 - uniform(routes.dice))
        if cost < threshold and all_sound(routes):
            keep(routes, cost)
        else:
            undo(work, routes, scratch)
