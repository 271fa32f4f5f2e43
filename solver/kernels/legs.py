"""One drive inside the search: read from a table, or estimated where a table would be too large."""

from __future__ import annotations

import math
from typing import NamedTuple

from solver.kernels.arrays import Floats, Ints
from solver.kernels.compiling import inlined, kernel


class Legs(NamedTuple):
    """Drives between places; empty tables mean that minutes are estimated as in `solver.travel.Estimate`."""

    minutes: Ints  # (places, places) or (0, 0)
    cost: Floats  # the same: weighted minutes and kilometres of a drive
    minutes_back: Ints  # both tables transposed: drives to one place lie side by side
    cost_back: Floats
    points: Floats  # (places, 3) on the unit sphere
    slowness: Floats  # (places)
    fixed_minutes: float
    minutes_per_km: float
    minute_cost: float
    km_cost: float


@inlined
def leg_km(points: Floats, origin: int, destination: int) -> float:
    """Kilometres of the great circle by the series of its chord."""
    x = points[origin, 0] - points[destination, 0]
    y = points[origin, 1] - points[destination, 1]
    z = points[origin, 2] - points[destination, 2]
    square = x * x + y * y + z * z
    series = 1 + square * (1 / 24 + square * (3 / 640 + square * (5 / 7168 + square * (35 / 294912))))
    return float(6371.0088 * (math.sqrt(square) * series))


@inlined
def estimated_minutes(km: float, fixed_minutes: float, minutes_per_km: float) -> int:
    """Whole minutes of a drive of some kilometres."""
    if km == 0.0:
        return 0
    return max(1, math.ceil(fixed_minutes + minutes_per_km * km - 1e-9))


@kernel
def estimated_around(
    points: Floats, slowness: Floats, place: int, fixed_minutes: float, minutes_per_km: float, minutes: Ints
) -> None:
    """Fill the minutes between one place and every place."""
    for other in range(points.shape[0]):
        per_km = minutes_per_km * (0.5 * (slowness[other] + slowness[place]))
        minutes[other] = estimated_minutes(leg_km(points, other, place), fixed_minutes, per_km)


@inlined
def estimated_leg(legs: Legs, km: float, origin: int, destination: int) -> int:
    """Whole minutes of a drive of some kilometres between two places."""
    per_km = legs.minutes_per_km * (0.5 * (legs.slowness[origin] + legs.slowness[destination]))
    return estimated_minutes(km, legs.fixed_minutes, per_km)


@inlined
def leg_minutes(legs: Legs, origin: int, destination: int) -> int:
    """Whole minutes of a drive."""
    if legs.minutes.shape[0] > 0:
        minutes: int = legs.minutes[origin, destination]
        return minutes
    return estimated_leg(legs, leg_km(legs.points, origin, destination), origin, destination)


@inlined
def leg_cost(legs: Legs, origin: int, destination: int) -> float:
    """What a drive costs."""
    if legs.cost.shape[0] > 0:
        cost: float = legs.cost[origin, destination]
        return cost
    km = leg_km(legs.points, origin, destination)
    minutes = estimated_leg(legs, km, origin, destination)
    return legs.minute_cost * minutes + legs.km_cost * km


@inlined
def minutes_to(legs: Legs, origin: int, destination: int) -> int:
    """`leg_minutes` where one destination is asked for after many origins."""
    if legs.minutes_back.shape[0] > 0:
        minutes: int = legs.minutes_back[destination, origin]
        return minutes
    return leg_minutes(legs, origin, destination)


@inlined
def cost_to(legs: Legs, origin: int, destination: int) -> float:
    """`leg_cost` where one destination is asked for after many origins."""
    if legs.cost_back.shape[0] > 0:
        cost: float = legs.cost_back[destination, origin]
        return cost
    return leg_cost(legs, origin, destination)
