"""What improves plans: the search of the kernels, or OR-Tools, which is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from solver.model import Problem
from solver.plan import Plan
from solver.run_search import Limits, searched


class Engine(Protocol):
    """What improves a lawful plan of a problem without ties."""

    def __call__(
        self, problem: Problem, begins: Plan, limits: Limits, seed: int, most_moved: int | None
    ) -> tuple[Plan, int]:
        """The better plan, in which at most `most_moved` visits leave today's shift, and the number of iterations."""


def engine_named(name: str) -> Engine:
    """The engine `search` or `ortools`; raises `ValueError` for another name."""
    if name == "search":
        return searched
    if name == "ortools":
        engine: Engine = import_module("solver.exact.routing").routed
        return engine
    raise ValueError(f"the engine is search or ortools, not {name}")
