"""The problem of somebody who knew every request of a stream beforehand, and promised nobody less than his windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from benchmarks.answers import OURS, VROOM, Limit, Solver, answer_of
from benchmarks.instance import Instance, Json, problem_of, visit_of
from solver import Problem, Request, Technician, Visit

MINUTES_PER_PRIORITY = 40.0
"""A visit of priority 5 is worth 200 minutes of travel."""

CLAIRVOYANTS: tuple[Solver, ...] = (OURS, VROOM)


def clairvoyant_of(solver: Solver, instance: Instance, limit: Limit) -> tuple[float, float]:
    """The share of the visits that are served, and minutes of travel for each of them; NaN without an answer.

    The answer is checked independently.
    """
    figures = answer_of(solver, instance, limit).figures
    if figures is None:
        return np.nan, np.nan
    asked = len(instance.problem["visits"])
    return 1 - figures.unserved / asked, figures.travel / (asked - figures.unserved)


def instance_of(name: str, problem: Problem, requests: Sequence[Request]) -> Instance:
    """All requests at once, for any solver."""
    minutes = problem.index.roads.minutes_table(np.arange(len(problem.places)))
    staff = [_technician(one) for one in problem.technicians]
    visits = [_visit(request.visit) for request in requests]
    places = (place.id for place in problem.places)
    return Instance(name, problem_of(places, minutes.astype(np.int64), staff, visits, MINUTES_PER_PRIORITY))


def _visit(visit: Visit) -> Json:
    windows = [list(window) for window in visit.windows]
    return visit_of(visit.id, visit.place, visit.minutes, windows, skills=dict(visit.skills), priority=visit.priority)


def _technician(technician: Technician) -> Json:
    keys = "id", "begins", "ends", "start", "end", "capacity"
    shifts = [
        {**{key: getattr(shift, key) for key in keys}, "breaks": [asdict(pause) for pause in shift.breaks]}
        for shift in technician.shifts
    ]
    return {"id": technician.id, "skills": technician.skills, "shifts": shifts}
