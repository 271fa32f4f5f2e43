"""PyVRP: one vehicle type for each kind of shift, optional visits by prizes, skills by drives nobody would make.

It knows no breaks: shifts are shortened by theirs, and every better plan it finds is put through `with_breaks`, which
leaves out the least important visits of a day whose breaks do not fit; the best of those is its answer.
"""

import time

import numpy as np
import pyvrp
from arrays import Answer, Json, Minutes, Trace, able, drives_of, route, shifts_of, worth
from pyvrp.stop import MaxRuntime
from with_breaks import order_with_breaks


def solve(problem: Json, deadline: float, seed: int) -> Answer:
    if any(len(visit["windows"]) > 1 for visit in problem["visits"]):
        raise NotImplementedError("knows one time window a visit")
    model = _Model(problem)
    best: list[Json] = []
    trace: Trace = []

    def consider(solution: pyvrp.Solution) -> None:
        if solution.is_feasible():
            routes, cost = model.answer(solution)
            if not trace or cost < trace[-1][1]:
                trace.append((time.perf_counter(), cost))
                best[:] = routes

    class Watch(pyvrp.IteratedLocalSearchCallbacks):
        def on_best(self, solution: pyvrp.Solution) -> None:
            consider(solution)

    parameters = pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=Watch()))
    left = max(0.05, deadline - time.perf_counter())
    result = pyvrp.solve(model.data, MaxRuntime(left), seed=seed, collect_stats=False, params=parameters)
    consider(result.best)
    return best, trace


class _Model:
    """The data of PyVRP; its locations are the depots first, then the visits."""

    def __init__(self, problem: Json) -> None:
        self.problem = problem
        self.drives, self.rows = drives_of(problem)
        self.visits, shifts = problem["visits"], shifts_of(problem)
        kinds: dict[str, list[Json]] = {}
        for shift in shifts:
            kinds.setdefault(repr({**shift, "id": ""}), []).append(shift)
        self.kinds = list(kinds.values())
        depots = sorted({self.rows[shift[end]] for shift in shifts for end in ("start", "end")})
        node = {row: number for number, row in enumerate(depots)}
        place = np.array([*depots, *(self.rows[visit["place"]] for visit in self.visits)])
        minutes = self.drives[np.ix_(place, place)]
        skills = sorted({repr(sorted(shift["skills"].items())) for shift in shifts})
        of_skills = {repr(sorted(shift["skills"].items())): shift for shift in shifts}
        tables = [self._passable(minutes, len(depots), of_skills[one]) for one in skills]
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0.0, 0.0) for _ in place],
            clients=[self._client(number + len(depots), visit) for number, visit in enumerate(self.visits)],
            depots=[pyvrp.Depot(location=number) for number in range(len(depots))],
            vehicle_types=[self._vehicles(kind, node, skills) for kind in self.kinds],
            distance_matrices=tables,
            duration_matrices=tables,
        )

    def _passable(self, minutes: Minutes, depots: int, shift: Json) -> Minutes:
        """The drives, those to visits that a technician cannot do so long that none is made."""
        table = minutes.copy()
        cannot = [number + depots for number, visit in enumerate(self.visits) if not able(shift, visit)]
        table[:, cannot] = max(5000, 2 * shift["ends"])
        np.fill_diagonal(table, 0)
        return table

    def _client(self, location: int, visit: Json) -> pyvrp.Client:
        opens, closes = visit["windows"][0] if visit["windows"] else (0, np.iinfo(np.int64).max)
        return pyvrp.Client(
            location=location,
            delivery=[visit["load"]],
            service_duration=visit["minutes"],
            tw_early=opens,
            tw_late=closes,
            prize=0 if visit["required"] else worth(self.problem, visit),
            required=visit["required"],
        )

    def _vehicles(self, kind: list[Json], node: dict[int, int], skills: list[str]) -> pyvrp.VehicleType:
        shift = kind[0]
        pauses = sum(pause["minutes"] for pause in shift["breaks"])
        return pyvrp.VehicleType(
            len(kind),
            [np.iinfo(np.int64).max if shift["capacity"] is None else shift["capacity"]],
            start_depot=node[self.rows[shift["start"]]],
            end_depot=node[self.rows[shift["end"]]],
            tw_early=shift["begins"],
            tw_late=shift["ends"],
            shift_duration=shift["ends"] - shift["begins"] - pauses,
            profile=skills.index(repr(sorted(shift["skills"].items()))),
        )

    def answer(self, solution: pyvrp.Solution) -> tuple[list[Json], int]:
        """Routes whose breaks fit, and what they cost."""
        left = [list(kind) for kind in self.kinds]
        cost = sum(worth(self.problem, visit) for visit in self.visits)
        routes = []
        for one in solution.routes():
            shift = left[one.vehicle_type()].pop()
            order = [self.visits[activity.idx] for activity in one if activity.is_client()]
            if shift["breaks"]:
                order = order_with_breaks(shift, order, self.minutes)
            cost += self._cost(shift, order)
            routes.append(route(shift, [visit["id"] for visit in order]))
        return routes, cost

    def minutes(self, origin: str, destination: str) -> int:
        return int(self.drives[self.rows[origin], self.rows[destination]])

    def _cost(self, shift: Json, order: list[Json]) -> int:
        stops = [shift["start"], *(visit["place"] for visit in order), shift["end"]]
        drives = sum(map(self.minutes, stops, stops[1:])) if order else 0
        return drives - sum(worth(self.problem, visit) for visit in order)
