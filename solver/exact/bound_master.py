"""The master problem of the bound: which of the routes known so far, in which shares, cost least (GLOP)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from solver.exact.bound_roads import ShiftVisits
from solver.exact.libraries import linear_solver
from solver.kernels.arrays import Floats
from solver.model import Problem
from solver.plan import Plan


class Master:
    """Every visit is served by its crew or paid for at its worth, every shift drives one route at most."""

    def __init__(self, worths: Floats, crews: Floats, shifts: Sequence[ShiftVisits]) -> None:
        self.shifts = shifts
        self.solver = linear_solver().Solver.CreateSolver("GLOP")
        self.money = self.solver.Objective()
        self.money.SetMinimization()
        endless = self.solver.infinity()
        self.served = [self.solver.Constraint(crew, endless) for crew in crews.tolist()]
        for row, worth, crew in zip(self.served, worths.tolist(), crews.tolist(), strict=True):
            left_out = self.solver.NumVar(0, endless, "")
            row.SetCoefficient(left_out, crew)
            self.money.SetCoefficient(left_out, worth)
        self.driven = [self.solver.Constraint(-endless, 1) for _ in shifts]
        self.known: set[tuple[int, ...]] = set()

    def add_plan(self, problem: Problem, plan: Plan) -> None:
        """The routes of a plan, as a beginning."""
        number = {shift.shift: row for row, shift in enumerate(self.shifts)}
        row_of = {visit.id: row for row, visit in enumerate(problem.visits)}
        for route in plan.routes:
            if route.stops and route.shift in number:
                shift = self.shifts[number[route.shift]]
                place = {row: position for position, row in enumerate(shift.visits.tolist())}
                order = [place.get(row_of[stop.visit]) for stop in route.stops]
                if None not in order:
                    self.add(number[route.shift], [position for position in order if position is not None])

    def add(self, number: int, order: Sequence[int]) -> None:
        """A route of a shift through its visits at these positions; one that is known already is not added again."""
        key = (number, *order)
        if key in self.known:
            return
        self.known.add(key)
        shift = self.shifts[number]
        share = self.solver.NumVar(0, self.solver.infinity(), "")
        self.money.SetCoefficient(share, _cost(shift, order))
        self.driven[number].SetCoefficient(share, 1)
        for position, times in Counter(order).items():
            self.served[shift.visits[position]].SetCoefficient(share, times)

    def solved(self) -> tuple[float, Floats]:
        """The least cost with the routes known so far, and what each visit is worth then."""
        self.solver.Solve()
        return self.money.Value(), np.array([max(0.0, row.dual_value()) for row in self.served])


def _cost(shift: ShiftVisits, order: Sequence[int]) -> float:
    """What a route costs, at its earliest times."""
    roads = shift.roads
    cost = float(roads.cost_to[order[0]] + roads.cost_back[order[-1]] + shift.stop_costs[list(order)].sum())
    minute = _left(shift, order[0], roads.minutes_to[order[0]])
    for one, other in pairwise(order):
        cost += float(roads.cost_between[one, other])
        minute = _left(shift, other, minute + roads.minutes_between[one, other])
    late = minute + int(roads.minutes_back[order[-1]]) - roads.regular
    return cost + roads.overtime * max(0, late)


def _left(shift: ShiftVisits, position: int, arrives: int) -> int:
    """When a visit is left that is reached at a minute."""
    ready = min(int(arrives + shift.roads.before[position]), shift.roads.last)
    return int(shift.roads.next_start[position, ready] + shift.roads.busy[position])
