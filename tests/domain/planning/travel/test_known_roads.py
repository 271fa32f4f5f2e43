"""Known drives are used where there are some, and the estimate everywhere else: the same in each way to ask."""

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import solver
from fieldsvc.domain.geo.cells import cell_of
from fieldsvc.domain.geo.drives import Drives, DrivesFromCell
from fieldsvc.domain.planning.travel.known_roads import KnownRoads, KnownTravel
from fieldsvc.domain.planning.travel.of_unit import estimated_since
from tests.make import HOME, NOON, north

ESTIMATE = solver.Estimate(2, 1.6)
POINTS = [HOME, north(5), north(10), north(15), north(10)]  # the last one is at the door of the third
PLACES = tuple(solver.Place(f"p{number}", *point) for number, point in enumerate(POINTS))
CELLS = [cell_of(*point) for point in POINTS]


def drives(known: dict[tuple[int, int], tuple[float, float]]) -> Drives:
    """Seconds and metres by the numbers of two places."""
    found: dict[int, DrivesFromCell] = {}
    for (one, other), (seconds, metres) in known.items():
        new = DrivesFromCell.told([CELLS[other]], np.array([seconds]), np.array([metres]))
        found[CELLS[one]] = new.over(found[CELLS[one]]) if CELLS[one] in found else new
    return found


def roads(known: dict[tuple[int, int], tuple[float, float]]) -> KnownRoads:
    return KnownTravel(ESTIMATE, drives(known)).roads(PLACES)


ESTIMATED = ESTIMATE.roads(PLACES)
KNOWN = {(0, 1): (601.0, 7300.0), (1, 0): (1200.0, 9100.0), (0, 2): (np.nan, np.nan), (3, 2): (60.0, np.nan)}


def test_a_known_drive_is_whole_minutes_rounded_up_and_each_way_by_itself() -> None:
    assert (roads(KNOWN).minutes(0, 1), roads(KNOWN).minutes(1, 0)) == (11, 20)
    assert roads(KNOWN).km(0, 1) == 7.3


def test_what_is_not_known_or_has_no_road_is_estimated_and_never_zero() -> None:
    for one, other in ((2, 3), (0, 2)):
        assert roads(KNOWN).minutes(one, other) == ESTIMATED.minutes(one, other) > 0
        assert roads(KNOWN).km(one, other) == ESTIMATED.km(one, other) > 0


def test_a_drive_without_length_has_the_estimated_one() -> None:
    assert roads(KNOWN).minutes(3, 2) == 1
    assert roads(KNOWN).km(3, 2) == ESTIMATED.km(3, 2)


def test_two_places_at_one_door_share_what_is_known() -> None:
    assert roads(KNOWN).minutes(3, 4) == 1


def test_a_place_that_comes_later_is_estimated() -> None:
    more = roads(KNOWN).with_place(solver.Place("late", *north(5)))
    assert more.minutes(0, 5) == ESTIMATED.minutes(0, 1)
    assert more.minutes(0, 1) == 11
    assert more.minutes_around(5)[0][0] == ESTIMATED.minutes(0, 1)


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(lambda pair: pair[0] != pair[1]),
        st.tuples(st.floats(0, 9000) | st.just(np.nan), st.floats(0, 90_000) | st.just(np.nan)),
    )
)
def test_every_way_to_ask_gives_the_same_drives(known: dict[tuple[int, int], tuple[float, float]]) -> None:
    found, count = roads(known), len(PLACES)
    everywhere = np.arange(count)
    minutes = [[found.minutes(one, other) for other in range(count)] for one in range(count)]
    km = [[found.km(one, other) for other in range(count)] for one in range(count)]
    assert found.minutes_table(everywhere).tolist() == minutes
    assert found.km_table(everywhere) == pytest.approx(np.array(km))
    for place in range(count):
        to, back = found.minutes_around(place)
        assert to.tolist() == [row[place] for row in minutes]
        assert back.tolist() == minutes[place]
    some = np.array([2, 0])
    assert found.minutes_table(some).tolist() == [[minutes[2][2], minutes[2][0]], [minutes[0][2], minutes[0][0]]]


def problem(known: dict[tuple[int, int], tuple[float, float]], silent_since: datetime | None) -> solver.Problem:
    """One tour from p0 to p1 and back."""
    return solver.Problem(
        places=PLACES,
        travel=KnownTravel(ESTIMATE, drives(known), silent_since),
        technicians=(solver.Technician("t", shifts=(solver.Shift("s", 480, 1020, "p0", "p0"),)),),
        visits=(solver.Visit("v", "p1", 60),),
        plan=solver.Plan((solver.Route("s", (solver.Stop("v", 540),)),)),
    )


def test_the_engine_plans_with_known_drives() -> None:
    enough, too_long = (problem({(0, 1): (minutes * 60, 1), (1, 0): (60, 1)}, None) for minutes in (59, 61))
    assert solver.check(enough, enough.plan) == []
    assert solver.check(too_long, too_long.plan) != []
    calendar = solver.Calendar(problem({(0, 3): (200 * 60, 1), (3, 0): (100 * 60, 1)}, None))
    [first, *_rest] = calendar.propose(solver.Visit("w", "p3", 30)).candidates
    assert first.begins[0] >= 480 + 60


def test_a_silent_service_is_told_of_only_where_drives_are_missing() -> None:
    whole = {(0, 1): (600.0, 1.0), (1, 0): (600.0, 1.0)}
    assert estimated_since(problem(whole, NOON), None) is None
    assert estimated_since(problem({(0, 1): (600.0, 1.0)}, NOON), None) == NOON
    assert estimated_since(problem({(0, 1): (600.0, 1.0)}, None), None) is None
    assert estimated_since(problem(whole, NOON), "p3") == NOON
