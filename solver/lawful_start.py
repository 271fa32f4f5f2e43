"""What is left of today's plan when everything that breaks the law is taken out."""

from __future__ import annotations

from solver.check import check
from solver.links import is_linked
from solver.model import Problem, Shift, Visit
from solver.plan import Plan, Route
from solver.schedule import schedule
from solver.untied import has_ties


def lawful_start(problem: Problem) -> Plan:
    """Today's plan without the visits that keep it from obeying the law; locked visits are the last to go."""
    routes = []
    for route in problem.plan.routes:
        shift = problem.index.shifts[route.shift]
        stops = {stop.visit: number for number, stop in enumerate(route.stops)}
        visits = [problem.index.visits[stop.visit] for stop in route.stops]
        prefer = {stop.visit: stop.begins for stop in route.stops}
        # Less overtime on one route must not pull a crew apart, nor visits that follow one another.
        tied = {visit.id: prefer[visit.id] for visit in visits if is_linked(problem, visit)}
        order = list(stops)
        kept = schedule(problem, shift.id, order, prefer, tied) or schedule(problem, shift.id, order, prefer)
        if kept is None:
            kept = _as_many_as_fit(problem, shift, visits, prefer)
        routes.append(kept)
    return _with_ties_kept(problem, Plan(tuple(routes)))


def _as_many_as_fit(problem: Problem, shift: Shift, visits: list[Visit], prefer: dict[str, int]) -> Route:
    kept, place = Route(shift.id), {visit.id: number for number, visit in enumerate(visits)}
    for visit in sorted(visits, key=lambda one: (one.locked is None, not one.required, -one.priority)):
        order = sorted([*(stop.visit for stop in kept.stops), visit.id], key=lambda name: place[name])
        kept = schedule(problem, shift.id, order, prefer) or kept
    return kept


def _with_ties_kept(problem: Problem, plan: Plan) -> Plan:
    """The plan without crews that are not complete, and without what follows a visit that it cannot follow."""
    while has_ties(problem):
        broken = {
            violation.visit
            for violation in check(problem, plan)
            if violation.kind in ("crew", "order") and violation.visit is not None
        }
        if not broken:
            break
        plan = Plan(
            tuple(
                Route(route.shift, tuple(stop for stop in route.stops if stop.visit not in broken))
                for route in plan.routes
            )
        )
    return plan
