"""What a road service is: it knows how long drives take. What it answers is kept by `road_cache`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]


class RoadsSilent(OSError):
    """The service does not answer, or not in time, or not in a way that can be understood."""


class RoadsRefused(RoadsSilent):
    """The service answers that it cannot tell for these places."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadTable:
    """Seconds and metres of drives, row = from, column = to; NaN where there is no road or nothing is known."""

    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]


class RoadService(Protocol):
    """A service on the network. Raises `RoadsSilent`, and `RoadsRefused` when places are its trouble."""

    @property
    def name(self) -> str:
        """Which kind of service it is."""
        ...

    @property
    def most_places(self) -> int:
        """How many origins, and how many destinations, one question may have."""
        ...

    def version(self) -> str:
        """Which roads it knows: another text when they changed."""
        ...

    def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> RoadTable:
        """The drives from each origin to each destination, latitude and longitude in degrees."""
        ...


def ask(
    service: RoadService, origins: Sequence[Point], destinations: Sequence[Point], off_road: set[Point]
) -> RoadTable:
    """The table of places that may be anywhere: what the service refuses is NaN.

    Places that it refuses by themselves are added to `off_road` and are not asked again; where it takes each of
    them and not all together (they are too far apart, say), it is asked about parts.
    """
    table = RoadTable(*(np.full((len(origins), len(destinations)), np.nan) for _ in range(2)))
    rows = [row for row, point in enumerate(origins) if point not in off_road]
    columns = [column for column, point in enumerate(destinations) if point not in off_road]
    if not rows or not columns:
        return table
    some_origins, some_destinations = [origins[row] for row in rows], [destinations[column] for column in columns]
    try:
        found = service.table(some_origins, some_destinations)
    except RoadsRefused:
        found = _ask_parts(service, some_origins, some_destinations, off_road)
    for whole, part in ((table.seconds, found.seconds), (table.metres, found.metres)):
        whole[np.ix_(rows, columns)] = part
    return table


def _ask_parts(
    service: RoadService, origins: Sequence[Point], destinations: Sequence[Point], off_road: set[Point]
) -> RoadTable:
    refused = {point for point in {*origins, *destinations} if not _takes(service, point)}
    if refused:
        off_road |= refused
        return ask(service, origins, destinations, off_road)
    if len(origins) == len(destinations) == 1:
        return RoadTable(np.full((1, 1), np.nan), np.full((1, 1), np.nan))
    axis = 0 if len(origins) >= len(destinations) else 1
    middle = (len(origins), len(destinations))[axis] // 2
    halves = (
        ((origins[:middle], destinations), (origins[middle:], destinations))
        if axis == 0
        else ((origins, destinations[:middle]), (origins, destinations[middle:]))
    )
    tables = [ask(service, *half, off_road) for half in halves]
    return RoadTable(
        np.concatenate([table.seconds for table in tables], axis),
        np.concatenate([table.metres for table in tables], axis),
    )


def _takes(service: RoadService, point: Point) -> bool:
    try:
        service.table([point], [point])
    except RoadsRefused:
        return False
    return True
