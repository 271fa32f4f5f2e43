"""The adapter against a real Valhalla, where one is installed: `FIELDSVC_VALHALLA_PYTHON` names its Python."""

from collections.abc import Iterator

import numpy as np
import pytest

from fieldsvc.adapters.json_server import JsonServer
from fieldsvc.adapters.valhalla import Valhalla
from fieldsvc.domain.geo.roads import RoadsRefused, ask
from tests.adapters import grid_town
from tests.adapters.grid_town import STREETS, crossing
from tests.road_servers import IN_THE_SEA


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valhalla]:
    try:
        with grid_town.valhalla(tmp_path_factory.mktemp("valhalla")) as url:
            yield Valhalla(JsonServer(url))
    except grid_town.Unavailable as reason:
        pytest.skip(str(reason))


def test_it_tells_the_age_of_its_map(service: Valhalla) -> None:
    assert int(service.version()) > 1_700_000_000


def test_drives_have_the_length_of_the_streets(service: Valhalla) -> None:
    table = service.table([crossing(2, 2)], [crossing(2, 6), crossing(6, 2), crossing(2, 2)])
    across, up = 4 * 0.003 * 111_195 * np.cos(np.radians(41.156)), 4 * 0.003 * 111_195
    assert table.metres[0] == pytest.approx([across, up, 0], rel=0.02, abs=5)
    assert 4 < table.metres[0, 1] / table.seconds[0, 1] < 20  # residential streets, in metres a second


def test_a_one_way_street_is_longer_the_other_way(service: Valhalla) -> None:
    table = service.table([crossing(0, 2), crossing(0, 5)], [crossing(0, 2), crossing(0, 5)])
    assert table.seconds[1, 0] > 1.2 * table.seconds[0, 1]


def test_as_many_places_as_the_adapter_says_are_taken(service: Valhalla) -> None:
    places = [crossing(row, column) for row in range(STREETS) for column in range(STREETS)][: service.most_places]
    table = service.table(places, places)
    assert table.seconds.shape == (service.most_places, service.most_places)
    assert not np.isnan(table.seconds).any()


def test_a_place_in_the_sea_is_refused_and_spoils_nothing(service: Valhalla) -> None:
    places = [crossing(1, 1), IN_THE_SEA, crossing(3, 3)]
    with pytest.raises(RoadsRefused):
        service.table(places, places)
    off_road: set[tuple[float, float]] = set()
    table = ask(service, places, places, off_road)
    assert off_road == {IN_THE_SEA}
    assert np.isnan(table.seconds).tolist() == [[False, True, False], [True, True, True], [False, True, False]]
