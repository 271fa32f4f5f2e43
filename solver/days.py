"""Every technician-day of a problem with what a plan serves on it, kept in step with bookings one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from solver.day import Day, Windows, day_of
from solver.errors import ProblemError
from solver.links import clipped
from solver.model import Place, Problem, Visit
from solver.plan import Candidate, Plan, Route, Seat, Stop
from solver.rows import Rows
from solver.schedule import starts_of
from solver.ties import Ties
from solver.travel import Roads
from solver.validate import check_place, check_visit


class Days:
    """The technician-days of a problem; `insert` and `remove` refresh those that they change and no others.

    It begins as `plan`, or as `problem.plan`. A day that the plan overfills stays as it is and takes no visit. Not for
    several threads at once.
    """

    def __init__(self, problem: Problem, plan: Plan | None = None) -> None:
        self.problem = problem
        index = problem.index
        routes = (plan or problem.plan).routes
        self.rows = Rows(problem, 1 + max((len(route.stops) for route in routes), default=0))
        self._places = dict(index.places)
        self._points = list(problem.places)
        self.roads: Roads = index.roads
        """The roads between the places that it knows, by their positions."""
        self._stops: list[list[Stop]] = [[] for _ in self.rows.shifts]
        self._visits: dict[str, Visit] = {}
        self._rows_of: dict[str, list[int]] = {}
        self.ties = Ties(problem)
        for route in routes:
            row = self.rows.number[route.shift]
            self._stops[row] = list(route.stops)
            for stop in route.stops:
                self._visits[stop.visit] = index.visits[stop.visit]
                self._rows_of.setdefault(stop.visit, []).append(row)
        for name in self._visits:
            self._note_ties(name)
        self._days: list[Day] = [self._refreshed(row) for row in range(len(self._stops))]

    @property
    def plan(self) -> Plan:
        """What the days hold now."""
        held = zip(self.rows.shifts, self._stops, strict=True)
        return Plan(tuple(Route(shift.id, tuple(stops)) for shift, stops in held if stops))

    def seats_left(self, visit: Visit) -> int:
        """How many of the crew of a visit are not planned."""
        return visit.crew - len(self._rows_of.get(visit.id, ()))

    def place(self, place_id: str) -> tuple[int, Place]:
        """A place that it knows, with its position."""
        if place_id not in self._places:
            raise ProblemError("place", f"the id of a place; {place_id} is unknown")
        position = self._places[place_id]
        return position, self._points[position]

    def row(self, shift_id: str) -> int:
        """The row of a shift."""
        if shift_id not in self.rows.number:
            raise ProblemError("shift", f"the id of a shift; {shift_id} is unknown")
        return self.rows.number[shift_id]

    def stops(self, row: int) -> Sequence[Stop]:
        """The stops of one technician-day."""
        return self._stops[row]

    def on(self, row: int) -> tuple[Day, Sequence[Stop], list[Visit]]:
        """One technician-day: its times, its stops and their visits."""
        stops = self._stops[row]
        return self._days[row], stops, [self._visits[stop.visit] for stop in stops]

    def day(self, shift_id: str, position: int = 0, visit: Visit | None = None) -> Day:
        """One technician-day, with `visit` ahead of its stop number `position` where one is given."""
        row = self.row(shift_id)
        if visit is None:
            return self._days[row]
        visits = [self._visits[stop.visit] for stop in self._stops[row]]
        visits.insert(position, visit)
        return self.day_with(row, visits, {visit.id: visit.allowed})

    def day_with(self, row: int, visits: Sequence[Visit], allowed: Mapping[str, Windows] | None = None) -> Day:
        """A technician-day with these visits in this order, each inside its `allowed` windows, or else its usual ones.

        It is over when its shift is, or else with no more overtime than the visits need.
        """
        windows = [
            allowed[visit.id] if allowed and visit.id in allowed else self.ties.allowed_there(visit) for visit in visits
        ]
        shift, technician = self.rows.shifts[row], self.rows.technician(row)
        clock = self.problem.index.clock
        day = day_of(shift, technician, visits, windows, self._places, self.roads, clock)
        return day.with_least_overtime(shift.ends) if shift.overtime else day

    def add_place(self, place: Place) -> None:
        """Make a place known, so that visits there can be proposed; refused when travel is a matrix."""
        if place.id in self._places:
            raise ProblemError("place.id", f"an id used once; {place.id} is there already")
        check_place("place", place)
        self.roads = self.roads.with_place(place)
        self._places[place.id] = len(self._places)
        self._points.append(place)

    def insert(self, shift_id: str, position: int, visit: Visit, begins: int | None = None) -> None:
        """Serve a visit on a shift ahead of its stop number `position`, at `begins` or at the earliest start.

        The other stops keep their starts where they can and move inside their windows where they must. A crew is
        inserted one by one, with one start. Raises `ValueError`, and changes nothing, when that does not fit.
        """
        self.check_new(visit)
        row = self.row(shift_id)
        stops = self._stops[row]
        if not 0 <= position <= len(stops):
            raise ProblemError("position", f"a whole number from 0 to {len(stops)}")
        order = [*(stop.visit for stop in stops[:position]), visit.id, *(stop.visit for stop in stops[position:])]
        self._serve(visit, {row: self._stops_with(row, order, visit, begins)})

    def insert_crew(self, candidate: Candidate, visit: Visit, begins: int | None = None) -> None:
        """Serve a visit as a candidate says, with its crew and in its order, at `begins` or at the earliest start.

        Raises `ValueError`, and changes nothing, when that does not fit any longer.
        """
        self.check_new(visit)
        if len(candidate.crew) + 1 != self.seats_left(visit):
            raise ProblemError("candidate.crew", f"the seats of a crew of {visit.crew} that are not planned")
        start = candidate.begins[0] if begins is None else begins
        seats: tuple[Candidate | Seat, ...] = (candidate, *candidate.crew)
        found = {}
        for seat in seats:
            row = self.row(seat.shift)
            names = [stop.visit for stop in self._stops[row]]
            order = [*names[: seat.position], visit.id, *names[seat.position :]]
            if candidate.order:
                order = [stop.visit for stop in candidate.order]
                if sorted(order) != sorted([*names, visit.id]):
                    raise ValueError(f"{seat.shift} serves other visits than it did")
            found[row] = self._stops_with(row, order, visit, start)
        if len({self.rows.technician(row) for row in found}) <= len(candidate.crew):
            raise ValueError(f"{visit.id} needs {visit.crew} different technicians")
        self._serve(visit, found)

    def rearrange(self, routes: Sequence[Route], visit: Visit) -> None:
        """Serve a visit with these routes in place of those of the same shifts (`solver.warm_search`).

        Raises `ValueError`, and changes nothing, when they serve other visits than the shifts do now, or at times that
        do not work out.
        """
        self.check_new(visit)
        rows = {self.row(route.shift): list(route.stops) for route in routes}
        known = {stop.visit: self._visits[stop.visit] for row in rows for stop in self._stops[row]}
        now = sorted([visit.id, *(stop.visit for row in rows for stop in self._stops[row])])
        if now != sorted(stop.visit for stops in rows.values() for stop in stops):
            raise ValueError("the shifts serve other visits than they did")
        known[visit.id] = visit
        allowed = {name: self.ties.allowed_there(one) for name, one in known.items()}
        allowed[visit.id] = self.ties.allowed_now(visit) or allowed[visit.id]
        for row, stops in rows.items():
            fixed = {stop.visit: clipped(allowed[stop.visit], stop.begins, stop.begins) for stop in stops}
            day = self.day_with(row, [known[stop.visit] for stop in stops], fixed)
            if stops and not (all(fixed.values()) and day.works_out()):
                raise ValueError(f"{self.rows.shifts[row].id} does not work out")
        for name in known:
            self._rows_of[name] = [row for row in self._rows_of.get(name, ()) if row not in rows]
        for row, stops in rows.items():
            self._stops[row] = stops
            for stop in stops:
                self._rows_of[stop.visit].append(row)
        self._visits[visit.id] = visit
        self._follow(rows, visit)

    def remove(self, visit_id: str) -> None:
        """Take a visit out, with all of its crew; the others keep their starts."""
        if visit_id not in self._rows_of:
            raise ProblemError("visit", f"the id of a visit that is planned; {visit_id} is not")
        rows = self._rows_of.pop(visit_id)
        visit = self._visits.pop(visit_id)
        self.ties.placed.pop(visit_id, None)
        for row in rows:
            self._stops[row] = [stop for stop in self._stops[row] if stop.visit != visit_id]
        self._follow(rows, visit)

    def check_new(self, visit: Visit) -> None:
        """Refuse a visit that makes no sense, or whose crew is planned already."""
        check_visit("visit", visit)
        if visit.place not in self._places:
            raise ProblemError("visit.place", f"the id of a place; {visit.place} is unknown")
        if self.seats_left(visit) <= 0:
            raise ProblemError("visit.id", f"a visit that is not planned; remove {visit.id} first")

    def held_for(self, visit: Visit) -> AbstractContextManager[None]:
        """The days while what comes directly before or after a visit stays where it is.

        On a day that it shared with a partner that moves, the visit would have to be in order with both places.
        """
        rows = {row: self.partners_on(row, visit) for row in self._rows_beside(visit)} if self.ties.placed else {}
        return self._held(rows) if rows else nullcontext()

    def partners_on(self, row: int, visit: Visit) -> dict[str, Windows]:
        """The partners of a visit on a day, each held at its start."""
        if not self.ties.placed:
            return {}
        names = self.ties.partners(visit)
        return {stop.visit: ((stop.begins, stop.begins),) for stop in self._stops[row] if stop.visit in names}

    @contextmanager
    def _held(self, rows: Mapping[int, Mapping[str, Windows]]) -> Iterator[None]:
        for row, held in rows.items():
            self._days[row] = self._refreshed(row, held)
        try:
            yield
        finally:
            for row in rows:
                self._days[row] = self._refreshed(row)

    def _rows_beside(self, visit: Visit) -> set[int]:
        return {row for name in self.ties.partners(visit) for row in self._rows_of.get(name, ())}

    def _stops_with(self, row: int, order: Sequence[str], visit: Visit, begins: int | None) -> list[Stop]:
        """The stops of a day with one more visit; raises `ValueError` when that does not fit."""
        self._check_seat(visit, row, begins)
        windows = self.ties.allowed_now(visit)
        if windows is None:
            raise ValueError(f"{visit.id} has no time between the visits that it follows and that follow it")
        if begins is not None:
            if windows and not any(opens <= begins <= closes for opens, closes in windows):
                raise ValueError(f"{visit.id} may not begin at {begins}")
            windows = ((begins, begins),)
        visits = [visit if name == visit.id else self._visits[name] for name in order]
        day = self.day_with(row, visits, {**self.partners_on(row, visit), visit.id: windows})
        wishes = {stop.visit: stop.begins for stop in self._stops[row]}
        starts = starts_of(day, [wishes.get(name) for name in order])
        if starts is None or not self._has_room(row, visit, sum(day.legs.tolist())):
            position = order.index(visit.id)
            raise ValueError(f"{visit.id} does not fit into {self.rows.shifts[row].id} at position {position}")
        return [Stop(name, start) for name, start in zip(order, starts, strict=True)]

    def _check_seat(self, visit: Visit, row: int, begins: int | None) -> None:
        """A crew is of different technicians who begin together."""
        if visit.crew == 1:
            return
        if begins is None:
            raise ProblemError("begins", f"a minute; {visit.id} is for a crew of {visit.crew}")
        for other in self._rows_of.get(visit.id, ()):
            if self.rows.owner[other] == self.rows.owner[row]:
                raise ValueError(f"{self.rows.technician(row)} is in the crew of {visit.id} already")
            if self.ties.placed[visit.id].begins != begins:
                raise ValueError(f"the crew of {visit.id} begins at {self.ties.placed[visit.id].begins}")

    def _has_room(self, row: int, visit: Visit, drives: int) -> bool:
        rows = self.rows
        within = rows.stop_count[row] < rows.most_stops[row] and drives <= rows.most_driving[row]
        return bool(visit.load <= rows.left[row] and within)

    def _serve(self, visit: Visit, found: Mapping[int, list[Stop]]) -> None:
        for row, stops in found.items():
            self._stops[row] = stops
        self._visits[visit.id] = visit
        self._rows_of.setdefault(visit.id, []).extend(found)
        self._follow(found, visit)

    def _note_ties(self, name: str) -> None:
        visit = self._visits[name]
        if self.ties.is_tied(visit):
            rows = self._rows_of[name]
            begins = (stop.begins for row in rows for stop in self._stops[row] if stop.visit == name)
            self.ties.note(visit, zip(map(self.rows.technician, rows), begins, strict=True))

    def _follow(self, changed: Collection[int], visit: Visit) -> None:
        """Refresh days, and those of the visits that come before or after what is on them."""
        here = {stop.visit for row in changed for stop in self._stops[row]}
        names = [name for name in here if self.ties.is_tied(self._visits[name])]
        for name in names:
            self._note_ties(name)
        rows = set(changed)
        for name in {*names, visit.id}:
            others = (name, *self.ties.partners(self._visits.get(name, visit)))
            rows.update(row for other in others for row in self._rows_of.get(other, ()))
        for row in sorted(rows):
            self._days[row] = self._refreshed(row)

    def _refreshed(self, row: int, held: Mapping[str, Windows] | None = None) -> Day:
        visits = [self._visits[stop.visit] for stop in self._stops[row]]
        day = self.day_with(row, visits, held)
        self.rows.fill(row, day, sum(visit.load for visit in visits))
        return day
