"""Regret: how much dearer a booking makes the visits that are likely to be asked for next.

The cheapest place may be the one that many others will need. Likely visits are a sample, drawn by the caller from
past ones; a table holds the least cost of each of them on every technician-day. A booking changes one of these, so
one new line of the table says what it does to all of them. To weigh a decision by sampled futures is the idea of
R. Bent and P. Van Hentenryck, "Scenario-Based Planning for Partially Dynamic Vehicle Routing with Stochastic
Customers", Operations Research 52(6), 2004; cheapest insertion stands in for planning each of them anew.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from solver.day import Day, disjoint, work_of
from solver.kernels import regret as kernels
from solver.kernels.arrays import Floats, Ints
from solver.kernels.compiling import compiled
from solver.model import Visit
from solver.plan import Candidate
from solver.reasons import why_unfit
from solver.regret_numpy import cheapest_in_day as cheapest_with_numpy
from solver.slots import Calendar

Table = NDArray[np.float64]

WEIGHT = 40.0
"""How many likely visits compete for what a booking takes; 20 to 80 are about equally good (benchmarks/stream.py)."""


class Regret:
    """The least costs of likely visits in a calendar, kept ready for the next question.

    `likely` are visits at places that the calendar knows, each as likely as the others; `lost` is what one of them
    costs that fits nowhere for less. Costs are those of driving, in the unit of `Cost.total`; what a van carries and
    the maxima of a shift are not looked at. Call `follow` after each change of the calendar. Not for several threads
    at once.
    """

    def __init__(self, calendar: Calendar, likely: Sequence[Visit], lost: float = 60.0) -> None:
        problem = calendar.problem
        self._calendar, self._lost, self._weights = calendar, lost, problem.weights
        self._rows = {name: row for row, name in enumerate(problem.index.shifts)}
        self._owner = {name: technician.id for name, technician in problem.index.technicians.items()}
        self._work = {
            technician.id: np.array([work_of(visit, technician.id) for visit in likely], np.int64).reshape(-1, 3)
            for technician in problem.technicians
        }
        merged = [disjoint(visit.allowed) for visit in likely]
        self._windows = np.array([window for one in merged for window in one], np.int64).reshape(-1, 2)
        self._first = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(one) for one in merged], dtype=np.int64)])
        self._may = _may(calendar, likely)
        self._at = np.array([calendar.place(visit.place)[0] for visit in likely], np.int64)
        most = max((len(shift.breaks) for shift in problem.index.shifts.values()), default=0)
        self._starts = np.empty((2, 1 << most), np.int64)
        self._there, self._onwards = np.zeros((2, len(likely), 0), np.int32)
        self._there_cost, self._onwards_cost = np.zeros((2, len(likely), 0))
        self.least = np.full((len(self._rows), len(likely)), lost)
        self._is_settled = False
        for shift in self._rows:
            self.follow(shift)

    def follow(self, shift: str) -> None:
        """Take note that a technician-day has changed."""
        self._fill(shift, self._calendar.day(shift), self.least[self._rows[shift]])
        self._is_settled = False

    def of(self, visit: Visit, shift: str, position: int) -> float:
        """How much dearer a likely visit gets, on average, when this one is served ahead of stop number `position`.

        Less than nothing when it makes others cheaper, as the first visit to a neighbourhood does.
        """
        self._settle()
        after = np.empty(self.least.shape[1])
        self._fill(shift, self._calendar.day(shift, position, visit), after)
        elsewhere = np.where(self._best_row == self._rows[shift], self._second, self._best)
        return float((np.minimum(elsewhere, after) - self._best).sum()) / max(1, len(after))

    def rank(
        self, visit: Visit, candidates: Sequence[Candidate], top: int = 12, weight: float = WEIGHT
    ) -> list[tuple[Candidate, float]]:
        """The `top` cheapest candidates of a visit with their regrets, the least cost + weight × regret first."""
        cheapest = sorted(candidates, key=lambda one: one.cost.total)[:top]
        weighed = [(one, self.of(visit, one.shift, one.position)) for one in cheapest]
        return sorted(weighed, key=lambda pair: pair[0].cost.total + weight * pair[1])

    def _settle(self) -> None:
        """Know the two best days of each likely visit."""
        if not self._is_settled:
            self._best_row = self.least.argmin(axis=0)
            two = np.partition(np.vstack([self.least, np.full((1, self.least.shape[1]), self._lost)]), 1, axis=0)
            self._best, self._second = two[0], two[1]
            self._is_settled = True

    def _fill(self, shift: str, day: Day, found: Table) -> None:
        self._reach(max(day.places))
        fill = kernels.cheapest_in_day if compiled() else cheapest_with_numpy
        fill(
            np.array((day.begins, day.ends)), np.array(day.places), self._direct(day), *day.tables(), day.breaks,
            day.clock, self._there, self._onwards, self._there_cost, self._onwards_cost, self._may[self._rows[shift]],
            self._work[self._owner[shift]], self._windows, self._first, self._lost, self._starts, found,
        )  # fmt: skip

    def _direct(self, day: Day) -> Floats:
        """What the drive of each gap costs; an empty day has none."""
        if not len(day.work):
            return np.zeros(1)
        direct = self._weights.travel_minute * day.legs
        if self._weights.km:
            places = np.array(day.places)
            direct = direct + self._weights.km * self._calendar.roads.km_between(places[:-1], places[1:])
        return direct

    def _reach(self, place: int) -> None:
        """Know the drives between the likely visits and every place of the calendar, up to this one at least."""
        known = self._there.shape[1]
        if place < known:
            return
        roads = self._calendar.roads
        count = len(roads.minutes_around(0)[0])
        new = np.arange(known, count)
        around = [roads.minutes_around(one) for one in new.tolist()]
        there = np.array([onwards[self._at] for _, onwards in around], np.int32).T
        onwards = np.array([to[self._at] for to, _ in around], np.int32).T
        km_there, km_onwards = self._km(new)
        minute = self._weights.travel_minute
        self._there = np.ascontiguousarray(np.hstack([self._there, there]))
        self._onwards = np.ascontiguousarray(np.hstack([self._onwards, onwards]))
        self._there_cost = np.ascontiguousarray(np.hstack([self._there_cost, minute * there + km_there]))
        self._onwards_cost = np.ascontiguousarray(np.hstack([self._onwards_cost, minute * onwards + km_onwards]))

    def _km(self, places: Ints) -> tuple[Floats, Floats]:
        """The weighted kilometres from some places to the likely visits, and back."""
        shape = len(self._at), len(places)
        if not self._weights.km:
            return np.zeros(shape), np.zeros(shape)
        here, others = (one.ravel() for one in np.meshgrid(self._at, places, indexing="ij"))
        there, onwards = self._calendar.roads.km_between(np.r_[others, here], np.r_[here, others]).reshape(2, *shape)
        return self._weights.km * there, self._weights.km * onwards


def _may(calendar: Calendar, likely: Sequence[Visit]) -> NDArray[np.bool_]:
    """Which likely visits each shift may serve, times apart: a line for each shift."""
    problem = calendar.problem
    lines = []
    for technician in problem.technicians:
        for shift in technician.shifts[:1]:
            fit = [why_unfit(problem, shift, visit, calendar.place(visit.place)[1]) is None for visit in likely]
            lines += [fit] * len(technician.shifts)
    return np.array(lines, np.bool_).reshape(len(lines), len(likely))
