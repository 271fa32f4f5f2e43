"""What was to be reached, and what was."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean, median

from benchmarks.answers import OURS
from benchmarks.measure import Row
from benchmarks.tables import Goal


@dataclass(frozen=True, slots=True)
class Reached:
    """A goal and what was measured; no value where there is nobody to compare with, or an answer of ours is wrong."""

    table: str
    goal: Goal
    value: float | None
    of: int

    @property
    def words(self) -> str:
        """Whether the goal is reached."""
        if self.value is None:
            return "not measured"
        return "reached" if self.value <= self.goal.at_most else "**not reached**"


def reached(table: str, goal: Goal, rows: list[Row]) -> Reached:
    """What the rows of a table say about one of its goals."""
    rows = [row for row in rows if row.seconds == goal.seconds]
    ours = {row.instance: row for row in rows if row.solver == OURS.name}
    if not ours or any(row.words for row in ours.values()):
        return Reached(table, goal, None, 0)
    if not goal.against:
        return Reached(table, goal, mean(row.gap or 0.0 for row in ours.values()), len(ours))
    names = {solver.name for solver in goal.against}
    best: dict[str, float] = {}
    for row in rows:
        figure = getattr(row, goal.figure)
        if row.solver in names and figure:
            best[row.instance] = min(figure, best.get(row.instance, figure))
    ratios = [getattr(row, goal.figure) / best[name] for name, row in ours.items() if name in best]
    return Reached(table, goal, median(ratios) if ratios else None, len(ratios))
