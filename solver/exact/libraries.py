"""OR-Tools, loaded when it is first needed: half a second that most processes never spend."""

from __future__ import annotations

import importlib
from typing import Any


def cp_sat() -> Any:
    """The module of the CP-SAT solver."""
    return importlib.import_module("ortools.sat.python.cp_model")


def routing_parts() -> tuple[Any, Any]:
    """The modules of the routing library: the models, and the names of its strategies."""
    library = importlib.import_module("ortools.constraint_solver.pywrapcp")
    return library, importlib.import_module("ortools.constraint_solver.routing_enums_pb2")


def linear_solver() -> Any:
    """The module of the linear solvers."""
    return importlib.import_module("ortools.linear_solver.pywraplp")


def solved(model: Any, seconds: float, *, seed: int = 1, probing: int = 2) -> Any | None:
    """The solver with the best solution of a CP-SAT model on one thread; None when it found none in time.

    `probing` is how hard the model is simplified ahead of the search; many small and loose parts need none.
    """
    library = cp_sat()
    solver = library.CpSolver()
    solver.parameters.cp_model_probing_level = probing
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.max_deterministic_time = seconds  # the same answer on a slower machine
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    return solver if status in (library.OPTIMAL, library.FEASIBLE) else None
