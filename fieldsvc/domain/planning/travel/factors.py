"""What is known of a unit's drives: the factors of the estimate, by area and hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fieldsvc.domain.planning.travel.areas import areas_of

Numbers = NDArray[np.float64]
MINUTES_PER_DAY = 1440


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """Drives that were made, one row each.

    `minutes` and great-circle `km`; `leaves` is the local minute of the day; places are degrees of latitude and
    longitude, shape (n, 2).
    """

    minutes: Numbers
    km: Numbers
    leaves: Numbers
    origins: Numbers
    destinations: Numbers

    def __len__(self) -> int:
        return len(self.minutes)

    def __getitem__(self, rows: slice | NDArray[np.bool_]) -> "Legs":
        """Some of the legs."""
        return Legs(self.minutes[rows], self.km[rows], self.leaves[rows], self.origins[rows], self.destinations[rows])


@dataclass(frozen=True, slots=True)
class Factors:
    """Minutes = (fixed + per km × km × mean slowness of both ends) / speed of the hour.

    `slowness` is what an area adds to 1, by its name; `speeds` are those of equal slices of the day relative to the
    freest one, and none where every hour is alike; `legs` is from how many drives this was learned.
    """

    fixed_minutes: float
    minutes_per_km: float
    slowness: Mapping[str, float] = field(default_factory=dict)
    speeds: tuple[float, ...] = ()
    legs: int = 0

    def slowness_at(self, latitude: float, longitude: float) -> float:
        """How slow driving is around a point; 1 is usual."""
        added = sum(self.slowness.get(area, 0.0) for area in areas_of(latitude, longitude))
        return float(np.clip(1 + added, *SLOWNESS))

    def minutes(self, legs: Legs) -> Numbers:
        """The estimated minutes of drives, not rounded."""
        ends = [self._slowness(places) for places in (legs.origins, legs.destinations)]
        drives = self.fixed_minutes + self.minutes_per_km * legs.km * (ends[0] + ends[1]) / 2
        if self.speeds:
            drives = drives / np.array(self.speeds)[hours_of(legs.leaves, len(self.speeds))]
        return np.asarray(drives)

    def _slowness(self, places: Numbers) -> Numbers:
        each, where = np.unique(places, axis=0, return_inverse=True)
        return np.array([self.slowness_at(latitude, longitude) for latitude, longitude in each.tolist()])[where]


SLOWNESS = (0.5, 2.5)
"""What an area may do to the minutes per kilometre, whatever was learned."""


def hours_of(leaves: Numbers, count: int) -> NDArray[np.int64]:
    """The slice of the day, of `count` equal ones, in which each leg begins."""
    return (leaves % MINUTES_PER_DAY * count // MINUTES_PER_DAY).astype(np.int64)
