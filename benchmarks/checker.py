"""An independent check of anybody's answer, with arithmetic of its own: it imports nothing of the engine.

It reads the JSON of a problem and the order of the visits on every shift, and tries whether a day can be driven in that
order with all its breaks. An answer that also says when each visit begins is held to those times.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Json = Mapping[str, Any]
Drives = Callable[[str, str], int]
EARTH_KM = 6371.0088


class WrongAnswer(ValueError):
    """The answer breaks a rule of its problem."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What an answer is worth: cost = unserved points times their weight + travel minutes times theirs."""

    cost: float
    travel: int
    unserved: int
    points: int


def checked(problem: Json, routes: Iterable[Json]) -> Figures:
    """The figures of an answer. Routes are `{"shift", "visits": [id]}`, and may have `"begins": [minute]`.

    Raises `WrongAnswer` for the first rule that is broken.
    """
    shifts = {shift["id"]: (one, shift) for one in problem["technicians"] for shift in one["shifts"]}
    visits = {visit["id"]: visit for visit in problem["visits"]}
    drive = drives_of(problem)
    served: set[str] = set()
    used: set[str] = set()
    travel = 0
    for route in routes:
        _new(route["shift"], used, shifts, "shift")
        technician, shift = shifts[route["shift"]]
        for visit in route["visits"]:
            _new(visit, served, visits, "visit")
        order = [visits[visit] for visit in route["visits"]]
        _skills(technician, order)
        _load(shift, order)
        if order:
            _times(shift, order, route.get("begins"), drive)
            stops = [shift["start"], *(visit["place"] for visit in order), shift["end"]]
            travel += sum(drive(one, other) for one, other in pairwise(stops))
    left = [visit for visit in problem["visits"] if visit["id"] not in served]
    for visit in left:
        if visit.get("required"):
            raise WrongAnswer(f"visit {visit['id']} is required and left out")
    points = sum(visit["priority"] for visit in left)
    weights = problem["weights"]
    return Figures(weights["unserved"] * points + weights["travel_minute"] * travel, travel, len(left), points)


def drives_of(problem: Json) -> Drives:
    """Minutes of the drive from one place to another."""
    if "estimate" in problem["travel"]:
        return _estimated(problem)
    rows = {place["id"]: number for number, place in enumerate(problem["places"])}
    table = problem["travel"]["minutes"]
    return lambda one, other: int(table[rows[one]][rows[other]])


def _estimated(problem: Json) -> Drives:
    points = {
        place["id"]: (math.radians(place["latitude"]), math.radians(place["longitude"])) for place in problem["places"]
    }
    fixed, per_km = (problem["travel"]["estimate"][name] for name in ("fixed_minutes", "minutes_per_km"))

    def minutes(one: str, other: str) -> int:
        (north, east), (south, west) = points[one], points[other]
        haversine = (
            math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin((west - east) / 2) ** 2
        )
        km = 2 * EARTH_KM * math.asin(math.sqrt(haversine))
        return 0 if km == 0 else max(1, math.ceil(fixed + per_km * km - 1e-9))

    return minutes


def _new(name: str, seen: set[str], known: Mapping[str, object], kind: str) -> None:
    if name not in known:
        raise WrongAnswer(f"{kind} {name} is unknown")
    if name in seen:
        raise WrongAnswer(f"{kind} {name} twice")
    seen.add(name)


def _skills(technician: Json, order: list[Json]) -> None:
    for visit in order:
        for name, level in visit.get("skills", {}).items():
            if technician["skills"].get(name, 0) < level:
                raise WrongAnswer(f"technician {technician['id']} lacks skill {name} of visit {visit['id']}")


def _load(shift: Json, order: list[Json]) -> None:
    load = sum(visit.get("load", 0) for visit in order)
    if shift.get("capacity") is not None and load > shift["capacity"]:
        raise WrongAnswer(f"shift {shift['id']} carries {load} of {shift['capacity']}")


def _times(shift: Json, order: list[Json], begins: list[int] | None, drive: Drives) -> None:
    """The earliest time of being ready, for every set of breaks already taken, from stop to stop."""
    if begins is not None and len(begins) != len(order):
        raise WrongAnswer(f"shift {shift['id']} has {len(begins)} times for {len(order)} visits")
    ready = {frozenset[int](): int(shift["begins"])}
    here = shift["start"]
    for number, visit in enumerate(order):
        arrival = _driven(ready, drive(here, visit["place"]), shift["breaks"])
        told = None if begins is None else begins[number]
        starts = {taken: _start(visit, minute, told) for taken, minute in arrival.items()}
        ready = {taken: start + visit["minutes"] for taken, start in starts.items() if start is not None}
        if not ready:
            raise WrongAnswer(f"visit {visit['id']} cannot begin in its time on shift {shift['id']}")
        here = visit["place"]
    home = _driven(ready, drive(here, shift["end"]), shift["breaks"])
    end = home.get(frozenset(range(len(shift["breaks"]))))
    if end is None:
        raise WrongAnswer(f"shift {shift['id']} has no room for its breaks")
    if end > shift["ends"]:
        raise WrongAnswer(f"shift {shift['id']} ends {end - shift['ends']} late")


def _driven(ready: dict[frozenset[int], int], drive: int, breaks: list[Json]) -> dict[frozenset[int], int]:
    """The same after a drive, with any of the breaks before it, any behind it."""
    before = _rested(ready, breaks)
    return _rested({taken: minute + drive for taken, minute in before.items()}, breaks)


def _rested(ready: dict[frozenset[int], int], breaks: list[Json]) -> dict[frozenset[int], int]:
    """The same with any further breaks taken here."""
    found = dict(ready)
    todo = list(ready)
    while todo:
        taken = todo.pop()
        for number, pause in enumerate(breaks):
            begins = max(found[taken], pause["earliest"])
            more = taken | {number}
            if number in taken or begins > pause["latest"] or begins + pause["minutes"] >= found.get(more, math.inf):
                continue
            found[more] = begins + pause["minutes"]
            todo.append(more)
    return found


def _start(visit: Json, arrival: int, told: int | None) -> int | None:
    """When the work begins: in the first window that is still open, or when the answer says."""
    earliest = arrival if told is None else told
    if earliest < arrival:
        return None
    windows = visit["windows"] or [[earliest, earliest]]
    opening = [max(earliest, opens) for opens, closes in windows if earliest <= closes]
    start = min(opening, default=None)
    return None if start is None or (told is not None and start != told) else start
