"""What no lawful plan can cost less than: the measure of a plan's quality.

The linear relaxation over all routes, by column generation: a master problem weighs the routes known so far (each
shift drives one at most, each visit is served or paid for), its prices say what a visit is worth, and for every shift
the route that gains most from them is sought (`solver.kernels.pricing`) and added. With any prices, their sum less
what all shifts could gain from them is a lower bound, whenever the time is up. Prices are drawn towards the best ones
so far, without which they swing.
Source: M. Desrochers, J. Desrosiers and M. Solomon, "A new optimization algorithm for the vehicle routing problem with
time windows", Operations Research 40(2), 1992; P. Wentges, "Weighted Dantzig-Wolfe decomposition for linear mixed-
integer programming", International Transactions in Operational Research 4(2), 1997.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from solver.cost import worth
from solver.exact.bound_master import Master
from solver.exact.bound_roads import NEIGHBOURS, ShiftVisits, roads_of
from solver.kernels import pricing as kernels
from solver.kernels.arrays import Floats
from solver.kernels.pricing import COSTLY, Labels
from solver.model import Problem
from solver.plan import Plan

ROUTES = 15
"""For each shift and round, as many routes at most are added."""

DRAWN = 0.5
"""How far prices are drawn towards the best ones so far."""

NEAR_ENOUGH = 1e-3
"""The search for a better bound ends when the best possible one is only so much higher, relatively."""

MOST_DRIVES = 30_000_000
"""Tables of more drives than this do not fit into memory."""

SAFE = 1e-7
"""What rounding could have added to a bound, relatively."""


def lower_bound(
    problem: Problem, seconds: float, plan: Plan | None = None, cancelled: Callable[[], bool] | None = None
) -> float | None:
    """A cost below which no lawful plan can be, crews and orders among visits and the rest of the law included.

    `plan`, a good one, makes it quicker. None when the problem is too large for the time: a bound takes many rounds
    before it says anything. The cost is that of `cost_of`, without waiting and fairness, which are at least nothing.
    """
    deadline = time.perf_counter() + seconds
    shifts = []
    for one in roads_of(problem) if problem.visits else ():
        shifts.append(one)
        drives = sum(len(shift.visits) ** 2 for shift in shifts)
        if drives > MOST_DRIVES or time.perf_counter() > deadline:
            return None
    worths = np.array([worth(problem, visit) for visit in problem.visits])
    crews = np.array([visit.crew for visit in problem.visits], np.float64)
    if not shifts:
        return float(worths.sum())
    master = Master(worths, crews, shifts)
    master.add_plan(problem, plan or problem.plan)
    labels = _scratch(shifts)
    # Without prices nothing is gained anywhere: a bound of nothing, to begin with.
    best = 0.0
    best_prices: Floats = np.zeros(len(worths))
    while True:
        most, prices = master.solved()
        prices = np.minimum(DRAWN * best_prices + (1 - DRAWN) * prices, worths / crews)
        bound = float(prices @ crews)
        for number, shift in enumerate(shifts):
            if time.perf_counter() > deadline or (cancelled is not None and cancelled()):
                return best if best > 0 else None
            bound += _priced(master, number, shift, prices, labels)
        bound -= SAFE * abs(bound)
        if bound > best:
            best, best_prices = bound, prices
        if most - best <= NEAR_ENOUGH * most:
            return best


def _priced(master: Master, number: int, shift: ShiftVisits, prices: Floats, labels: Labels) -> float:
    """Add the routes of a shift that gain most; gives what the best one gains, less than nothing or nothing."""
    kernels.price(shift.roads, shift.stop_costs - prices[shift.visits], labels)
    totals = labels.total[: len(shift.visits)]
    for end in np.argsort(totals)[:ROUTES]:
        if totals[end] >= -SAFE:
            break
        order, label = [], labels.final[end]
        while label >= 0:
            order.append(int(labels.visit[label]))
            label = labels.parent[label]
        master.add(number, order[::-1])
    return min(0.0, float(totals.min()))


def _scratch(shifts: Sequence[ShiftVisits]) -> Labels:
    visits = max(len(shift.visits) for shift in shifts)
    minutes = max(shift.roads.last for shift in shifts) + 1
    sets = 1 << NEIGHBOURS
    return Labels(
        coming=np.full((minutes, visits, sets), COSTLY),
        origin=np.empty((minutes, visits, sets), np.int32),
        best=np.empty((visits, sets)),
        visit=np.empty(minutes * visits * sets, np.int32),
        parent=np.empty(minutes * visits * sets, np.int32),
        total=np.empty(visits),
        final=np.empty(visits, np.int64),
    )
