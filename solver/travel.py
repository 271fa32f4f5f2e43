"""Minutes and kilometres from place to place: a great-circle estimate or a given matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from solver.errors import ProblemError
from solver.kernels import legs as kernels
from solver.kernels.compiling import compiled

if TYPE_CHECKING:
    from solver.model import Place

Minutes = NDArray[np.int32]
Kilometres = NDArray[np.float64]
Positions = NDArray[np.signedinteger[Any]]

EARTH_RADIUS_KM = 6371.0088
MOST_MINUTES = 10_000_000
ROUNDING = 1e-9
"""A leg of 7.0000000001 minutes is one of 7."""


class Roads(Protocol):
    """The roads between a fixed row of places, each known by its position in the row."""

    def minutes(self, origin: int, destination: int) -> int:
        """Whole minutes of one drive."""

    def km(self, origin: int, destination: int) -> float:
        """Kilometres of one drive."""

    def minutes_around(self, place: int) -> tuple[Minutes, Minutes]:
        """Minutes from every place to one place, and from it to every place."""

    def km_between(self, origins: Positions, destinations: Positions) -> Kilometres:
        """Kilometres of many drives, pair by pair."""

    def minutes_table(self, places: Positions) -> Minutes:
        """Minutes between some places, row = from, column = to."""

    def km_table(self, places: Positions) -> Kilometres:
        """Kilometres between some places, row = from, column = to."""

    def with_place(self, place: Place) -> Roads:
        """The same roads with one more place at the end of the row."""


class Travel(Protocol):
    """A way to know how long a drive takes."""

    def roads(self, places: Sequence[Place]) -> Roads:
        """The roads between these places; raises `ProblemError` when it does not know them all."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Minutes = fixed + per kilometre of great circle, rounded up; 0 only from a point to itself.

    The minutes per kilometre are stretched by the mean of the `slowness` of the two places.
    The defaults fit the road networks of six cities. Positions are held as points on the unit sphere and the
    arc is the series of its chord, so that the same sums in Python, NumPy and Numba give the same minute:
    exact to a metre below 2,500 km.
    """

    fixed_minutes: float = 2.0
    minutes_per_km: float = 1.6

    def __post_init__(self) -> None:
        for name, value, most in (
            ("fixed_minutes", self.fixed_minutes, 1440),
            ("minutes_per_km", self.minutes_per_km, 100),
        ):
            if not 0 <= value <= most:
                raise ProblemError(f"travel.estimate.{name}", f"a number from 0 to {most}")

    def roads(self, places: Sequence[Place]) -> Roads:
        """The roads between these places; nothing is tabulated."""
        return EstimatedRoads.between(self, places)


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Given minutes and kilometres, row = from, column = to, in the order of the problem's places.

    Minutes are rounded up to whole ones; without `km` every drive has 0 km. Refuses what is not square, NaN,
    infinite or negative.
    """

    minutes: Minutes
    km: Kilometres

    def __init__(
        self,
        minutes: Sequence[Sequence[float]] | NDArray[np.generic],
        km: Sequence[Sequence[float]] | NDArray[np.generic] | None = None,
    ) -> None:
        drives = _square("travel.minutes", minutes, MOST_MINUTES)
        lengths = np.zeros_like(drives) if km is None else _square("travel.km", km, 50_000)
        if lengths.shape != drives.shape:
            raise ProblemError("travel.km", f"as many rows as travel.minutes, {len(drives)}")
        object.__setattr__(self, "minutes", np.ceil(drives - ROUNDING).astype(np.int32))
        object.__setattr__(self, "km", lengths)

    def roads(self, places: Sequence[Place]) -> Roads:
        """The roads between these places; refuses a matrix of another size."""
        if len(places) != len(self.minutes):
            raise ProblemError("travel.minutes", f"one row for each of the {len(places)} places")
        return MatrixRoads(self.minutes, self.km)


def _square(path: str, table: object, most: float) -> Kilometres:
    try:
        values = np.array(table, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ProblemError(path, "rows of numbers, all of the same length") from error
    if values.size == 0:
        values = values.reshape(0, 0)
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise ProblemError(path, "a square matrix")
    wrong = np.argwhere(~((values >= 0) & (values <= most)))
    if len(wrong):
        row, column = wrong[0]
        raise ProblemError(f"{path}[{row}][{column}]", f"a number from 0 to {most}")
    return values


@dataclass(frozen=True, slots=True)
class MatrixRoads:
    """Roads read from a table."""

    table: Minutes
    lengths: Kilometres

    def minutes(self, origin: int, destination: int) -> int:
        """Whole minutes of one drive."""
        return int(self.table[origin, destination])

    def km(self, origin: int, destination: int) -> float:
        """Kilometres of one drive."""
        return float(self.lengths[origin, destination])

    def minutes_around(self, place: int) -> tuple[Minutes, Minutes]:
        """Minutes from every place to one place, and from it to every place."""
        return np.ascontiguousarray(self.table[:, place]), self.table[place]

    def km_between(self, origins: Positions, destinations: Positions) -> Kilometres:
        """Kilometres of many drives, pair by pair."""
        return np.asarray(self.lengths[origins, destinations])

    def minutes_table(self, places: Positions) -> Minutes:
        """Minutes between some places, row = from, column = to."""
        return np.ascontiguousarray(self.table[np.ix_(places, places)])

    def km_table(self, places: Positions) -> Kilometres:
        """Kilometres between some places, row = from, column = to."""
        return np.ascontiguousarray(self.lengths[np.ix_(places, places)])

    def with_place(self, place: Place) -> Roads:
        """Refused: a matrix does not know the roads of a new place."""
        raise ProblemError("travel.minutes", f"a row for the place {place.id}")


@dataclass(frozen=True, slots=True)
class EstimatedRoads:
    """Roads guessed from the great circle; `points` are the places on the unit sphere, one row each,
    and `rows` the same with the slowness behind them."""

    estimate: Estimate
    points: NDArray[np.float64]
    slowness: NDArray[np.float64]
    rows: list[list[float]] = field(repr=False)

    @classmethod
    def between(cls, estimate: Estimate, places: Sequence[Place]) -> EstimatedRoads:
        """The estimated roads between places."""
        degrees = [[place.latitude, place.longitude] for place in places]
        points = on_unit_sphere(np.array(degrees, dtype=np.float64).reshape(-1, 2))
        slowness = np.array([place.slowness for place in places], dtype=np.float64)
        return cls(estimate, points, slowness, np.column_stack((points, slowness)).tolist())

    def minutes(self, origin: int, destination: int) -> int:
        """Whole minutes of one drive."""
        km = self.km(origin, destination)
        if km == 0.0:
            return 0
        stretch = 0.5 * (self.rows[origin][3] + self.rows[destination][3])
        drive = self.estimate.fixed_minutes + self.estimate.minutes_per_km * stretch * km
        return max(1, math.ceil(drive - ROUNDING))

    def km(self, origin: int, destination: int) -> float:
        """Kilometres of one drive."""
        x, y, z, _ = self.rows[origin]
        p, q, r, _ = self.rows[destination]
        x, y, z = x - p, y - q, z - r
        square = x * x + y * y + z * z
        series = 1 + square * (1 / 24 + square * (3 / 640 + square * (5 / 7168 + square * (35 / 294912))))
        return EARTH_RADIUS_KM * (math.sqrt(square) * series)

    def minutes_around(self, place: int) -> tuple[Minutes, Minutes]:
        """Minutes from every place to one place, and from it to every place: the same ones."""
        if compiled():
            estimate, minutes = self.estimate, np.empty(len(self.points), np.int32)
            fixed, per_km = float(estimate.fixed_minutes), float(estimate.minutes_per_km)
            kernels.estimated_around(self.points, self.slowness, place, fixed, per_km, minutes)
        else:
            stretch = 0.5 * (self.slowness + self.slowness[place])
            minutes = self._minutes(self._km(self.points - self.points[place]), stretch)
        return minutes, minutes

    def km_between(self, origins: Positions, destinations: Positions) -> Kilometres:
        """Kilometres of many drives, pair by pair."""
        return self._km(self.points[origins] - self.points[destinations])

    def minutes_table(self, places: Positions) -> Minutes:
        """Minutes between some places, row = from, column = to."""
        slowness = self.slowness[places]
        return self._minutes(self.km_table(places), 0.5 * (slowness[:, None] + slowness[None, :]))

    def km_table(self, places: Positions) -> Kilometres:
        """Kilometres between some places, row = from, column = to."""
        points = self.points[places]
        return self._km(points[:, None, :] - points[None, :, :])

    def with_place(self, place: Place) -> Roads:
        """The same roads with one more place at the end of the row."""
        points = np.concatenate([self.points, on_unit_sphere(np.array([[place.latitude, place.longitude]]))])
        slowness = np.append(self.slowness, place.slowness)
        return EstimatedRoads(self.estimate, points, slowness, [*self.rows, [*points[-1].tolist(), place.slowness]])

    def _km(self, between: NDArray[np.float64]) -> Kilometres:
        x, y, z = between[..., 0], between[..., 1], between[..., 2]
        square = x * x + y * y + z * z
        series = 1 + square * (1 / 24 + square * (3 / 640 + square * (5 / 7168 + square * (35 / 294912))))
        return np.asarray(EARTH_RADIUS_KM * (np.sqrt(square) * series))

    def _minutes(self, km: Kilometres, stretch: NDArray[np.float64]) -> Minutes:
        drives = self.estimate.fixed_minutes + self.estimate.minutes_per_km * stretch * km
        whole = np.maximum(1, np.ceil(drives - ROUNDING)).astype(np.int32)
        whole[km == 0.0] = 0
        return np.asarray(whole)


def on_unit_sphere(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Latitude and longitude in degrees, one row each, as points of length 1."""
    latitude, longitude = np.radians(degrees).T
    across = np.cos(latitude)
    return np.stack([across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)], axis=-1)
