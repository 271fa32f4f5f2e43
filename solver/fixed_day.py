"""One technician-day at the very times that a plan gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from solver.day import Day, day_of
from solver.model import Problem, Shift, Visit
from solver.plan import Stop


def stops_of(problem: Problem, shift: str) -> tuple[Stop, ...]:
    """What today's plan has on a shift."""
    route = problem.index.routes.get(shift)
    return route.stops if route is not None else ()


def fixed_day(problem: Problem, visits: Mapping[str, Visit], shift: Shift, stops: Sequence[Stop]) -> Day:
    """The day of a shift, which may differ from the problem's own, when its stops begin exactly then."""
    index = problem.index
    there = [visits[stop.visit] for stop in stops]
    starts = [((stop.begins, stop.begins),) for stop in stops]
    technician = index.technicians[shift.id].id
    return day_of(shift, technician, there, starts, index.places, index.roads, index.clock)
