"""A problem in parts that have nothing to do with one another: the days that no visit can choose between.

Promised visits cannot leave their day, so that a month of them is thirty problems; each is searched far better alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from solver.model import Problem, Visit
from solver.plan import Plan, Route
from solver.travel import Matrix

Hours = Mapping[int, tuple[int, int]]
"""When the first shift of a day begins, and when the last one is over."""


def independent_parts(problem: Problem) -> list[Problem]:
    """The parts of a problem without ties, by day; a visit that fits on no day is with the first one."""
    hours = working_hours(problem)
    days_of = {visit.id: open_days(problem, visit, hours) for visit in problem.visits}
    groups = {day: {day} for day in hours}
    for days in set(days_of.values()):
        together = set().union(*(groups[day] for day in days))
        for day in together:
            groups[day] = together
    visits: dict[int, list[Visit]] = {min(group): [] for group in groups.values()}
    if len(visits) < 2 or not problem.visits:
        return [problem]
    for visit in problem.visits:
        days = days_of[visit.id]
        visits[min(groups[min(days)]) if days else min(visits)].append(visit)
    return [part_of_days(problem, problem.plan, groups[first], visits[first]) for first in sorted(visits)]


def working_hours(problem: Problem) -> Hours:
    """The hours of every day on which somebody works, overtime included."""
    hours: dict[int, tuple[int, int]] = {}
    for shift in problem.index.shifts.values():
        over = shift.ends + shift.overtime
        begins, ends = hours.get(shift.day, (shift.begins, over))
        hours[shift.day] = min(begins, shift.begins), max(ends, over)
    return hours


def open_days(problem: Problem, visit: Visit, hours: Hours) -> frozenset[int]:
    """The days on which a visit may begin, as far as its windows and its lock say."""
    today = problem.index.planned.get(visit.id, ())
    if visit.locked is not None and today:
        return frozenset(problem.index.shifts[name].day for name in today)
    if not visit.allowed:
        return frozenset(hours)
    return frozenset(
        day
        for day, (begins, ends) in hours.items()
        if any(opens <= ends and closes >= begins for opens, closes in visit.allowed)
    )


def part_of_days(problem: Problem, plan: Plan, days: Collection[int], visits: Collection[Visit]) -> Problem:
    """Some visits of a problem on some of its days, with the drives among their places, beginning at a plan."""
    technicians = tuple(
        replace(one, shifts=tuple(shift for shift in one.shifts if shift.day in days)) for one in problem.technicians
    )
    shifts = [shift for one in technicians for shift in one.shifts]
    used = {visit.place for visit in visits}.union(*((shift.start, shift.end) for shift in shifts))
    positions = np.array(sorted(problem.index.places[name] for name in used), np.int64)
    roads = problem.index.roads
    return replace(
        problem,
        places=tuple(problem.places[position] for position in positions.tolist()),
        travel=Matrix(roads.minutes_table(positions), roads.km_table(positions)),
        technicians=technicians,
        visits=tuple(visits),
        plan=plan_on(plan, {shift.id for shift in shifts}, {visit.id for visit in visits}),
    )


def plan_on(plan: Plan, shifts: Collection[str], visits: Collection[str]) -> Plan:
    """What a plan has of some visits on some shifts."""
    return Plan(
        tuple(
            Route(route.shift, tuple(stop for stop in route.stops if stop.visit in visits))
            for route in plan.routes
            if route.shift in shifts
        )
    )
