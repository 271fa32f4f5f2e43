"""OSRM and Valhalla over HTTP: what they tell is read exactly, and nothing they do wrong gets any further."""

import json
import time
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from fieldsvc.adapters.json_server import JsonServer
from fieldsvc.adapters.osrm import Osrm
from fieldsvc.adapters.roads import KINDS, road_service
from fieldsvc.core.config import Config
from fieldsvc.domain.geo.roads import RoadService, RoadsRefused, RoadsSilent, RoadTable, ask
from tests.road_servers import IN_THE_SEA, ON_AN_ISLAND, Point, Roads, drive, running

HOME, NORTH, EAST = (41.15, -8.61), (41.2, -8.61), (41.16, -8.5)


@pytest.fixture
def roads() -> Roads:
    return Roads()


@pytest.fixture
def address(roads: Roads) -> Iterator[str]:
    with running(roads) as url:
        yield url


@pytest.fixture(params=sorted(KINDS))
def service(request: pytest.FixtureRequest, address: str) -> RoadService:
    return quick(request.param, address)


def quick(kind: str, address: str) -> RoadService:
    return KINDS[kind](JsonServer(address, timeout_seconds=1, most_bytes=1_000_000), "")


def test_seconds_and_metres_come_row_by_row_and_both_ways_differ(service: RoadService) -> None:
    table = service.table([HOME, NORTH], [NORTH, EAST, HOME])
    for row, one in enumerate([HOME, NORTH]):
        for column, other in enumerate([NORTH, EAST, HOME]):
            seconds, metres = drive(one, other) or (0, 0)
            assert table.seconds[row, column] == pytest.approx(seconds, abs=0.5)
            assert table.metres[row, column] == pytest.approx(metres, abs=0.5)
    there, back = drive(HOME, NORTH), drive(NORTH, HOME)
    assert there is not None
    assert back is not None
    assert back[0] == 2 * there[0]


def test_no_road_is_nan_and_never_zero(service: RoadService) -> None:
    table = service.table([HOME, ON_AN_ISLAND], [ON_AN_ISLAND, NORTH])
    assert np.isnan(table.seconds[0, 0])
    assert np.isnan(table.metres[0, 0])
    assert np.isnan(table.seconds[1, 1])
    assert table.seconds[0, 1] > 0


def test_as_many_places_as_it_says_are_taken(service: RoadService, roads: Roads) -> None:
    many = [(41 + number / 1000, -8.6) for number in range(service.most_places)]
    assert service.table(many, many).seconds.shape == (len(many), len(many))
    assert len(roads.asked) == len(many) ** 2


def test_each_tells_which_roads_it_knows(address: str) -> None:
    assert quick("osrm", address).version() == "2026-11-01"
    assert quick("valhalla", address).version() == "1790000000"


def test_an_edition_of_the_operator_makes_another_version(address: str) -> None:
    assert Osrm(JsonServer(address), "spring").version() == "spring 2026-11-01"


def test_an_old_osrm_without_distances_still_tells_minutes(address: str, roads: Roads) -> None:
    roads.forgets_distances = True
    table = quick("osrm", address).table([HOME], [NORTH])
    assert table.seconds[0, 0] > 0
    assert np.isnan(table.metres[0, 0])


def test_a_server_may_live_under_a_path(address: str) -> None:
    assert KINDS["osrm"](JsonServer(f"{address}/roads/"), "").table([HOME], [NORTH]).seconds[0, 0] > 0


# --- Places that are a service's trouble --------------------------------------------------------------


def test_one_place_off_the_road_does_not_spoil_the_others(service: RoadService, roads: Roads) -> None:
    off_road: set[Point] = set()
    table = ask(service, [HOME, IN_THE_SEA, NORTH], [NORTH, IN_THE_SEA], off_road)
    assert off_road == {IN_THE_SEA}
    assert np.isnan(table.seconds[1]).all()
    assert np.isnan(table.seconds[:, 1]).all()
    assert not np.isnan(table.seconds[[0, 2], 0]).any()
    before = roads.questions
    ask(service, [HOME, IN_THE_SEA], [NORTH], off_road)
    assert roads.questions == before + 1, "a place that is known to be off the road is not asked about again"


class TooFar:
    """A service that refuses any question with places of two countries, though it takes each by itself."""

    name, most_places = "far", 50

    def __init__(self, inner: RoadService) -> None:
        self._inner = inner

    def version(self) -> str:
        return ""

    def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> RoadTable:
        if len({point[0] > 45 for point in (*origins, *destinations)}) > 1:
            raise RoadsRefused("too far")
        return self._inner.table(origins, destinations)


def test_places_too_far_apart_are_asked_about_in_parts(service: RoadService) -> None:
    paris, lyon = (48.8, 2.3), (45.7, 4.8)
    table = ask(TooFar(service), [HOME, paris], [NORTH, lyon, EAST], set())
    assert np.isnan(table.seconds).tolist() == [[False, True, False], [True, False, True]]


# --- What goes wrong ----------------------------------------------------------------------------------


def test_an_error_of_the_moment_is_tried_once_more(service: RoadService, roads: Roads) -> None:
    roads.fails = 1
    assert service.table([HOME], [NORTH]).seconds[0, 0] > 0
    roads.fails, roads.questions = 5, 0
    with pytest.raises(RoadsSilent, match="503"):
        service.table([HOME], [NORTH])
    assert roads.questions == 2


def deep() -> bytes:
    return b"[" * 100_000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Welcome</html>",
        b"[]",
        b"null",
        b"{}",
        b'{"code": "Ok"}',
        b'{"code": "Ok", "durations": [[1, 2]], "distances": [[1, 2]], "sources_to_targets": [[]]}',
        b'{"code": "Ok", "durations": [], "distances": [], "sources_to_targets": []}',
        b'{"code": "Ok", "durations": "x", "sources_to_targets": "x"}',
        b'{"code": "Ok", "durations": [["1"]], "sources_to_targets": [[{"time": "1", "distance": 1}]]}',
        b'{"code": "Ok", "durations": [[-1]], "sources_to_targets": [[{"time": -1, "distance": 1}]]}',
        b'{"code": "Ok", "durations": [[NaN]], "sources_to_targets": [[{"time": NaN, "distance": 1}]]}',
        b'{"code": "Ok", "durations": [[1e999]], "sources_to_targets": [[{"time": 1e999, "distance": 1}]]}',
        b'{"code": "Ok", "durations": [[true]], "sources_to_targets": [[{"time": true, "distance": 1}]]}',
        b'{"code": "Ok", "durations": [[{}]], "sources_to_targets": [[{"distance": 1}]]}',
        b'{"code": "InvalidQuery"}',
        b"\xff\xfe",
        deep(),
    ],
    ids=lambda content: content[:70].decode(errors="replace"),
)
def test_what_is_no_table_is_an_error_and_no_number(service: RoadService, roads: Roads, content: bytes) -> None:
    roads.says = content
    with pytest.raises(RoadsSilent):
        service.table([HOME], [NORTH])


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(service: RoadService, roads: Roads, address: str, status: int) -> None:
    other = Roads()
    with running(other) as elsewhere:
        roads.status, roads.headers = status, {"Location": f"{elsewhere}/table/v1/driving/0,0"}
        with pytest.raises(RoadsSilent, match=str(status)):
            service.table([HOME], [NORTH])
    assert other.questions == 0


def test_an_answer_that_is_too_long_is_not_read_to_its_end(service: RoadService, roads: Roads) -> None:
    roads.says = json.dumps({"code": "Ok", "junk": "x" * 3_000_000}).encode()
    with pytest.raises(RoadsSilent, match="longer than"):
        service.table([HOME], [NORTH])


def test_an_answer_that_ends_early_is_an_error(service: RoadService, roads: Roads) -> None:
    roads.headers = {"Content-Length": "100000", "Connection": "close"}
    with pytest.raises(RoadsSilent):
        service.table([HOME], [NORTH])


def test_a_server_that_drips_is_left_at_the_deadline(service: RoadService, roads: Roads) -> None:
    roads.drip_seconds = 0.2
    begun = time.monotonic()
    with pytest.raises(RoadsSilent):
        service.table([HOME], [NORTH])
    assert time.monotonic() - begun < 8


def test_nobody_there_is_silence(address: str) -> None:
    nobody = "http://127.0.0.1:1"
    for kind in KINDS:
        with pytest.raises(RoadsSilent):
            quick(kind, nobody).version()


# --- Configuration ------------------------------------------------------------------------------------


def test_the_configuration_names_the_service(address: str) -> None:
    config = Config("sqlite://", "s" * 32, roads_kind="valhalla", roads_url=address)
    service = road_service(config)
    assert service is not None
    assert service.name == "valhalla"
    assert service.table([HOME], [NORTH]).seconds[0, 0] > 0


def test_without_one_there_is_none() -> None:
    assert road_service(Config("sqlite://", "s" * 32)) is None
