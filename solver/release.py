"""What an event takes out of today's plan: as little as lets the days that it upsets work out again."""

from __future__ import annotations

from collections.abc import Iterable

from solver.check import check
from solver.cost import worth
from solver.links import is_linked
from solver.model import Problem
from solver.plan import Plan, Route, Stop
from solver.schedule import schedule


def released(problem: Problem, shifts: Iterable[str], now: int) -> tuple[Plan, frozenset[str]]:
    """Today's plan without what cannot stay on some shifts, and the visits that it loses; a crew goes as one.

    Planned starts float inside the windows where that keeps a visit. What has begun stays, whatever the law says.
    """
    upset = frozenset(shifts)
    routes = [_kept(problem, route, now) if route.shift in upset else route for route in problem.plan.routes]
    return _without_broken_ties(problem, Plan(tuple(routes)))


def _kept(problem: Problem, route: Route, now: int) -> Route:
    """A day without the one visit that is in the way, or with as many as fit; visits with ties keep their starts."""
    prefer = {stop.visit: stop.begins for stop in route.stops}
    fixed = {name: begins for name, begins in prefer.items() if is_linked(problem, problem.index.visits[name])}
    order = [stop.visit for stop in route.stops]

    def scheduled(names: list[str]) -> Route | None:
        return schedule(problem, route.shift, names, prefer, {name: fixed[name] for name in names if name in fixed})

    whole = scheduled(order)
    if whole is not None:
        return whole
    begun = tuple(stop for stop in route.stops if stop.begins <= now)
    by_worth = sorted(order[len(begun) :], key=lambda name: _importance(problem, name))
    for name in by_worth:
        without = scheduled([one for one in order if one != name])
        if without is not None:
            return without
    kept = Route(route.shift, begun)
    for name in reversed(by_worth):
        names = {name, *(stop.visit for stop in kept.stops)}
        kept = scheduled([one for one in order if one in names]) or kept
    return kept


def _importance(problem: Problem, name: str) -> tuple[bool, float]:
    visit = problem.index.visits[name]
    return visit.locked is not None, worth(problem, visit)


def _without_broken_ties(problem: Problem, plan: Plan) -> tuple[Plan, frozenset[str]]:
    """What follows a visit that is gone goes too, and so does a crew with one missing."""
    planned, lost = set(problem.index.planned), _lost(problem, plan)
    has_ties = any(visit.crew > 1 or visit.follows for visit in problem.visits)
    while True:
        plan = Plan(tuple(Route(route.shift, _without(route.stops, lost)) for route in plan.routes))
        if not has_ties:
            return plan, frozenset(lost)
        broken = {one.visit for one in check(problem, plan) if one.kind in {"crew", "order"} and one.visit in planned}
        if broken <= lost:
            return plan, frozenset(lost)
        lost |= broken


def _lost(problem: Problem, plan: Plan) -> set[str]:
    """The visits with fewer technicians than they had."""
    there: dict[str, int] = {}
    for route in plan.routes:
        for stop in route.stops:
            there[stop.visit] = there.get(stop.visit, 0) + 1
    return {name for name, seats in problem.index.planned.items() if there.get(name, 0) < len(seats)}


def _without(stops: tuple[Stop, ...], names: set[str]) -> tuple[Stop, ...]:
    return tuple(stop for stop in stops if stop.visit not in names)
