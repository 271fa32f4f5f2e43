"""Road services on this machine that speak the protocols of OSRM and Valhalla, and can misbehave as real ones do.

The world is flat: 30 km/h along the great circle northwards, and half as fast the other way. `IN_THE_SEA` has no road.
"""

import json
import math
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Point = tuple[float, float]
IN_THE_SEA = (41.0, -9.5)
ON_AN_ISLAND = (41.3, -9.0)
KM_PER_DEGREE = 111.2
MOST_PAIRS = 2500


@dataclass
class Roads:
    """What the server knows and how it behaves; `asked` are the pairs that it was asked about."""

    data_version: str = "2026-11-01"
    asked: list[tuple[Point, Point]] = field(default_factory=list)
    questions: int = 0
    fails: int = 0
    """So many next answers are errors of the server."""
    says: bytes | None = None
    """The content of every answer, instead of the right one."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip_seconds: float = 0
    """The pause between two bytes of an answer."""
    forgets_distances: bool = False

    def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> list[list[tuple[float, float] | None]]:
        self.asked += [(one, other) for one in origins for other in destinations]
        return [[drive(one, other) for other in destinations] for one in origins]


def drive(one: Point, other: Point) -> tuple[float, float] | None:
    """Seconds and metres of a drive, by the world of these servers; None where there is no road."""
    if (ON_AN_ISLAND in (one, other)) and one != other:
        return None
    km = KM_PER_DEGREE * math.hypot(other[0] - one[0], (other[1] - one[1]) * 0.75)
    return round(km * (120 if other[0] >= one[0] else 240), 1), round(km * 1000, 1)


class _Refused(Exception):
    """An error of the one who asks: what the server answers."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    roads: Roads

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path.endswith("/status"):
            self._answer(200, {"version": "3.5.1", "tileset_last_modified": 1_790_000_000})
        elif "/nearest/v1/driving/" in address.path:
            self._answer(200, {"code": "Ok", "data_version": self.roads.data_version, "waypoints": []})
        elif "/table/v1/driving/" in address.path:
            self._try(lambda: self._osrm(address.path, parse_qs(address.query)))
        else:
            self._answer(404, {"code": "InvalidUrl", "message": "URL string malformed"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path.endswith("/sources_to_targets")
        self._try(lambda: self._valhalla(body))

    def _osrm(self, path: str, query: dict[str, list[str]]) -> dict[str, Any]:
        assert query["annotations"] == ["duration,distance"]
        points = [
            (float(latitude), float(longitude))
            for longitude, latitude in re.findall(r"(-?\d+\.\d+),(-?\d+\.\d+)", path.rpartition("/")[2])
        ]
        origins, destinations = (
            [points[int(number)] for number in query[name][0].split(";")] for name in ("sources", "destinations")
        )
        if len(origins) * len(destinations) > 100 * 100:
            raise _Refused({"code": "TooBig", "message": "Too many table coordinates"})
        if IN_THE_SEA in points:
            raise _Refused({"code": "NoSegment", "message": "Could not find a matching segment"})
        table = self.roads.table(origins, destinations)
        answer = {"code": "Ok", "durations": [[cell[0] if cell else None for cell in row] for row in table]}
        if not self.roads.forgets_distances:
            answer["distances"] = [[cell[1] if cell else None for cell in row] for row in table]
        return answer

    def _valhalla(self, body: dict[str, Any]) -> dict[str, Any]:
        assert (body["costing"], body["units"]) == ("auto", "kilometers")
        origins, destinations = ([(one["lat"], one["lon"]) for one in body[name]] for name in ("sources", "targets"))
        if len(origins) * len(destinations) > MOST_PAIRS:
            raise _Refused({"error_code": 150, "error": "Exceeded max locations"})
        if IN_THE_SEA in (*origins, *destinations):
            raise _Refused({"error_code": 171, "error": "No suitable edges near location"})
        rows = [
            [
                {
                    "from_index": row,
                    "to_index": column,
                    "time": round(cell[0]) if cell else None,
                    "distance": round(cell[1] / 1000, 3) if cell else None,
                }
                for column, cell in enumerate(cells)
            ]
            for row, cells in enumerate(self.roads.table(origins, destinations))
        ]
        return {"sources_to_targets": rows, "units": "kilometers", "algorithm": "costmatrix"}

    def _try(self, work: Any) -> None:
        try:
            answer = work()
        except _Refused as refusal:
            self._answer(400, refusal.args[0])
        else:
            self._answer(200, answer)

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        roads = self.roads
        roads.questions += 1
        if roads.fails:
            roads.fails -= 1
            status, content = 503, {}
        packed = json.dumps(content).encode() if roads.says is None else roads.says
        self.send_response(status if roads.status == 200 else roads.status)
        self.send_header("Content-Type", "application/json")
        for name, value in {"Content-Length": str(len(packed)), **roads.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self._write(packed)
        except OSError:  # the client has had enough
            self.close_connection = True

    def _write(self, packed: bytes) -> None:
        if not self.roads.drip_seconds:
            self.wfile.write(packed)
            return
        for byte in packed:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(self.roads.drip_seconds)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name is the library's)
        """Say nothing."""


@contextmanager
def running(roads: Roads) -> Iterator[str]:
    """The address of a server that behaves as `roads` say."""
    handler = type("Handler", (_Handler,), {"roads": roads})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
