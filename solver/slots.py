"""Propose: where one more visit fits, at what marginal cost, and why nowhere else.

Every technician-day is a row of gaps with cached earliest departures and latest arrivals, one for each subset
of the day's breaks. A visit fits into a gap, with the whole day kept, if and only if a test on these few
times passes, and the test gives the exact starts. After `warm` the pass is compiled; before, NumPy makes it
with the same result.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from solver.cost import worth
from solver.day import Day, breaks_of, day_of
from solver.errors import ProblemError
from solver.gaps_numpy import find_gaps as find_gaps_with_numpy
from solver.kernels import gaps
from solver.kernels.arrays import NEVER, Ints
from solver.kernels.compiling import compiled
from solver.model import Place, Problem, Visit
from solver.plan import Candidate, Cost, Plan, Proposal, Reason, Refusal, Route, Stop
from solver.reasons import shortfall, why_here, why_not_there, why_unfit
from solver.schedule import starts_of
from solver.validate import check_place, check_visit

ANY_TIME = ((-NEVER, NEVER),)
BANDS = ("green", "orange", "red")


def propose(problem: Problem, visit: Visit, limit: int | None = None, *, reasons: bool = False) -> Proposal:
    """Where a visit fits into today's plan, best first; a visit that the plan serves is taken out of it
    first.
    """
    calendar = Calendar(problem)
    if visit.id in problem.index.planned:
        calendar.remove(visit.id)
    return calendar.propose(visit, limit, reasons=reasons)


class Calendar:
    """Every technician-day of a problem with what today's plan serves on it, kept ready for the next
    question.

    It begins as `plan`, or as `problem.plan`, and follows `insert` and `remove`, each of which refreshes one
    technician-day. A day that the plan overfills stays as it is and takes no visit. Not for several threads
    at once.
    """

    def __init__(self, problem: Problem, plan: Plan | None = None) -> None:
        self.problem = problem
        index = problem.index
        self._shifts = [shift for technician in problem.technicians for shift in technician.shifts]
        self._rows = {shift.id: row for row, shift in enumerate(self._shifts)}
        self._places = dict(index.places)
        self._roads = index.roads
        self._stops: list[list[Stop]] = [[] for _ in self._shifts]
        self._visits: dict[str, Visit] = {}
        self._row_of: dict[str, int] = {}
        for route in (plan or problem.plan).routes:
            self._stops[self._rows[route.shift]] = list(route.stops)
            for stop in route.stops:
                self._visits[stop.visit] = index.visits[stop.visit]
                self._row_of[stop.visit] = self._rows[route.shift]
        self._skills(problem)
        self._tables()

    def _skills(self, problem: Problem) -> None:
        names = sorted({name for technician in problem.technicians for name in technician.skills})
        self._skill_column = {name: column for column, name in enumerate(names)}
        levels = np.array(
            [[technician.skills.get(name, 0) for name in names] for technician in problem.technicians],
            np.int64,
        ).reshape(len(problem.technicians), len(names))
        self._technician_row = {technician.id: row for row, technician in enumerate(problem.technicians)}
        owners = [row for row, technician in enumerate(problem.technicians) for _ in technician.shifts]
        self._levels = levels[np.array(owners, np.int64)]
        self._owner = np.array(owners, np.int64)

    def _tables(self) -> None:
        rows = len(self._shifts)
        breaks = [breaks_of(shift.breaks) for shift in self._shifts]
        self._break_count = np.array([len(one) for one in breaks], np.int64)
        most = int(self._break_count.max(initial=0))
        self._breaks = np.zeros((rows, most, 3), np.int64)
        self._breaks[:, :, 0] = 1
        for row, one in enumerate(breaks):
            self._breaks[row, : len(one)] = one
        self._bounds = np.array([(shift.begins, shift.ends) for shift in self._shifts], np.int64).reshape(-1, 2)
        self._day = np.array([shift.day for shift in self._shifts], np.int64)
        self._capacity = np.array(
            [NEVER if shift.capacity is None else shift.capacity for shift in self._shifts], np.int64
        )
        self._left = self._capacity.copy()
        self._stop_count = np.zeros(rows, np.int64)
        states = 1 << most
        gaps_now = 1 + max((len(stops) for stops in self._stops), default=0)
        self._at = np.zeros((rows, gaps_now + 1), np.int32)
        self._leaves = np.full((rows, gaps_now, states), NEVER, np.int32)
        self._arrives = np.full((rows, gaps_now, states), -NEVER, np.int32)
        self._direct = np.zeros((rows, gaps_now), np.int32)
        self._scratch = np.empty((2, states), np.int64)
        self._merged = np.empty((states, 2), np.int64)
        self._found = np.empty((4096, 7), np.int64)
        for row in range(rows):
            self._refresh(row)

    @property
    def plan(self) -> Plan:
        """What the calendar holds now."""
        return Plan(
            tuple(
                Route(shift.id, tuple(stops)) for shift, stops in zip(self._shifts, self._stops, strict=True) if stops
            )
        )

    def add_place(self, place: Place) -> None:
        """Make a place known, so that visits there can be proposed; refused when travel is a matrix."""
        if place.id in self._places:
            raise ProblemError("place.id", f"an id used once; {place.id} is there already")
        check_place("place", place)
        self._roads = self._roads.with_place(place)
        self._places[place.id] = len(self._places)

    def insert(self, shift_id: str, position: int, visit: Visit, begins: int | None = None) -> None:
        """Serve a visit on a shift ahead of its stop number `position`, at `begins` or at the earliest start.

        The other stops keep their starts where they can and move inside their windows where they must. Raises
        `ValueError`, and changes nothing, when that does not fit.
        """
        self._check_new(visit)
        row = self._row(shift_id)
        stops = self._stops[row]
        if not 0 <= position <= len(stops):
            raise ProblemError("position", f"a whole number from 0 to {len(stops)}")
        order = [*stops[:position], Stop(visit.id, -1 if begins is None else begins), *stops[position:]]
        visits = [visit if stop.visit == visit.id else self._visits[stop.visit] for stop in order]
        allowed = [one.allowed for one in visits]
        if begins is not None:
            if visit.allowed and not any(opens <= begins <= closes for opens, closes in visit.allowed):
                raise ValueError(f"{visit.id} may not begin at {begins}")
            allowed[position] = ((begins, begins),)
        day = day_of(self._shifts[row], visits, allowed, self._places, self._roads)
        starts = starts_of(day, [None if stop.visit == visit.id else stop.begins for stop in order])
        if starts is None or visit.load > self._left[row]:
            raise ValueError(f"{visit.id} does not fit into {shift_id} at position {position}")
        self._stops[row] = [Stop(stop.visit, start) for stop, start in zip(order, starts, strict=True)]
        self._visits[visit.id] = visit
        self._row_of[visit.id] = row
        self._refresh(row)

    def remove(self, visit_id: str) -> None:
        """Take a visit out; the others keep their starts."""
        if visit_id not in self._row_of:
            raise ProblemError("visit", f"the id of a visit that is planned; {visit_id} is not")
        row = self._row_of.pop(visit_id)
        del self._visits[visit_id]
        self._stops[row] = [stop for stop in self._stops[row] if stop.visit != visit_id]
        self._refresh(row)

    def propose(
        self,
        visit: Visit,
        limit: int | None = None,
        shifts: Collection[str] | None = None,
        *,
        reasons: bool = False,
        bands: tuple[int, int] = (15, 30),
    ) -> Proposal:
        """Where a visit that is not planned fits, best first: at most `limit` candidates, on `shifts` or
        anywhere.

        There is one candidate for every separate interval of starts in every gap and window. The cost is
        marginal: extra travel, and the waiting at the door when the visit begins as early as it can. `bands`
        are the extra travel minutes up to which a candidate is green and orange. With `reasons`, every
        technician-day without a candidate says why.
        """
        self._check_new(visit)
        place = self._places[visit.place]
        minutes_to, minutes_from = self._roads.minutes_around(place)
        asked = np.arange(len(self._shifts)) if shifts is None else np.array([self._row(one) for one in shifts], int)
        rows = self._fit_rows(visit, asked)
        found = self._find(visit, rows, minutes_to, minutes_from)
        candidates = self._candidates(visit, place, found, limit, bands, minutes_to, minutes_from)
        if not reasons:
            return Proposal(candidates)
        refused = np.setdiff1d(asked, found[:, 0])
        return Proposal(candidates, self._refusals(visit, asked, refused, minutes_to, minutes_from))

    def why_left_out(self, visit: Visit, most: int = 3) -> tuple[Reason, ...]:
        """Why no day serves a visit: the `most` days that came nearest, or else what all days lack.

        The reason `cost` stands alone: there is room, and using it costs more than it is worth.
        """
        best = self.propose(visit, limit=1).candidates
        if best:
            return (Reason("cost", {"extra": best[0].cost.total, "worth": worth(self.problem, visit)}),)
        around = self._roads.minutes_around(self._places[visit.place])
        every = np.arange(len(self._shifts))
        rows = sorted(self._fit_rows(visit, every).tolist(), key=lambda row: self._shortfall(row, visit, *around))
        reasons: dict[int | str, Reason] = {}
        for row in rows[:most] or every.tolist():
            reason, _ = self._why_not(row, visit, *around)
            reasons.setdefault(reason.code if not rows else row, reason)
        return tuple(reasons.values())[:most] or (Reason("no_shift"),)

    def _shortfall(self, row: int, visit: Visit, minutes_to: Ints, minutes_from: Ints) -> int:
        count = self._stop_count[row] + 1
        states = 1 << self._break_count[row]
        places = self._at[row, : count + 1]
        return shortfall(
            self._leaves[row, :count, :states],
            self._arrives[row, :count, :states],
            minutes_to[places[:-1]],
            minutes_from[places[1:]],
            self._breaks[row, : self._break_count[row]],
            visit,
        )

    def _check_new(self, visit: Visit) -> None:
        check_visit("visit", visit)
        if visit.place not in self._places:
            raise ProblemError("visit.place", f"the id of a place; {visit.place} is unknown")
        if visit.id in self._row_of:
            raise ProblemError("visit.id", f"a visit that is not planned; remove {visit.id} first")

    def _row(self, shift_id: str) -> int:
        if shift_id not in self._rows:
            raise ProblemError("shift", f"the id of a shift; {shift_id} is unknown")
        return self._rows[shift_id]

    def _day_of(self, row: int) -> tuple[Day, list[Visit]]:
        visits = [self._visits[stop.visit] for stop in self._stops[row]]
        allowed = [visit.allowed for visit in visits]
        return day_of(self._shifts[row], visits, allowed, self._places, self._roads), visits

    def _refresh(self, row: int) -> None:
        day, visits = self._day_of(row)
        count = len(visits) + 1
        if count > self._leaves.shape[1]:
            self._widen(count + 4)
        states = 1 << len(day.breaks)
        self._leaves[row], self._arrives[row] = NEVER, -NEVER
        self._leaves[row, :count, :states], self._arrives[row, :count, :states] = day.tables()
        self._at[row, : count + 1] = day.places
        self._direct[row, :count] = day.legs if visits else 0
        self._stop_count[row] = len(visits)
        self._left[row] = self._capacity[row] - sum(visit.load for visit in visits)

    def _widen(self, count: int) -> None:
        more = ((0, 0), (0, count - self._leaves.shape[1]))
        self._leaves = np.pad(self._leaves, (*more, (0, 0)), constant_values=NEVER)
        self._arrives = np.pad(self._arrives, (*more, (0, 0)), constant_values=-NEVER)
        self._at, self._direct = np.pad(self._at, more), np.pad(self._direct, more)

    def _fit_rows(self, visit: Visit, asked: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows on which a visit may be, times apart."""
        rows = asked
        for skill, level in visit.skills.items():
            column = self._skill_column.get(skill)
            if column is None:
                return rows[:0]
            rows = rows[self._levels[rows, column] >= level]
        if visit.load:
            rows = rows[self._left[rows] >= visit.load]
        if visit.locked is not None:
            if visit.locked.technician is not None:
                rows = rows[self._owner[rows] == self._technician_row.get(visit.locked.technician, -1)]
            today = self.problem.index.planned.get(visit.id)
            if today is not None:
                rows = rows[self._day[rows] == self.problem.index.shifts[today].day]
        return rows

    def _find(self, visit: Visit, rows: NDArray[np.int64], minutes_to: Ints, minutes_from: Ints) -> NDArray[np.int64]:
        work = np.array((visit.before, visit.minutes, visit.after), np.int64)
        windows = np.array(visit.allowed or ANY_TIME, np.int64)
        tables = self._at, self._leaves, self._arrives, self._direct, self._breaks
        query = minutes_to, minutes_from, work, windows
        if not compiled():
            return find_gaps_with_numpy(rows, *tables, *query)
        while True:
            count = gaps.find_gaps(
                rows, self._stop_count, *tables, self._break_count, self._bounds, *query,
                self._scratch, self._merged, self._found,
            )  # fmt: skip
            if count <= len(self._found):
                return self._found[:count]
            self._found = np.empty((2 * count, 7), np.int64)

    def _candidates(
        self,
        visit: Visit,
        place: int,
        found: NDArray[np.int64],
        limit: int | None,
        bands: tuple[int, int],
        minutes_to: Ints,
        minutes_from: Ints,
    ) -> tuple[Candidate, ...]:
        weights = self.problem.weights
        total = weights.travel_minute * found[:, 5] + weights.waiting * found[:, 6]
        km = np.zeros(len(found))
        if weights.km:
            km = self._extra_km(place, found)
            total = total + weights.km * km
        best = _best(total, found, limit)
        if not weights.km:
            km[best] = self._extra_km(place, found[best])
        return tuple(
            self._candidate(visit, line, bands, float(kilometres), float(cost), minutes_to, minutes_from)
            for line, kilometres, cost in zip(found[best].tolist(), km[best], total[best], strict=True)
        )

    def _extra_km(self, place: int, found: NDArray[np.int64]) -> NDArray[np.float64]:
        before, after = self._at[found[:, 0], found[:, 1]], self._at[found[:, 0], found[:, 1] + 1]
        here = np.full(len(found), place)
        drives = self._roads.km_between(np.concatenate((before, here, before)), np.concatenate((here, after, after)))
        there, onwards, direct = drives.reshape(3, -1)
        return np.asarray(there + onwards - np.where(self._stop_count[found[:, 0]] > 0, direct, 0.0))

    def _candidate(
        self,
        visit: Visit,
        line: list[int],
        bands: tuple[int, int],
        km: float,
        total: float,
        minutes_to: Ints,
        minutes_from: Ints,
    ) -> Candidate:
        row, gap, window, earliest, latest, extra, waits = line
        stops = self._stops[row]
        after = stops[gap - 1].visit if gap else None
        before = stops[gap].visit if gap < len(stops) else None
        there, onwards = int(minutes_to[self._at[row, gap]]), int(minutes_from[self._at[row, gap + 1]])
        return Candidate(
            technician=self.problem.technicians[self._owner[row]].id,
            shift=self._shifts[row].id,
            position=gap,
            begins=(earliest, latest),
            window=visit.allowed[window] if visit.allowed else None,
            cost=Cost(extra, km, waits, total),
            band=BANDS[(extra > bands[0]) + (extra > bands[1])],
            after=after,
            before=before,
            because=why_here(after, before, there, onwards, extra, bands[1]),
        )

    def _refusals(
        self,
        visit: Visit,
        asked: NDArray[np.int64],
        refused: NDArray[np.int64],
        minutes_to: Ints,
        minutes_from: Ints,
    ) -> tuple[Refusal, ...]:
        found = []
        for row in refused.tolist():
            reason, short_by = self._why_not(row, visit, minutes_to, minutes_from)
            shift = self._shifts[row]
            technician = self.problem.technicians[self._owner[row]].id
            found.append(Refusal(technician, shift.id, shift.day, reason, short_by))
        working = {(int(self._owner[row]), self._shifts[row].day) for row in asked}
        for day in sorted({day for _, day in working}):
            for owner, one in enumerate(self.problem.technicians):
                if (owner, day) not in working and not any(shift.day == day for shift in one.shifts):
                    found.append(Refusal(one.id, None, day, Reason("no_shift", {"day": day})))
        return tuple(found)

    def _why_not(self, row: int, visit: Visit, minutes_to: Ints, minutes_from: Ints) -> tuple[Reason, int | None]:
        unfit = why_unfit(self.problem, self._shifts[row], visit)
        if unfit is not None:
            return unfit, None
        if visit.load > self._left[row]:
            return Reason("capacity", {"left": int(self._left[row]), "needs": visit.load}), None
        day, stops = self._day_of(row)
        places = np.array(day.places)
        there, onwards = minutes_to[places[:-1]], minutes_from[places[1:]]
        return why_not_there(day, stops, visit, there, onwards)


def _best(total: NDArray[np.float64], found: NDArray[np.int64], limit: int | None) -> NDArray[np.int64]:
    """The cheapest lines in a fixed order: by cost, earliest start, row, gap and window."""
    lines = np.arange(len(total))
    if limit is not None and limit < len(total):
        lines = np.flatnonzero(total <= np.partition(total, limit)[limit])
    order = np.lexsort((found[lines, 2], found[lines, 1], found[lines, 0], found[lines, 3], total[lines]))
    return lines[order[:limit]]
