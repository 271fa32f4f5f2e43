"""What a minute of the technicians is worth when there is more work than fits.

Leaving out long work makes room for more of the rest, and a detour takes the room of a visit; the cost itself says
neither until one visit more fits. So the search first charges every minute of work and travel the price at which the
demand would fill the working time (a Lagrangian relaxation of that time: M. L. Fisher, "The Lagrangian relaxation
method for solving integer programming problems", Management Science 27(1), 1981), and ends with the cost as it is.
"""

from __future__ import annotations

import numpy as np

from solver.kernels.arrays import Floats
from solver.kernels.state import Routes, Work

GUIDED = 0.9
"""The share of a run in which time has its price."""

CAUTION = 0.8
"""Of the price at which everything would fit: skills and windows leave time over that nobody can buy."""

LEAST = 0.01
"""Of what a visit is worth, however long it takes."""


def price_of_time(work: Work, routes: Routes) -> float:
    """Cost per minute at which the visits worth their time, with the travel of the present plan, fill the shifts.

    0 when everything may fit, or travel costs nothing.
    """
    served = routes.kept_where >= 0
    if not served.any() or work.legs.minute_cost <= 0:
        return 0.0
    need = work.busy[0].sum(axis=1) + routes.driven.sum() / np.count_nonzero(served)
    breaks = [int(one[:count, 2].sum()) for one, count in zip(work.breaks, work.break_count, strict=True)]
    room = int((work.usual_end - work.bounds[:, 0]).sum()) - sum(breaks)
    too_much = need.sum() - room
    if too_much <= 0:
        return 0.0
    worth = work.worth / need
    order = np.argsort(worth, kind="stable")
    last = int(np.searchsorted(np.cumsum(need[order]), too_much))
    return CAUTION * float(worth[order[last]])


def set_price(work: Work, routes: Routes, price: float) -> None:
    """Make the search see visits at a price of time, drives costing what they did: all is divided by what a minute of
    travel costs with the price.
    """
    out = routes.kept_where < 0
    before = work.penalty[out].sum()
    work.penalty[:] = _penalties(work, price)
    routes.costs[0] += work.penalty[out].sum() - before


def _penalties(work: Work, price: float) -> Floats:
    if price == 0:
        return work.worth
    travel = work.legs.minute_cost
    left = (work.worth - price * work.busy[0].sum(axis=1)) * travel / (travel + price)
    return np.asarray(np.maximum(left, LEAST * work.worth))
