"""Many visits at once: the best plan that can be found in a given time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module

import numpy as np

from solver.changes import changes_between, touched
from solver.check import check
from solver.cost import cost_of
from solver.engines import Engine, engine_named
from solver.lawful_start import lawful_start
from solver.linked_rounds import placed_again, with_new_crews
from solver.model import Lock, Problem
from solver.plan import Plan, Result, Unplanned
from solver.run_search import Limits, Progress
from solver.search_parts import improved_in_parts
from solver.slices import slice_of, whole_run
from solver.slots import Calendar
from solver.untied import has_ties, untied

ROUNDS = 6
"""Slices of the time between which crews and visits in order are placed again."""

FREE_SHARE = 0.25
"""Of the time, for what a plan without a budget of changes would save."""


def optimise(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    engine: str = "search",
    most_touched: int | None = None,
    keep_confirmed: bool = False,
    bound_seconds: float = 0.0,
) -> Result:
    """Plan as many visits as are worth it, with little travel, beginning from today's plan.

    Ends after `seconds`, after `iterations`, or soon after `cancelled` says so. The result keeps the law and
    costs no more than today's plan where that keeps it; days of today's plan that break the law lose the
    visits that do. Locked visits of today's plan stay. At most `most_touched` visits of today's plan get another
    technician or day, or are left out; with `keep_confirmed` no confirmed one does. Up to `bound_seconds` more go to a
    lower bound of every plan's cost. The engine is `search` (the same seed and `iterations` give the same plan) or
    `ortools`. A cancelled run gives no reasons for what it leaves out. Raises `ValueError` when neither limit is
    given, or the engine is unknown.
    """
    if seconds is None and iterations is None:
        raise ValueError("seconds or iterations must be given")
    improve = engine_named(engine)
    started = time.perf_counter()
    start = lawful_start(problem)
    before = cost_of(problem, start)
    limits = Limits(seconds, iterations, cancelled, whole_run(progress, started, before.total))
    if seconds is not None:  # the way out takes about as long as the way in
        limits = replace(limits, seconds=max(0.0, seconds - 2 * (time.perf_counter() - started)))
    possible = None
    if most_touched is not None or keep_confirmed:
        aside = slice_of(limits, FREE_SHARE, 0.0, more=math.inf)  # nobody will get that plan
        free, count = improved(improve, problem, start, aside, seed, None)
        possible = cost_of(problem, free).total
        limits = slice_of(limits, 1 - FREE_SHARE, FREE_SHARE, count)
    asked = with_confirmed_kept(problem) if keep_confirmed else problem
    found, count = improved(improve, asked, start, limits, seed, most_touched)
    plan, cost = found, cost_of(problem, found)
    if cost.total > before.total:
        plan, cost = start, before
    return Result(
        plan=plan,
        unserved=_unserved(problem, plan, cancelled),
        cost=cost,
        seconds=time.perf_counter() - started,
        seed=seed,
        iterations=count,
        before=before,
        changes=changes_between(problem, problem.plan, plan),
        possible=None if possible is None else min(possible, cost.total),
        bound=lower_bound(problem, bound_seconds, plan, cancelled) if bound_seconds > 0 else None,
    )


def lower_bound(
    problem: Problem, seconds: float, plan: Plan, cancelled: Callable[[], bool] | None = None
) -> float | None:
    """What `solver.exact.bound` says of a problem of which `plan` is a good one; None when the time was too short."""
    found: float | None = import_module("solver.exact.bound").lower_bound(problem, seconds, plan, cancelled)
    return found


def improved(
    improve: Engine, problem: Problem, begins: Plan, limits: Limits, seed: int, most_touched: int | None
) -> tuple[Plan, int]:
    """A cheaper lawful plan; ties are held while the engine runs, and placed again between its slices."""
    if not has_ties(problem):
        if most_touched is None:
            return improved_in_parts(improve, problem, begins, limits, seed)
        return improve(problem, begins, limits, seed, most_touched)
    plan, count, dice = with_new_crews(problem, begins), 0, np.random.default_rng(seed)
    for number in range(ROUNDS):
        plan = placed_again(problem, plan, dice, most_touched, limits.cancelled)
        if limits.cancelled is not None and limits.cancelled():
            return plan, count
        held = untied(problem, plan)
        left = None
        if most_touched is not None:
            left = most_touched - len(touched(problem, plan) - touched(held.problem, held.plan))
        now = cost_of(problem, plan).total
        more = now - cost_of(held.problem, held.plan).total
        own = slice_of(limits, 1 / ROUNDS, number / ROUNDS, count, more)
        found, iterations = improve(held.problem, held.plan, own, seed + number, left)
        count += iterations
        better = held.original(found)
        # A required visit that fits nowhere is counted in the cost.
        is_lawful = all(one.kind == "required" for one in check(problem, better))
        if is_lawful and cost_of(problem, better).total < now:
            plan = better
    return placed_again(problem, plan, dice, most_touched, limits.cancelled), count


def with_confirmed_kept(problem: Problem) -> Problem:
    """The problem when confirmed appointments stay with their technician on their day, inside their windows."""
    home: Mapping[str, tuple[str, ...]] = problem.index.planned
    owner = problem.index.technicians
    return replace(
        problem,
        visits=tuple(
            replace(visit, locked=Lock(owner[home[visit.id][0]].id if visit.crew == 1 else None))
            if visit.confirmed and visit.id in home and visit.locked is None
            else visit
            for visit in problem.visits
        ),
    )


def _unserved(problem: Problem, plan: Plan, cancelled: Callable[[], bool] | None) -> tuple[Unplanned, ...]:
    """What a plan leaves out, and why; whoever has cancelled is not kept waiting for reasons."""
    served = plan.served
    left_out = [visit for visit in problem.visits if visit.id not in served]
    if not left_out:
        return ()
    if cancelled is not None and cancelled():
        return tuple(Unplanned(visit.id, ()) for visit in left_out)
    calendar = Calendar(problem, plan)
    return tuple(Unplanned(visit.id, calendar.why_left_out(visit)) for visit in left_out)
