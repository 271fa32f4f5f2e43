"""Asks a Valhalla server how long drives take, by its time-distance matrix.

https://valhalla.github.io/valhalla/api/matrix/api-reference/; a server takes 2,500 pairs unless its
`max_matrix_location_pairs` says otherwise, and refuses drives of more than 400 km.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldsvc.adapters.json_server import JsonServer
from fieldsvc.adapters.road_tables import numbers
from fieldsvc.domain.geo.roads import Point, RoadsSilent, RoadTable

METRES_PER_KM = 1000


class Valhalla:
    """A Valhalla server; `edition` is the operator's own mark of the version."""

    name = "valhalla"
    most_places = 50

    def __init__(self, server: JsonServer, edition: str = "") -> None:
        self._server = server
        self._edition = edition

    def version(self) -> str:
        """When the server's tiles were made."""
        answer = self._server.ask("/status")
        return f"{self._edition} {answer.get('tileset_last_modified') or ''}".strip()

    def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> RoadTable:
        """The drives from each origin to each destination."""
        answer = self._server.ask(
            "/sources_to_targets",
            {
                "sources": [{"lat": latitude, "lon": longitude} for latitude, longitude in origins],
                "targets": [{"lat": latitude, "lon": longitude} for latitude, longitude in destinations],
                "costing": "auto",
                "units": "kilometers",
            },
        )
        rows, size = answer.get("sources_to_targets"), (len(origins), len(destinations))
        return RoadTable(_column(rows, "time", *size), METRES_PER_KM * _column(rows, "distance", *size))


def _column(rows: Any, name: str, height: int, width: int) -> NDArray[np.float64]:
    """One of the things that each cell tells."""
    try:
        return numbers([[cell[name] for cell in row] for row in rows], height, width)
    except (TypeError, KeyError) as error:
        raise RoadsSilent(f"the answer has cells without {name}") from error
