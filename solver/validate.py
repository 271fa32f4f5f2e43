"""What a problem must obey before anything is planned: the first wrong key is named by its path."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import fields
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from solver.errors import ProblemError
from solver.traffic import DAY, SLOWEST

if TYPE_CHECKING:
    from solver.model import Break, Lock, Place, Problem, Shift, Technician, Visit, Weights
    from solver.plan import Plan
    from solver.territory import Territory
    from solver.traffic import Traffic

LATEST_MINUTE = 10_000_000
"""Nineteen years; sums of such minutes stay inside the integers of the tables."""

MOST_BREAKS = 8
"""The tables hold one time for each subset of the breaks of a shift."""


def validate(problem: Problem) -> None:
    """Raise `ProblemError` for the first thing that is wrong with a problem."""
    _places(problem.places)
    places = {place.id for place in problem.places}
    _technicians(problem.technicians, places)
    technicians = {technician.id for technician in problem.technicians}
    _visits(problem.visits, places, technicians)
    _order(problem.visits)
    _weights(problem.weights)
    _traffic(problem.traffic)
    owners = {shift.id: one.id for one in problem.technicians for shift in one.shifts}
    _plan(problem.plan, owners, {visit.id: visit.crew for visit in problem.visits})


def _places(places: Iterable[Place]) -> None:
    seen: set[str] = set()
    for position, place in enumerate(places):
        path = f"places[{position}]"
        _new_id(f"{path}.id", place.id, seen)
        check_place(path, place)


def check_place(path: str, place: Place) -> None:
    """Refuse a place that is not on the earth."""
    check_point(path, place.latitude, place.longitude)
    _number(f"{path}.slowness", place.slowness, 0.1, 10)


def check_point(path: str, latitude: float, longitude: float) -> None:
    """Refuse degrees that are not on the earth."""
    _number(f"{path}.latitude", latitude, -90, 90)
    _number(f"{path}.longitude", longitude, -180, 180)


def _technicians(technicians: Iterable[Technician], places: set[str]) -> None:
    seen: set[str] = set()
    shifts: set[str] = set()
    for position, technician in enumerate(technicians):
        path = f"technicians[{position}]"
        _new_id(f"{path}.id", technician.id, seen)
        _levels(f"{path}.skills", technician.skills)
        _optional(f"{path}.most_visits", technician.most_visits)
        _optional(f"{path}.most_travel_minutes", technician.most_travel_minutes)
        if technician.territory is not None:
            _territory(f"{path}.territory", technician.territory)
        for number, shift in enumerate(technician.shifts):
            _new_id(f"{path}.shifts[{number}].id", shift.id, shifts)
            _shift(f"{path}.shifts[{number}]", shift, places)
            for other in technician.shifts[:number]:
                if shift.begins < other.ends + other.overtime and other.begins < shift.ends + shift.overtime:
                    raise ProblemError(f"{path}.shifts[{number}]", f"a time that does not overlap {other.id}")


def _territory(path: str, territory: Territory) -> None:
    if (territory.centre is None) == (not territory.polygon):
        raise ProblemError(path, "either a polygon, or a centre and km")
    if territory.polygon and len(territory.polygon) < 3:
        raise ProblemError(f"{path}.polygon", "three points or more")
    for position, point in enumerate(territory.polygon):
        check_point(f"{path}.polygon[{position}]", *point)
    if territory.centre is not None:
        check_point(f"{path}.centre", *territory.centre)
        _number(f"{path}.km", territory.km, 0, 20_100)
    if territory.price is not None:
        _number(f"{path}.price", territory.price, 0, 1_000_000)


def _shift(path: str, shift: Shift, places: set[str]) -> None:
    _whole(f"{path}.begins", shift.begins)
    _whole(f"{path}.ends", shift.ends, least=shift.begins)
    _known(f"{path}.start", shift.start, places, "a place")
    _known(f"{path}.end", shift.end, places, "a place")
    if len(shift.breaks) > MOST_BREAKS:
        raise ProblemError(f"{path}.breaks", f"at most {MOST_BREAKS} breaks; merge neighbouring ones")
    for position, pause in enumerate(shift.breaks):
        _break(f"{path}.breaks[{position}]", pause)
    _optional(f"{path}.capacity", shift.capacity)
    _whole(f"{path}.overtime", shift.overtime, most=1440)


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
        for key, names in (("preferred", visit.preferred), ("only", visit.only), ("excluded", visit.excluded)):
            for number, name in enumerate(names):
                _known(f"{path}.{key}[{number}]", name, technicians, "a technician")
        for name in visit.minutes_by:
            _known(f"{path}.minutes_by.{name}", name, technicians, "a technician")


def check_visit(path: str, visit: Visit) -> None:
    """Refuse a visit whose numbers make no sense."""
    _whole(f"{path}.minutes", visit.minutes, least=1)
    for number, window in enumerate(visit.windows):
        _window(f"{path}.windows[{number}]", window)
    _levels(f"{path}.skills", visit.skills)
    _whole(f"{path}.crew", visit.crew, least=1, most=100)
    _whole(f"{path}.priority", visit.priority)
    _whole(f"{path}.load", visit.load)
    _whole(f"{path}.before", visit.before)
    _whole(f"{path}.after", visit.after)
    for name, minutes in visit.minutes_by.items():
        _whole(f"{path}.minutes_by.{name}", minutes, least=1)
    _optional(f"{path}.due", visit.due)
    if visit.earliest is not None:
        last = max((closes for _, closes in visit.windows), default=LATEST_MINUTE)
        _whole(f"{path}.earliest", visit.earliest, most=last)
    for number, rule in enumerate(visit.follows):
        _whole(f"{path}.follows[{number}].gap", rule.gap)
        if rule.most is not None:
            _whole(f"{path}.follows[{number}].most", rule.most, least=rule.gap)


def _order(visits: Sequence[Visit]) -> None:
    """What follows what is known, and leads nowhere back to itself."""
    follows = {visit.id: [rule.visit for rule in visit.follows] for visit in visits}
    for position, visit in enumerate(visits):
        for number, rule in enumerate(visit.follows):
            _known(f"visits[{position}].follows[{number}].visit", rule.visit, follows.keys(), "a visit")
    try:
        tuple(TopologicalSorter(follows).static_order())
    except CycleError as error:
        circle = error.args[1]
        position = next(position for position, visit in enumerate(visits) if visit.id in circle)
        path = f"visits[{position}].follows"
        raise ProblemError(path, f"no circle; there is {' → '.join(reversed(circle))}") from error


def _traffic(traffic: Traffic) -> None:
    if traffic.speeds and DAY % len(traffic.speeds):
        raise ProblemError("traffic.speeds", f"a number of slices that divides the {DAY} minutes of a day")
    for position, speed in enumerate(traffic.speeds):
        _number(f"traffic.speeds[{position}]", speed, SLOWEST, 1)


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
    for field in fields(weights):
        _number(f"weights.{field.name}", getattr(weights, field.name), 0, 1_000_000)


def _plan(plan: Plan, owners: Mapping[str, str], crews: Mapping[str, int]) -> None:
    """The plan names what there is, and no visit more often than it has a crew."""
    seen: dict[str, set[str]] = {}
    used: set[str] = set()
    for position, route in enumerate(plan.routes):
        path = f"plan.routes[{position}]"
        _known(f"{path}.shift", route.shift, owners, "a shift")
        _new_id(f"{path}.shift", route.shift, used)
        for number, stop in enumerate(route.stops):
            here = f"{path}.stops[{number}]"
            _known(f"{here}.visit", stop.visit, crews, "a visit")
            people = seen.setdefault(stop.visit, set())
            if len(people) == crews[stop.visit] or owners[route.shift] in people:
                raise ProblemError(f"{here}.visit", f"an id used once for each of its crew, not {stop.visit} again")
            people.add(owners[route.shift])
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


def _known(path: str, name: str, names: Container[str], kind: str) -> None:
    if name not in names:
        raise ProblemError(path, f"the id of {kind}; {name} is unknown")


def _whole(path: str, value: int, least: int = 0, most: int = LATEST_MINUTE) -> None:
    if not least <= value <= most:
        raise ProblemError(path, f"a whole number from {least} to {most}")


def _optional(path: str, value: int | None) -> None:
    if value is not None:
        _whole(path, value)


def _number(path: str, value: float, least: float, most: float) -> None:
    if math.isnan(value) or not least <= value <= most:
        raise ProblemError(path, f"a number from {least} to {most}")
