"""What a night saves: a booked calendar planned anew, with every promised window kept.

Each visit may change its technician and its place in the day, never its promise; all of them are required.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from benchmarks.answers import judged, routes_of
from benchmarks.booked_calendar import Booked
from benchmarks.checker import Figures, checked
from benchmarks.instance import Instance, Json
from solver import Estimate, Problem, optimise


@dataclass(frozen=True, slots=True)
class Night:
    """Travel before and after; `words` says what is wrong, where something is."""

    visits: int
    seconds: float
    iterations: int
    before: int
    after: int | None
    words: str = ""

    @property
    def saved(self) -> float | None:
        """The share of travel saved, in per cent."""
        return None if self.after is None else 100 * (1 - self.after / self.before)


def night(calendar: Booked, seconds: float, iterations: int | None = None) -> Night:
    """Plan a booked calendar anew."""
    visits = tuple(replace(visit, required=True) for visit in calendar.visits)
    today = calendar.calendar.plan
    problem = Problem(calendar.places, Estimate(), calendar.technicians, visits, plan=today)
    result = optimise(problem, seconds=None if iterations else seconds, iterations=iterations)
    instance = Instance("nightly", json_of(problem))
    before: Figures = checked(instance.problem, routes_of(today))
    answer = judged(instance, routes_of(result.plan), result.seconds, [])
    after = answer.figures.travel if answer.figures else None
    return Night(len(visits), result.seconds, result.iterations, before.travel, after, answer.words)


def json_of(problem: Problem) -> Json:
    """What the checker needs of a problem with the usual estimate of drives, in the engine's JSON format."""
    parts: Json = {
        name: [asdict(one) for one in getattr(problem, name)] for name in ("places", "technicians", "visits")
    }
    return {**parts, "travel": {"estimate": asdict(Estimate())}, "weights": asdict(problem.weights)}
