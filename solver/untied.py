"""A problem whose ties are held: crews and visits in order as plain visits, so that everything else can be searched.

Each seat of a planned crew becomes a visit that is locked where it is. Of visits in order each keeps its technician and
the bounds of `solver.links`, inside which the others cannot break the tie. Linked visits that are not planned are left
to `solver.linked_rounds`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from solver.links import bounds_of_planned, clipped, is_linked, placed_in
from solver.model import Lock, Problem, Visit
from solver.plan import Plan, Route, Stop
from solver.validate import LATEST_MINUTE


@dataclass(frozen=True, slots=True)
class Untied:
    """The problem without ties, the plan in its words, and the visit of each seat."""

    problem: Problem
    plan: Plan
    visit_of: dict[str, str]

    def original(self, plan: Plan) -> Plan:
        """A plan of the problem without ties in the words of the whole one."""
        return Plan(
            tuple(
                Route(
                    route.shift,
                    tuple(Stop(self.visit_of.get(stop.visit, stop.visit), stop.begins) for stop in route.stops),
                )
                for route in plan.routes
            )
        )


def has_ties(problem: Problem) -> bool:
    """Whether there are crews, or visits that follow others."""
    return any(visit.crew > 1 or visit.follows for visit in problem.visits)


def untied(problem: Problem, plan: Plan) -> Untied:
    """The problem with its ties held as a lawful plan has them."""
    index, placed = problem.index, placed_in(problem, plan)
    seats: dict[str, Visit] = {}
    visit_of: dict[str, str] = {}
    routes: dict[str, list[Stop]] = {}
    for route in plan.routes:
        technician = index.technicians[route.shift].id
        for stop in route.stops:
            visit = index.visits[stop.visit]
            name = stop.visit
            if visit.id in placed:
                name = f"{visit.id}\n{technician}"  # no id of the problem's own can stand here by chance
                visit_of[name] = visit.id
                bounds = bounds_of_planned(problem, visit, placed)
                windows = clipped(clipped(visit.allowed, *bounds), 0, LATEST_MINUTE)
                lock = Lock(technician, stop.begins) if visit.crew > 1 else visit.locked
                # What another one follows stays: without it the other would have to go as well.
                followed = not placed.keys().isdisjoint(index.followers.get(visit.id, ()))
                seat = replace(visit, id=name, crew=1, follows=(), only=(technician,), windows=windows, locked=lock)
                seats[name] = replace(seat, earliest=None, required=visit.required or followed)
            routes.setdefault(route.shift, []).append(Stop(name, stop.begins))
    plain = tuple(visit for visit in problem.visits if not is_linked(problem, visit))
    today = _today(problem, seats, routes)
    untied_problem = replace(problem, visits=(*plain, *seats.values()), plan=today)
    return Untied(untied_problem, Plan(tuple(Route(shift, tuple(stops)) for shift, stops in routes.items())), visit_of)


def _today(problem: Problem, seats: dict[str, Visit], routes: dict[str, list[Stop]]) -> Plan:
    """Today's plan of the plain visits, with the seats where they are now."""
    linked = {visit.id for visit in problem.visits if is_linked(problem, visit)}
    today = {route.shift: [stop for stop in route.stops if stop.visit not in linked] for route in problem.plan.routes}
    for shift, stops in routes.items():
        today.setdefault(shift, []).extend(stop for stop in stops if stop.visit in seats)
    return Plan(tuple(Route(shift, tuple(stops)) for shift, stops in today.items()))
