"""Who is measured, and what they answer: this engine in this process, each peer in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.checker import Figures, WrongAnswer, checked
from benchmarks.instance import Instance, Json
from benchmarks.peers_process import PeerFailed, asked, peer_versions
from solver import Plan, Progress, optimise
from solver.json_format import problem_from_json

NOT_INSTALLED = "not installed (make peers)"
Trace = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Solver:
    """A column of the tables: its name in them, the peer that answers (None is this engine) and its settings."""

    name: str
    peer: str | None = None
    settings: Mapping[str, object] = field(default_factory=dict, hash=False)


def _ortools(name: str, first: str, improve: str, *, ruin: bool = False) -> Solver:
    return Solver(f"OR-Tools {name}", "ortools", {"first": first, "improve": improve, "ruin": ruin})


OURS = Solver("fieldsvc")
VROOM = Solver("VROOM x5", "vroom", {"level": 5})
PYVRP = Solver("PyVRP", "pyvrp")
ORTOOLS_LOCAL_SEARCH = _ortools("guided local search", "PARALLEL_CHEAPEST_INSERTION", "GUIDED_LOCAL_SEARCH")
ORTOOLS_AUTOMATIC = _ortools("automatic", "AUTOMATIC", "AUTOMATIC")
ORTOOLS_STRINGS = _ortools("string removals", "PARALLEL_CHEAPEST_INSERTION", "GREEDY_DESCENT", ruin=True)
ORTOOLS = (ORTOOLS_LOCAL_SEARCH, ORTOOLS_AUTOMATIC, ORTOOLS_STRINGS)
"""The configurations of OR-Tools' routing library; the tables compare with the best of them, instance by instance."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solver answered and what the checker made of it; `words` says why there are no figures."""

    figures: Figures | None
    words: str = ""
    seconds: float = 0.0
    trace: Trace = field(default_factory=list)
    iterations: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """What ends a run: `seconds`, or for this engine `iterations` where they are given."""

    seconds: float
    iterations: int | None = None
    seed: int = 1


def answer_of(solver: Solver, instance: Instance, limit: Limit) -> Answer:
    """One run of one solver on one instance."""
    return _ours(instance, limit) if solver.peer is None else _peers(solver, instance, limit)


def _ours(instance: Instance, limit: Limit) -> Answer:
    problem = problem_from_json(instance.problem)
    trace: Trace = []

    def see(now: Progress) -> None:
        if not trace or now.cost < trace[-1][1]:
            trace.append((now.seconds, now.cost))

    seconds = limit.seconds if limit.iterations is None else None
    result = optimise(problem, seconds=seconds, iterations=limit.iterations, seed=limit.seed, progress=see)
    return judged(instance, routes_of(result.plan), result.seconds, trace, result.iterations)


def routes_of(plan: Plan) -> list[Json]:
    """A plan of this engine as the checker reads it, with its times."""
    return [
        {
            "shift": route.shift,
            "visits": [stop.visit for stop in route.stops],
            "begins": [stop.begins for stop in route.stops],
        }
        for route in plan.routes
    ]


def _peers(solver: Solver, instance: Instance, limit: Limit) -> Answer:
    if solver.peer not in peer_versions():
        return Answer(None, NOT_INSTALLED)
    request = {
        "peer": solver.peer,
        "settings": dict(solver.settings),
        "seconds": limit.seconds,
        "seed": limit.seed,
        "problem": instance.problem,
    }
    try:
        reply = asked(request, 60 + 3 * limit.seconds)
    except PeerFailed as error:
        return Answer(None, f"failed: {error}")
    if "refused" in reply:
        return Answer(None, str(reply["refused"]))
    return judged(instance, reply["routes"], reply["seconds"], [(when, cost) for when, cost in reply["trace"]])


def judged(
    instance: Instance,
    routes: Sequence[Mapping[str, Any]],
    seconds: float,
    trace: Trace,
    iterations: int | None = None,
) -> Answer:
    """An answer as the independent checker sees it: a wrong one has no figures."""
    try:
        figures = checked(instance.problem, routes)
    except WrongAnswer as error:
        return Answer(None, f"wrong: {error}", seconds, iterations=iterations)
    return Answer(figures, "", seconds, trace, iterations)
