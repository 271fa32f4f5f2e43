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

from solver.cost import cost_there, unevenness, worth
from solver.day import Day, Windows, breaks_of, day_of, work_of
from solver.errors import ProblemError
from solver.gaps_numpy import find_gaps as find_gaps_with_numpy
from solver.kernels import gaps
from solver.kernels.arrays import NEVER, Ints
from solver.kernels.compiling import compiled
from solver.links import Placed, bounds_for_new, bounds_of_planned, clipped, is_linked, partners, technicians_for
from solver.model import Place, Problem, Visit
from solver.plan import Candidate, Cost, Plan, Proposal, Reason, Refusal, Route, Stop
from solver.reasons import Asked, shortfall, why_here, why_not_there, why_unfit
from solver.schedule import starts_of
from solver.travel import Roads
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
        self._points = list(problem.places)
        self._roads = index.roads
        self._stops: list[list[Stop]] = [[] for _ in self._shifts]
        self._visits: dict[str, Visit] = {}
        self._rows_of: dict[str, list[int]] = {}
        self._linked: dict[str, Placed] = {}
        for route in (plan or problem.plan).routes:
            self._stops[self._rows[route.shift]] = list(route.stops)
            for stop in route.stops:
                self._visits[stop.visit] = index.visits[stop.visit]
                self._rows_of.setdefault(stop.visit, []).append(self._rows[route.shift])
        for name in self._visits:
            self._note_links(name)
        self._skills(problem)
        self._limits(problem)
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

    def _limits(self, problem: Problem) -> None:
        technicians = [problem.technicians[owner] for owner in self._owner]
        self._most_stops = np.array([_or_never(one.most_visits) for one in technicians], np.int64)
        self._most_driving = np.array([_or_never(one.most_travel_minutes) for one in technicians], np.int64)
        self._driving_is_limited = bool((self._most_driving < NEVER).any())
        self._territory_has_a_price = any(one.territory is not None and one.territory.price for one in technicians)

    def _tables(self) -> None:
        rows = len(self._shifts)
        breaks = [breaks_of(shift.breaks) for shift in self._shifts]
        self._break_count = np.array([len(one) for one in breaks], np.int64)
        most = int(self._break_count.max(initial=0))
        self._breaks = np.zeros((rows, most, 3), np.int64)
        self._breaks[:, :, 0] = 1
        for row, one in enumerate(breaks):
            self._breaks[row, : len(one)] = one
        spans = [(shift.begins, shift.ends + shift.overtime) for shift in self._shifts]
        self._bounds = np.array(spans, np.int64).reshape(-1, 2)
        self._clock = self.problem.index.clock
        self._of_day = np.array([shift.day for shift in self._shifts], np.int64)
        self._capacity = np.array([_or_never(shift.capacity) for shift in self._shifts], np.int64)
        self._left = self._capacity.copy()
        self._driven = np.zeros(rows, np.int64)
        self._worked = np.zeros(rows, np.int64)
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

    @property
    def roads(self) -> Roads:
        """The roads between the places it knows, by their positions."""
        return self._roads

    def place(self, place_id: str) -> tuple[int, Place]:
        """A place that it knows, with its position."""
        position = self._places[place_id]
        return position, self._points[position]

    def day(self, shift_id: str, position: int = 0, visit: Visit | None = None) -> Day:
        """One technician-day, with `visit` ahead of its stop number `position` where one is given."""
        row = self._row(shift_id)
        visits = [self._visits[stop.visit] for stop in self._stops[row]]
        allowed = [self._allowed_there(one) for one in visits]
        if visit is not None:
            visits.insert(position, visit)
            allowed.insert(position, visit.allowed)
        return self._day(row, visits, allowed)

    def add_place(self, place: Place) -> None:
        """Make a place known, so that visits there can be proposed; refused when travel is a matrix."""
        if place.id in self._places:
            raise ProblemError("place.id", f"an id used once; {place.id} is there already")
        check_place("place", place)
        self._roads = self._roads.with_place(place)
        self._places[place.id] = len(self._places)
        self._points.append(place)

    def insert(self, shift_id: str, position: int, visit: Visit, begins: int | None = None) -> None:
        """Serve a visit on a shift ahead of its stop number `position`, at `begins` or at the earliest start.

        The other stops keep their starts where they can and move inside their windows where they must. A crew is
        inserted one by one, with one start. Raises `ValueError`, and changes nothing, when that does not fit.
        """
        self._check_new(visit)
        row = self._row(shift_id)
        stops = self._stops[row]
        self._check_seat(visit, row, begins)
        if not 0 <= position <= len(stops):
            raise ProblemError("position", f"a whole number from 0 to {len(stops)}")
        order = [*stops[:position], Stop(visit.id, -1 if begins is None else begins), *stops[position:]]
        visits = [visit if stop.visit == visit.id else self._visits[stop.visit] for stop in order]
        allowed = [self._allowed_there(one) for one in visits]
        windows = self._allowed_now(visit)
        if windows is None:
            raise ValueError(f"{visit.id} has no time between the visits that it follows and that follow it")
        allowed[position] = windows
        if begins is not None:
            if windows and not any(opens <= begins <= closes for opens, closes in windows):
                raise ValueError(f"{visit.id} may not begin at {begins}")
            allowed[position] = ((begins, begins),)
        day = self._day(row, visits, allowed)
        starts = starts_of(day, [None if stop.visit == visit.id else stop.begins for stop in order])
        drives = sum(day.legs.tolist())
        if starts is None or not self._has_room(row, visit, drives):
            raise ValueError(f"{visit.id} does not fit into {shift_id} at position {position}")
        self._stops[row] = [Stop(stop.visit, start) for stop, start in zip(order, starts, strict=True)]
        self._visits[visit.id] = visit
        self._rows_of.setdefault(visit.id, []).append(row)
        self._follow(row, visit)

    def remove(self, visit_id: str) -> None:
        """Take a visit out, with all of its crew; the others keep their starts."""
        if visit_id not in self._rows_of:
            raise ProblemError("visit", f"the id of a visit that is planned; {visit_id} is not")
        rows = self._rows_of.pop(visit_id)
        visit = self._visits.pop(visit_id)
        self._linked.pop(visit_id, None)
        for row in rows:
            self._stops[row] = [stop for stop in self._stops[row] if stop.visit != visit_id]
        for row in rows:
            self._follow(row, visit)

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
        windows = self._allowed_now(visit)
        rows = self._fit_rows(visit, asked) if windows is not None else asked[:0]
        found = self._find(visit, windows or (), rows, minutes_to, minutes_from)
        candidates = self._candidates(visit, windows or (), place, found, limit, bands, minutes_to, minutes_from)
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
        return shortfall(
            self._leaves[row, :count, :states],
            self._arrives[row, :count, :states],
            self._breaks[row, : self._break_count[row]],
            self._clock,
            self._asked_of(row, visit, minutes_to, minutes_from),
        )

    def _asked_of(self, row: int, visit: Visit, minutes_to: Ints, minutes_from: Ints) -> Asked:
        places = self._at[row, : self._stop_count[row] + 2]
        work = work_of(visit, self._technician(row))
        return Asked(work, self._allowed_now(visit) or (), minutes_to[places[:-1]], minutes_from[places[1:]])

    def _check_new(self, visit: Visit) -> None:
        check_visit("visit", visit)
        if visit.place not in self._places:
            raise ProblemError("visit.place", f"the id of a place; {visit.place} is unknown")
        if len(self._rows_of.get(visit.id, ())) >= visit.crew:
            raise ProblemError("visit.id", f"a visit that is not planned; remove {visit.id} first")

    def _check_seat(self, visit: Visit, row: int, begins: int | None) -> None:
        """A crew is of different technicians who begin together."""
        if visit.crew == 1:
            return
        if begins is None:
            raise ProblemError("begins", f"a minute; {visit.id} is for a crew of {visit.crew}")
        for other in self._rows_of.get(visit.id, ()):
            if self._owner[other] == self._owner[row]:
                raise ValueError(f"{self._technician(row)} is in the crew of {visit.id} already")
            if self._linked[visit.id].begins != begins:
                raise ValueError(f"the crew of {visit.id} begins at {self._linked[visit.id].begins}")

    def _has_room(self, row: int, visit: Visit, drives: int) -> bool:
        within = self._stop_count[row] < self._most_stops[row] and drives <= self._most_driving[row]
        return bool(visit.load <= self._left[row] and within)

    def _technician(self, row: int) -> str:
        return self.problem.technicians[int(self._owner[row])].id

    def _allowed_now(self, visit: Visit) -> Windows | None:
        """When a visit that is not planned may begin, its partners where they are; () is any time, None never."""
        if not is_linked(self.problem, visit):
            return visit.allowed
        bounds = bounds_for_new(self.problem, visit, self._linked)
        if bounds is None:
            return None
        return clipped(visit.allowed, *bounds) or None

    def _allowed_there(self, visit: Visit) -> Windows:
        """When a planned visit may begin while its partners move as well."""
        if visit.id not in self._linked:
            return visit.allowed
        return clipped(visit.allowed, *bounds_of_planned(self.problem, visit, self._linked))

    def _note_links(self, name: str) -> None:
        visit = self._visits[name]
        if not is_linked(self.problem, visit):
            return
        rows = self._rows_of[name]
        begins = [stop.begins for row in rows for stop in self._stops[row] if stop.visit == name]
        over = [minute + visit.minutes_with(self._technician(row)) for minute, row in zip(begins, rows, strict=True)]
        self._linked[name] = Placed(min(begins), max(over), frozenset(map(self._technician, rows)))

    def _follow(self, row: int, changed: Visit) -> None:
        """Refresh a day, and those of the visits that come before or after what is on it."""
        names = [stop.visit for stop in self._stops[row] if is_linked(self.problem, self._visits[stop.visit])]
        for name in names:
            self._note_links(name)
        rows = {row}
        for name in {*names, changed.id}:
            visit = self._visits.get(name, changed)
            rows.update(one for other in (name, *partners(self.problem, visit)) for one in self._rows_of.get(other, ()))
        for one in sorted(rows):
            self._refresh(one)

    def _row(self, shift_id: str) -> int:
        if shift_id not in self._rows:
            raise ProblemError("shift", f"the id of a shift; {shift_id} is unknown")
        return self._rows[shift_id]

    def _day_of(self, row: int) -> tuple[Day, list[Visit]]:
        visits = [self._visits[stop.visit] for stop in self._stops[row]]
        return self._day(row, visits, [self._allowed_there(visit) for visit in visits]), visits

    def _day(self, row: int, visits: list[Visit], allowed: list[Windows]) -> Day:
        """A day that is over when its shift is, or else with no more overtime than the stops need that are there."""
        shift, technician = self._shifts[row], self._technician(row)
        day = day_of(shift, technician, visits, allowed, self._places, self._roads, self._clock)
        return day.with_least_overtime(shift.ends) if shift.overtime else day

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
        self._driven[row] = day.legs.sum() if visits else 0
        self._worked[row] = day.work.sum()

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
        rows = rows[self._stop_count[rows] < self._most_stops[rows]]
        if visit.locked is not None:
            if visit.locked.technician is not None:
                rows = rows[self._owner[rows] == self._technician_row.get(visit.locked.technician, -1)]
            today = self.problem.index.planned.get(visit.id)
            if today is not None:
                rows = rows[self._of_day[rows] == self.problem.index.shifts[today[0]].day]
        people = technicians_for(self.problem, visit, self._linked) if self._linked else None
        for names in (people, visit.only or None):
            if names is not None:
                rows = rows[np.isin(self._owner[rows], self._technician_rows(names))]
        if visit.excluded:
            rows = rows[~np.isin(self._owner[rows], self._technician_rows(visit.excluded))]
        return self._inside_territories(visit, rows)

    def _technician_rows(self, names: Collection[str]) -> list[int]:
        return [self._technician_row.get(name, -1) for name in names]

    def _inside_territories(self, visit: Visit, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of technicians who may leave their territory, or for whom the place lies inside it."""
        point = self._points[self._places[visit.place]]
        outside = [
            owner
            for owner, one in enumerate(self.problem.technicians)
            if one.territory is not None
            and one.territory.price is None
            and not one.territory.covers(point.latitude, point.longitude)
        ]
        return rows[~np.isin(self._owner[rows], outside)] if outside else rows

    def _find(
        self, visit: Visit, windows: Windows, rows: NDArray[np.int64], minutes_to: Ints, minutes_from: Ints
    ) -> NDArray[np.int64]:
        """Every interval of starts, as lines of `solver.kernels.gaps.find_gaps`."""
        if not visit.minutes_by:
            return self._find_equal(visit.minutes, visit, windows, rows, minutes_to, minutes_from)
        minutes = np.array([visit.minutes_with(one.id) for one in self.problem.technicians], np.int64)[
            self._owner[rows]
        ]
        found = [
            self._find_equal(int(one), visit, windows, rows[minutes == one], minutes_to, minutes_from)
            for one in np.unique(minutes)
        ]
        return np.concatenate([np.empty((0, 7), np.int64), *found])

    def _find_equal(
        self,
        minutes: int,
        visit: Visit,
        windows: Windows,
        rows: NDArray[np.int64],
        minutes_to: Ints,
        minutes_from: Ints,
    ) -> NDArray[np.int64]:
        found = self._gaps(minutes, visit, windows, rows, minutes_to, minutes_from)
        if self._driving_is_limited:
            driven = self._driven[found[:, 0]] + found[:, 5]
            found = found[driven <= self._most_driving[found[:, 0]]]
        return found

    def _gaps(
        self,
        minutes: int,
        visit: Visit,
        allowed: Windows,
        rows: NDArray[np.int64],
        minutes_to: Ints,
        minutes_from: Ints,
    ) -> NDArray[np.int64]:
        work = np.array((visit.before, minutes, visit.after), np.int64)
        windows = np.array(allowed or ANY_TIME, np.int64)
        tables = self._at, self._leaves, self._arrives, self._direct, self._breaks
        query = minutes_to, minutes_from, work, windows
        if not compiled():
            return find_gaps_with_numpy(rows, *tables, self._clock, *query)
        while True:
            count = gaps.find_gaps(
                rows, self._stop_count, *tables, self._break_count, self._bounds, self._clock, *query,
                self._scratch, self._merged, self._found,
            )  # fmt: skip
            if count <= len(self._found):
                return self._found[:count]
            self._found = np.empty((2 * count, 7), np.int64)

    def _candidates(
        self,
        visit: Visit,
        windows: Windows,
        place: int,
        found: NDArray[np.int64],
        limit: int | None,
        bands: tuple[int, int],
        minutes_to: Ints,
        minutes_from: Ints,
    ) -> tuple[Candidate, ...]:
        weights = self.problem.weights
        other = self._other_costs(visit, found)
        total = weights.travel_minute * found[:, 5] + weights.waiting * found[:, 6] + other
        km = np.zeros(len(found))
        if weights.km:
            km = self._extra_km(place, found)
            total = total + weights.km * km
        best = _best(total, found, limit)
        if not weights.km:
            km[best] = self._extra_km(place, found[best])
        costs = zip(km[best].tolist(), total[best].tolist(), other[best].tolist(), strict=True)
        return tuple(
            self._candidate(windows, line, bands, cost, minutes_to, minutes_from)
            for line, cost in zip(found[best].tolist(), costs, strict=True)
        )

    def _other_costs(self, visit: Visit, found: NDArray[np.int64]) -> NDArray[np.float64]:
        """What a visit costs in each line beyond travel and waiting: preference, lateness, territory and fairness."""
        weights = self.problem.weights
        dear_place = self._territory_has_a_price
        if not (visit.preferred or visit.due is not None or dear_place or weights.fairness):
            return np.zeros(len(found))
        rows = np.unique(found[:, 0])
        point = self._points[self._places[visit.place]]
        costs = np.zeros(len(self._shifts))
        for row in rows.tolist():
            shift = self._shifts[row]
            costs[row] = cost_there(self.problem, shift, visit, point).sum()
            if weights.fairness:
                worked = int(self._worked[row])
                more = worked + sum(work_of(visit, self._technician(row)))
                costs[row] += weights.fairness * (unevenness(shift, more) - unevenness(shift, worked))
        return costs[found[:, 0]]

    def _extra_km(self, place: int, found: NDArray[np.int64]) -> NDArray[np.float64]:
        before, after = self._at[found[:, 0], found[:, 1]], self._at[found[:, 0], found[:, 1] + 1]
        here = np.full(len(found), place)
        drives = self._roads.km_between(np.concatenate((before, here, before)), np.concatenate((here, after, after)))
        there, onwards, direct = drives.reshape(3, -1)
        return np.asarray(there + onwards - np.where(self._stop_count[found[:, 0]] > 0, direct, 0.0))

    def _candidate(
        self,
        windows: Windows,
        line: list[int],
        bands: tuple[int, int],
        costs: tuple[float, float, float],
        minutes_to: Ints,
        minutes_from: Ints,
    ) -> Candidate:
        row, gap, window, earliest, latest, extra, waits = line
        km, total, other = costs
        stops = self._stops[row]
        after = stops[gap - 1].visit if gap else None
        before = stops[gap].visit if gap < len(stops) else None
        there, onwards = int(minutes_to[self._at[row, gap]]), int(minutes_from[self._at[row, gap + 1]])
        return Candidate(
            technician=self.problem.technicians[self._owner[row]].id,
            shift=self._shifts[row].id,
            position=gap,
            begins=(earliest, latest),
            window=windows[window] if windows else None,
            cost=Cost(extra, km, waits, total, other),
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
        unfit = why_unfit(self.problem, self._shifts[row], visit, self._points[self._places[visit.place]])
        if unfit is not None:
            return unfit, None
        if row not in self._fit_rows(visit, np.array([row])) and visit.load <= self._left[row]:
            most = int(self._most_stops[row])
            return (Reason("maximum", {"most": most}) if self._stop_count[row] >= most else Reason("order")), None
        if self._allowed_now(visit) is None:
            return Reason("order"), None
        if visit.load > self._left[row]:
            return Reason("capacity", {"left": int(self._left[row]), "needs": visit.load}), None
        if self._driving_is_limited and self._shortfall(row, visit, minutes_to, minutes_from) <= 0:
            return Reason("maximum_travel", {"most": int(self._most_driving[row])}), None
        day, stops = self._day_of(row)
        return why_not_there(day, stops, self._asked_of(row, visit, minutes_to, minutes_from))


def _or_never(most: int | None) -> int:
    return NEVER if most is None else most


def _best(total: NDArray[np.float64], found: NDArray[np.int64], limit: int | None) -> NDArray[np.int64]:
    """The cheapest lines in a fixed order: by cost, earliest start, row, gap and window."""
    lines = np.arange(len(total))
    if limit is not None and limit < len(total):
        lines = np.flatnonzero(total <= np.partition(total, limit)[limit])
    order = np.lexsort((found[lines, 2], found[lines, 1], found[lines, 0], found[lines, 3], total[lines]))
    return lines[order[:limit]]
