"""Many days improved one after the other: what a night is for, when every visit was promised a day."""

from __future__ import annotations

from collections.abc import Collection

from solver.model import Problem
from solver.optimise import optimise
from solver.parts import part_of_days
from solver.plan import Plan

FEWEST = 2
"""Visits from which on a day can be improved."""


def optimise_each_day(problem: Problem, days: Collection[int], iterations: int, seed: int = 1) -> Plan:
    """Today's plan with each of these days optimised alone, with `iterations` of the search for each of its visits.

    Every visit keeps its day and may change technician. Days are independent when no visit may leave its own, and a
    small problem is searched far better than a large one in the same time.
    """
    routes = {route.shift: route for route in problem.plan.routes}
    for day in sorted(days):
        served = [route for name, route in routes.items() if problem.index.shifts[name].day == day]
        visits = {stop.visit: problem.index.visits[stop.visit] for route in served for stop in route.stops}
        part = part_of_days(problem, Plan(tuple(served)), {day}, list(visits.values()))
        if len(part.visits) < FEWEST:
            continue
        better = optimise(part, iterations=iterations * len(part.visits), seed=seed).plan
        for shift in part.index.shifts:
            routes.pop(shift, None)
        routes.update({route.shift: route for route in better.routes})
    return Plan(tuple(routes.values()))
