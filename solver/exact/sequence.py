"""The order of one technician-day with the least travel, exactly: order, starts and breaks at once.

A circuit through the visits whose arcs say which drive comes when, and a row of intervals that do not overlap: works,
drives and breaks. It is the measure for quicker methods, and for days too long for them.
Source: Y. Dumas, J. Desrosiers, E. Gélinas and M. Solomon, "An optimal algorithm for the traveling salesman problem
with time windows", Operations Research 43(2), 1995, for the problem; L. Perron, F. Didier and S. Gay, "The CP-SAT-LP
solver", CP 2023, for the method.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from solver.exact.libraries import cp_sat, solved
from solver.model import Problem, Shift, Visit
from solver.plan import Route, Stop
from solver.reasons import why_unfit
from solver.traffic import DAY, WHOLE, Traffic

HOME = 0
"""The node of the start and the end; visit number n is node n + 1."""


def shortest_day(
    problem: Problem,
    shift_id: str,
    names: Sequence[str],
    fixed: Mapping[str, int] | None = None,
    seconds: float = 10.0,
) -> Route | None:
    """The lawful route of a shift through all of these visits with the fewest travel minutes; None when none is found.

    Visits in `fixed` start exactly there (a crew, or a visit in an order with others: only this day is looked at).
    Optimal unless `seconds` run out. Minutes from the first midnight.
    """
    index = problem.index
    shift, visits = index.shifts[shift_id], [index.visits[name] for name in names]
    technician = index.technicians[shift_id]
    most, load = technician.most_visits, sum(visit.load for visit in visits)
    if (most is not None and len(visits) > most) or (shift.capacity is not None and load > shift.capacity):
        return None
    if any(why_unfit(problem, shift, visit, index.place(visit.place)) for visit in visits):
        return None
    if not visits:
        return Route(shift_id)
    day = _Day(problem, shift, visits, fixed or {})
    day.model.minimize(sum(day.minutes))
    if technician.most_travel_minutes is not None:
        day.model.add(sum(day.minutes) <= technician.most_travel_minutes)
    answer = solved(day.model, seconds)
    if answer is None:
        return None
    stops = [Stop(visit.id, answer.value(begins)) for visit, begins in zip(visits, day.begins, strict=True)]
    return Route(shift_id, tuple(sorted(stops, key=lambda stop: stop.begins)))


class _Day:
    """The model: `begins` are the starts of the visits, `minutes` those of the drive to each node on free roads."""

    def __init__(self, problem: Problem, shift: Shift, visits: Sequence[Visit], fixed: Mapping[str, int]) -> None:
        self.library = cp_sat()
        self.model = self.library.CpModel()
        self.problem, self.shift = problem, shift
        self.over = shift.ends + shift.overtime
        self.road = _slices(problem.traffic, shift.begins, self.over)
        self.begins = [self._start(visit, fixed.get(visit.id)) for visit in visits]
        technician = problem.index.technicians[shift.id].id
        comes = [begins - visit.before for begins, visit in zip(self.begins, visits, strict=True)]
        busy = [visit.before + visit.minutes_with(technician) + visit.after for visit in visits]
        self.intervals = [
            self.model.new_interval_var(come, minutes, come + minutes, "work")
            for come, minutes in zip(comes, busy, strict=True)
        ]
        leaves = [come + minutes for come, minutes in zip(comes, busy, strict=True)]
        self._drives([shift.begins, *leaves], [self.over, *comes], [visit.place for visit in visits])
        self._breaks()
        self.model.add_no_overlap(self.intervals)

    def _start(self, visit: Visit, fixed: int | None) -> Any:
        windows = visit.allowed or ((self.shift.begins, self.over),)
        if fixed is not None:
            windows = tuple((fixed, fixed) for opens, closes in windows if opens <= fixed <= closes)
        # Starts outside the shift only make the numbers large.
        inside = [(max(opens, self.shift.begins), min(closes, self.over)) for opens, closes in windows]
        domain = self.library.Domain.from_intervals([one for one in inside if one[0] <= one[1]])
        return self.model.new_int_var_from_domain(domain, visit.id)

    def _drives(self, leaves: list[Any], comes: list[Any], places: list[str]) -> None:
        """The drive to each node is that of the arc by which it is reached."""
        origins, destinations = [self.shift.start, *places], [self.shift.end, *places]
        departures = [self._minute("departs") for _ in leaves]
        arrivals = [self._minute("arrives") for _ in leaves]
        index, arcs = self.problem.index, []
        table = [[index.minutes(one, other) for other in destinations] for one in origins]
        longest = max(max(row) for row in table)
        self.minutes = [self.model.new_int_var(0, longest, "minutes") for _ in leaves]
        for one in range(len(leaves)):
            for other in range(len(leaves)):
                if one == other:
                    continue
                taken = self.model.new_bool_var(f"{one} to {other}")
                arcs.append((one, other, taken))
                self.model.add(self.minutes[other] == table[one][other]).only_enforce_if(taken)
                self.model.add(departures[other] >= leaves[one]).only_enforce_if(taken)
        self.model.add_circuit(arcs)
        for node, (departs, arrives) in enumerate(zip(departures, arrivals, strict=True)):
            self.model.add(arrives <= comes[node])
            self.model.add(self._way(arrives) - self._way(departs) >= self.minutes[node] * (WHOLE if self.road else 1))
            took = self.model.new_int_var(0, self.over - self.shift.begins, "took")
            self.intervals.append(self.model.new_interval_var(departs, took, arrives, "drive"))

    def _minute(self, name: str) -> Any:
        return self.model.new_int_var(self.shift.begins, self.over, name)

    def _way(self, minute: Any) -> Any:
        """How far one could have driven by a minute; on roads that are always free, the minute itself."""
        if not self.road:
            return minute
        way = self.model.new_int_var(0, self.road[-1].ahead + WHOLE * self.road[-1].minutes, "way")
        inside = [self.model.new_bool_var("slice") for _ in self.road]
        self.model.add_exactly_one(inside)
        for piece, here in zip(self.road, inside, strict=True):
            past = minute - piece.begins
            self.model.add_linear_constraint(past, 0, piece.minutes).only_enforce_if(here)
            self.model.add(way == piece.ahead + piece.speed * past).only_enforce_if(here)
        return way

    def _breaks(self) -> None:
        for pause in self.shift.breaks:
            earliest, latest = max(pause.earliest, self.shift.begins), min(pause.latest, self.over - pause.minutes)
            domain = self.library.Domain(earliest, latest)
            begins = self.model.new_int_var_from_domain(domain, "break begins")
            self.intervals.append(self.model.new_interval_var(begins, pause.minutes, begins + pause.minutes, "break"))


@dataclass(frozen=True, slots=True)
class _Slice:
    """Some minutes at one speed, in thousandths; `ahead` is the progress up to their beginning."""

    begins: int
    minutes: int
    speed: int
    ahead: int


def _slices(traffic: Traffic, first: int, last: int) -> list[_Slice]:
    """The minutes from one to another in slices of one speed; empty when it is always the same."""
    found: list[_Slice] = []
    if not traffic.progress:
        return found
    speeds = [traffic.progress[minute % DAY + 1] - traffic.progress[minute % DAY] for minute in range(first, last)]
    begins, ahead = first, 0
    for speed, group in groupby(speeds):
        minutes = len(list(group))
        found.append(_Slice(begins, minutes, speed, ahead))
        begins, ahead = begins + minutes, ahead + speed * minutes
    return found
