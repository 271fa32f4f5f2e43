"""A problem in the terms of OR-Tools' routing library: nodes, vehicles, dimensions and disjunctions.

Nodes are the places where shifts begin and end, then the visits. Money is whole hundredths.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.cost import cost_there, worth
from solver.day import disjoint
from solver.exact.libraries import routing_parts
from solver.model import Problem, Shift, Visit
from solver.plan import Plan
from solver.reasons import why_unfit

SCALE = 100
MOST = 1 << 40
"""More than any day costs, far from the end of 64 bits."""


class RoutingModel:
    """The library's model of a problem; at most `most_moved` visits leave the shift of today's plan."""

    def __init__(self, problem: Problem, most_moved: int | None = None) -> None:
        library, _ = routing_parts()
        self.problem, self.visits = problem, problem.visits
        self.shifts = list(problem.index.shifts.values())
        self._rows = {visit.id: row for row, visit in enumerate(self.visits)}
        homes = sorted({place for shift in self.shifts for place in (shift.start, shift.end)})
        self._homes = len(homes)
        node = {place: number for number, place in enumerate(homes)}
        self._places = np.array([problem.index.places[one] for one in [*homes, *(one.place for one in self.visits)]])
        self.manager = library.RoutingIndexManager(
            len(self._places),
            len(self.shifts),
            [node[shift.start] for shift in self.shifts],
            [node[shift.end] for shift in self.shifts],
        )
        self.routing = library.RoutingModel(self.manager)
        self._indices = [self._index(number) for number in range(len(self.visits))]
        self._minutes = problem.index.roads.minutes_table(self._places).astype(np.int64)
        self._travel_costs()
        self._times()
        self._loads_and_maxima()
        self._costs_of_vehicles()
        for number, visit in enumerate(self.visits):
            self._who_and_when(self._index(number), visit)
        if most_moved is not None:
            self._keep_all_but(most_moved)

    def rows(self, plan: Plan) -> list[list[int]]:
        """The orders of a plan as the library reads them."""
        orders = {route.shift: [self._index(self._rows[stop.visit]) for stop in route.stops] for route in plan.routes}
        return [orders.get(shift.id, []) for shift in self.shifts]

    def orders(self, found: Any) -> dict[str, list[str]]:
        """The visits of each shift in a solution."""
        return {shift.id: self._order(found, vehicle) for vehicle, shift in enumerate(self.shifts)}

    def _order(self, found: Any, vehicle: int) -> list[str]:
        order, index = [], found.Value(self.routing.NextVar(self.routing.Start(vehicle)))
        while not self.routing.IsEnd(index):
            order.append(self.visits[self.manager.IndexToNode(index) - self._homes].id)
            index = found.Value(self.routing.NextVar(index))
        return order

    def _index(self, number: int) -> int:
        return int(self.manager.NodeToIndex(self._homes + number))

    def _travel_costs(self) -> None:
        weights = self.problem.weights
        costs = weights.travel_minute * self._minutes
        if weights.km:
            costs = costs + weights.km * self.problem.index.roads.km_table(self._places)
        arcs = np.rint(SCALE * costs).astype(np.int64)
        self.routing.SetArcCostEvaluatorOfAllVehicles(self.routing.RegisterTransitMatrix(arcs.tolist()))

    def _times(self) -> None:
        """When each technician comes to a place: ahead of the minutes before the work."""
        latest = max(shift.ends + shift.overtime for shift in self.shifts)
        kinds: dict[tuple[int, ...], int] = {}
        transits = []
        for shift in self.shifts:
            busy = tuple(self._busy(shift))
            if busy not in kinds:
                kinds[busy] = self._registered(self._minutes + np.array(busy, np.int64)[:, None])
            transits.append(kinds[busy])
        self.routing.AddDimensionWithVehicleTransits(transits, latest, latest, False, "time")
        self.time = self.routing.GetDimensionOrDie("time")
        for vehicle, shift in enumerate(self.shifts):
            first, last = self.routing.Start(vehicle), self.routing.End(vehicle)
            self.time.CumulVar(first).SetRange(shift.begins, shift.ends + shift.overtime)
            self.time.CumulVar(last).SetRange(shift.begins, shift.ends + shift.overtime)
            if shift.overtime:
                price = round(SCALE * self.problem.weights.overtime)
                self.time.SetCumulVarSoftUpperBound(last, shift.ends, price)
            if shift.breaks:
                self._breaks(vehicle, shift)

    def _breaks(self, vehicle: int, shift: Shift) -> None:
        make = self.routing.solver().FixedDurationIntervalVar
        pauses = [
            make(pause.earliest, pause.latest, pause.minutes, False, f"break {number} of {shift.id}")
            for number, pause in enumerate(shift.breaks)
        ]
        busy = [0] * self.routing.Size()
        for index, minutes in zip(self._indices, self._busy(shift)[self._homes :], strict=True):
            busy[index] = minutes
        self.time.SetBreakIntervalsOfVehicle(pauses, vehicle, busy)

    def _busy(self, shift: Shift) -> list[int]:
        """The minutes at each node, buffers included."""
        technician = self.problem.index.technicians[shift.id].id
        work = [visit.before + visit.minutes_with(technician) + visit.after for visit in self.visits]
        return [0] * self._homes + work

    def _registered(self, table: NDArray[np.int64]) -> int:
        return int(self.routing.RegisterTransitMatrix(table.tolist()))

    def _loads_and_maxima(self) -> None:
        owners = [self.problem.index.technicians[shift.id] for shift in self.shifts]
        nothing = [0] * self._homes
        loads = [*nothing, *(visit.load for visit in self.visits)]
        counts = [*nothing, *(1 for _ in self.visits)]
        unary = self.routing.RegisterUnaryTransitVector
        self._limited("load", [shift.capacity for shift in self.shifts], lambda: unary(loads))
        self._limited("visits", [owner.most_visits for owner in owners], lambda: unary(counts))
        self._limited(
            "travel", [owner.most_travel_minutes for owner in owners], lambda: self._registered(self._minutes)
        )

    def _limited(self, name: str, limits: Sequence[int | None], register: Any) -> None:
        """A sum along the route that may not pass a limit of its vehicle; none is needed when nobody has one."""
        if any(limit is not None for limit in limits):
            most = [MOST if limit is None else limit for limit in limits]
            self.routing.AddDimensionWithVehicleCapacity(register(), 0, most, True, name)

    def _costs_of_vehicles(self) -> None:
        """Preference, lateness, territory and disturbance: what a visit costs on one shift and not on another."""
        index, weights = self.problem.index, self.problem.weights
        owners = index.technicians
        priced = {one for one, owner in owners.items() if owner.territory is not None and owner.territory.price}
        table = np.zeros((len(self.shifts), len(self.visits)))
        for row, shift in enumerate(self.shifts):
            for column, visit in enumerate(self.visits):
                moved = shift.id not in index.planned.get(visit.id, (shift.id,))
                table[row, column] = weights.disturbance * moved
                if visit.preferred or visit.due is not None or shift.id in priced:
                    table[row, column] += cost_there(self.problem, shift, visit, index.place(visit.place)).sum()
        whole = np.rint(SCALE * table).astype(np.int64)
        if whole.any():
            unary = self.routing.RegisterUnaryTransitVector
            transits = [unary([0] * self._homes + row) for row in whole.tolist()]
            self.routing.AddDimensionWithVehicleTransits(transits, 0, MOST, True, "costs")
            self.routing.GetDimensionOrDie("costs").SetSpanCostCoefficientForAllVehicles(1)

    def _who_and_when(self, index: int, visit: Visit) -> None:
        place = self.problem.index.place(visit.place)
        fit = [row for row, shift in enumerate(self.shifts) if why_unfit(self.problem, shift, visit, place) is None]
        # `SetAllowedVehiclesForIndex` refuses lists in the Python of 9.15.
        self.routing.VehicleVar(index).SetValues([-1, *fit])
        comes = self.time.CumulVar(index)
        windows = disjoint(visit.allowed)
        if windows:
            comes.SetRange(max(0, windows[0][0] - visit.before), max(0, windows[-1][1] - visit.before))
            for (_, closes), (opens, _) in pairwise(windows):
                comes.RemoveInterval(closes + 1 - visit.before, opens - 1 - visit.before)
        self.routing.AddDisjunction([index], min(MOST, round(SCALE * self._penalty(visit))))

    def _penalty(self, visit: Visit) -> float:
        """What leaving a visit out costs; those that have to stay are dearer than anything."""
        if visit.required or (visit.locked is not None and visit.id in self.problem.index.planned):
            return MOST / SCALE
        return worth(self.problem, visit)

    def _keep_all_but(self, most_moved: int) -> None:
        vehicle = {shift.id: row for row, shift in enumerate(self.shifts)}
        stays = [
            self.routing.solver().IsDifferentCstVar(self.routing.VehicleVar(self._index(row)), vehicle[home[0]])
            for row, visit in enumerate(self.visits)
            if (home := self.problem.index.planned.get(visit.id))
        ]
        if stays:
            solver = self.routing.solver()
            solver.Add(solver.Sum(stays) <= most_moved)
