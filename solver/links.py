"""Visits that depend on one another: crews, and visits that follow others.

While everything else moves, a planned visit with such ties is held between two minutes inside which nothing that its
partners may do in theirs can break a tie: a crew stays at its start, and of two visits in order the first one stays
ahead of the minute at which the second one begins now, and the second one behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.kernels.arrays import NEVER

if TYPE_CHECKING:
    from solver.model import Problem, Visit
    from solver.plan import Plan

Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """When a planned visit begins, when its work is over for all of its crew, and who that is."""

    begins: int
    over: int
    technicians: frozenset[str]


def is_linked(problem: Problem, visit: Visit) -> bool:
    """Whether a visit has a crew, or comes before or after another one."""
    return visit.crew > 1 or bool(visit.follows) or visit.id in problem.index.followers


def partners(problem: Problem, visit: Visit) -> Iterator[str]:
    """The visits that come directly before or after a visit."""
    yield from (rule.visit for rule in visit.follows)
    yield from problem.index.followers.get(visit.id, ())


def placed_in(problem: Problem, plan: Plan) -> dict[str, Placed]:
    """Where a plan has the visits with ties."""
    seats: dict[str, list[tuple[int, int, str]]] = {}
    for route in plan.routes:
        technician = problem.index.technicians[route.shift].id
        for stop in route.stops:
            visit = problem.index.visits[stop.visit]
            if is_linked(problem, visit):
                over = stop.begins + visit.minutes_with(technician)
                seats.setdefault(visit.id, []).append((stop.begins, over, technician))
    return {
        name: Placed(
            min(begins for begins, _, _ in places),
            max(over for _, over, _ in places),
            frozenset(technician for _, _, technician in places),
        )
        for name, places in seats.items()
    }


def bounds_for_new(problem: Problem, visit: Visit, placed: Mapping[str, Placed]) -> tuple[int, int] | None:
    """Between which minutes a visit that is not planned may begin for the sake of its partners; None: not at all."""
    low, high = -NEVER, NEVER
    for rule in visit.follows:
        first = placed.get(rule.visit)
        if first is None:
            return None
        low = max(low, first.over + rule.gap)
        high = min(high, NEVER if rule.most is None else first.over + rule.most)
    for name in problem.index.followers.get(visit.id, ()):
        then = placed.get(name)
        if then is None:
            continue
        for rule in problem.index.visits[name].follows:
            if rule.visit == visit.id:
                high = min(high, then.begins - rule.gap - _longest(visit))
                low = max(low, -NEVER if rule.most is None else then.begins - rule.most - _shortest(visit))
    return (low, high) if low <= high else None


def bounds_of_planned(problem: Problem, visit: Visit, placed: Mapping[str, Placed]) -> tuple[int, int]:
    """Between which minutes a planned visit may begin while its partners move inside their own bounds."""
    begins = placed[visit.id].begins
    if visit.crew > 1:
        return begins, begins
    low, high = -NEVER, NEVER
    for rule in visit.follows:
        if rule.visit in placed:
            low, high = begins, high if rule.most is None else begins
    for name in problem.index.followers.get(visit.id, ()):
        then = placed.get(name)
        if then is None:
            continue
        for rule in problem.index.visits[name].follows:
            if rule.visit == visit.id:
                high = min(high, begins if rule.most is not None else then.begins - rule.gap - _longest(visit))
                low = max(low, begins if rule.most is not None else low)
    return low, max(high, begins)


def technicians_for(problem: Problem, visit: Visit, placed: Mapping[str, Placed]) -> Collection[str] | None:
    """The technicians one of whom has to come for the sake of the partners; None: anybody."""
    asked: frozenset[str] | None = None
    for rule in visit.follows:
        if rule.same_technician and rule.visit in placed:
            people = placed[rule.visit].technicians
            asked = people if asked is None else asked & people
    for name in problem.index.followers.get(visit.id, ()):
        follows = problem.index.visits[name].follows
        if name in placed and any(rule.visit == visit.id and rule.same_technician for rule in follows):
            people = placed[name].technicians
            asked = people if asked is None else asked & people
    return asked


def clipped(windows: Windows, low: int, high: int) -> Windows:
    """The parts of windows (none: any time) between two minutes."""
    usual = windows or ((-NEVER, NEVER),)
    return tuple((max(opens, low), min(closes, high)) for opens, closes in usual if opens <= high and closes >= low)


def _longest(visit: Visit) -> int:
    return max(visit.minutes, *visit.minutes_by.values()) if visit.minutes_by else visit.minutes


def _shortest(visit: Visit) -> int:
    return min(visit.minutes, *visit.minutes_by.values()) if visit.minutes_by else visit.minutes
