"""Where a technician works: inside a polygon, or within some kilometres of a point."""

from __future__ import annotations

import math
from dataclasses import dataclass

from solver.travel import EARTH_RADIUS_KM


@dataclass(frozen=True, slots=True)
class Territory:
    """The places inside `polygon`, or within `km` of `centre`; points are (latitude, longitude) in degrees.

    Outside it a visit costs `price`, or is refused when that is None.
    """

    polygon: tuple[tuple[float, float], ...] = ()
    centre: tuple[float, float] | None = None
    km: float = 0.0
    price: float | None = None

    def covers(self, latitude: float, longitude: float) -> bool:
        """Whether a point lies inside; the border of a circle does."""
        if self.centre is not None:
            return great_circle_km(self.centre, (latitude, longitude)) <= self.km
        return inside(self.polygon, latitude, longitude)


def inside(polygon: tuple[tuple[float, float], ...], latitude: float, longitude: float) -> bool:
    """Whether a point lies in a polygon: a ray to the east crosses its border an odd number of times.

    Source: M. Shimrat, "Algorithm 112: position of point relative to polygon", Communications of the ACM 5(8), 1962.
    """
    crossings = 0
    for (south, west), (north, east) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (south > latitude) != (north > latitude):
            at = west + (latitude - south) / (north - south) * (east - west)
            crossings += longitude < at
    return crossings % 2 == 1


def great_circle_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points by the haversine formula."""
    latitude, longitude = math.radians(one[0]), math.radians(one[1])
    there, across = math.radians(other[0]), math.radians(other[1])
    half = math.sin((there - latitude) / 2) ** 2
    half += math.cos(latitude) * math.cos(there) * math.sin((across - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))
