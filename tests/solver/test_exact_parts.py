"""Exact re-sequencing and crews: each against every possibility that there is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, permutations, product

import pytest

from solver import (
    Estimate,
    Place,
    Plan,
    Problem,
    Route,
    Shift,
    Technician,
    Traffic,
    Visit,
    check,
    optimise,
    schedule,
)
from solver.day import day_of
from solver.exact.crews import CrewWanted, Seat, choose_crews
from solver.exact.crews_together import with_crews
from solver.exact.sequence import shortest_day
from solver.resequence import shortest_order
from tests.solver.make import random_problem
from tests.solver.whole_problems import whole_problem


def travel_of(problem: Problem, route: Route) -> int:
    visits = [problem.index.visits[stop.visit] for stop in route.stops]
    return problem.index.travel_minutes(problem.index.shifts[route.shift], visits)


def least_travel(problem: Problem, shift: str, names: Sequence[str]) -> int | None:
    """By trying every order."""
    routes = (schedule(problem, shift, order) for order in permutations(names))
    return min((travel_of(problem, route) for route in routes if route is not None), default=None)


@pytest.mark.parametrize("speeds", [(), (1, 0.4, 0.8) * 16])
def test_no_order_of_a_day_has_less_travel_than_the_exact_one(speeds: tuple[float, ...]) -> None:
    possible = 0
    for seed in range(40):
        problem, _ = random_problem(seed, breaks=2, stops=4)
        problem = replace(problem, traffic=Traffic(speeds), plan=Plan())
        names = [visit.id for visit in problem.visits][:4]
        found = shortest_day(problem, "shift", names)
        least = least_travel(problem, "shift", names)
        assert (None if found is None else travel_of(problem, found)) == least
        if found is not None:
            possible += bool(names)
            assert {stop.visit for stop in found.stops} == set(names)
            assert not check(
                replace(problem, visits=tuple(problem.index.visits[name] for name in names)), Plan((found,))
            )
    assert possible > 8


def test_the_exact_order_obeys_people_maxima_and_overtime() -> None:
    possible = 0
    for seed in range(60):
        problem = replace(whole_problem(seed, visits=5, days=1), plan=Plan())
        alone = tuple(replace(visit, crew=1, follows=(), locked=None, required=False) for visit in problem.visits)
        problem = replace(problem, visits=alone)
        for shift in problem.index.shifts:
            fit = [visit.id for visit in alone if schedule(problem, shift, [visit.id])][:3]
            found, least = shortest_day(problem, shift, fit), least_travel(problem, shift, fit)
            assert (None if found is None else travel_of(problem, found)) == least
            possible += found is not None and len(fit) > 1
            assert found is None or not check(problem, Plan((found,)))
    assert possible > 5


def test_the_quick_order_of_labels_is_as_short_as_the_exact_one() -> None:
    possible = 0
    for seed in range(60):
        problem, _ = random_problem(seed, breaks=2, stops=4)
        problem = replace(problem, plan=Plan())
        names, shift = [visit.id for visit in problem.visits], problem.technicians[0].shifts[0]
        visits, allowed = list(problem.visits), [visit.allowed for visit in problem.visits]
        index = problem.index
        day = day_of(shift, "one", visits, allowed, index.places, index.roads, index.clock)
        order, found = shortest_order(day, index.roads), shortest_day(problem, "shift", names)
        assert (order is None) == (found is None)
        if order is not None and found is not None:
            assert index.travel_minutes(shift, [visits[number] for number in order]) == travel_of(problem, found)
            possible += len(order) > 1
    assert possible > 10


def least_cost(wanted: Sequence[CrewWanted]) -> float:
    """By trying every crew of every visit, or none."""

    def crews(visit: CrewWanted) -> list[tuple[Seat, ...]]:
        return [
            crew
            for crew in combinations(visit.seats, visit.crew)
            if len({seat.technician for seat in crew}) == visit.crew
            and max(seat.earliest for seat in crew) <= min(seat.latest for seat in crew)
        ]

    best = float("inf")
    for choice in product(*([(), *crews(visit)] for visit in wanted)):
        shifts = [seat.shift for crew in choice for seat in crew]
        if len(shifts) == len(set(shifts)):
            cost = sum(sum(seat.cost for seat in crew) for crew in choice)
            best = min(best, cost + sum(visit.worth for visit, crew in zip(wanted, choice, strict=True) if not crew))
    return best


def test_no_choice_of_crews_and_common_starts_costs_less() -> None:
    served = 0
    for seed in range(60):
        dice = random.Random(seed)
        wanted = []
        for number in range(3):
            seats = []
            for _ in range(dice.randint(0, 6)):
                technician, day, opens = f"t{dice.randrange(4)}", dice.randrange(2), dice.randrange(60)
                closes = opens + dice.choice((0, 20, 60))
                shift = f"{technician}-{day}"
                seats.append(Seat(technician, shift, day * 1440 + opens, day * 1440 + closes, dice.randrange(50)))
            wanted.append(CrewWanted(f"v{number}", dice.choice((1, 2, 2, 3)), dice.choice((30, 200)), seats))
        chosen = choose_crews(wanted)
        for visit in wanted:
            if visit.visit in chosen:
                crew = chosen[visit.visit]
                assert len({seat.technician for seat in crew.seats}) == len(crew.seats) == visit.crew
                assert all(seat.earliest <= crew.begins <= seat.latest for seat in crew.seats)
        shifts = [seat.shift for crew in chosen.values() for seat in crew.seats]
        assert len(shifts) == len(set(shifts))
        cost = sum(sum(seat.cost for seat in crew.seats) for crew in chosen.values())
        cost += sum(visit.worth for visit in wanted if visit.visit not in chosen)
        assert cost == pytest.approx(least_cost(wanted))
        served += len(chosen)
    assert served > 50


def two_crews_for_four_people() -> Problem:
    """Ana and Rui live next to the work, the others far away; only those two may come to the second visit."""
    places = (Place("near", 41.0, -8.0), Place("far", 41.2, -8.0))
    people = tuple(
        Technician(name, {}, (Shift(f"{name}-0", 480, 1020, home, home),))
        for name, home in (("ana", "near"), ("rui", "near"), ("eva", "far"), ("leo", "far"))
    )
    at_ten = ((600, 600),)
    anybody = Visit("anybody", "near", 60, at_ten, crew=2)
    only_two = Visit("only-two", "near", 60, at_ten, crew=2, only=("ana", "rui"))
    return Problem(places, Estimate(), people, (anybody, only_two))


def test_crews_that_compete_for_the_same_people_are_chosen_together() -> None:
    problem = two_crews_for_four_people()
    plan = with_crews(problem, Plan(), problem.visits)
    assert not check(problem, plan)
    people = {route.shift: [stop.visit for stop in route.stops] for route in plan.routes}
    assert people["ana-0"] == people["rui-0"] == ["only-two"]
    assert people["eva-0"] == people["leo-0"] == ["anybody"]


def test_a_plan_with_several_crews_is_made_from_nothing() -> None:
    problem = two_crews_for_four_people()
    result = optimise(problem, iterations=60)
    assert not check(problem, result.plan)
    assert not result.unserved
