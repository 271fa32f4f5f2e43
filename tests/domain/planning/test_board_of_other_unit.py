"""CD-17: the board of a unit as other units see it. What is private is a time, whoever reads and wherever he looks."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotFound
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning.board_of_other_unit import (
    BoardOfOtherUnit,
    Shared,
    Stretch,
    board_of_other_unit,
    units_that_show,
)
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units import settings
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, TODAY, TOMORROW, at

STATES = ("scheduled", "dispatched", "travelling", "in_progress", "completed")
NINE, TEN, TWO = (at(TOMORROW, clock) for clock in ("9:00", "10:00", "14:00"))


@pytest.fixture
def reader(session: Session) -> BusinessUnit:
    """The unit that looks."""
    return make.unit(session, slug="reader", name="Reader")


@pytest.fixture
def shown(session: Session) -> BusinessUnit:
    """The unit that shows its board."""
    unit = make.unit(session, slug="shown", name="Shown")
    settings.change(unit, is_board_shown_to_units=True)
    return unit


@pytest.fixture
def ana(session: Session, shown: BusinessUnit) -> Technician:
    """Works from 8:00 to 17:00."""
    return make.technician(session, shown, name="Ana", phone="+351910000001", home_address="Her own street 1")


def board(session: Session, reader: BusinessUnit, day: date | None = TOMORROW, **values: Any) -> BoardOfOtherUnit:
    return board_of_other_unit(session, reader, **{"slug": "shown", "now": NOON, **values}, day=day)


def stretches(found: BoardOfOtherUnit) -> list[tuple[Stretch, ...]]:
    return [row.stretches for row in found.rows]


def planned(
    session: Session, technician: Technician, begins_at: datetime, visibility: str, **values: Any
) -> Intervention:
    """A visit of which everything that could be told has a name of its own."""
    unit = session.get_one(BusinessUnit, technician.unit_id)
    client = make.client(session, unit, name=f"{visibility} client")
    make.contact(session, client, name=f"{visibility} person", email=f"{visibility}@example.com", phone="+351912345678")
    site = make.site(
        session,
        client,
        name=f"{visibility} house",
        address=f"{visibility} street",
        postcode="4999-777",
        city=f"{visibility} town",
        access_notes=f"{visibility} door code",
    )
    defaults = {
        "activity_type": make.activity_type(session, unit, title={"en": f"{visibility} work"}, visibility=visibility),
        "site": site,
        "notes": f"{visibility} notes",
    }
    return make.scheduled(session, unit, technician, begins_at, **{**defaults, **values})


# --- What is seen of a visit --------------------------------------------------------------------------


@pytest.mark.parametrize("status", STATES)
def test_a_private_visit_is_a_time_and_nothing_else(
    session: Session, reader: BusinessUnit, ana: Technician, status: str
) -> None:
    one = planned(session, ana, TEN, "private", status=status)
    found = board(session, reader)
    assert stretches(found) == [(Stretch(600, 660),)]
    text = json.dumps(asdict(found), default=str)
    assert "private" not in text, "every name, address, note and title of it begins with this word"
    for secret in (one.reference, status, "4999-777", "912345678", "910000001", "Her own street"):
        assert secret not in text


@pytest.mark.parametrize("status", STATES)
def test_a_shared_visit_says_what_it_is_for_whom_in_which_town_and_how_far(
    session: Session, reader: BusinessUnit, ana: Technician, status: str
) -> None:
    one = planned(session, ana, TEN, "shared", status=status)
    found = board(session, reader)
    assert stretches(found) == [
        (Stretch(600, 660, shared=Shared("shared work", "shared client", "shared town", status)),)
    ]
    text = json.dumps(asdict(found), default=str)
    for more in (one.reference, "street", "house", "door code", "notes", "person", "@", "912345678", "4999-777"):
        assert more not in text, more


def test_what_is_shared_gives_nothing_away_of_what_is_private_beside_it(
    session: Session, reader: BusinessUnit, ana: Technician
) -> None:
    planned(session, ana, TEN, "shared")
    planned(session, ana, NINE, "private")
    planned(session, ana, TWO, "private")
    found = board(session, reader)
    assert [(one.begins, one.shared is None) for one in found.rows[0].stretches] == [
        (540, True),
        (600, False),
        (840, True),
    ]
    assert "private" not in json.dumps(asdict(found), default=str)


def test_a_hold_is_busy_even_of_shared_work_and_nothing_once_it_ran_out(
    session: Session, reader: BusinessUnit, ana: Technician
) -> None:
    until = NOON + timedelta(minutes=5)
    planned(session, ana, TEN, "shared", status="held", held_until=until)
    assert stretches(board(session, reader)) == [(Stretch(600, 660),)]
    assert stretches(board(session, reader, now=until)) == [()]


def test_what_takes_nobodys_time_is_not_there(session: Session, reader: BusinessUnit, ana: Technician) -> None:
    cancelled = planned(session, ana, TEN, "shared", status="cancelled")
    cancelled.visits[0].is_occupying = False
    planned(session, ana, at(TODAY, "10:00"), "shared")
    make.visit(session, planned(session, ana, at(TODAY, "14:00"), "shared"), ana, TWO, is_occupying=False)
    make.intervention(session, session.get_one(BusinessUnit, ana.unit_id))
    assert stretches(board(session, reader)) == [()]


def test_a_shared_call_has_no_town(session: Session, reader: BusinessUnit, ana: Technician) -> None:
    one = planned(session, ana, TEN, "shared")
    one.kind, one.site_id = "call", None
    session.flush()
    [[stretch]] = stretches(board(session, reader))
    assert stretch.shared is not None
    assert stretch.shared.town == "By phone"


def test_each_of_a_crew_is_busy(session: Session, reader: BusinessUnit, shown: BusinessUnit) -> None:
    crew = [make.technician(session, shown, name=name) for name in ("Ana", "Rui")]
    make.crew_visit(session, shown, crew, TEN)
    assert stretches(board(session, reader)) == [(Stretch(600, 660),), (Stretch(600, 660),)]


def test_a_visit_from_the_day_before_is_busy_until_it_ends(
    session: Session, reader: BusinessUnit, ana: Technician
) -> None:
    planned(session, ana, at(TODAY, "23:30"), "private")
    assert stretches(board(session, reader)) == [(Stretch(0, 30),)]
    assert stretches(board(session, reader, TODAY)) == [(Stretch(23 * 60 + 30, 24 * 60),)]


# --- What is seen of a technician ---------------------------------------------------------------------


def test_an_absence_is_a_time_without_its_reason(session: Session, reader: BusinessUnit, ana: Technician) -> None:
    make.absence(session, ana, TWO, at(TOMORROW, "20:00"), reason="Dentist")
    found = board(session, reader)
    assert found.rows[0].hours == (480, 840)
    assert stretches(found) == [()], "it is outside the hours that are left"
    make.technician(session, session.get_one(BusinessUnit, ana.unit_id), name="Rui")
    found = board(session, reader)
    assert stretches(found) == [(Stretch(840, 1020, is_away=True),), ()]
    assert "Dentist" not in json.dumps(asdict(found), default=str)


def test_an_absence_of_days_is_as_wide_as_the_board(session: Session, reader: BusinessUnit, ana: Technician) -> None:
    make.absence(session, ana, NOON - timedelta(days=3), NOON + timedelta(days=3))
    found = board(session, reader)
    assert (found.opens, found.closes) == (480, 1080)
    assert (found.rows[0].hours, found.rows[0].stretches) == (None, (Stretch(480, 1080, is_away=True),))


def test_the_board_runs_in_whole_hours_from_the_first_thing_to_the_last(
    session: Session, reader: BusinessUnit, ana: Technician
) -> None:
    planned(session, ana, at(TOMORROW, "7:40"), "private")
    planned(session, ana, at(TOMORROW, "17:10"), "private")
    found = board(session, reader)
    assert (found.opens, found.closes) == (7 * 60, 19 * 60)


def test_a_closed_day_is_closed_without_its_reason(
    session: Session, reader: BusinessUnit, shown: BusinessUnit, ana: Technician
) -> None:
    assert not board(session, reader).is_closed
    make.blackout_day(session, shown, TOMORROW, "Company outing")
    found = board(session, reader)
    assert (found.is_closed, found.rows[0].hours) == (True, None)
    assert "outing" not in json.dumps(asdict(found), default=str)


def test_who_left_is_shown_only_while_he_has_visits(session: Session, reader: BusinessUnit, ana: Technician) -> None:
    planned(session, ana, TEN, "private")
    ana.is_active = False
    assert [row.name for row in board(session, reader).rows] == ["Ana"]
    assert board(session, reader, TODAY).rows == ()


def test_only_the_technicians_of_that_unit_are_shown(
    session: Session, reader: BusinessUnit, shown: BusinessUnit
) -> None:
    make.scheduled(session, reader, make.technician(session, reader, name="Ours"), TEN)
    for name in ("Rui", "Ana"):
        make.technician(session, shown, name=name)
    assert [row.name for row in board(session, reader).rows] == ["Ana", "Rui"]


# --- Whose board, and in which zone -------------------------------------------------------------------


def test_a_unit_is_shown_from_the_tick_until_it_is_taken_away(
    session: Session, reader: BusinessUnit, shown: BusinessUnit, ana: Technician
) -> None:
    assert board(session, reader).unit == "Shown"
    assert [unit.name for unit in units_that_show(session, reader)] == ["Shown"]
    settings.change(shown, is_board_shown_to_units=False)
    session.flush()
    assert units_that_show(session, reader) == []
    with pytest.raises(NotFound):
        board(session, reader)


def test_a_unit_shows_nothing_unless_it_says_so(session: Session, reader: BusinessUnit) -> None:
    make.unit(session, slug="silent")
    with pytest.raises(NotFound):
        board(session, reader, slug="silent")


@pytest.mark.parametrize("slug", ["", "nowhere", "SHOWN", "shown ", "%", "shown' OR '1'='1", "x" * 10_000])
def test_a_unit_that_is_none_is_not_found(
    session: Session, reader: BusinessUnit, shown: BusinessUnit, slug: str
) -> None:
    with pytest.raises(NotFound):
        board(session, reader, slug=slug)


def test_ones_own_board_is_not_that_of_another_unit(session: Session, shown: BusinessUnit) -> None:
    assert units_that_show(session, shown) == []
    with pytest.raises(NotFound):
        board(session, shown)


def test_a_unit_that_ended_shows_nothing(session: Session, reader: BusinessUnit, shown: BusinessUnit) -> None:
    shown.is_active = False
    session.flush()
    with pytest.raises(NotFound):
        board(session, reader)


def test_days_and_hours_are_those_of_the_unit_that_is_looked_at(
    session: Session, reader: BusinessUnit, shown: BusinessUnit, ana: Technician
) -> None:
    shown.zone = "America/Sao_Paulo"
    planned(session, ana, at(TODAY, "15:00"), "private")
    late = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    found = board(session, reader, None, now=late)
    assert (found.day, found.zone) == (TODAY, "Sao Paulo")
    assert (found.rows[0].hours, found.rows[0].stretches) == ((480, 1020), (Stretch(720, 780),))


def test_the_number_of_queries_does_not_grow_with_the_day(engine: Engine, session: Session) -> None:
    reader, shown = make.unit(session, slug="reader"), make.unit(session, slug="shown")
    settings.change(shown, is_board_shown_to_units=True)

    def add(technicians: int) -> None:
        for _ in range(technicians):
            person = make.technician(session, shown, breaks=[(720, 780, 30)])
            make.absence(session, person, at(TOMORROW, "16:00"), at(TOMORROW, "17:00"))
            for begins_at, visibility in ((NINE, "private"), (TWO, "shared")):
                kind = make.activity_type(session, shown, visibility=visibility)
                make.scheduled(session, shown, person, begins_at, activity_type=kind)

    def queries() -> int:
        session.commit()
        session.expunge_all()
        own = session.get_one(BusinessUnit, reader.id)
        count = 0

        def note(*_arguments: object) -> None:
            nonlocal count
            count += 1

        event.listen(engine, "before_cursor_execute", note)
        assert board(session, own).rows
        event.remove(engine, "before_cursor_execute", note)
        return count

    add(2)
    few = queries()
    add(10)
    assert queries() == few <= 7
