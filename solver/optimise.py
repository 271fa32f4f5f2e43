"""Many visits at once: the best plan that can be found in a given time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from solver.cost import cost_of
from solver.kernels import search as kernels
from solver.kernels.compiling import compile_kernels
from solver.model import Problem, Shift, Visit
from solver.plan import Plan, Result, Route, Unplanned
from solver.schedule import schedule
from solver.search_arrays import Search, search_of
from solver.slots import Calendar

CHUNK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `cost` is that of the best plan so far, and `done` goes from 0 to 1."""

    seconds: float
    iterations: int
    cost: float
    done: float


def optimise(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Result:
    """Plan as many visits as are worth it, with little travel, beginning from today's plan.

    Ends after `seconds`, after `iterations`, or soon after `cancelled` says so. The result keeps the law and
    costs no more than today's plan where that keeps it; days of today's plan that break the law lose the
    visits that do. Locked visits of today's plan stay. The same seed and `iterations` give the same plan.
    Method: see `solver.kernels.search`. Raises `ValueError` when neither limit is given.
    """
    if seconds is None and iterations is None:
        raise ValueError("seconds or iterations must be given")
    compile_kernels(even_without_cache=True)
    started = time.perf_counter()
    today = repaired(problem)
    run = search_of(problem, today, seed)
    count = _search(run, problem, started, seconds, iterations, progress, cancelled)
    plan = min(_timed(problem, run), today, key=lambda one: cost_of(problem, one).total)
    spent = time.perf_counter() - started
    return Result(plan, _unserved(problem, plan), cost_of(problem, plan), spent, seed, count)


def repaired(problem: Problem) -> Plan:
    """Today's plan without the visits that keep a day from obeying the law; locked visits are the last to go."""
    routes = []
    for route in problem.plan.routes:
        shift = problem.index.shifts[route.shift]
        stops = {stop.visit: number for number, stop in enumerate(route.stops)}
        visits = [problem.index.visits[stop.visit] for stop in route.stops]
        prefer = {stop.visit: stop.begins for stop in route.stops}
        kept = schedule(problem, shift.id, list(stops), prefer)
        if kept is None:
            kept = _as_many_as_fit(problem, shift, visits, prefer)
        routes.append(kept)
    return Plan(tuple(routes))


def _as_many_as_fit(problem: Problem, shift: Shift, visits: list[Visit], prefer: dict[str, int]) -> Route:
    kept, place = Route(shift.id), {visit.id: number for number, visit in enumerate(visits)}
    for visit in sorted(visits, key=lambda one: (one.locked is None, not one.required, -one.priority)):
        order = sorted([*(stop.visit for stop in kept.stops), visit.id], key=lambda name: place[name])
        kept = schedule(problem, shift.id, order, prefer) or kept
    return kept


def _search(
    run: Search,
    problem: Problem,
    started: float,
    seconds: float | None,
    iterations: int | None,
    progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> int:
    """Run the kernel in pieces short enough to be cancelled; returns how many iterations there were."""
    done, piece = 0, 1
    if not problem.visits or not run.work.start.size:
        return 0
    while True:
        spent = time.perf_counter() - started
        if iterations is not None:
            piece = min(piece, iterations - done)
        if piece <= 0 or (seconds is not None and spent >= seconds) or (cancelled is not None and cancelled()):
            return done
        fraction, step = (0.0, 1.0 / iterations) if iterations else (spent / (seconds or 1.0), 0.0)
        kernels.search(run.work, run.routes, run.scratch, done, piece, fraction, step, run.heat)
        done += piece
        took = time.perf_counter() - started - spent
        piece = max(1, min(2 * piece, int(piece * CHUNK_SECONDS / max(took, 1e-6))))
        if progress is not None:
            now = time.perf_counter() - started
            share = done / iterations if iterations else now / (seconds or 1.0)
            progress(Progress(now, done, float(run.routes.costs[1]), min(1.0, share)))


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


def _unserved(problem: Problem, plan: Plan) -> tuple[Unplanned, ...]:
    served = {stop.visit for route in plan.routes for stop in route.stops}
    left_out = [visit for visit in problem.visits if visit.id not in served]
    if not left_out:
        return ()
    calendar = Calendar(problem, plan)
    return tuple(Unplanned(visit.id, calendar.why_left_out(visit)) for visit in left_out)
