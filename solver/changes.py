"""What differs between two plans, visit by visit."""

from __future__ import annotations

from collections.abc import Iterable

from solver.model import Problem
from solver.plan import Assigned, Change, Plan, Route


def changes_between(problem: Problem, before: Plan, after: Plan) -> tuple[Change, ...]:
    """Every visit of the problem that is elsewhere, at another time, new, or left out; in the order of the problem."""
    then, now = assigned(before.routes), assigned(after.routes)
    return tuple(
        Change(visit.id, then.get(visit.id, ()), now.get(visit.id, ()))
        for visit in problem.visits
        if then.get(visit.id) != now.get(visit.id)
    )


def touched(problem: Problem, plan: Plan) -> frozenset[str]:
    """The visits of today's plan that are left out, or have another shift."""
    now = {name: {seat.shift for seat in seats} for name, seats in assigned(plan.routes).items()}
    return frozenset(name for name, shifts in problem.index.planned.items() if now.get(name) != set(shifts))


def assigned(routes: Iterable[Route]) -> dict[str, tuple[Assigned, ...]]:
    """Where each visit is, one seat for each of its crew, by its id."""
    found: dict[str, tuple[Assigned, ...]] = {}
    for route in sorted(routes, key=lambda route: route.shift):
        for stop in route.stops:
            found[stop.visit] = (*found.get(stop.visit, ()), Assigned(route.shift, stop.begins))
    return found
