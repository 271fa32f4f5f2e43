"""Every technician-day as one row of arrays, for passes over all of them at once.

Every technician-day is a row of gaps with cached earliest departures and latest arrivals, one for each subset
of the day's breaks. A visit fits into a gap, with the whole day kept, if and only if a test on these few
times passes, and the test gives the exact starts.
"""

from __future__ import annotations

import numpy as np

from solver.day import Day, breaks_of
from solver.kernels.arrays import NEVER, Ints
from solver.model import Problem


class Rows:
    """What each shift is, and the tables of what it serves now; one row for each shift, in the order of the problem."""

    def __init__(self, problem: Problem, gaps: int) -> None:
        self.shifts = [shift for technician in problem.technicians for shift in technician.shifts]
        self.number = {shift.id: row for row, shift in enumerate(self.shifts)}
        self.technicians = problem.technicians
        self.technician_number = {technician.id: number for number, technician in enumerate(problem.technicians)}
        owners = [number for number, technician in enumerate(problem.technicians) for _ in technician.shifts]
        self.owner = np.array(owners, np.int64)
        self._technician_of = [self.technicians[owner].id for owner in owners]
        self._skills()
        self._limits()
        self._tables(gaps)

    def _skills(self) -> None:
        names = sorted({name for technician in self.technicians for name in technician.skills})
        self.skill_column = {name: column for column, name in enumerate(names)}
        levels = [[technician.skills.get(name, 0) for name in names] for technician in self.technicians]
        self.levels = np.array(levels, np.int64).reshape(len(levels), len(names))[self.owner]

    def _limits(self) -> None:
        spans = [(shift.begins, shift.ends + shift.overtime) for shift in self.shifts]
        self.bounds = np.array(spans, np.int64).reshape(-1, 2)
        self.of_day = np.array([shift.day for shift in self.shifts], np.int64)
        self.capacity = np.array([or_never(shift.capacity) for shift in self.shifts], np.int64)
        self.most_stops = np.array([or_never(one.most_visits) for one in self.technicians], np.int64)[self.owner]
        driving = np.array([or_never(one.most_travel_minutes) for one in self.technicians], np.int64)
        self.most_driving = driving[self.owner]
        self.stops_are_limited = bool((self.most_stops < NEVER).any())
        self.driving_is_limited = bool((self.most_driving < NEVER).any())
        areas = [(number, one.territory) for number, one in enumerate(self.technicians) if one.territory is not None]
        self.fences = [(number, area) for number, area in areas if area.price is None]
        self.territory_has_a_price = any(area.price for _, area in areas)

    def _tables(self, gaps: int) -> None:
        rows = len(self.shifts)
        breaks = [breaks_of(shift.breaks) for shift in self.shifts]
        self.break_count = np.array([len(one) for one in breaks], np.int64)
        most = int(self.break_count.max(initial=0))
        self.breaks = np.zeros((rows, most, 3), np.int64)
        self.breaks[:, :, 0] = 1
        for row, one in enumerate(breaks):
            self.breaks[row, : len(one)] = one
        states = 1 << most
        self.at = np.zeros((rows, gaps + 1), np.int32)
        self.leaves = np.full((rows, gaps, states), NEVER, np.int32)
        self.arrives = np.full((rows, gaps, states), -NEVER, np.int32)
        self.direct = np.zeros((rows, gaps), np.int32)
        self.left = self.capacity.copy()
        self.driven = np.zeros(rows, np.int64)
        self.worked = np.zeros(rows, np.int64)
        self.stop_count = np.zeros(rows, np.int64)

    def technician(self, row: int) -> str:
        """The id of the technician whose shift a row is."""
        return self._technician_of[row]

    def fill(self, row: int, day: Day, load: int) -> None:
        """Take over what a shift serves now, and what that loads into the van."""
        count = len(day.legs)
        if count > self.leaves.shape[1]:
            self._widen(count + 4)
        states = 1 << len(day.breaks)
        self.leaves[row], self.arrives[row] = NEVER, -NEVER
        self.leaves[row, :count, :states], self.arrives[row, :count, :states] = day.tables()
        self.at[row, : count + 1] = day.places
        self.direct[row, :count] = day.legs if count > 1 else 0
        self.stop_count[row] = count - 1
        self.left[row] = self.capacity[row] - load
        self.driven[row] = day.legs.sum() if count > 1 else 0
        self.worked[row] = day.work.sum()

    def _widen(self, count: int) -> None:
        more = ((0, 0), (0, count - self.leaves.shape[1]))
        self.leaves = np.pad(self.leaves, (*more, (0, 0)), constant_values=NEVER)
        self.arrives = np.pad(self.arrives, (*more, (0, 0)), constant_values=-NEVER)
        self.at, self.direct = np.pad(self.at, more), np.pad(self.direct, more)

    def around(self, row: int) -> tuple[Ints, Ints]:
        """The positions of the places ahead of and behind each gap of a row."""
        places = self.at[row, : self.stop_count[row] + 2]
        return places[:-1], places[1:]


def or_never(most: int | None) -> int:
    """A maximum as the tables hold it, where None is no limit."""
    return NEVER if most is None else most
