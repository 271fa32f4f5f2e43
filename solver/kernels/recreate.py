"""Recreate: visits that are not served go back to their cheapest places, now and then overlooking one ("blinks").

J. Christiaens and G. Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems", Transportation
Science 54(2), 2020. The test of a place is exact for windows, breaks and buffers (`solver.kernels.gaps`).
"""

from __future__ import annotations

import math

import numpy as np

from solver.kernels.arrays import NEVER
from solver.kernels.compiling import inlined, kernel
from solver.kernels.dice import below, trials_until, uniform
from solver.kernels.fitting import fits
from solver.kernels.legs import cost_to, leg_cost, leg_minutes, minutes_to
from solver.kernels.one_break import fits_once
from solver.kernels.state import Routes, Scratch, Work, overtime_with, refresh, uneven

LOG_OF_NO_BLINK = math.log(0.99)
ORDERS = 7


@kernel
def sort_key(work: Work, visit: int, order: int, chance: float) -> float:
    """Which visits are put back first, one of several orders; small comes first."""
    penalty: float = work.penalty[visit]
    width: float = work.width[visit]
    minutes: int = work.busy[0, visit, 1]
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
    routes.moved[0] = 0
    for visit in range(work.place.shape[0]):
        if routes.where[visit] < 0:
            scratch.waiting[count] = visit
            scratch.key[count] = sort_key(work, visit, order, uniform(routes.dice))
            count += 1
        elif work.today[visit] >= 0 and routes.where[visit] != work.today[visit]:
            routes.moved[0] += 1
    change = 0.0
    for number in np.argsort(scratch.key[:count]):
        visit = scratch.waiting[number]
        change += put_back(work, routes, scratch, visit, everywhere or routes.kept_where[visit] >= 0)
        if work.today[visit] >= 0 and routes.where[visit] != work.today[visit]:
            routes.moved[0] += 1
    return change


@inlined
def put_back(work: Work, routes: Routes, scratch: Scratch, visit: int, everywhere: bool) -> float:
    """Serve a visit at the cheapest place that is not overlooked, if that is worth it; returns the change of cost."""
    legs, windows, breaks, break_count = work.legs, work.windows, work.breaks, work.break_count
    order, leaves, arrives, direct = routes.order, routes.leaves, routes.arrives, routes.direct
    at, here, clock = routes.at, work.place[visit], work.clock
    soonest, closing = routes.soonest, routes.closing
    penalty: float = work.penalty[visit]
    cheapest, best_row, best_gap, best_number = penalty, -1, 0, 0
    stays_home = work.today[visit] >= 0 and routes.moved[0] >= work.most_moved
    blink = trials_until(routes.dice, LOG_OF_NO_BLINK)
    for number in range(work.row_first[visit], work.row_first[visit + 1]):
        row = work.rows[number]
        count = routes.stops[row]
        if not (everywhere or routes.touched[row]) or count >= order.shape[1]:
            continue
        if count >= work.most_stops[row] or work.load[visit] > routes.room[row]:
            continue
        if stays_home and row != work.today[visit]:
            continue
        pace = work.pace[row]
        before = work.busy[pace, visit, 0]
        stays = work.busy[pace, visit, 1] + work.busy[pace, visit, 2]
        first, last = work.first[work.day[row], visit], work.last[work.day[row], visit]
        opens = windows[first, 0] + stays if first < last else -NEVER
        closes = windows[last - 1, 1] - before if first < last else NEVER
        base = work.row_cost[number]
        if base >= cheapest:
            continue
        if work.fairness > 0:
            worked = routes.worked[row]
            base += uneven(work, row, worked + before + stays) - uneven(work, row, worked)
        limited = work.most_driving[row] < NEVER
        for gap in range(count + 1):
            slack = closing[row, gap] - soonest[row, gap]
            if soonest[row, gap] > closes:
                break
            if closing[row, gap] < opens or slack < before + stays:
                continue
            place, following = at[row, gap], at[row, gap + 1]
            extra = base + cost_to(legs, place, here) + leg_cost(legs, here, following) - direct[row, gap]
            if extra >= cheapest:
                continue
            there, onwards = minutes_to(legs, place, here), leg_minutes(legs, here, following)
            if slack < there + before + stays + onwards:
                continue
            if blink == 0:
                blink = trials_until(routes.dice, LOG_OF_NO_BLINK)
                continue
            blink -= 1
            if break_count[row] < 2:
                fit = fits_once(
                    leaves, arrives, row, gap, there, onwards, breaks, clock, before, stays, windows, first, last
                )
            else:
                fit = fits(
                    leaves[row], arrives[row], gap, there, onwards, breaks[row, : break_count[row]],
                    clock, work.busy[pace, visit], windows, first, last, scratch.starts,
                )  # fmt: skip
            if not fit:
                continue
            if limited:
                drives = routes.driven[row] + there + onwards
                drives -= leg_minutes(legs, place, following) if count > 0 else 0
                if drives > work.most_driving[row]:
                    continue
            if work.usual_end[row] < work.bounds[row, 1]:
                over = overtime_with(work, routes, scratch, row, gap, visit, there, onwards)
                extra += work.overtime * (over - routes.over[row])
                if extra >= cheapest:
                    continue
            cheapest, best_row, best_gap, best_number = extra, row, gap, number
    if best_row < 0:
        return 0.0
    for stop in range(routes.stops[best_row], best_gap, -1):
        order[best_row, stop] = order[best_row, stop - 1]
    order[best_row, best_gap] = visit
    routes.stops[best_row] += 1
    routes.where[visit] = best_row
    routes.paid[visit] = work.row_cost[best_number]
    routes.touched[best_row] = True
    refresh(work, routes, scratch, best_row)
    return cheapest - penalty
