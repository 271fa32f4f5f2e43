"""Travel by what a road service told, and by the estimate where it has not told yet or knows no road.

Nothing is tabulated: a calendar of weeks has millions of pairs, of which a question looks at some thousands.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

import solver
from fieldsvc.domain.geo.cells import cell_of
from fieldsvc.domain.geo.drives import UNKNOWN, Cells, Drives
from solver.travel import Kilometres, Minutes, Positions, Roads

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
        return KnownRoads(self.estimate.roads(places), self.drives, cells, cells.tolist())


@dataclass(frozen=True, slots=True, eq=False)
class KnownRoads:
    """Known drives over estimated ones; `cells` is where each place is, `NOWHERE` for one that came later."""

    estimated: Roads
    drives: Drives
    cells: Cells
    cell_list: list[int] = field(repr=False)

    def knows(self, origins: Positions, destinations: Positions) -> NDArray[np.bool_]:
        """Whether the service was asked about drives, pair by pair; within one cell there is nothing to ask."""
        cells = self.cell_list
        return np.array(
            [
                cells[one] == cells[other] or (cells[one] in self.drives and self._at(one, other) is not None)
                for one, other in zip(origins.tolist(), destinations.tolist(), strict=True)
            ],
            np.bool_,
        )

    def minutes(self, origin: int, destination: int) -> int:
        """Whole minutes of one drive."""
        at = self._at(origin, destination)
        seconds = UNKNOWN if at is None else int(self.drives[self.cell_list[origin]].seconds[at])
        return self.estimated.minutes(origin, destination) if seconds == UNKNOWN else max(1, math.ceil(seconds / 60))

    def km(self, origin: int, destination: int) -> float:
        """Kilometres of one drive."""
        at = self._at(origin, destination)
        metres = UNKNOWN if at is None else int(self.drives[self.cell_list[origin]].metres[at])
        return self.estimated.km(origin, destination) if metres == UNKNOWN else metres / METRES_PER_KM

    def minutes_around(self, place: int) -> tuple[Minutes, Minutes]:
        """Minutes from every place to one place, and from it to every place."""
        to, back = (minutes.copy() for minutes in self.estimated.minutes_around(place))
        for origin, cell in enumerate(self.cell_list):
            at = self._at(origin, place)
            if at is not None:
                seconds = self.drives[cell].seconds[at]
                if seconds != UNKNOWN:
                    to[origin] = max(1, math.ceil(seconds / 60))
        self._correct(back, place, np.arange(len(self.cells)))
        return to, back

    def km_between(self, origins: Positions, destinations: Positions) -> Kilometres:
        """Kilometres of many drives, pair by pair."""
        pairs = zip(origins.tolist(), destinations.tolist(), strict=True)
        return np.array([self.km(one, other) for one, other in pairs])

    def minutes_table(self, places: Positions) -> Minutes:
        """Minutes between some places, row = from, column = to."""
        table = self.estimated.minutes_table(places)
        for row, origin in enumerate(places.tolist()):
            self._correct(table[row], origin, places)
        return table

    def km_table(self, places: Positions) -> Kilometres:
        """Kilometres between some places, row = from, column = to."""
        table = self.estimated.km_table(places)
        for row, origin in enumerate(places.tolist()):
            known = self.drives.get(self.cell_list[origin])
            if known is not None:
                is_known, at = known.to_each(self.cells[places])
                metres = known.metres[at]
                table[row, is_known] = np.where(metres == UNKNOWN, table[row, is_known], metres / METRES_PER_KM)
        return table

    def with_place(self, place: solver.Place) -> "KnownRoads":
        """The same roads with one more place at the end of the row, to which every drive is estimated."""
        cells = np.append(self.cells, NOWHERE)
        return KnownRoads(self.estimated.with_place(place), self.drives, cells, cells.tolist())

    def _at(self, origin: int, destination: int) -> int | None:
        """Where among the drives from its origin's cell a drive stands."""
        known = self.drives.get(self.cell_list[origin])
        return None if known is None else known.to(self.cell_list[destination])

    def _correct(self, minutes: Minutes, origin: int, destinations: Positions) -> None:
        """Put what is known of the drives from an origin in the place of the estimates."""
        known = self.drives.get(self.cell_list[origin])
        if known is not None:
            is_known, at = known.to_each(self.cells[destinations])
            seconds = known.seconds[at]
            whole = np.maximum(1, np.ceil(seconds / 60)).astype(np.int64)
            minutes[is_known] = np.where(seconds == UNKNOWN, minutes[is_known], whole)
