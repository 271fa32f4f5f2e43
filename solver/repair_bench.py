"""The calendar on which a repair is tried out: where a visit can go, what harm that does, and back again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import fsum
from typing import NamedTuple

from solver.cost import cost_of, worth
from solver.model import Problem, Visit
from solver.plan import Candidate, Plan, Route, Stop
from solver.slots import Calendar

CHANGE = 30
"""A visit that changes its technician weighs as much as these minutes for which an emergency waits."""

Rows = Mapping[str, tuple[Stop, ...]]


class Harm(NamedTuple):
    """What a repair does to what was promised, the worst first; less is better.

    `left_out` is the worth of what nobody serves. `changes` is `CHANGE` for each visit with another technician, and the
    minutes that an emergency without windows waits. `days` counts the visits on another day.
    """

    left_out: float = 0.0
    changes: int = 0
    days: int = 0
    cost: float = 0.0

    def beyond(self, other: Harm) -> Harm:
        """By how much it is more than another one, part by part."""
        return Harm(
            round(self.left_out - other.left_out, 6),
            self.changes - other.changes,
            self.days - other.days,
            round(self.cost - other.cost, 6),
        )


@dataclass(frozen=True, slots=True)
class Option:
    """A place where a visit can go, and what harm that is."""

    visit: Visit
    candidate: Candidate
    begins: int
    harm: Harm


class Bench:
    """A plan that is changed step by step: `keep` makes the steps final, and `undo` takes back those since then.

    `pending` are the visits that have no place, and `urgent` is the one that is to begin as soon as can be.
    """

    def __init__(self, problem: Problem, plan: Plan, pending: Iterable[str], urgent: str | None, now: int) -> None:
        self.problem, self.urgent, self.now = problem, urgent, now
        self.calendar = Calendar(problem, plan)
        self.pending = set(pending)
        self.kept = _rows(plan)
        self._kept_pending = frozenset(self.pending)
        self._crews = _crews(problem, plan)
        self._kept_crews = {name: dict(crew) for name, crew in self._crews.items()}
        self._steps: set[str] = set()
        self._began = {stop.visit: stop.begins for route in problem.plan.routes for stop in route.stops}

    def options(self, name: str, shifts: Iterable[str] | None = None) -> list[Option]:
        """Where a visit without a place can go, the least harm first; of a crew, where its next seat can."""
        visit = self.problem.index.visits[name]
        crew = self._crews.get(name, {})
        asked = visit
        begins = next(iter(crew.values()), self._began.get(name))
        if visit.crew > 1 and begins is not None:
            asked = replace(visit, windows=((begins, begins),), earliest=None)
        found = self.calendar.propose(asked, shifts=None if shifts is None else tuple(shifts)).candidates
        made = [self._option(visit, one) for one in found if one.technician not in crew]
        return sorted(made, key=lambda one: (one.harm, one.candidate.shift, one.candidate.position))

    def could_go_elsewhere(self, name: str, shift: str) -> bool:
        """Whether a planned visit without ties would find a place on another shift as the others are now."""
        double = replace(self.problem.index.visits[name], id=f"{name}\n")  # no id of the problem's own by chance
        return any(one.shift != shift for one in self.calendar.propose(double, limit=9).candidates)

    def place(self, option: Option) -> bool:
        """Put a visit where an option says, with all of its crew; False, and nothing done, where that fails."""
        name = option.visit.id
        seat: Option | None = option
        while seat is not None:
            candidate = seat.candidate
            self.calendar.insert(candidate.shift, candidate.position, seat.visit, option.begins)
            self._steps.add(name)
            self._crews.setdefault(name, {})[candidate.technician] = option.begins
            if len(self._crews[name]) == option.visit.crew:
                self.pending.discard(name)
                return True
            seat = next((one for one in self.options(name) if one.begins == option.begins), None)
        self.take_out(name)
        return False

    def take_out(self, name: str) -> None:
        """Leave a visit without a place."""
        self.calendar.remove(name)
        self._steps.add(name)
        self._crews.pop(name)
        self.pending.add(name)

    def take_out_followers(self) -> None:
        """Leave without a place what follows a visit that has none."""
        waiting = list(self.pending)
        while waiting:
            for name in self.problem.index.followers.get(waiting.pop(), ()):
                if name in self._crews:
                    self.take_out(name)
                    waiting.append(name)

    def more_harm(self) -> Harm:
        """What the steps that are not final do beyond what is kept; less than nothing is better than before."""
        rows = _rows(self.calendar.plan)
        changed = [shift for shift in self.kept.keys() | rows.keys() if self.kept.get(shift) != rows.get(shift)]
        before = self._harm({shift: self.kept.get(shift, ()) for shift in sorted(changed)}, self._kept_pending)
        return self._harm({shift: rows.get(shift, ()) for shift in sorted(changed)}, self.pending).beyond(before)

    def keep(self) -> None:
        """Make everything so far final."""
        self.kept, self._kept_pending = _rows(self.calendar.plan), frozenset(self.pending)
        for name in self._steps:
            _set(self._kept_crews, name, self._crews.get(name))
        self._steps.clear()

    def undo(self) -> None:
        """Go back to what was kept last."""
        try:
            self._put_back()
        except ValueError:  # visits with ties cannot always go back one by one
            plan = Plan(tuple(Route(shift, stops) for shift, stops in self.kept.items()))
            self.calendar = Calendar(self.problem, plan)
        self.pending = set(self._kept_pending)
        for name in self._steps:
            _set(self._crews, name, self._kept_crews.get(name))
        self._steps.clear()

    def _put_back(self) -> None:
        rows = _rows(self.calendar.plan)
        changed = [shift for shift in self.kept.keys() | rows.keys() if self.kept.get(shift) != rows.get(shift)]
        strange = {stop.visit for shift in changed for stop in {*rows.get(shift, ())} - {*self.kept.get(shift, ())}}
        for name in sorted(strange):
            self.calendar.remove(name)
        for shift in sorted(changed):
            there = [stop.visit for stop in rows.get(shift, ()) if stop.visit not in strange]
            for position, stop in enumerate(self.kept.get(shift, ())):
                if there[position : position + 1] != [stop.visit]:
                    self.calendar.insert(shift, position, self.problem.index.visits[stop.visit], stop.begins)
                    there.insert(position, stop.visit)

    def _option(self, visit: Visit, candidate: Candidate) -> Option:
        earliest, latest = candidate.begins
        begins = min(max(self._began.get(visit.id, earliest), earliest), latest)
        changes, days = self._changes(visit.id, candidate.shift, begins)
        return Option(visit, candidate, begins, Harm(0.0, changes, days, candidate.cost.total))

    def _changes(self, name: str, shift: str, begins: int) -> tuple[int, int]:
        index = self.problem.index
        before = index.planned.get(name, ())
        if not before:
            return (begins - self.now if name == self.urgent else 0), 0
        technician = index.technicians[shift].id
        is_new = all(index.technicians[one].id != technician for one in before)
        is_another_day = all(index.shifts[one].day != index.shifts[shift].day for one in before)
        return CHANGE * is_new, int(is_another_day)

    def _harm(self, rows: Rows, pending: Iterable[str]) -> Harm:
        parts = [self._changes(stop.visit, shift, stop.begins) for shift, stops in rows.items() for stop in stops]
        cost = cost_of(self.problem, Plan(tuple(Route(shift, stops) for shift, stops in rows.items())))
        left_out = fsum(worth(self.problem, self.problem.index.visits[name]) for name in pending)
        return Harm(
            left_out, sum(changes for changes, _ in parts), sum(days for _, days in parts), cost.total - cost.unserved
        )


def _rows(plan: Plan) -> dict[str, tuple[Stop, ...]]:
    return {route.shift: route.stops for route in plan.routes if route.stops}


def _set(crews: dict[str, dict[str, int]], name: str, crew: Mapping[str, int] | None) -> None:
    if crew is None:
        crews.pop(name, None)
    else:
        crews[name] = dict(crew)


def _crews(problem: Problem, plan: Plan) -> dict[str, dict[str, int]]:
    """Who is at each planned visit, and from when on."""
    found: dict[str, dict[str, int]] = {}
    for route in plan.routes:
        technician = problem.index.technicians[route.shift].id
        for stop in route.stops:
            found.setdefault(stop.visit, {})[technician] = stop.begins
    return found
