"""What is measured on: the same for the same seed, and as hard as its name says."""

from __future__ import annotations

import pytest

from benchmarks import tables
from benchmarks.booked_calendar import booked
from benchmarks.cities import CITIES, SEEDS, SHARED, present
from benchmarks.field_day import field_day
from benchmarks.large_calendar import enlarged
from benchmarks.nightly import night
from benchmarks.several_days import several_days
from benchmarks.vrptw import names, vrptw
from solver import check
from solver.json_format import problem_from_json

pytestmark = pytest.mark.filterwarnings("error")
here = [city for city in CITIES if present(city)]
needs_data = pytest.mark.skipif(not (SHARED / "vrptw").exists(), reason="the instances are not on this machine")


@pytest.mark.parametrize("city", here)
def test_the_same_seed_gives_the_same_day_and_another_one_another(city: str) -> None:
    one, same, other = (field_day(city, seed, 4, 20, lunch=True) for seed in (7, 7, 8))
    assert one == same
    assert one.problem["visits"] != other.problem["visits"]
    assert one.problem["travel"] != other.problem["travel"]


@pytest.mark.parametrize("city", here)
def test_the_same_seed_gives_the_same_period(city: str) -> None:
    assert several_days(city, 7, 3, 5, 20) == several_days(city, 7, 3, 5, 20)


@pytest.mark.parametrize("city", here)
def test_a_city_has_no_drive_to_itself_and_every_other_takes_time(city: str) -> None:
    problem = field_day(city, 1, 3, 20, lunch=False).problem
    for here_, drives in enumerate(problem["travel"]["minutes"]):
        assert drives[here_] == 0
        assert min(drives) >= 0
        assert max(drives) > 0


def test_a_lunch_break_is_the_only_difference_between_two_days() -> None:
    with_lunch, without = (field_day("clusters", 1, 3, 20, lunch=lunch).problem for lunch in (True, False))
    assert with_lunch["visits"] == without["visits"]
    assert with_lunch["travel"] == without["travel"]
    assert [shift["breaks"] == [] for one in without["technicians"] for shift in one["shifts"]] == [True] * 3


def test_every_window_of_several_days_lies_in_a_shift() -> None:
    problem = problem_from_json(several_days("clusters", 1, 3, 5, 40).problem)
    for visit in problem.visits:
        assert visit.windows
        for opens, closes in visit.windows:
            assert any(shift.begins <= opens <= closes <= shift.ends for shift in problem.index.shifts.values())


def test_acceptance_and_tuning_share_no_instance() -> None:
    assert not set(SEEDS["acceptance"]) & set(SEEDS["tuning"])
    assert {city for city, _ in SEEDS["acceptance"]} > {city for city, _ in SEEDS["tuning"]}


@needs_data
def test_a_public_instance_is_in_tenths_cut_off_after_one_decimal() -> None:
    instance = vrptw("C101")
    assert instance.best_known == 8273
    assert len(instance.problem["visits"]) == 100
    first = instance.problem["visits"][0]
    assert (first["minutes"], first["windows"], first["load"]) == (900, [[9120, 9670]], 10)
    assert instance.problem["travel"]["minutes"][0][1] == 186  # from (40, 50) to (45, 68): 18.68
    assert len(instance.problem["technicians"]) == 25
    assert instance.problem["technicians"][0]["shifts"][0]["capacity"] == 200
    assert problem_from_json(instance.problem).visits[0].required


@needs_data
def test_every_public_instance_has_a_best_known_distance() -> None:
    assert len(names("solomon")) == 56
    assert all(vrptw(name).best_known for name in (*names("solomon")[::11], *names("gh")))


@pytest.mark.parametrize("made", [tables.quick, tables.full])
def test_every_goal_is_measured_by_a_run_of_its_table(made: object) -> None:
    assert callable(made)
    for table in made("tuning"):
        for goal in table.goals:
            solvers = {solver.name for run in table.runs if run.seconds == goal.seconds for solver in run.solvers}
            assert {"fieldsvc", *(solver.name for solver in goal.against)} <= solvers


def test_a_booked_calendar_keeps_the_law_and_so_does_its_enlargement() -> None:
    small = booked(3, 2, 4)
    large = enlarged(small, 2, 5)
    assert len(large.technicians) == 6
    assert len(large.visits) == 2 * sum(
        len(route.stops) * (3 if route.shift.endswith("-0") else 2) for route in small.calendar.plan.routes
    )
    assert check(large.calendar.problem, large.calendar.plan) == []


def test_a_night_keeps_every_promise_and_never_drives_more() -> None:
    found = night(booked(3, 2, 5), 1, iterations=300)
    assert found.words == ""
    assert found.after is not None
    assert found.after <= found.before
