"""What a plan costs, by part."""

from __future__ import annotations

from itertools import pairwise

from solver.model import Problem, Shift, Visit
from solver.plan import CostParts, Plan, Route

REQUIRED = 1000
"""A required visit that is left out counts as this many others."""


def worth(problem: Problem, visit: Visit) -> float:
    """What it costs to leave a visit out."""
    return problem.weights.unserved * visit.priority * (REQUIRED if visit.required else 1)


def cost_of(problem: Problem, plan: Plan) -> CostParts:
    """The weighted parts of the cost of a plan that keeps the law."""
    index, weights = problem.index, problem.weights
    minutes, km, waiting, moved = 0, 0.0, 0, 0
    for route in plan.routes:
        if not route.stops:
            continue
        shift = index.shifts[route.shift]
        places = [shift.start, *(index.visits[stop.visit].place for stop in route.stops), shift.end]
        minutes += sum(index.minutes(one, other) for one, other in pairwise(places))
        km += sum(index.km(one, other) for one, other in pairwise(places))
        waiting += waiting_minutes(problem, shift, route)
        moved += sum(index.planned.get(stop.visit, route.shift) != route.shift for stop in route.stops)
    served = {stop.visit for route in plan.routes for stop in route.stops}
    return CostParts(
        unserved=sum(worth(problem, visit) for visit in problem.visits if visit.id not in served),
        travel=weights.travel_minute * minutes,
        km=weights.km * km,
        waiting=weights.waiting * waiting,
        disturbance=weights.disturbance * moved,
    )


def waiting_minutes(problem: Problem, shift: Shift, route: Route) -> int:
    """Idle minutes from the first stop of a route to its last one, beyond the breaks that can begin among
    them.
    """
    index = problem.index
    visits = [index.visits[stop.visit] for stop in route.stops]
    idle = 0
    for (one, visit), (other, following) in pairwise(zip(route.stops, visits, strict=True)):
        gap = other.begins - following.before - (one.begins + visit.minutes + visit.after)
        idle += gap - index.minutes(visit.place, following.place)
    first, last = route.stops[0].begins, route.stops[-1].begins
    paused = sum(pause.minutes for pause in shift.breaks if first <= pause.latest and pause.earliest <= last)
    return max(0, idle - paused)
