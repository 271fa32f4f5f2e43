"""Each independent part of a problem is improved alone, with its share of the time by the number of its visits."""

from __future__ import annotations

from solver.cost import cost_of
from solver.engines import Engine
from solver.model import Problem
from solver.parts import independent_parts, plan_on
from solver.plan import Plan
from solver.run_search import Limits
from solver.slices import slice_of


def improved_in_parts(improve: Engine, problem: Problem, begins: Plan, limits: Limits, seed: int) -> tuple[Plan, int]:
    """A cheaper lawful plan of a problem without ties, and how many iterations it took."""
    parts = independent_parts(problem)
    if len(parts) == 1:
        return improve(problem, begins, limits, seed, None)
    plans = [plan_on(begins, part.index.shifts, part.index.visits) for part in parts]
    costs = [cost_of(part, plan).total for part, plan in zip(parts, plans, strict=True)]
    count, behind = 0, 0.0
    for number, part in enumerate(parts):
        share = len(part.visits) / len(problem.visits)
        own = slice_of(limits, share, behind, count, sum(costs) - costs[number])
        plans[number], done = improve(part, plans[number], own, seed, None)
        costs[number] = cost_of(part, plans[number]).total
        count, behind = count + done, behind + share
    return Plan(tuple(route for plan in plans for route in plan.routes)), count
