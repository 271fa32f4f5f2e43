"""Asks an OSRM server how long drives take, by its table service.

https://github.com/Project-OSRM/osrm-backend/blob/master/docs/http.md; a server takes 100 × 100 pairs unless it was
started with another `--max-table-size`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from fieldsvc.adapters.json_server import JsonServer
from fieldsvc.adapters.road_tables import numbers
from fieldsvc.domain.geo.roads import Point, RoadsRefused, RoadsSilent, RoadTable


class Osrm:
    """An OSRM server; `edition` is the operator's own mark of the version, for servers that do not tell theirs."""

    name = "osrm"
    most_places = 50

    def __init__(self, server: JsonServer, edition: str = "") -> None:
        self._server = server
        self._edition = edition

    def version(self) -> str:
        """The date of the map, where `osrm-extract` was told to keep one."""
        answer = self._ask("/nearest/v1/driving/0,0")
        return f"{self._edition} {answer.get('data_version') or ''}".strip()

    def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> RoadTable:
        """The drives from each origin to each destination."""
        points = ";".join(f"{longitude:.6f},{latitude:.6f}" for latitude, longitude in (*origins, *destinations))
        sources = ";".join(str(number) for number in range(len(origins)))
        targets = ";".join(str(len(origins) + number) for number in range(len(destinations)))
        answer = self._ask(
            f"/table/v1/driving/{points}?annotations=duration,distance&sources={sources}&destinations={targets}"
        )
        size = len(origins), len(destinations)
        metres = numbers(answer["distances"], *size) if "distances" in answer else np.full(size, np.nan)
        return RoadTable(numbers(answer.get("durations"), *size), metres)

    def _ask(self, path: str) -> dict[str, Any]:
        answer = self._server.ask(path)
        if answer.get("code") in {"NoSegment", "NoTable"}:
            raise RoadsRefused(str(answer["code"]))
        if answer.get("code") != "Ok":
            raise RoadsSilent(f"the server says {str(answer.get('code'))[:40]!r}")
        return answer
