"""Where technicians work: what lies inside, what it costs to leave, and that everybody agrees about both."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from solver import (
    Matrix,
    Place,
    Plan,
    Problem,
    Route,
    Shift,
    Stop,
    Technician,
    Territory,
    Visit,
    Weights,
    check,
    cost_of,
    optimise,
    propose,
    schedule,
)
from tests.solver.oracle import chord_km, in_territory
from tests.solver.whole_problems import whole_problem

HORSESHOE = ((0, 0), (0, 3), (3, 3), (3, 2), (1, 2), (1, 1), (3, 1), (3, 0))
"""Open to the north between the meridians 1 and 2."""

RING = ((0, 0), (0, 4), (4, 4), (4, 0), (0, 0), (1, 1), (3, 1), (3, 3), (1, 3), (1, 1))
"""A square with a square hole: its border goes in and comes out by the same cut."""


@pytest.mark.parametrize(
    ("polygon", "point", "inside"),
    [
        (HORSESHOE, (2.0, 0.5), True),
        (HORSESHOE, (2.0, 2.5), True),
        (HORSESHOE, (0.5, 1.5), True),
        (HORSESHOE, (2.0, 1.5), False),
        (HORSESHOE, (2.0, 3.5), False),
        (HORSESHOE, (-0.5, 1.5), False),
        (RING, (0.5, 2.0), True),
        (RING, (3.5, 2.0), True),
        (RING, (2.0, 0.5), True),
        (RING, (2.0, 3.5), True),
        (RING, (2.0, 2.0), False),
        (RING, (2.0, 4.5), False),
    ],
)
def test_bays_and_holes_are_outside(
    polygon: tuple[tuple[float, float], ...], point: tuple[float, float], inside: bool
) -> None:
    for first in range(len(polygon)):
        turned = polygon[first:] + polygon[:first]
        assert Territory(turned).covers(*point) == Territory(turned[::-1]).covers(*point) == inside


DEGREES = some.floats(-3, 3)


@settings(derandomize=True, max_examples=300)
@given(some.lists(some.tuples(DEGREES, DEGREES), min_size=3, max_size=9), DEGREES, DEGREES)
def test_any_polygon_covers_what_sees_its_border_turn_around_an_odd_number_of_times(
    corners: list[tuple[float, float]], latitude: float, longitude: float
) -> None:
    area = Territory(tuple(corners))
    if min(border_distance(area, latitude, longitude)) > 1e-6:  # nothing is promised about the border itself
        assert area.covers(latitude, longitude) == in_territory(area, Place("p", latitude, longitude))


def border_distance(area: Territory, latitude: float, longitude: float) -> list[float]:
    """Degrees from a point to each side of a polygon."""
    found = []
    point = complex(latitude, longitude)
    for one, other in zip(area.polygon, area.polygon[1:] + area.polygon[:1], strict=True):
        start, side = complex(*one), complex(*other) - complex(*one)
        along = ((point - start) * side.conjugate()).real / abs(side) ** 2 if abs(side) > 1e-12 else 0.0
        found.append(abs(point - start - min(1.0, max(0.0, along)) * side))
    return found


@settings(derandomize=True, max_examples=300)
@given(some.floats(-89, 89), some.floats(-180, 180), DEGREES, DEGREES, some.floats(0, 400))
def test_a_circle_covers_what_is_no_further_than_its_kilometres(
    latitude: float, longitude: float, north: float, east: float, km: float
) -> None:
    centre, point = (latitude, longitude), (max(-90.0, min(90.0, latitude + north)), longitude + east)
    far = chord_km(centre, point)
    if abs(far - km) > 1e-3:
        assert Territory(centre=centre, km=km).covers(*point) == (far < km)


BAY, ARM = Place("bay", 2, 1.5), Place("arm", 2, 0.5)


def company(ana: Territory, rui: Territory | None = None, at: Place = BAY) -> Problem:
    """Ana lives at the door of the visit, and Rui ten minutes away."""
    places = (at, Place("far", 0.5, 1.5))
    staff = (
        Technician("ana", {}, (Shift("ana-day", 480, 1020, at.id, at.id),), ana),
        Technician("rui", {}, (Shift("rui-day", 480, 1020, "far", "far"),), rui),
    )
    return Problem(places, Matrix([[0, 10], [10, 0]]), staff, (Visit("v", at.id, 60),), Weights(unserved=100))


def test_nobody_plans_what_lies_in_the_bay_of_a_territory_without_a_price() -> None:
    problem = company(Territory(HORSESHOE))
    proposal = propose(problem, problem.visits[0], reasons=True)
    assert [one.technician for one in proposal.candidates] == ["rui"]
    assert [(one.technician, one.reason.code) for one in proposal.refused] == [("ana", "territory")]
    assert schedule(problem, "ana-day", ["v"]) is None
    assert [one.kind for one in check(problem, Plan((Route("ana-day", (Stop("v", 600),)),)))] == ["territory"]
    for engine in ("search", "ortools"):
        plan = optimise(problem, iterations=20, seconds=2, engine=engine).plan
        assert [route.shift for route in plan.routes if route.stops] == ["rui-day"]


def test_in_the_arm_of_it_the_nearer_one_comes() -> None:
    problem = company(Territory(HORSESHOE), at=ARM)
    assert propose(problem, problem.visits[0]).candidates[0].technician == "ana"
    assert optimise(problem, iterations=20).plan.routes[0].shift == "ana-day"


@pytest.mark.parametrize(("price", "comes"), [(15.0, "ana"), (25.0, "rui"), (0.0, "ana")])
def test_a_territory_with_a_price_is_left_when_the_way_of_the_other_is_dearer(price: float, comes: str) -> None:
    for area in (Territory(HORSESHOE, price=price), Territory(centre=(9, 9), km=5, price=price)):
        problem = company(area)
        candidates = {one.technician: one.cost for one in propose(problem, problem.visits[0]).candidates}
        assert (candidates["ana"].total, candidates["ana"].other) == (price, price)
        assert (candidates["rui"].total, candidates["rui"].other) == (20, 0)
        assert propose(problem, problem.visits[0]).candidates[0].technician == comes
        for engine in ("search", "ortools"):
            result = optimise(problem, iterations=20, seconds=2, engine=engine)
            assert [route.shift for route in result.plan.routes if route.stops] == [f"{comes}-day"]
            assert result.cost.territory == (price if comes == "ana" else 0)
        outside = Plan((Route("ana-day", (Stop("v", 600),)),))
        assert check(problem, outside) == []
        assert cost_of(problem, outside).territory == price


def test_where_nobody_may_go_nothing_is_planned_and_the_reason_is_told() -> None:
    problem = company(Territory(HORSESHOE), Territory(centre=(9, 9), km=5))
    (left_out,) = optimise(problem, iterations=20).unserved
    assert {reason.code for reason in left_out.reasons} == {"territory"}


@settings(derandomize=True, max_examples=30, phases=[Phase.generate])
@given(some.integers(0, 10**6))
def test_proposals_and_plans_stay_in_territories_of_any_shape(seed: int) -> None:
    dice = random.Random(seed)
    problem = whole_problem(seed, visits=6)
    staff = tuple(replace(one, territory=any_territory(dice)) for one in problem.technicians)
    problem = replace(problem, technicians=staff, plan=Plan())
    areas = {one.id: one.territory for one in staff}
    for visit in problem.visits:
        place = problem.index.place(visit.place)
        outside = {name for name, area in areas.items() if area is not None and not in_territory(area, place)}
        barred = {name for name in outside if (area := areas[name]) is not None and area.price is None}
        proposal = propose(problem, visit, reasons=True)
        come = {found.technician for found in proposal.candidates}
        come |= {seat.technician for found in proposal.candidates for seat in found.crew}
        assert not barred & come
        told = {one.technician for one in proposal.refused if one.reason.code == "territory"}
        assert told <= barred
    plan = optimise(problem, iterations=30, seed=seed).plan
    assert {one.kind for one in check(problem, plan)} <= {"required"}


def any_territory(dice: random.Random) -> Territory | None:
    """A star about the places of a whole problem, or a circle among them, with or without a price."""
    price = dice.choice((None, None, 7.0))
    if dice.random() < 0.3:
        return Territory(centre=(41.05, -7.95), km=dice.uniform(1, 6), price=price)
    corners = [(dice.uniform(0.005, 0.07), step) for step in range(dice.choice((3, 5, 8, 12)))]
    turn = 360 / len(corners)
    points = tuple(_at(distance, step * turn) for distance, step in corners)
    return dice.choice((None, Territory(points, price=price), Territory(points, price=price)))


def _at(distance: float, angle: float) -> tuple[float, float]:
    point = distance * complex(0, 1) ** (angle / 90)
    return 41.05 + point.imag, -7.95 + point.real
