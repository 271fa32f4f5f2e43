"""Travel by what a road service told, and by the estimate where it has not told yet or knows no road."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

import solver
from fieldsvc.domain.geo.cells import cell_of
from fieldsvc.domain.geo.road_cache import Cells, Drives
from solver.travel import ROUNDING, Kilometres, Minutes, Positions, Roads

METRES_PER_KM = 1000
NOWHERE = -1


@dataclass(frozen=True, slots=True, eq=False)
class KnownTravel:
    """The drives that are known between cells, and the estimate for all others.

    `silent_since` is since when the road service tells nothing new.
    """

    estimate: solver.Estimate
    drives: Drives
    silent_since: datetime | None = None

    def roads(self, places: Sequence[solver.Place]) -> "KnownRoads":
        """The roads between these places."""
        cells = np.array([cell_of(place.latitude, place.longitude) for place in places], np.int64)
        return KnownRoads.between(self.estimate.roads(places), cells, self.drives)


@dataclass(frozen=True, slots=True, eq=False)
class KnownRoads:
    """Known drives in the order of their `keys`: cell of the origin × number of cells + cell of the destination.

    `cells` numbers the cell of each place, and is `NOWHERE` for a place that came later. Kilometres may be NaN.
    """

    estimated: Roads
    cells: Cells
    count: int
    keys: Cells
    known_minutes: Minutes
    known_km: Kilometres

    @classmethod
    def between(cls, estimated: Roads, cells: Cells, drives: Drives) -> "KnownRoads":
        """The roads between places in these cells."""
        each, numbered = np.unique(cells, return_inverse=True)
        is_here = np.isin(drives.origins, each) & np.isin(drives.destinations, each) & ~np.isnan(drives.seconds)
        origins, destinations = (np.searchsorted(each, ends[is_here]) for ends in (drives.origins, drives.destinations))
        keys = origins * len(each) + destinations
        order = np.argsort(keys)
        minutes = np.maximum(1, np.ceil(drives.seconds[is_here] / 60 - ROUNDING)).astype(np.int32)
        km = drives.metres[is_here] / METRES_PER_KM
        return cls(estimated, numbered, len(each), keys[order], minutes[order], km[order])

    def knows(self, origins: Positions, destinations: Positions) -> NDArray[np.bool_]:
        """Whether drives are known, pair by pair; within one cell there is nothing to know."""
        is_known, _at = self._find(origins, destinations)
        return np.asarray(is_known | (self.cells[origins] == self.cells[destinations]))

    def minutes(self, origin: int, destination: int) -> int:
        """Whole minutes of one drive."""
        at = self._place_of(origin, destination)
        return self.estimated.minutes(origin, destination) if at is None else int(self.known_minutes[at])

    def km(self, origin: int, destination: int) -> float:
        """Kilometres of one drive."""
        at = self._place_of(origin, destination)
        km = np.nan if at is None else float(self.known_km[at])
        return self.estimated.km(origin, destination) if np.isnan(km) else km

    def minutes_around(self, place: int) -> tuple[Minutes, Minutes]:
        """Minutes from every place to one place, and from it to every place."""
        everywhere, here = np.arange(len(self.cells)), np.full(len(self.cells), place)
        to, back = self.estimated.minutes_around(place)
        return self._corrected(to, everywhere, here), self._corrected(back, here, everywhere)

    def km_between(self, origins: Positions, destinations: Positions) -> Kilometres:
        """Kilometres of many drives, pair by pair."""
        is_known, at = self._find(origins, destinations)
        km = self.estimated.km_between(origins, destinations)
        km[is_known] = np.where(np.isnan(self.known_km[at]), km[is_known], self.known_km[at])
        return km

    def minutes_table(self, places: Positions) -> Minutes:
        """Minutes between some places, row = from, column = to."""
        return self._corrected(self.estimated.minutes_table(places), places[:, None], places[None, :])

    def km_table(self, places: Positions) -> Kilometres:
        """Kilometres between some places, row = from, column = to."""
        rows, columns = (grid.ravel() for grid in np.meshgrid(places, places, indexing="ij"))
        return self.km_between(rows, columns).reshape(len(places), len(places))

    def with_place(self, place: solver.Place) -> "KnownRoads":
        """The same roads with one more place at the end of the row, to which every drive is estimated."""
        cells = np.append(self.cells, NOWHERE)
        return KnownRoads(
            self.estimated.with_place(place), cells, self.count, self.keys, self.known_minutes, self.known_km
        )

    def _corrected(self, minutes: Minutes, origins: Positions, destinations: Positions) -> Minutes:
        is_known, at = self._find(origins, destinations)
        corrected = minutes.copy()
        corrected[is_known] = self.known_minutes[at]
        return corrected

    def _find(self, origins: Positions, destinations: Positions) -> tuple[NDArray[np.bool_], Cells]:
        """Which drives are known, and where those stand."""
        starts, ends = np.broadcast_arrays(self.cells[origins], self.cells[destinations])
        wanted = starts * self.count + ends
        at = np.minimum(np.searchsorted(self.keys, wanted), max(len(self.keys) - 1, 0))
        if not len(self.keys):
            return np.zeros(wanted.shape, np.bool_), at[:0].ravel()
        is_known = (self.keys[at] == wanted) & (starts != NOWHERE) & (ends != NOWHERE)
        return is_known, at[is_known]

    def _place_of(self, origin: int, destination: int) -> int | None:
        start, end = int(self.cells[origin]), int(self.cells[destination])
        if start == NOWHERE or end == NOWHERE:
            return None
        key = start * self.count + end
        at = int(self.keys.searchsorted(key))
        return at if at < len(self.keys) and self.keys[at] == key else None
