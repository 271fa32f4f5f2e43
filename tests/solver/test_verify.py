"""The second opinion agrees with the law, and is quick enough to be asked before every publication."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import replace

import pytest

import solver
from solver import Break, Estimate, Matrix, Place, Plan, Problem, Route, Shift, Stop, Technician, Traffic, Visit, check
from solver.exact import verify_times, verify_travel
from solver.exact.verify import verified
from tests.solver.whole_problems import broken_plan, whole_problem

KINDS = {
    "unknown_shift": {"shift"},
    "unknown_visit": {"visit"},
    "twice": {"shift", "crew"},
    "required": {"missing"},
    "lock": {"missing", "lock"},
    "crew": {"crew"},
    "order": {"order"},
    "skill": {"person"},
    "level": {"person"},
    "people": {"person"},
    "territory": {"territory"},
    "window": {"window"},
    "capacity": {"limit"},
    "maximum": {"limit"},
    "shift": {"times"},
    "travel": {"times"},
    "break": {"times"},
}
"""What the second opinion calls each violation of the law."""


def differences(seeds: range) -> tuple[list[int], dict[str, int]]:
    """The seeds at which the two differ about a plan, and how often each rule was broken."""
    wrong, seen = [], dict.fromkeys([*KINDS, "nothing"], 0)
    for seed in seeds:
        dice = random.Random(seed)
        problem = whole_problem(seed)
        plan = problem.plan
        for _ in range(5):
            law, opinion = check(problem, plan), {one.kind for one in verified(problem, plan)}
            for kind in {one.kind for one in law} or {"nothing"}:
                seen[kind] += 1
            expected = [KINDS[one.kind] for one in law]
            if bool(law) != bool(opinion) or any(opinion.isdisjoint(kinds) for kinds in expected):
                wrong.append(seed)
            plan = broken_plan(problem, plan if dice.random() < 0.5 else problem.plan, dice)
    return wrong, seen


def test_it_agrees_with_the_law_about_plans_that_are_broken_in_every_way() -> None:
    wrong, seen = differences(range(50))
    assert not wrong
    assert min(seen[kind] for kind in seen if not kind.startswith("unknown")) > 0


@pytest.mark.full
def test_it_agrees_with_the_law_about_thousands_of_plans() -> None:
    assert not differences(range(1000, 1500))[0]


def small_problem(*breaks: Break, visits: tuple[Visit, ...] = (Visit("v", "here", 60),)) -> Problem:
    places = (Place("home", 0, 0), Place("here", 0, 0))
    shift = Shift("day", 480, 600, "home", "home", breaks)
    return Problem(places, Matrix([[0, 20], [20, 0]]), (Technician("ana", {}, (shift,)),), visits)


def plan_at(begins: int, visit: str = "v", shift: str = "day") -> Plan:
    return Plan((Route(shift, (Stop(visit, begins),)),))


@pytest.mark.parametrize(("begins", "kinds"), [(499, {"times"}), (500, set()), (520, set()), (521, {"times"})])
def test_a_start_is_refused_from_the_first_minute_without_time_for_the_drives(begins: int, kinds: set[str]) -> None:
    assert {one.kind for one in verified(small_problem(), plan_at(begins))} == kinds


@pytest.mark.parametrize(("minutes", "kinds"), [(20, set()), (21, {"times"})])
def test_a_break_is_whole_and_in_no_drive(minutes: int, kinds: set[str]) -> None:
    problem = small_problem(Break(480, 490, minutes))
    assert {one.kind for one in verified(problem, plan_at(520))} == kinds


def test_what_the_problem_does_not_have_is_refused() -> None:
    problem = small_problem()
    assert [one.kind for one in verified(problem, plan_at(500, visit="w"))] == ["visit"]
    assert [one.kind for one in verified(problem, plan_at(500, shift="night"))] == ["shift"]


def test_it_measures_drives_to_the_minute_as_the_engine_does() -> None:
    dice = random.Random(5)
    places = tuple(
        Place(str(number), 41 + dice.uniform(0, 2), -8 + dice.uniform(0, 2), dice.uniform(0.5, 3))
        for number in range(60)
    )
    problem = Problem(places, Estimate(), (), ())
    drive = verify_travel.drives_of(problem)
    names = [place.id for place in places]
    assert all(drive(one, other) == problem.index.minutes(one, other) for one in names for other in names)


def test_it_arrives_when_the_engine_does_at_every_hour() -> None:
    traffic = Traffic((1, 0.5, 0.3, 1, 0.123, 0.9))
    for minutes in (0, 1, 17, 400):
        expected = [traffic.arrival(leaves, minutes) for leaves in range(200, 1700)]
        assert verify_travel.arrivals(traffic, 200, 1699, minutes) == expected


def test_without_time_to_tell_it_does_not_say_that_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = small_problem(Break(480, 590, 20))
    monkeypatch.setattr(verify_times, "solved", lambda model, seconds, probing: None)
    with pytest.raises(TimeoutError):
        verified(problem, plan_at(500))


def test_fifty_technicians_with_four_hundred_visits_take_less_than_a_second() -> None:
    problem = whole_problem(1, visits=0)
    shift = Shift("day", 480, 1020, "p0", "p0", (Break(690, 810, 45),))
    staff = tuple(Technician(f"t{number}", {}, (replace(shift, id=f"t{number}"),)) for number in range(50))
    visits = tuple(Visit(f"v{number}", f"p{number % 7}", 30, ((480, 990),)) for number in range(400))
    problem = Problem(problem.places, Estimate(), staff, visits)
    routes = [
        solver.schedule(problem, f"t{number}", [f"v{place}" for place in range(number, 400, 50)])
        for number in range(50)
    ]
    plan = Plan(tuple(route for route in routes if route is not None))
    assert len(plan.routes) == 50
    begins = time.process_time()
    assert not verified(problem, plan)
    assert time.process_time() - begins < 1


def test_the_engine_loads_or_tools_only_when_it_is_asked() -> None:
    code = "import sys, solver, solver.exact.verify; assert not [one for one in sys.modules if 'ortools' in one]"
    subprocess.run([sys.executable, "-c", code], check=True)
