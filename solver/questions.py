"""One visit that is asked about, the days on which it may be, and every interval of starts in their gaps.

After `warm` the pass over the gaps is compiled; before, NumPy makes it with the same result.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.day import Windows
from solver.days import Days
from solver.gaps_numpy import find_gaps as find_gaps_with_numpy
from solver.kernels import gaps
from solver.kernels.arrays import NEVER, Ints
from solver.kernels.compiling import compiled
from solver.links import technicians_for
from solver.model import Visit
from solver.rows import Rows

ANY_TIME = ((-NEVER, NEVER),)

Lines = NDArray[np.int64]
"""Intervals of starts: (row, gap, window, earliest, latest, extra minutes, minutes waiting at the door)."""


@dataclass(frozen=True, slots=True)
class Question:
    """A visit that is not planned, and what it meets: `windows` are None when its partners leave it no time."""

    visit: Visit
    seats: int
    """How many of its crew are not planned."""
    place: int
    windows: Windows | None
    there: Ints
    """Minutes from every place to the visit."""
    onwards: Ints
    """Minutes from the visit to every place."""

    @classmethod
    def of(cls, days: Days, visit: Visit) -> Question:
        """The question about a visit; raises `ProblemError` when that makes no sense or is planned."""
        days.check_new(visit)
        place = days.place(visit.place)[0]
        return cls(
            visit, days.seats_left(visit), place, days.ties.allowed_now(visit), *days.roads.minutes_around(place)
        )


def fit_rows(days: Days, visit: Visit, asked: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows on which a visit may be, times apart."""
    held, rows = days.rows, asked
    for skill, level in visit.skills.items():
        column = held.skill_column.get(skill)
        if column is None:
            return rows[:0]
        rows = rows[held.levels[rows, column] >= level]
    if visit.load:
        rows = rows[held.left[rows] >= visit.load]
    if held.stops_are_limited:
        rows = rows[held.stop_count[rows] < held.most_stops[rows]]
    if visit.locked is not None:
        if visit.locked.technician is not None:
            rows = _of(held, rows, [visit.locked.technician])
        today = days.problem.index.planned.get(visit.id)
        if today is not None:
            rows = rows[held.of_day[rows] == days.problem.index.shifts[today[0]].day]
    if visit.only:
        rows = _of(held, rows, visit.only)
    if visit.excluded:
        rows = rows[~np.isin(held.owner[rows], _numbers(held, visit.excluded))]
    if days.ties.placed:
        rows = _beside_partners(days, visit, rows)
    return _inside_territories(days, visit, rows)


def _beside_partners(days: Days, visit: Visit, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows of those who are not in the crew yet, and who may complete it for the sake of the partners."""
    there = days.ties.placed.get(visit.id)
    if there is not None:
        rows = rows[~np.isin(days.rows.owner[rows], _numbers(days.rows, there.technicians))]
    wanted = wanted_people(days, visit)
    return rows if wanted is None or days.seats_left(visit) > 1 else _of(days.rows, rows, wanted)


def wanted_people(days: Days, visit: Visit) -> Collection[str] | None:
    """The technicians one of whom has to be among the seats that are left, for the sake of the partners."""
    people = technicians_for(days.problem, visit, days.ties.placed)
    there = days.ties.placed.get(visit.id)
    return None if people is None or (there is not None and there.technicians & set(people)) else people


def _of(rows: Rows, some: NDArray[np.int64], technicians: Collection[str]) -> NDArray[np.int64]:
    return some[np.isin(rows.owner[some], _numbers(rows, technicians))]


def _numbers(rows: Rows, technicians: Collection[str]) -> list[int]:
    return [rows.technician_number.get(name, -1) for name in technicians]


def _inside_territories(days: Days, visit: Visit, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows of technicians who may leave their territory, or for whom the place lies inside it."""
    _, point = days.place(visit.place)
    outside = [owner for owner, area in days.rows.fences if not area.covers(point.latitude, point.longitude)]
    return rows[~np.isin(days.rows.owner[rows], outside)] if outside else rows


class Pass:
    """The pass over the gaps of some days, with the space that it needs."""

    def __init__(self, days: Days) -> None:
        self._days = days
        states = days.rows.leaves.shape[2]
        self._scratch = np.empty((2, states), np.int64)
        self._merged = np.empty((states, 2), np.int64)
        self._found = np.empty((4096, 7), np.int64)

    def find(self, question: Question, rows: NDArray[np.int64]) -> Lines:
        """Every interval of starts of a visit on some rows."""
        visit, held = question.visit, self._days.rows
        if question.windows is None:
            return np.empty((0, 7), np.int64)
        if not visit.minutes_by:
            return self._find_equal(question, visit.minutes, rows)
        minutes = np.array([visit.minutes_with(one.id) for one in held.technicians], np.int64)[held.owner[rows]]
        found = [self._find_equal(question, int(one), rows[minutes == one]) for one in np.unique(minutes)]
        return np.concatenate([np.empty((0, 7), np.int64), *found])

    def _find_equal(self, question: Question, minutes: int, rows: NDArray[np.int64]) -> Lines:
        """The same for technicians who need equally long."""
        held = self._days.rows
        found = self._find(question, minutes, rows)
        if held.driving_is_limited:
            driven = held.driven[found[:, 0]] + found[:, 5]
            found = found[driven <= held.most_driving[found[:, 0]]]
        return found.copy() if question.visit.minutes_by else found

    def _find(self, question: Question, minutes: int, rows: NDArray[np.int64]) -> Lines:
        visit, held, clock = question.visit, self._days.rows, self._days.problem.index.clock
        work = np.array((visit.before, minutes, visit.after), np.int64)
        windows = np.array(question.windows or ANY_TIME, np.int64)
        tables = held.at, held.leaves, held.arrives, held.direct, held.breaks
        query = question.there, question.onwards, work, windows
        if not compiled():
            return find_gaps_with_numpy(rows, *tables, clock, *query)
        while True:
            count = gaps.find_gaps(
                rows, held.stop_count, *tables, held.break_count, held.bounds, clock, *query,
                self._scratch, self._merged, self._found,
            )  # fmt: skip
            if count <= len(self._found):
                return self._found[:count]
            self._found = np.empty((2 * count, 7), np.int64)
