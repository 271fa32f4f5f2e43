"""What differs between two plans, visit by visit."""

from __future__ import annotations

from solver.model import Problem
from solver.plan import Assigned, Change, Plan


def changes_between(problem: Problem, before: Plan, after: Plan) -> tuple[Change, ...]:
    """Every visit of the problem that is elsewhere, at another time, new, or left out; in the order of the problem."""
    then, now = _assigned(before), _assigned(after)
    return tuple(
        Change(visit.id, then.get(visit.id, ()), now.get(visit.id, ()))
        for visit in problem.visits
        if then.get(visit.id) != now.get(visit.id)
    )


def touched(problem: Problem, plan: Plan) -> frozenset[str]:
    """The visits of today's plan that are left out, or have another shift."""
    now = {name: {seat.shift for seat in seats} for name, seats in _assigned(plan).items()}
    return frozenset(name for name, shifts in problem.index.planned.items() if now.get(name) != set(shifts))


def _assigned(plan: Plan) -> dict[str, tuple[Assigned, ...]]:
    found: dict[str, tuple[Assigned, ...]] = {}
    for route in sorted(plan.routes, key=lambda route: route.shift):
        for stop in route.stops:
            found[stop.visit] = (*found.get(stop.visit, ()), Assigned(route.shift, stop.begins))
    return found
