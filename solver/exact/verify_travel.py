"""How long drives take, in the arithmetic of the second opinion: from the sphere and minute by minute."""

from __future__ import annotations

import math
from collections.abc import Callable

from solver.model import Place, Problem
from solver.traffic import Traffic
from solver.travel import Estimate, Matrix

EARTH_RADIUS_KM = 6371.0088
DAY = 1440
ROUNDING = 1e-9

Drive = Callable[[str, str], int]


def drives_of(problem: Problem) -> Drive:
    """Minutes on the freest roads from one place id to another."""
    places = {place.id: place for place in problem.places}
    rows = {place.id: row for row, place in enumerate(problem.places)}
    travel = problem.travel
    if isinstance(travel, Estimate):
        return lambda one, other: _estimated(travel, places[one], places[other])
    if isinstance(travel, Matrix):
        return lambda one, other: int(travel.minutes[rows[one]][rows[other]])
    # Roads of another kind are taken at their word: what they say is a fact of the problem.
    roads = travel.roads(problem.places)
    return lambda one, other: roads.minutes(rows[one], rows[other])


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great circle between two points in degrees, from the angle between their normals."""
    a, b = _normal(*one), _normal(*other)
    across = math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    along = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    return EARTH_RADIUS_KM * math.atan2(across, along)


def arrivals(traffic: Traffic, first: int, last: int, minutes: int) -> list[int]:
    """The arrival of a drive for each minute of departure from `first` to `last`, both included."""
    if all(speed == 1 for speed in traffic.speeds):
        return [leaves + minutes for leaves in range(first, last + 1)]
    slice_minutes = DAY // len(traffic.speeds)
    thousandths = [round(1000 * speed) for speed in traffic.speeds]
    found, now, road = [], first, 0
    for leaves in range(first, last + 1):
        while road < 1000 * minutes:
            road += thousandths[now % DAY // slice_minutes]
            now += 1
        found.append(max(now, leaves))
        if now > leaves:
            road -= thousandths[leaves % DAY // slice_minutes]
        else:
            now = leaves + 1
    return found


def _estimated(travel: Estimate, one: Place, other: Place) -> int:
    km = kilometres((one.latitude, one.longitude), (other.latitude, other.longitude))
    if km == 0:
        return 0
    minutes = travel.fixed_minutes + travel.minutes_per_km * (one.slowness + other.slowness) / 2 * km
    return max(1, math.ceil(minutes - ROUNDING))


def _normal(latitude: float, longitude: float) -> tuple[float, float, float]:
    north, east = math.radians(latitude), math.radians(longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)
