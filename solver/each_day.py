"""Many days improved one after the other: what a night is for, when every visit was promised a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from solver.model import Problem
from solver.optimise import optimise
from solver.plan import Plan
from solver.travel import Matrix

FEWEST = 2
"""Visits from which on a day can be improved."""


def optimise_each_day(problem: Problem, days: Collection[int], iterations: int, seed: int = 1) -> Plan:
    """Today's plan with each of these days optimised alone, with `iterations` of the search for each of its visits.

    Every visit keeps its day and may change technician. Days are independent when no visit may leave its own, and a
    small problem is searched far better than a large one in the same time.
    """
    routes = {route.shift: route for route in problem.plan.routes}
    for day in sorted(days):
        part = _only(problem, Plan(tuple(routes.values())), day)
        if len(part.visits) < FEWEST:
            continue
        better = optimise(part, iterations=iterations * len(part.visits), seed=seed).plan
        for shift in part.index.shifts:
            routes.pop(shift, None)
        routes.update({route.shift: route for route in better.routes})
    return Plan(tuple(routes.values()))


def _only(problem: Problem, plan: Plan, day: int) -> Problem:
    """The part of a problem that is planned on one day."""
    technicians = tuple(
        replace(one, shifts=tuple(shift for shift in one.shifts if shift.day == day)) for one in problem.technicians
    )
    shifts = [shift for one in technicians for shift in one.shifts]
    names = {shift.id for shift in shifts}
    routes = tuple(route for route in plan.routes if route.shift in names)
    visits = tuple(problem.index.visits[stop.visit] for route in routes for stop in route.stops)
    used = {visit.place for visit in visits}.union(*((shift.start, shift.end) for shift in shifts))
    positions = np.array([position for name, position in problem.index.places.items() if name in used], np.int64)
    roads = problem.index.roads
    return replace(
        problem,
        places=tuple(problem.places[position] for position in positions.tolist()),
        travel=Matrix(roads.minutes_table(positions), roads.km_table(positions)),
        technicians=technicians,
        visits=visits,
        plan=Plan(routes),
    )
