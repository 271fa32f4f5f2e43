"""What a road service told is kept by cell, service and version, and only what is missing is asked again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.domain.geo import road_cache
from fieldsvc.domain.geo.cells import cell_of, centre
from fieldsvc.domain.geo.drives import UNKNOWN
from fieldsvc.domain.geo.models import DrivesFrom
from fieldsvc.domain.geo.roads import RoadTable
from tests.make import NOON

A, B, C, D = 11, 22, 33, 44


def table(rows: list[list[float]]) -> RoadTable:
    """Seconds as given, and ten metres for each."""
    return RoadTable(np.array(rows, float), 10 * np.array(rows, float))


def remember(session: Session, origins: list[int], destinations: list[int], rows: list[list[float]]) -> None:
    road_cache.remember(session, "osrm", "1", origins, destinations, table(rows), now=NOON)


def known(session: Session, *cells: int, version: str = "1") -> dict[tuple[int, int], float]:
    """Seconds by pair, between some cells; NaN where there is no road."""
    found = {}
    for origin, drives in road_cache.known(session, "osrm", version, cells).items():
        for cell, seconds, metres in zip(drives.cells.tolist(), drives.seconds, drives.metres, strict=True):
            if cell in cells:
                is_unknown = seconds == UNKNOWN
                assert is_unknown == (metres == UNKNOWN)
                assert is_unknown or metres == 10 * seconds
                found[origin, cell] = np.nan if is_unknown else float(seconds)
    return found


def test_what_was_told_is_told_again_each_way_by_itself(session: Session) -> None:
    remember(session, [A, B], [A, B], [[0, 60], [90, 0]])
    assert known(session, A, B) == {(A, A): 0, (A, B): 60, (B, A): 90, (B, B): 0}


def test_only_the_cells_that_are_asked_for_come_back(session: Session) -> None:
    remember(session, [A, B], [B, C], [[60, 70], [0, 80]])
    assert known(session, A, B) == {(A, B): 60, (B, B): 0}


def test_later_answers_stand_beside_earlier_ones_and_over_the_same_ones(session: Session) -> None:
    remember(session, [A], [C, B], [[70, 60]])
    remember(session, [A], [B, D], [[61, 80]])
    assert known(session, A, B, C, D) == {(A, B): 61, (A, C): 70, (A, D): 80}
    assert session.scalar(select(func.count()).select_from(DrivesFrom)) == 1


def test_no_road_is_kept_as_such_and_not_asked_again(session: Session) -> None:
    remember(session, [A], [B], [[np.nan]])
    assert np.isnan(known(session, A, B)[A, B])
    assert road_cache.gaps(session, "osrm", "1", [A], [B]) == []


def test_a_new_place_is_asked_for_with_one_row_and_one_column(session: Session) -> None:
    remember(session, [A, B, C], [A, B, C], [[0, 1, 2], [3, 0, 4], [5, 6, 0]])
    everybody = [A, B, C, D]
    rectangles = road_cache.gaps(session, "osrm", "1", everybody, everybody)
    assert sorted(rectangles) == [([A, B, C], [D]), ([D], [A, B, C])]


def test_nothing_kept_is_one_question_and_nobody_drives_to_where_he_is(session: Session) -> None:
    asked = [
        (origin, destination)
        for origins, destinations in road_cache.gaps(session, "osrm", "1", [A, B, C], [A, B, C])
        for origin in origins
        for destination in destinations
    ]
    assert sorted(asked) == [(A, B), (A, C), (B, A), (B, C), (C, A), (C, B)]


def test_another_version_knows_nothing_until_it_is_asked(session: Session) -> None:
    remember(session, [A], [B], [[60]])
    assert known(session, A, B, version="2") == {}


def test_an_older_version_is_planned_with_until_the_new_one_is_complete(session: Session) -> None:
    road_cache.begin(session, "osrm", "1")
    remember(session, [A], [B], [[60]])
    road_cache.answered(session, "osrm", "1", now=NOON)
    road_cache.begin(session, "osrm", "2")
    road_cache.remember(session, "osrm", "2", [A], [B], table([[50]]), now=NOON)
    source = road_cache.source(session)
    assert source is not None
    assert source.version == "1"
    road_cache.answered(session, "osrm", "2", now=NOON)
    assert source.version == "2"
    assert known(session, A, B) == {}, "the old ones are forgotten"
    assert known(session, A, B, version="2") == {(A, B): 50}


def test_the_first_version_is_planned_with_at_once(session: Session) -> None:
    road_cache.begin(session, "osrm", "1")
    source = road_cache.source(session)
    assert source is not None
    assert source.version == "1"


def test_silence_begins_once_and_ends_with_an_answer(session: Session) -> None:
    road_cache.answered(session, "osrm", "1", now=NOON)
    road_cache.fell_silent(session, "osrm", "refused", now=NOON.replace(hour=13))
    road_cache.fell_silent(session, "osrm", "still refused", now=NOON.replace(hour=14))
    source = road_cache.source(session)
    assert source is not None
    assert (source.silent_since, source.error) == (NOON.replace(hour=13), "still refused")
    road_cache.answered(session, "osrm", "1", now=NOON.replace(hour=15))
    assert (source.silent_since, source.error) == (None, "")


def test_another_service_takes_the_place_of_the_first(session: Session) -> None:
    road_cache.answered(session, "osrm", "1", now=NOON)
    remember(session, [A], [B], [[60]])
    road_cache.begin(session, "valhalla", "7")
    road_cache.answered(session, "valhalla", "7", now=NOON)
    source = road_cache.source(session)
    assert source is not None
    assert source.provider == "valhalla"
    assert known(session, A, B) == {}


@pytest.mark.parametrize("count", [501])
def test_more_cells_than_one_statement_names_are_kept(session: Session, count: int) -> None:
    cells = list(range(count))
    seconds = np.arange(count * 2, dtype=float).reshape(count, 2)
    road_cache.remember(session, "osrm", "1", cells, [A, B], RoadTable(seconds, seconds), now=NOON)
    drives = road_cache.known(session, "osrm", "1", cells)
    assert len(drives) == count
    assert drives[500].seconds.tolist() == [1000, 1001]


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_cell_is_within_six_metres_of_its_points(latitude: float, longitude: float) -> None:
    middle = centre(cell_of(latitude, longitude))
    assert abs(middle[0] - latitude) <= 0.0000501
    assert abs(middle[1] - longitude) <= 0.0000501
    assert cell_of(*middle) == cell_of(latitude, longitude)
