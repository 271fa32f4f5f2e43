"""When somebody could come to a visit that cannot be served as it was promised."""

from __future__ import annotations

from dataclasses import replace

from solver.model import Visit
from solver.plan import Assigned, Candidate
from solver.slots import Calendar

MOST_DAYS = 7


def nearest_starts(calendar: Calendar, visit: Visit, now: int, most: int = 3) -> tuple[Assigned, ...]:
    """The starts outside a visit's windows that are nearest to them, not ahead of `now`, each of another technician.

    Looked for on the nearest days only. None for a visit without windows, which could begin at any time, or for a crew.
    """
    if not visit.windows or visit.crew > 1:
        return ()
    free = replace(visit, windows=(), locked=None, earliest=now)
    opens = min(opens for opens, _ in visit.windows)
    shifts: dict[int, list[str]] = {}
    for technician in calendar.problem.technicians:
        for shift in technician.shifts:
            if shift.ends + shift.overtime > now:
                shifts.setdefault(shift.day, []).append(shift.id)
    nearest: dict[str, tuple[int, Assigned]] = {}
    for day in sorted(shifts, key=lambda day: (abs(day - opens // 1440), day))[:MOST_DAYS]:
        for candidate in calendar.propose(free, shifts=shifts[day]).candidates:
            off, begins = min((_off(visit, begins), begins) for begins in _possible(visit, candidate))
            found = nearest.get(candidate.technician)
            if off and (found is None or off < found[0]):
                nearest[candidate.technician] = off, Assigned(candidate.shift, begins)
        if len(nearest) >= most:
            break
    best = sorted(nearest.values(), key=lambda one: (one[0], one[1].begins, one[1].shift))
    return tuple(start for _, start in best[:most])


def _possible(visit: Visit, candidate: Candidate) -> list[int]:
    """The starts of a candidate that lie nearest to some window."""
    earliest, latest = candidate.begins
    return [min(max(edge, earliest), latest) for window in visit.windows for edge in window]


def _off(visit: Visit, begins: int) -> int:
    return min(max(opens - begins, begins - closes, 0) for opens, closes in visit.windows)
