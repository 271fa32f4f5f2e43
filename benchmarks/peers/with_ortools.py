"""OR-Tools routing: one vehicle a shift, optional visits as disjunctions, breaks as intervals of the time dimension."""

import time
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from arrays import Answer, Json, Minutes, Trace, able, drives_of, route, shifts_of, worth
from ortools.constraint_solver import pywrapcp, routing_enums_pb2


def solve(problem: Json, deadline: float, _seed: int, first: str, improve: str, ruin: bool) -> Answer:
    shifts, visits = shifts_of(problem), problem["visits"]
    model = _Model(problem, shifts, visits)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = getattr(routing_enums_pb2.FirstSolutionStrategy, first)
    parameters.local_search_metaheuristic = getattr(routing_enums_pb2.LocalSearchMetaheuristic, improve)
    if ruin:
        _by_string_removal(parameters)
    trace: Trace = []
    routing = model.routing

    def improved() -> None:
        cost = routing.CostVar().Value()
        if not trace or cost < trace[-1][1]:
            trace.append((time.perf_counter(), cost))

    routing.AddAtSolutionCallback(improved)
    parameters.time_limit.FromTimedelta(timedelta(seconds=max(0.05, deadline - time.perf_counter())))
    search = routing.SolveWithIteratedLocalSearch if ruin else routing.SolveWithParameters
    found = search(parameters)
    return [route(shift, model.order(found, number)) for number, shift in enumerate(shifts)], trace


class _Model:
    """The routing model; nodes are the depots first, then the visits."""

    def __init__(self, problem: Json, shifts: list[Json], visits: list[Json]) -> None:
        drives, rows = drives_of(problem)
        self.visits = visits
        depots = sorted({rows[shift[end]] for shift in shifts for end in ("start", "end")})
        self.depots = len(depots)
        node = {row: number for number, row in enumerate(depots)}
        place = np.array([*depots, *(rows[visit["place"]] for visit in visits)])
        busy = np.array([0] * len(depots) + [visit["minutes"] for visit in visits])
        minutes = drives[np.ix_(place, place)]
        self.manager = pywrapcp.RoutingIndexManager(
            len(place),
            len(shifts),
            [node[rows[shift["start"]]] for shift in shifts],
            [node[rows[shift["end"]]] for shift in shifts],
        )
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.routing.SetArcCostEvaluatorOfAllVehicles(self.routing.RegisterTransitMatrix(minutes.tolist()))
        self._times(minutes + busy[:, None], shifts)
        self._loads(shifts)
        for number, visit in enumerate(visits):
            self._visit(problem, number, visit, shifts)

    def _times(self, minutes: Minutes, shifts: list[Json]) -> None:
        latest = max(shift["ends"] for shift in shifts)
        transit = self.routing.RegisterTransitMatrix(minutes.tolist())
        self.routing.AddDimension(transit, latest, latest, False, "time")
        self.time = self.routing.GetDimensionOrDie("time")
        busy = [0] * self.routing.Size()
        for number, visit in enumerate(self.visits):
            busy[self._index(number)] = visit["minutes"]
        for number, shift in enumerate(shifts):
            for end in (self.routing.Start(number), self.routing.End(number)):
                self.time.CumulVar(end).SetRange(shift["begins"], shift["ends"])
            pauses = [
                self.routing.solver().FixedDurationIntervalVar(
                    pause["earliest"], pause["latest"], pause["minutes"], False, f"break {number} {place}"
                )
                for place, pause in enumerate(shift["breaks"])
            ]
            if pauses:
                self.time.SetBreakIntervalsOfVehicle(pauses, number, busy)

    def _loads(self, shifts: list[Json]) -> None:
        if any(visit["load"] for visit in self.visits):
            loads = [0] * self.depots + [visit["load"] for visit in self.visits]
            carried = self.routing.RegisterUnaryTransitVector(loads)
            most = [sum(loads) if shift["capacity"] is None else shift["capacity"] for shift in shifts]
            self.routing.AddDimensionWithVehicleCapacity(carried, 0, most, True, "load")

    def _visit(self, problem: Json, number: int, visit: Json, shifts: list[Json]) -> None:
        index = self._index(number)
        windows = sorted(visit["windows"])
        if windows:
            begins = self.time.CumulVar(index)
            begins.SetRange(windows[0][0], windows[-1][1])
            for (_, closes), (opens, _) in pairwise(windows):
                begins.RemoveInterval(closes + 1, opens - 1)
        if visit["skills"]:
            fit = [vehicle for vehicle, shift in enumerate(shifts) if able(shift, visit)]
            self.routing.VehicleVar(index).SetValues([-1, *fit])
        if not visit["required"]:
            self.routing.AddDisjunction([index], worth(problem, visit))

    def _index(self, number: int) -> int:
        return self.manager.NodeToIndex(self.depots + number)

    def order(self, found: pywrapcp.Assignment | None, vehicle: int) -> list[str]:
        if found is None:
            return []
        order, index = [], found.Value(self.routing.NextVar(self.routing.Start(vehicle)))
        while not self.routing.IsEnd(index):
            order.append(self.visits[self.manager.IndexToNode(index) - self.depots]["id"])
            index = found.Value(self.routing.NextVar(index))
        return order


def _by_string_removal(parameters: Any) -> None:
    """Its own slack induction by string removals, with the settings of the paper."""
    parameters.use_iterated_local_search = True
    search = parameters.iterated_local_search_parameters
    strings = search.ruin_recreate_parameters.ruin_strategies.add().sisr
    strings.max_removed_sequence_size = strings.avg_num_removed_visits = 10
    strings.bypass_factor = 0.01
    search.reference_solution_acceptance_strategy.simulated_annealing.automatic_temperatures = True
