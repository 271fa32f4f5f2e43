"""Asks a server on the network for JSON: with a deadline, a limit on the answer's size, and no way elsewhere.

A redirect is not followed: the address of the server is the operator's to say.
"""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from fieldsvc.adapters.deadline import cut_after
from fieldsvc.domain.geo.roads import RoadsRefused, RoadsSilent

TIMEOUT_SECONDS = 10.0
MOST_BYTES = 20_000_000
ATTEMPTS = 2
PAUSE_SECONDS = 0.5
TRY_AGAIN = (429, 500, 502, 503, 504)
CHUNK = 65536


@dataclass(frozen=True, slots=True)
class JsonServer:
    """A server by its address, such as `http://127.0.0.1:5000` or `https://maps.example/osrm`."""

    url: str
    timeout_seconds: float = TIMEOUT_SECONDS
    most_bytes: int = MOST_BYTES

    def ask(self, path: str, body: Any = None) -> dict[str, Any]:
        """The object that the server answers to GET, or to POST with a JSON body.

        Raises `RoadsRefused` for an error of ours (4xx), with the server's words, and `RoadsSilent` for anything else.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                status, content = self._exchange(path, body)
            except RoadsSilent:
                raise
            except (OSError, http.client.HTTPException) as error:
                if attempt == ATTEMPTS:
                    raise RoadsSilent(f"{type(error).__name__}: {error}") from error
            else:
                if status not in TRY_AGAIN:
                    return _read(status, content)
                if attempt == ATTEMPTS:
                    raise RoadsSilent(f"HTTP {status}")
            time.sleep(PAUSE_SECONDS)
        raise AssertionError("the last attempt returns or raises")

    def _exchange(self, path: str, body: Any) -> tuple[int, bytes]:
        deadline = time.monotonic() + self.timeout_seconds
        address = urlsplit(self.url)
        connection = _connection(address, self.timeout_seconds)
        try:
            connection.request(
                "GET" if body is None else "POST",
                address.path.rstrip("/") + path,
                None if body is None else json.dumps(body).encode(),
                {"Accept": "application/json", "Content-Type": "application/json", "Connection": "close"},
            )
            # A server that drips a byte a second never runs into the socket's timeout: the deadline does.
            reader = connection.sock
            with cut_after(deadline - time.monotonic(), reader):
                response = connection.getresponse()
            content = bytearray()
            while chunk := response.read1(CHUNK):
                content += chunk
                if len(content) > self.most_bytes:
                    raise RoadsSilent(f"the answer is longer than {self.most_bytes} bytes")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise RoadsSilent(f"the answer took longer than {self.timeout_seconds:g} s")
                reader.settimeout(left)
            if response.length:
                raise RoadsSilent("the answer ends early")
            return response.status, bytes(content)
        finally:
            connection.close()


def _connection(address: SplitResult, seconds: float) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    return kind(address.hostname or "", address.port, timeout=seconds)


def _read(status: int, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RoadsSilent(f"HTTP {status} without JSON") from error
    if 400 <= status < 500 and isinstance(answer, dict):
        words = answer.get("message") or answer.get("error") or ""
        raise RoadsRefused(f"HTTP {status}: {str(words)[:200]}")
    if status != 200:
        raise RoadsSilent(f"HTTP {status}")
    if not isinstance(answer, dict):
        raise RoadsSilent("the answer is no JSON object")
    return answer
