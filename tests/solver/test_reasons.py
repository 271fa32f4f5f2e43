"""Why a technician-day has no place for a visit: the truth table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solver import (
    Break,
    Calendar,
    Follows,
    Lock,
    Matrix,
    Place,
    Plan,
    Problem,
    Refusal,
    Route,
    Shift,
    Stop,
    Technician,
    Territory,
    Visit,
    propose,
)

PLACES = (Place("home", 0, 0), Place("a", 0, 0), Place("far", 0, 0))
DRIVES = Matrix([[0, 10, 100], [10, 0, 100], [100, 100, 0]])
DAY = Shift("day", 480, 600, "home", "home")
NEW = Visit("new", "a", 30)


def refusals(
    visit: Visit,
    *planned: tuple[Visit, int],
    shift: Shift = DAY,
    skills: dict[str, int] | None = None,
    territory: Territory | None = None,
    most_visits: int | None = None,
    most_travel_minutes: int | None = None,
) -> tuple[Refusal, ...]:
    plan = Plan((Route("day", tuple(Stop(one.id, begins) for one, begins in planned)),))
    ana = Technician("ana", skills or {}, (shift,), territory, most_visits, most_travel_minutes)
    rui = Technician("rui")
    problem = Problem(PLACES, DRIVES, (ana, rui), (visit, *(one for one, _ in planned)), plan=plan)
    return tuple(one for one in propose(problem, visit, reasons=True).refused if one.shift is not None)


LONG = Visit("long", "a", 80)
PROMISED = Visit("promised", "a", 30, ((520, 530),))


@pytest.mark.parametrize(
    ("found", "code", "short_by", "parameters"),
    [
        (refusals(replace(NEW, skills={"gas": 1})), "skill", None, {"skill": "gas", "needs": 1}),
        (
            refusals(replace(NEW, skills={"gas": 3}), skills={"gas": 2}),
            "level", None, {"skill": "gas", "has": 2, "needs": 3},
        ),
        (refusals(replace(NEW, load=3), shift=replace(DAY, capacity=2)), "capacity", None, {"left": 2, "needs": 3}),
        (
            refusals(replace(NEW, load=2), (Visit("w", "a", 10, load=1), 490), shift=replace(DAY, capacity=2)),
            "capacity", None, {"left": 1, "needs": 2},
        ),
        (refusals(replace(NEW, windows=((1000, 1100),))), "window", 430, {"minutes": 430}),
        (refusals(replace(NEW, windows=((100, 470),))), "window", 10, {"minutes": 10}),
        (refusals(NEW, (LONG, 490)), "full", 10, {"minutes": 10}),
        (refusals(replace(NEW, minutes=200)), "full", 100, {"minutes": 100}),
        (refusals(replace(NEW, place="far")), "travel", 110, {"minutes": 110}),
        (refusals(replace(NEW, minutes=60), (PROMISED, 520)), "promise", 20, {"visit": "promised", "minutes": 20}),
        (
            refusals(replace(NEW, minutes=60), (replace(PROMISED, windows=(), locked=Lock(begins=525)), 525)),
            "lock", 25, {"visit": "promised", "minutes": 25},
        ),
        (
            refusals(replace(NEW, minutes=60), shift=replace(DAY, breaks=(Break(525, 530, 30),))),
            "break", 20, {"minutes": 20},
        ),
        (refusals(NEW, (LONG, 490), shift=replace(DAY, overtime=30)), "overtime", 10, {"minutes": 10}),
        (refusals(NEW, (LONG, 490), shift=replace(DAY, overtime=9)), "full", 10, {"minutes": 10}),
        (refusals(replace(NEW, only=("rui",))), "people", None, {"technician": "ana"}),
        (refusals(replace(NEW, excluded=("ana",))), "people", None, {"technician": "ana"}),
        (refusals(NEW, territory=Territory(centre=(1, 1), km=10)), "territory", None, {"technician": "ana"}),
        (refusals(NEW, (PROMISED, 520), most_visits=1), "maximum", None, {"most": 1}),
        (refusals(NEW, most_travel_minutes=15), "maximum_travel", None, {"most": 15}),
        (refusals(replace(NEW, follows=(Follows("long", gap=30),)), (LONG, 480)), "order", 20, {}),
        (refusals(NEW, (Visit("w", "a", 500), 490)), "broken", None, {}),
    ],
)  # fmt: skip
def test_a_refusal_names_what_stands_in_the_way_and_by_how_much(
    found: tuple[Refusal, ...], code: str, short_by: int | None, parameters: dict[str, object]
) -> None:
    assert [(one.technician, one.shift, one.day) for one in found] == [("ana", "day", 0)]
    assert (found[0].reason.code, found[0].short_by, dict(found[0].reason.parameters)) == (code, short_by, parameters)
    assert found[0].reason.words


def test_a_technician_without_a_shift_on_a_day_says_so() -> None:
    staff = (Technician("ana", {}, (DAY,)), Technician("rui", {}, ()))
    problem = Problem(PLACES, DRIVES, staff, (NEW,))
    refused = propose(problem, NEW, reasons=True).refused
    assert [(one.technician, one.shift, one.day, one.reason.code) for one in refused] == [("rui", None, 0, "no_shift")]


def test_a_visit_locked_to_another_technician_is_refused_by_the_lock() -> None:
    staff = (Technician("ana", {}, (DAY,)), Technician("rui", {}, (replace(DAY, id="rui-day"),)))
    locked = replace(NEW, locked=Lock("rui"))
    proposal = propose(Problem(PLACES, DRIVES, staff, (locked,)), locked, reasons=True)
    assert [one.technician for one in proposal.candidates] == ["rui"]
    assert [(one.technician, one.reason.code) for one in proposal.refused] == [("ana", "lock")]


def test_the_minutes_that_are_short_are_the_minutes_that_open_the_day() -> None:
    """What a refusal says can be tried: with that much less work, or a shift that much longer, the visit fits."""
    (full,) = refusals(NEW, (LONG, 490))
    assert full.short_by is not None
    assert refusals(replace(NEW, minutes=NEW.minutes - full.short_by), (LONG, 490)) == ()
    assert refusals(NEW, (LONG, 490), shift=replace(DAY, ends=DAY.ends + full.short_by)) == ()
    assert refusals(NEW, (LONG, 490), shift=replace(DAY, ends=DAY.ends + full.short_by - 1)) != ()


def test_reasons_are_left_out_unless_asked_for() -> None:
    problem = Problem(PLACES, DRIVES, (Technician("ana", {}, (DAY,)),), (NEW,))
    assert propose(problem, replace(NEW, skills={"gas": 1})).refused == ()


WEST, EAST = Visit("west", "a", 30), Visit("east", "b", 30)


@pytest.mark.parametrize(
    ("order", "place", "position", "code"),
    [
        ((), "a", 0, "empty_day"),
        ((WEST, EAST), "middle", 1, "on_the_way"),
        ((WEST,), "beside", 0, "nearby"),
        ((WEST, EAST), "beyond", 0, "first_of_day"),
        ((WEST, EAST), "beyond", 1, "between_visits"),
        ((WEST, EAST), "beyond", 2, "last_of_day"),
        ((WEST, EAST), "nowhere", 1, "detour"),
    ],
)
def test_a_candidate_says_what_speaks_for_it(order: tuple[Visit, ...], place: str, position: int, code: str) -> None:
    names = ("home", "a", "b", "middle", "beside", "beyond", "nowhere")
    drives = [[20] * 7 for _ in range(7)]
    pairs = (("a", "b", 40), ("a", "beside", 5), ("a", "beyond", 30), ("b", "beyond", 30))
    for one, other, minutes in (*pairs, ("a", "nowhere", 60), ("b", "nowhere", 60)):
        drives[names.index(one)][names.index(other)] = drives[names.index(other)][names.index(one)] = minutes
    places = tuple(Place(name, 0, 0) for name in names)
    shift = Shift("day", 480, 1020, "home", "home")
    stops = tuple(Stop(visit.id, 500 + 200 * number) for number, visit in enumerate(order))
    plan = Plan((Route("day", stops),))
    problem = Problem(places, Matrix(drives), (Technician("ana", {}, (shift,)),), order, plan=plan)
    candidates = Calendar(problem).propose(Visit("new", place, 10)).candidates
    (reason,) = [one.because for one in candidates if one.position == position]
    assert reason.code == code
    assert reason.words


def test_bands_follow_the_extra_minutes() -> None:
    problem = Problem(PLACES, DRIVES, (Technician("ana", {}, (replace(DAY, ends=900),)),), ())
    calendar = Calendar(problem)
    bands = [calendar.propose(NEW, bands=bands).candidates[0].band for bands in ((20, 30), (19, 20), (5, 19))]
    assert bands == ["green", "orange", "red"]
