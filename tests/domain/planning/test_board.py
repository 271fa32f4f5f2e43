"""The planning board: what its script reads, at what cost, and what it says of a plan that breaks the law."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.domain.planning import board, moves
from fieldsvc.domain.planning.technician_day import tour
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TODAY, TOMORROW, at

TEN, TWELVE = at(TOMORROW, "10:00"), at(TOMORROW, "12:00")


@pytest.fixture
def ana(session: Session, unit: BusinessUnit) -> Technician:
    """Works from 8:00 to 17:00 with half an hour of lunch from noon on."""
    return make.technician(session, unit, name="Ana", breaks=[(12 * 60, 13 * 60, 30)])


def shown(session: Session, unit: BusinessUnit, day: date = TOMORROW) -> dict[str, Any]:
    """The board as the script gets it: through JSON."""
    found: dict[str, Any] = json.loads(json.dumps(board.day_board(session, unit, day, now=NOON)))
    return found


def items(row: dict[str, Any], kind: str) -> list[tuple[int, int]]:
    return [(item["begins"], item["minutes"]) for item in row["items"] if item["kind"] == kind]


def conflicts(row: dict[str, Any]) -> list[list[str]]:
    return [item["conflict"] for item in row["items"] if item["kind"] == "visit"]


def test_a_row_draws_the_drives_the_free_time_the_break_and_the_way_home(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    make.scheduled(session, unit, ana, TEN, km=5)
    make.scheduled(session, unit, ana, at(TOMORROW, "14:00"), km=10)
    [row] = shown(session, unit)["rows"]
    assert row["shift"] == [480, 1020]
    assert items(row, "visit") == [(600, 60), (840, 60)]
    assert items(row, "travel") == [(590, 10), (830, 10)]  # 10 = 2 + 1.6 × 5, just in time
    assert items(row, "wait") == [(660, 60), (750, 80)]  # around lunch
    assert [(rest["begins"], rest["minutes"]) for rest in row["breaks"]] == [(720, 30)]
    assert items(row, "home") == [(900, 18)]
    assert (row["travel_minutes"], row["km"]) == (38, 20.0)
    assert row["load"] == round(100 * (120 + 38) / (540 - 30))
    assert conflicts(row) == [[], []]


def test_a_visit_carries_what_its_panel_shows(session: Session, unit: BusinessUnit) -> None:
    gas = make.skill(session, unit)
    kind = make.activity_type(session, unit, skills={gas: 2}, title={"en": "Boiler service"})
    ana = make.technician(session, unit, skills={gas: 3})
    one = make.scheduled(session, unit, ana, TEN, activity_type=kind, is_locked=True)
    found = shown(session, unit)
    [visit] = [item for item in found["rows"][0]["items"] if item["kind"] == "visit"]
    assert one.site is not None
    assert visit == {
        "kind": "visit",
        "intervention": one.id,
        "version": one.version,
        "reference": one.reference,
        "client": one.client.name,
        "activity": "Boiler service",
        "activity_kind": "intervention",
        "address": one.site.full_address,
        "minutes": 60,
        "skills": ["Gas"],
        "due_on": None,
        "status": "scheduled",
        "priority": 5,
        "locked": True,
        "begins": 600,
        "window": [600, 720],
        "conflict": [],
        "crew": 1,
        "colleagues": [],
    }
    assert found["rows"][0]["skills"] == ["Gas 3"]
    assert found["words"]["scheduled"] == "Scheduled"


def test_the_board_says_what_the_law_has_against_the_plan(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    gas = make.skill(session, unit)
    kind = make.activity_type(session, unit, skills={gas: 1})
    make.scheduled(session, unit, ana, TEN, km=5, activity_type=kind)
    make.scheduled(session, unit, ana, at(TOMORROW, "11:05"), km=10)
    make.scheduled(session, unit, ana, at(TOMORROW, "14:00"), window=(TEN, TWELVE), is_locked=True)
    make.scheduled(session, unit, ana, at(TOMORROW, "16:30"))
    [row] = shown(session, unit)["rows"]
    skill, travel, promise, hours = conflicts(row)
    assert "lacks a skill" in skill[0]
    assert travel[0].startswith("5 min are missing to get to")
    assert promise[0].endswith("by 120 min.")  # though the visit is locked
    assert hours[0].endswith("40 min outside the working hours.")
    [home] = [item for item in row["items"] if item["kind"] == "home"]
    assert home["late"]


def test_visits_on_a_day_off_at_no_place_or_of_somebody_who_left_are_shown_with_their_trouble(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    saturday = TODAY + timedelta(days=5)
    make.scheduled(session, unit, ana, at(saturday, "10:00"))
    make.scheduled(session, unit, ana, at(saturday, "12:00"), km=None)
    left = make.technician(session, unit, name="Zé", is_active=False)
    make.scheduled(session, unit, left, TEN)
    [row] = shown(session, unit, saturday)["rows"]
    assert row["shift"] is None
    assert conflicts(row) == [
        ["Ana does not work on this day."],
        ["The site is not located on the map, so nobody knows the way there."],
    ]
    assert [row["name"] for row in shown(session, unit)["rows"]] == ["Ana", "Zé"]


def test_absences_and_closed_days_are_hatched_with_their_reason(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    make.absence(session, ana, at(TOMORROW, "15:00"), at(TOMORROW, "16:00"), "Dentist")
    make.blackout_day(session, unit, TOMORROW + timedelta(days=1), "Holiday")
    [row] = shown(session, unit)["rows"]
    assert row["absences"] == [{"from": 900, "to": 960, "reason": "Dentist"}]
    [row] = shown(session, unit, TOMORROW + timedelta(days=1))["rows"]
    assert row["shift"] is None
    assert [absence["reason"] for absence in row["absences"]] == ["Holiday"]


def test_running_holds_are_shown_and_expired_ones_are_not(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    make.hold(session, unit, ana, TEN)
    make.hold(session, unit, ana, TWELVE, until=NOON)
    [row] = shown(session, unit)["rows"]
    assert items(row, "visit") == [(600, 60)]


def test_what_needs_a_time_comes_by_due_day_and_priority(session: Session, unit: BusinessUnit) -> None:
    late = make.intervention(session, unit, due_on=TODAY)
    urgent = make.intervention(session, unit, priority=9)
    usual = make.intervention(session, unit, status="requested", km=None)
    waiting = shown(session, unit)["unscheduled"]
    assert [item["intervention"] for item in waiting] == [late.id, urgent.id, usual.id]
    assert waiting[0]["due_on"] == TODAY.isoformat()


def test_another_unit_is_not_seen(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    make.scheduled(session, unit, ana, TEN)
    make.intervention(session, unit)
    other = make.unit(session)
    assert shown(session, other)["rows"] == []
    assert shown(session, other)["unscheduled"] == []
    assert shown(session, other)["totals"] == {"visits": 0, "travel_minutes": 0, "km": 0}


def test_the_revision_rises_with_every_change(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    one = make.scheduled(session, unit, ana, TEN)
    before = shown(session, unit)["revision"]
    assert before == audit.revision(session, unit.id) > 0
    moves.lock(session, unit, one.id, version=one.version, locked=True, actor=DISPATCHER, now=NOON)
    assert shown(session, unit)["revision"] > before


def test_now_is_a_minute_of_wall_time_and_only_on_its_day(session: Session) -> None:
    sao_paulo = make.unit(session, zone="America/Sao_Paulo")
    assert shown(session, sao_paulo, TODAY)["now"] == 9 * 60
    assert shown(session, sao_paulo)["now"] is None


def test_hours_are_wall_time_on_the_day_the_clocks_change(session: Session) -> None:
    unit = make.unit(session)
    sunday = date(2027, 3, 28)  # Lisbon goes from 1:00 to 2:00
    ana = make.technician(session, unit, weekdays=[6])
    make.scheduled(session, unit, ana, at(sunday, "9:00"))  # 10:00 in summer time
    [row] = shown(session, unit, sunday)["rows"]
    assert row["shift"] == [480, 1020]
    assert items(row, "visit") == [(600, 60)]
    assert items(row, "travel") == [(590, 10)]


def test_the_week_gives_the_load_of_each_day(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    make.scheduled(session, unit, ana, TEN)
    make.intervention(session, unit, due_on=TODAY - timedelta(days=1))
    week = board.week_board(session, unit, TODAY, now=NOON)
    assert [day["visits"] for day in week["days"]] == [0, 1, 0, 0, 0, 0, 0]
    [row] = week["rows"]
    assert [cell["off"] for cell in row["cells"]] == [False] * 5 + [True] * 2
    assert row["cells"][1]["bars"] == [{"status": "scheduled", "left": 22.22, "width": 11.11}]
    assert row["cells"][1]["load"] == shown(session, unit)["rows"][0]["load"]
    assert week["unscheduled"][0]["group"] == "overdue"


@pytest.mark.parametrize("which", [board.day_board, board.week_board])
def test_the_number_of_queries_does_not_grow_with_the_day(engine: Engine, session: Session, which: Any) -> None:
    unit = make.unit(session)

    def add(technicians: int) -> None:
        for _ in range(technicians):
            person = make.technician(session, unit, breaks=[(720, 780, 30)])
            for hour in (9, 11, 14):
                make.scheduled(session, unit, person, at(TODAY, f"{hour}:00"))
            make.intervention(session, unit)

    def queries() -> int:
        session.commit()
        session.expunge_all()
        count = 0

        def note(*_arguments: object) -> None:
            nonlocal count
            count += 1

        own = session.get_one(BusinessUnit, unit.id)
        event.listen(engine, "before_cursor_execute", note)
        which(session, own, TODAY, now=NOON)
        event.remove(engine, "before_cursor_execute", note)
        return count

    add(2)
    few = queries()
    add(6)
    assert queries() == few <= 20


# --- A technician's own day ---------------------------------------------------------------------------


def test_a_technician_sees_his_visits_in_order_with_the_travel_to_each(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    later = make.scheduled(session, unit, ana, at(TOMORROW, "14:00"), km=10)
    first = make.scheduled(session, unit, ana, TEN, km=5)
    found = tour(session, unit, ana, TOMORROW, now=NOON)
    assert [stop["intervention"] for stop in found["stops"]] == [first.id, later.id]
    assert [stop["travel_minutes"] for stop in found["stops"]] == [10, 10]
    assert found["stops"][0]["window"] == [600, 720]
    assert found["way_home"] == {"begins": 900, "minutes": 18}
    assert found["travel_minutes"] == 38
    assert [stop["is_next"] for stop in found["stops"]] == [True, False]


def test_a_technician_does_not_see_holds_and_cancelled_visits(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    make.hold(session, unit, ana, at(TOMORROW, "9:00"), km=30)
    cancelled = make.scheduled(session, unit, ana, TWELVE)
    cancelled.status = "cancelled"
    for visit in cancelled.visits:
        visit.is_occupying = False
    mine = make.scheduled(session, unit, ana, at(TOMORROW, "14:00"), km=5)
    found = tour(session, unit, ana, TOMORROW, now=NOON)
    assert [stop["intervention"] for stop in found["stops"]] == [mine.id]
    assert found["stops"][0]["travel_minutes"] == 10  # from home, not from the hold


def test_a_day_without_visits_is_empty(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    make.absence(session, ana, at(TODAY, "0:00"), at(TOMORROW, "17:00"), "Holiday")
    found = tour(session, unit, ana, TOMORROW, now=NOON)
    assert (found["stops"], found["way_home"], found["travel_minutes"]) == ([], None, 0)
    assert found["absences"] == [{"from": 0, "to": 1020, "reason": "Holiday"}]
