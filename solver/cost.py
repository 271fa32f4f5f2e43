"""What a plan costs, by part."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from solver.day import day_of, work_of
from solver.model import MINUTES_PER_DAY, Place, Problem, Shift, Visit
from solver.plan import CostParts, Plan, Route

REQUIRED = 1000
"""A required visit that is left out counts as this many others."""


def worth(problem: Problem, visit: Visit) -> float:
    """What it costs to leave a visit out; a required one is never free."""
    points = REQUIRED * max(1, visit.priority) if visit.required else visit.priority
    return problem.weights.unserved * points


def cost_of(problem: Problem, plan: Plan) -> CostParts:
    """The weighted parts of the cost of a plan that keeps the law."""
    index, weights = problem.index, problem.weights
    minutes, km, waiting, moved, overtime, uneven, row_costs = 0, 0.0, 0, 0, 0, 0.0, np.zeros(3)
    for route in plan.routes:
        if not route.stops:
            continue
        shift = index.shifts[route.shift]
        visits = [index.visits[stop.visit] for stop in route.stops]
        places = [shift.start, *(visit.place for visit in visits), shift.end]
        minutes += index.travel_minutes(shift, visits)
        km += sum(index.km(one, other) for one, other in pairwise(places))
        waiting += waiting_minutes(problem, shift, route)
        overtime += overtime_minutes(problem, shift, route)
        uneven += unevenness(shift, sum(sum(work_of(visit, index.technicians[shift.id].id)) for visit in visits))
        moved += sum(shift.id not in index.planned.get(visit.id, (shift.id,)) for visit in visits)
        row_costs += sum((cost_there(problem, shift, visit, index.place(visit.place)) for visit in visits), np.zeros(3))
    served = plan.served
    preference, lateness, territory = row_costs.tolist()
    return CostParts(
        unserved=sum(worth(problem, visit) for visit in problem.visits if visit.id not in served),
        travel=weights.travel_minute * minutes,
        km=weights.km * km,
        waiting=weights.waiting * waiting,
        disturbance=weights.disturbance * moved,
        overtime=weights.overtime * overtime,
        lateness=lateness,
        preference=preference,
        territory=territory,
        fairness=weights.fairness * uneven,
    )


def cost_there(problem: Problem, shift: Shift, visit: Visit, place: Place) -> NDArray[np.float64]:
    """What a visit costs on a shift whatever else is there: preference, lateness and territory."""
    technician, weights = problem.index.technicians[shift.id], problem.weights
    strange = bool(visit.preferred) and technician.id not in visit.preferred
    late = 0 if visit.due is None else max(0, shift.day - visit.due // MINUTES_PER_DAY)
    outside = 0.0
    if technician.territory is not None and technician.territory.price:
        outside = 0.0 if technician.territory.covers(place.latitude, place.longitude) else technician.territory.price
    return np.array([weights.preference * strange, weights.lateness * late, outside])


def unevenness(shift: Shift, worked: int) -> float:
    """The minutes that fairness weighs: the square of the work of a shift over its length."""
    return worked * worked / max(1, shift.ends - shift.begins)


def overtime_minutes(problem: Problem, shift: Shift, route: Route) -> int:
    """The minutes after the end of a shift at which its technician can be back at the soonest."""
    if not shift.overtime:
        return 0
    index = problem.index
    visits = [index.visits[stop.visit] for stop in route.stops]
    fixed = [((stop.begins, stop.begins),) for stop in route.stops]
    day = day_of(shift, index.technicians[shift.id].id, visits, fixed, index.places, index.roads, index.clock)
    return max(0, day.finish() - shift.ends)


def waiting_minutes(problem: Problem, shift: Shift, route: Route) -> int:
    """Idle minutes from the first stop of a route to its last one, beyond the breaks that can begin among
    them.
    """
    index = problem.index
    technician = index.technicians[shift.id].id
    visits = [index.visits[stop.visit] for stop in route.stops]
    idle = 0
    for (one, visit), (other, following) in pairwise(zip(route.stops, visits, strict=True)):
        leaves = one.begins + visit.minutes_with(technician) + visit.after
        drive = index.minutes(visit.place, following.place)
        idle += other.begins - following.before - problem.traffic.arrival(leaves, drive)
    first, last = route.stops[0].begins, route.stops[-1].begins
    paused = sum(pause.minutes for pause in shift.breaks if first <= pause.latest and pause.earliest <= last)
    return max(0, idle - paused)
