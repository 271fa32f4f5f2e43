"""Each independent part of a problem is improved alone, with its share of the time by the number of its visits."""

from __future__ import annotations

import time
from dataclasses import replace

from solver.cost import cost_of
from solver.engines import Engine
from solver.model import Problem
from solver.parts import independent_parts, plan_on
from solver.plan import Plan
from solver.run_search import Limits, Progress


def improved_in_parts(improve: Engine, problem: Problem, begins: Plan, limits: Limits, seed: int) -> tuple[Plan, int]:
    """A cheaper lawful plan of a problem without ties, and how many iterations it took."""
    parts = independent_parts(problem)
    if len(parts) == 1:
        return improve(problem, begins, limits, seed, None)
    plans = [plan_on(begins, part.index.shifts, part.index.visits) for part in parts]
    costs = [cost_of(part, plan).total for part, plan in zip(parts, plans, strict=True)]
    began, count, left = time.perf_counter(), 0, len(problem.visits)
    for number, part in enumerate(parts):
        share = len(part.visits) / max(1, left)
        told = _reporting(limits, began, count, sum(costs) - costs[number], 1 - left / len(problem.visits))
        own = _share_of(told, share, time.perf_counter() - began, count)
        if own.iterations != 0:
            plans[number], done = improve(part, plans[number], own, seed, None)
            count += done
        costs[number] = cost_of(part, plans[number]).total
        left -= len(part.visits)
    return Plan(tuple(route for plan in plans for route in plan.routes)), count


def _share_of(limits: Limits, share: float, spent: float, done: int) -> Limits:
    """The limits of a part that gets a share of what is left."""
    return replace(
        limits,
        seconds=None if limits.seconds is None else max(0.0, limits.seconds - spent) * share,
        iterations=None if limits.iterations is None else round((limits.iterations - done) * share),
    )


def _reporting(limits: Limits, began: float, count: int, others: float, behind: float) -> Limits:
    """Limits whose reports are about all parts: `others` is what the rest costs, and `behind` how much is done."""
    report = limits.progress
    if report is None:
        return limits

    def told(run: Progress) -> None:
        seconds = time.perf_counter() - began
        report(Progress(seconds, count + run.iterations, others + run.cost, behind + (1 - behind) * run.done))

    return replace(limits, progress=told)
