"""Where the planned visits with ties are, and when that lets a visit begin."""

from __future__ import annotations

from collections.abc import Iterable

from solver.day import Windows
from solver.links import Placed, bounds_for_new, bounds_of_planned, clipped, is_linked, partners
from solver.model import Problem, Visit


class Ties:
    """The planned visits of a problem that have a crew, follow others or are followed, by their ids."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.placed: dict[str, Placed] = {}

    def note(self, visit: Visit, seats: Iterable[tuple[str, int]]) -> None:
        """Where a visit is now: the technician and the start of each seat."""
        taken = list(seats)
        over = max(begins + visit.minutes_with(technician) for technician, begins in taken)
        people = frozenset(technician for technician, _ in taken)
        self.placed[visit.id] = Placed(min(begins for _, begins in taken), over, people)

    def is_tied(self, visit: Visit) -> bool:
        """Whether a visit has a crew, or comes before or after another one."""
        return is_linked(self._problem, visit)

    def partners(self, visit: Visit) -> set[str]:
        """The visits that come directly before or after a visit."""
        return set(partners(self._problem, visit))

    def allowed_now(self, visit: Visit) -> Windows | None:
        """When a visit that is not planned may begin, its partners where they are; () is any time, None never."""
        if not self.is_tied(visit):
            return visit.allowed
        there = self.placed.get(visit.id)
        bounds = bounds_for_new(self._problem, visit, self.placed) if there is None else (there.begins, there.begins)
        return None if bounds is None else clipped(visit.allowed, *bounds) or None

    def allowed_there(self, visit: Visit) -> Windows:
        """When a planned visit may begin while its partners move as well."""
        if visit.id not in self.placed:
            return visit.allowed
        return clipped(visit.allowed, *bounds_of_planned(self._problem, visit, self.placed))
