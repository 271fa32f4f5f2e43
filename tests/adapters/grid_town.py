"""A town of crossing streets as an OpenStreetMap file in PBF, and a real Valhalla server that knows its roads.

The format is that of https://wiki.openstreetmap.org/wiki/PBF_Format: protocol buffers, written here by hand as the
town needs three kinds of message only.
"""

import json
import os
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CORNER = (41.15, -8.61)
BLOCK = 0.003
STREETS = 9
GRANULARITY = 1e-7
PATIENCE_SECONDS = 60


class Unavailable(Exception):
    """There is no Valhalla here; the words say what was looked for."""


def crossing(row: int, column: int) -> tuple[float, float]:
    """Latitude and longitude of the crossing of two streets."""
    return round(CORNER[0] + row * BLOCK, 7), round(CORNER[1] + column * BLOCK, 7)


# --- The map ------------------------------------------------------------------------------------------


def town() -> bytes:
    """Streets along every row and column; row 0 may be driven eastwards only."""
    words = ["", "highway", "residential", "oneway", "yes"]
    nodes = [
        _field(1, _node(row * STREETS + column + 1, crossing(row, column)))
        for row in range(STREETS)
        for column in range(STREETS)
    ]
    rows = [[row * STREETS + column + 1 for column in range(STREETS)] for row in range(STREETS)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    ways = [
        _field(3, _way(1000 + number, street, one_way=number == 0)) for number, street in enumerate([*rows, *columns])
    ]
    table = _field(1, b"".join(_field(1, word.encode()) for word in words))
    block = table + b"".join(_field(2, group) for group in (b"".join(nodes), b"".join(ways)))
    header = _field(4, b"OsmSchema-V0.6")
    return _file_block("OSMHeader", header) + _file_block("OSMData", block)


def _node(number: int, point: tuple[float, float]) -> bytes:
    latitude, longitude = (round(degrees / GRANULARITY) for degrees in point)
    return _number(1, _zigzag(number)) + _number(8, _zigzag(latitude)) + _number(9, _zigzag(longitude))


def _way(number: int, nodes: Sequence[int], *, one_way: bool) -> bytes:
    keys, values = ([1, 3], [2, 4]) if one_way else ([1], [2])
    steps = [after - before for before, after in zip([0, *nodes], nodes, strict=False)]
    return (
        _number(1, number)
        + _field(2, b"".join(map(_varint, keys)))
        + _field(3, b"".join(map(_varint, values)))
        + _field(8, b"".join(_varint(_zigzag(step)) for step in steps))
    )


def _file_block(kind: str, content: bytes) -> bytes:
    blob = _field(1, content)
    header = _field(1, kind.encode()) + _number(3, len(blob))
    return struct.pack(">I", len(header)) + header + blob


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _varint(value: int) -> bytes:
    packed = bytearray()
    while value > 0x7F:
        packed.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*packed, value])


# --- The server ---------------------------------------------------------------------------------------


@contextmanager
def valhalla(folder: Path) -> Iterator[str]:
    """The address of a Valhalla that knows the town. Raises `Unavailable`."""
    python = _python()
    config, tiles, port = folder / "valhalla.json", folder / "tiles", _free_port()
    tiles.mkdir()
    make = (
        "import json, sys; from valhalla.config import get_config; c = get_config('', sys.argv[1]); "
        "c['httpd']['service']['listen'] = 'tcp://127.0.0.1:' + sys.argv[2]; print(json.dumps(c))"
    )
    settings = json.loads(_run([python, "-c", make, str(tiles), str(port)], folder))
    for name in ("loopback", "interrupt"):
        settings["httpd"]["service"][name] = f"ipc://{folder}/{name}"
    for part in ("loki", "thor", "odin", "meili"):
        settings[part]["service"]["proxy"] = f"ipc://{folder}/{part}"
    config.write_text(json.dumps(settings))
    (folder / "town.osm.pbf").write_bytes(town())
    programs = Path(_run([python, "-m", "valhalla", "print_bin_path"], folder).strip())
    _run([str(programs / "valhalla_build_tiles"), "-c", str(config), str(folder / "town.osm.pbf")], folder)
    server = subprocess.Popen(
        [str(programs / "valhalla_service"), str(config), "1"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield _answering(f"http://127.0.0.1:{port}", server)
    finally:
        os.killpg(server.pid, 15)
        server.wait(PATIENCE_SECONDS)


def _python() -> str:
    """A Python with Valhalla: `FIELDSVC_VALHALLA_PYTHON`, or this one."""
    named = os.environ.get("FIELDSVC_VALHALLA_PYTHON") or sys.executable
    probe = subprocess.run([named, "-c", "import valhalla.valhalla_build_config"], capture_output=True, check=False)
    if probe.returncode:
        raise Unavailable(
            f"{named} has no Valhalla: pip install pyvalhalla-weekly somewhere, and name its Python in "
            "FIELDSVC_VALHALLA_PYTHON"
        )
    return named


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]} {done.stderr[-2000:]}"
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answering(url: str, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{url}/status", timeout=1):
                return url
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
