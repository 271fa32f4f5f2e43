"""What a problem must obey before anything is planned: the first wrong key is named by its path."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from solver.errors import ProblemError

if TYPE_CHECKING:
    from solver.model import Break, Lock, Place, Problem, Shift, Technician, Visit, Weights
    from solver.plan import Plan

LATEST_MINUTE = 10_000_000
"""Nineteen years; sums of such minutes stay inside the integers of the tables."""

MOST_BREAKS = 4
"""The tables hold one time for each subset of the breaks of a shift."""


def validate(problem: Problem) -> None:
    """Raise `ProblemError` for the first thing that is wrong with a problem."""
    _places(problem.places)
    places = {place.id for place in problem.places}
    _technicians(problem.technicians, places)
    _visits(problem.visits, places, {technician.id for technician in problem.technicians})
    _weights(problem.weights)
    shifts = {shift.id for technician in problem.technicians for shift in technician.shifts}
    _plan(problem.plan, shifts, {visit.id for visit in problem.visits})


def _places(places: Iterable[Place]) -> None:
    seen: set[str] = set()
    for position, place in enumerate(places):
        path = f"places[{position}]"
        _new_id(f"{path}.id", place.id, seen)
        check_place(path, place)


def check_place(path: str, place: Place) -> None:
    """Refuse a place that is not on the earth."""
    _number(f"{path}.latitude", place.latitude, -90, 90)
    _number(f"{path}.longitude", place.longitude, -180, 180)


def _technicians(technicians: Iterable[Technician], places: set[str]) -> None:
    seen: set[str] = set()
    shifts: set[str] = set()
    for position, technician in enumerate(technicians):
        path = f"technicians[{position}]"
        _new_id(f"{path}.id", technician.id, seen)
        _levels(f"{path}.skills", technician.skills)
        for number, shift in enumerate(technician.shifts):
            _new_id(f"{path}.shifts[{number}].id", shift.id, shifts)
            _shift(f"{path}.shifts[{number}]", shift, places)
            for other in technician.shifts[:number]:
                if shift.begins < other.ends and other.begins < shift.ends:
                    raise ProblemError(f"{path}.shifts[{number}]", f"a time that does not overlap {other.id}")


def _shift(path: str, shift: Shift, places: set[str]) -> None:
    _whole(f"{path}.begins", shift.begins)
    _whole(f"{path}.ends", shift.ends, least=shift.begins)
    _known(f"{path}.start", shift.start, places, "a place")
    _known(f"{path}.end", shift.end, places, "a place")
    if len(shift.breaks) > MOST_BREAKS:
        raise ProblemError(f"{path}.breaks", f"at most {MOST_BREAKS} breaks; merge neighbouring ones")
    for position, pause in enumerate(shift.breaks):
        _break(f"{path}.breaks[{position}]", pause)
    if shift.capacity is not None:
        _whole(f"{path}.capacity", shift.capacity)


def _break(path: str, pause: Break) -> None:
    _whole(f"{path}.earliest", pause.earliest)
    _whole(f"{path}.latest", pause.latest, least=pause.earliest)
    _whole(f"{path}.minutes", pause.minutes, least=1)


def _visits(visits: Iterable[Visit], places: set[str], technicians: set[str]) -> None:
    seen: set[str] = set()
    for position, visit in enumerate(visits):
        path = f"visits[{position}]"
        _new_id(f"{path}.id", visit.id, seen)
        _known(f"{path}.place", visit.place, places, "a place")
        check_visit(path, visit)
        if visit.locked is not None:
            _lock(f"{path}.locked", visit.locked, technicians)


def check_visit(path: str, visit: Visit) -> None:
    """Refuse a visit whose numbers make no sense, or that needs more than one technician."""
    _whole(f"{path}.minutes", visit.minutes, least=1)
    for number, window in enumerate(visit.windows):
        _window(f"{path}.windows[{number}]", window)
    _levels(f"{path}.skills", visit.skills)
    _whole(f"{path}.crew", visit.crew, least=1)
    if visit.crew > 1:
        raise ProblemError(f"{path}.crew", "1; crews of several technicians are not planned yet")
    _whole(f"{path}.priority", visit.priority)
    _whole(f"{path}.load", visit.load)
    _whole(f"{path}.before", visit.before)
    _whole(f"{path}.after", visit.after)


def _window(path: str, window: tuple[int, int]) -> None:
    if len(window) != 2:
        raise ProblemError(path, "two minutes: from and to")
    _whole(path, window[0])
    _whole(path, window[1])
    if window[1] < window[0]:
        raise ProblemError(path, "an end that is not ahead of the beginning")


def _lock(path: str, lock: Lock, technicians: set[str]) -> None:
    if lock.technician is not None:
        _known(f"{path}.technician", lock.technician, technicians, "a technician")
    if lock.begins is not None:
        _whole(f"{path}.begins", lock.begins)


def _weights(weights: Weights) -> None:
    for name in ("unserved", "travel_minute", "km", "waiting", "disturbance"):
        _number(f"weights.{name}", getattr(weights, name), 0, 1_000_000)


def _plan(plan: Plan, shifts: set[str], visits: set[str]) -> None:
    seen: set[str] = set()
    used: set[str] = set()
    for position, route in enumerate(plan.routes):
        path = f"plan.routes[{position}]"
        _known(f"{path}.shift", route.shift, shifts, "a shift")
        _new_id(f"{path}.shift", route.shift, used)
        for number, stop in enumerate(route.stops):
            here = f"{path}.stops[{number}]"
            _known(f"{here}.visit", stop.visit, visits, "a visit")
            _new_id(f"{here}.visit", stop.visit, seen)
            _whole(f"{here}.begins", stop.begins)


def _levels(path: str, levels: Mapping[str, int]) -> None:
    for skill, level in levels.items():
        _whole(f"{path}.{skill}", level, least=1, most=1000)


def _new_id(path: str, name: str, seen: set[str]) -> None:
    if not name:
        raise ProblemError(path, "a text that is not empty")
    if name in seen:
        raise ProblemError(path, f"an id used once; {name} is there already")
    seen.add(name)


def _known(path: str, name: str, names: set[str], kind: str) -> None:
    if name not in names:
        raise ProblemError(path, f"the id of {kind}; {name} is unknown")


def _whole(path: str, value: int, least: int = 0, most: int = LATEST_MINUTE) -> None:
    if not least <= value <= most:
        raise ProblemError(path, f"a whole number from {least} to {most}")


def _number(path: str, value: float, least: float, most: float) -> None:
    if math.isnan(value) or not least <= value <= most:
        raise ProblemError(path, f"a number from {least} to {most}")
