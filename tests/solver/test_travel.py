"""Minutes and kilometres: the same minute from every way of asking."""

from __future__ import annotations

import math

import numpy as np
import pytest

from solver import Estimate, Matrix, Place, Problem, ProblemError
from solver.kernels.legs import Legs, leg_km, leg_minutes
from solver.travel import EstimatedRoads

LISBON, PORTO = Place("lisbon", 38.7223, -9.1393), Place("porto", 41.1579, -8.6291)


def test_a_great_circle_is_as_long_as_the_haversine_says() -> None:
    roads = Estimate().roads((LISBON, PORTO, Place("rome", 41.9, 12.5)))
    for one, other in ((0, 1), (0, 2)):
        a, b = (LISBON, PORTO, Place("rome", 41.9, 12.5))[one], (LISBON, PORTO, Place("rome", 41.9, 12.5))[other]
        assert roads.km(one, other) == pytest.approx(haversine(a, b), abs=0.001)


def haversine(one: Place, other: Place) -> float:
    first, second = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    square = math.sin((second - first) / 2) ** 2
    square += math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(square))


def test_estimated_minutes_are_whole_rounded_up_and_zero_only_at_the_same_point() -> None:
    near = Place("near", PORTO.latitude + 1e-7, PORTO.longitude)
    same = Place("same", PORTO.latitude, PORTO.longitude)
    roads = Estimate(0, 1.6).roads((PORTO, near, same, LISBON))
    assert [roads.minutes(0, other) for other in range(4)] == [0, 1, 0, math.ceil(1.6 * haversine(LISBON, PORTO))]


def test_python_numpy_and_kernels_agree_to_the_minute() -> None:
    dice = np.random.default_rng(1)
    places = tuple(
        Place(str(number), 41 + latitude, -8 + longitude, slowness)
        for number, (latitude, longitude, slowness) in enumerate(
            dice.uniform((-1, -1, 0.5), (1, 1, 2), (150, 3)).tolist()
        )
    )
    roads = Estimate().roads(places)
    assert isinstance(roads, EstimatedRoads)
    points = roads.points
    no_table = np.zeros((0, 0), np.int32)
    no_costs = no_table.astype(np.float32)
    legs = Legs(no_table, no_costs, no_table, no_costs, points, roads.slowness, 2.0, 1.6, 1.0, 0.0)
    table = roads.minutes_table(np.arange(150))
    for one in range(150):
        to, from_ = roads.minutes_around(one)  # compiled
        assert (to == table[:, one]).all()
        assert (from_ == table[one]).all()
        for other in range(150):
            assert roads.minutes(one, other) == table[one, other] == leg_minutes(legs, one, other)
            assert roads.km(one, other) == leg_km(points, one, other)


def test_a_matrix_may_differ_by_direction_and_is_rounded_up() -> None:
    roads = Matrix([[0, 6.2], [3.0, 0]], [[0, 4.5], [2.5, 0]]).roads((LISBON, PORTO))
    assert (roads.minutes(0, 1), roads.minutes(1, 0), roads.km(0, 1), roads.km(1, 0)) == (7, 3, 4.5, 2.5)


@pytest.mark.parametrize(
    ("minutes", "km", "path"),
    [
        ([[0, math.nan], [1, 0]], None, "travel.minutes[0][1]"),
        ([[0, -1], [1, 0]], None, "travel.minutes[0][1]"),
        ([[0, math.inf], [1, 0]], None, "travel.minutes[0][1]"),
        ([[0, 1]], None, "travel.minutes"),
        ([[0, 1], [1]], None, "travel.minutes"),
        ([[0, 1], [1, 0]], [[0]], "travel.km"),
        ([[0, 1], [1, 0]], [[0, 1], [-1, 0]], "travel.km[1][0]"),
    ],
)
def test_a_matrix_that_makes_no_sense_is_refused(
    minutes: list[list[float]], km: list[list[float]] | None, path: str
) -> None:
    with pytest.raises(ProblemError) as refused:
        Matrix(minutes, km)
    assert refused.value.path == path


def test_a_matrix_of_another_size_is_refused() -> None:
    with pytest.raises(ProblemError, match=r"travel\.minutes: one row for each of the 2 places"):
        Problem((LISBON, PORTO), Matrix([[0]]), (), ())


@pytest.mark.parametrize("wrong", [math.nan, -1.0, math.inf])
def test_an_estimate_that_makes_no_sense_is_refused(wrong: float) -> None:
    with pytest.raises(ProblemError, match="minutes_per_km"):
        Estimate(2, wrong)
