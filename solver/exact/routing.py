"""The engine `ortools`: OR-Tools' routing library on the same problem.

Every shift is a vehicle. Skills, people, territories and locks are the vehicles that may come; windows, breaks and
overtime a dimension of time; the van, the maxima and what a visit costs on a shift dimensions of their own; a visit
that may be left out a disjunction. It begins with the plan that it is given and improves it by guided local search.
It does not know the time of day nor that a break interrupts no drive, waiting and fairness are free to it, and visits
in ties come to it held in their places (`solver.untied`): its orders are scheduled afterwards, without what does not
fit.
Source: V. Furnon and L. Perron, "OR-Tools routing library", https://developers.google.com/optimization/routing;
C. Voudouris and E. Tsang, "Guided local search", European Journal of Operational Research 113(2), 1999.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from solver.cost import cost_of, worth
from solver.exact.libraries import routing_parts
from solver.exact.routing_model import SCALE, RoutingModel
from solver.model import Problem, Visit
from solver.plan import Plan, Route
from solver.run_search import Limits, Progress
from solver.schedule import schedule


def routed(
    problem: Problem, begins: Plan, limits: Limits, seed: int, most_moved: int | None = None
) -> tuple[Plan, int]:
    """A lawful plan that OR-Tools finds from a lawful one of a problem without ties, and how many it has seen.

    At most `most_moved` visits leave the shift of `problem.plan`. Where the library's best plan loses a visit that has
    to stay, the answer is `begins`. With `limits.iterations` it ends after as many solutions.
    """
    if not problem.visits or not problem.index.shifts:
        return begins, 0
    started = time.perf_counter()
    model = RoutingModel(problem, most_moved)
    watch = _Watch(model.routing, limits, started, cost_of(problem, begins).total)
    model.routing.solver().ReSeed(seed)
    found = None if watch.is_over() else _search(model, begins, limits, watch)
    if found is None:
        return begins, watch.solutions
    prefer = {stop.visit: stop.begins for route in problem.plan.routes for stop in route.stops}
    orders = model.orders(found)
    plan = Plan(tuple(_scheduled(problem, shift, order, prefer) for shift, order in orders.items() if order))
    return (plan if _keeps_what_must_stay(problem, begins, plan) else begins), watch.solutions


def _search(model: RoutingModel, begins: Plan, limits: Limits, watch: _Watch) -> Any | None:
    library, enums = routing_parts()
    parameters = library.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = enums.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    if limits.iterations is not None:
        parameters.solution_limit = limits.iterations
    if limits.seconds is not None:
        left = limits.seconds - (time.perf_counter() - watch.started)
        parameters.time_limit.FromTimedelta(timedelta(seconds=max(0.001, left)))
    routing = model.routing
    limit = routing.solver().CustomLimit(watch.is_over)
    routing.AddSearchMonitor(limit)
    routing.AddAtSolutionCallback(watch.improved)
    routing.CloseModelWithParameters(parameters)
    planned = any(route.stops for route in begins.routes)
    start = routing.ReadAssignmentFromRoutes(model.rows(begins), True) if planned else None
    if start is None:
        return routing.SolveWithParameters(parameters)
    return routing.SolveFromAssignmentWithParameters(start, parameters)


class _Watch:
    """Sees every solution, reports the best, and ends the search when it is cancelled."""

    def __init__(self, routing: Any, limits: Limits, started: float, cost: float) -> None:
        self.routing, self.limits, self.started, self.best = routing, limits, started, cost
        self.solutions = 0

    def improved(self) -> None:
        """After every solution."""
        self.solutions += 1
        self.best = min(self.best, self.routing.CostVar().Value() / SCALE)
        if self.limits.progress is not None:
            spent = time.perf_counter() - self.started
            of_all = self.solutions / self.limits.iterations if self.limits.iterations else 0.0
            share = spent / self.limits.seconds if self.limits.seconds else of_all
            self.limits.progress(Progress(spent, self.solutions, self.best, min(1.0, share)))

    def is_over(self) -> bool:
        """Between any two steps."""
        return self.limits.cancelled is not None and self.limits.cancelled()


def _scheduled(problem: Problem, shift: str, order: list[str], prefer: dict[str, int]) -> Route:
    """The order with its times; what is worth least goes until the rest fits."""
    while order:
        route = schedule(problem, shift, order, prefer)
        if route is not None:
            return route
        order = _without_the_least(problem, shift, order)
    return Route(shift)


def _without_the_least(problem: Problem, shift: str, order: list[str]) -> list[str]:
    """The order without one visit: of those whose absence lets the rest fit, or else of all, the cheapest to lose."""

    def loss(name: str) -> tuple[bool, bool, float]:
        visit: Visit = problem.index.visits[name]
        rest = schedule(problem, shift, [other for other in order if other != name])
        return visit.locked is not None, rest is None, worth(problem, visit)

    least = min(order, key=loss)
    return [name for name in order if name != least]


def _keeps_what_must_stay(problem: Problem, begins: Plan, plan: Plan) -> bool:
    """Whether no visit is lost that is required, or locked and planned today."""
    before, after = ({stop.visit for route in one.routes for stop in route.stops} for one in (begins, plan))
    lost = (problem.index.visits[name] for name in before - after)
    return not any(visit.required or (visit.locked is not None and visit.id in problem.index.planned) for visit in lost)
