"""The search of the kernels, in pieces short enough to be watched and cancelled."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solver.heat import heat_of
from solver.kernels import search as kernels
from solver.kernels.compiling import compile_kernels
from solver.model import Problem
from solver.plan import Plan
from solver.price_of_time import GUIDED, price_of_time, set_price
from solver.schedule import schedule
from solver.search_arrays import Search, search_of

CHUNK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `cost` is that of the best plan so far, and `done` goes from 0 to 1."""

    seconds: float
    iterations: int
    cost: float
    done: float


@dataclass(frozen=True, slots=True)
class Limits:
    """When a run is over: after `seconds`, after `iterations`, or soon after `cancelled` says so."""

    seconds: float | None
    iterations: int | None
    cancelled: Callable[[], bool] | None = None
    progress: Callable[[Progress], None] | None = None


def searched(
    problem: Problem, begins: Plan, limits: Limits, seed: int, most_moved: int | None = None
) -> tuple[Plan, int]:
    """The best plan that ruin and recreate find from a lawful one, and the number of iterations.

    At most `most_moved` visits leave the shift of `problem.plan`. Method: see `solver.kernels.search`.
    """
    compile_kernels(even_without_cache=True)
    if not problem.visits or not problem.index.shifts:
        return begins, 0
    started = time.perf_counter()
    run = search_of(problem, begins, seed, most_moved)
    count = _pieces(run, limits, started)
    return _timed(problem, run), count


def _pieces(run: Search, limits: Limits, started: float) -> int:
    warm = bool(np.count_nonzero(run.routes.where >= 0) > len(run.routes.where) / 2)
    heat = heat_of(run.routes, crowded=False, warm=warm)
    done, piece, guided = 0, 1, True
    seconds, iterations = limits.seconds, limits.iterations
    while True:
        spent = time.perf_counter() - started
        share = done / iterations if iterations else spent / (seconds or 1.0)
        if done == 1:
            price = price_of_time(run.work, run.routes)
            set_price(run.work, run.routes, price)
            heat = heat_of(run.routes, crowded=price > 0, warm=warm)
        if guided and share >= GUIDED:
            set_price(run.work, run.routes, 0.0)
            guided = False
        if iterations is not None:
            piece = min(piece, (math.ceil(GUIDED * iterations) if guided else iterations) - done)
        if piece <= 0 or (seconds is not None and spent >= seconds) or (limits.cancelled and limits.cancelled()):
            return done
        fraction, step = (0.0, 1.0 / iterations) if iterations else (share, 0.0)
        kernels.search(run.work, run.routes, run.scratch, done, piece, fraction, step, heat)
        done += piece
        now = time.perf_counter() - started
        piece = max(1, min(2 * piece, int(piece * CHUNK_SECONDS / max(now - spent, 1e-6))))
        if limits.progress is not None:
            share = done / iterations if iterations else now / (seconds or 1.0)
            limits.progress(Progress(now, done, float(run.routes.costs[1]), min(1.0, share)))


def _timed(problem: Problem, run: Search) -> Plan:
    """The best orders found, at starts as near to today's as can be."""
    prefer = {stop.visit: stop.begins for route in problem.plan.routes for stop in route.stops}
    routes = []
    for row, shift in enumerate(problem.index.shifts):
        order = run.routes.best_order[row, : run.routes.best_stops[row]]
        route = schedule(problem, shift, [problem.visits[visit].id for visit in order], prefer)
        if route is None:
            raise RuntimeError(f"the search left a day that does not work out: {shift}")
        if route.stops:
            routes.append(route)
    return Plan(tuple(routes))
