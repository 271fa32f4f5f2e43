"""A technician's calendar: valid for two parsers, stable where nothing changed, rising where something did."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotFound
from fieldsvc.domain.booking import cancel
from fieldsvc.domain.feeds import addresses, technician_feed
from fieldsvc.domain.interventions import calendar_event
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import moves
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TOMORROW, at

TEN, ELEVEN, TWELVE = at(TOMORROW, "10:00"), at(TOMORROW, "11:00"), at(TOMORROW, "12:00")
Properties = dict[str, tuple[str, str]]


@pytest.fixture
def unit(session: Session) -> BusinessUnit:
    return make.unit(session, name="Porto Norte")


@pytest.fixture
def visit(session: Session, unit: BusinessUnit, ana: Technician) -> Intervention:
    kind = make.activity_type(session, unit, title={"en": "Boiler; yearly, full"})
    return make.scheduled(session, unit, ana, TEN, activity_type=kind, notes="Ring twice\nDog in the yard")


# --- A parser of our own, so that nobody is judged by the library that wrote the file --------------------


def lines_of(content: bytes) -> Iterator[str]:
    """The content lines: every physical one ends in CRLF and has at most 75 octets (RFC 5545, 3.1)."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    yield from content.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def components(content: bytes) -> tuple[Properties, list[Properties]]:
    """The properties of the calendar and of its events: name → (parameters, value)."""
    calendar: Properties = {}
    events: list[Properties] = []
    open_ones: list[Properties] = []
    for line in lines_of(content):
        head, _, value = line.partition(":")
        name, _, parameters = head.partition(";")
        if name == "BEGIN":
            open_ones.append(calendar if value == "VCALENDAR" else {})
        elif name == "END":
            done = open_ones.pop()
            events += [done] if value == "VEVENT" else []
        else:
            assert name not in open_ones[-1]
            open_ones[-1][name] = parameters, value
    assert open_ones == []
    return calendar, events


def only_event(session: Session, ana: Technician, now: datetime = NOON) -> Properties:
    """The one event of the feed, on which both parsers agree."""
    content = technician_feed.calendar(session, ana, now=now)
    _calendar, [mine] = components(content)
    events: Any = icalendar.Calendar.from_ical(content).walk("VEVENT")
    [theirs] = events
    assert str(theirs["UID"]) == mine["UID"][1]
    assert int(theirs["SEQUENCE"]) == int(mine["SEQUENCE"][1])
    assert theirs["DTSTART"].dt == instant(mine["DTSTART"][1])
    assert str(theirs["STATUS"]) == mine["STATUS"][1]
    return mine


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


# --- What the file says -------------------------------------------------------------------------------


def test_an_event_has_the_planned_time_in_utc_not_the_promised_window(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    moves.move(session, unit, visit.id, ana.id, ELEVEN, version=visit.version, actor=DISPATCHER, now=NOON)
    event = only_event(session, ana)
    assert event["DTSTART"] == ("", "20261124T110000Z")
    assert event["DTEND"] == ("", "20261124T120000Z")
    assert event["STATUS"] == ("", "CONFIRMED")
    assert visit.window_begins_at == TEN


def test_another_program_finds_the_event_on_its_day(session: Session, ana: Technician, visit: Intervention) -> None:
    content = technician_feed.calendar(session, ana, now=NOON)
    calendar = icalendar.Calendar.from_ical(content)
    [found] = recurring_ical_events.of(calendar).at(TOMORROW)
    assert found["SUMMARY"] == f"{visit.client.name}: Boiler; yearly, full"
    assert "Ring twice\nDog in the yard" in found["DESCRIPTION"]
    assert visit.site is not None
    assert found["LOCATION"] == visit.site.full_address
    assert not recurring_ical_events.of(calendar).at(TOMORROW + timedelta(days=1))


def test_text_is_escaped_as_the_standard_wants(session: Session, ana: Technician, visit: Intervention) -> None:
    event = only_event(session, ana)
    assert event["SUMMARY"][1].endswith("Boiler\\; yearly\\, full")
    assert "Ring twice\\nDog in the yard" in event["DESCRIPTION"][1]


def test_the_calendar_says_its_name_and_how_often_to_look(
    session: Session, ana: Technician, visit: Intervention
) -> None:
    calendar, _events = components(technician_feed.calendar(session, ana, now=NOON))
    assert calendar["VERSION"] == ("", "2.0")
    assert "PRODID" in calendar
    assert calendar["X-WR-CALNAME"] == ("", "Ana\\, Porto Norte")
    assert calendar["REFRESH-INTERVAL"] == ("VALUE=DURATION", "PT15M")
    assert "METHOD" not in calendar  # with one, DTSTAMP would have to be the instant of reading


# --- What changes and what does not -------------------------------------------------------------------


def test_unchanged_visits_give_the_same_bytes_at_any_instant(
    session: Session, ana: Technician, visit: Intervention
) -> None:
    content = technician_feed.calendar(session, ana, now=NOON)
    assert technician_feed.calendar(session, ana, now=NOON + timedelta(hours=5)) == content
    visit.notes = "Ring once"
    visit.changed_at = NOON + timedelta(minutes=1)
    session.flush()
    assert technician_feed.calendar(session, ana, now=NOON + timedelta(hours=5)) != content


def test_a_planned_time_that_floats_keeps_its_uid_and_raises_its_sequence(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    before = only_event(session, ana)
    rui = make.technician(session, unit)
    newcomer = make.intervention(session, unit, km=6)
    moves.move(
        session,
        unit,
        newcomer.id,
        ana.id,
        at(TOMORROW, "9:10"),
        version=newcomer.version,
        actor=DISPATCHER,
        now=NOON + timedelta(minutes=1),
    )
    moves.move(
        session,
        unit,
        newcomer.id,
        rui.id,
        at(TOMORROW, "9:10"),
        version=newcomer.version,
        actor=DISPATCHER,
        now=NOON + timedelta(minutes=2),
    )
    session.expire_all()
    after = only_event(session, ana)
    assert before["DTSTART"] != after["DTSTART"] == ("", "20261124T101400Z")  # it made room: 9:10 + 60 + 4
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"][1]) > int(before["SEQUENCE"][1])
    assert instant(after["LAST-MODIFIED"][1]) > instant(before["LAST-MODIFIED"][1])


def test_a_cancelled_visit_stays_visible_as_cancelled(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    before = only_event(session, ana)
    cancel.cancel_by_staff(session, unit, visit.id, "Moved abroad", version=visit.version, actor=DISPATCHER, now=NOON)
    after = only_event(session, ana)
    assert after["STATUS"] == ("", "CANCELLED")
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"][1]) > int(before["SEQUENCE"][1])


def test_a_visit_given_to_a_colleague_leaves_the_feed_and_keeps_its_uid_there(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    before = only_event(session, ana)
    rui = make.technician(session, unit)
    moves.move(session, unit, visit.id, rui.id, TEN, version=visit.version, actor=DISPATCHER, now=NOON)
    assert components(technician_feed.calendar(session, ana, now=NOON))[1] == []
    assert only_event(session, rui)["UID"] == before["UID"]


def test_the_clients_event_is_another_one(session: Session, ana: Technician, visit: Intervention) -> None:
    assert only_event(session, ana)["UID"][1] != calendar_event.uid(visit)


def test_only_ones_own_confirmed_visits_of_the_months_around_now_are_told(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    rui = make.technician(session, unit)
    make.scheduled(session, unit, rui, TEN)
    make.hold(session, unit, ana, TWELVE)
    make.scheduled(session, unit, ana, NOON - timedelta(days=31))
    make.scheduled(session, unit, ana, NOON + timedelta(days=91))
    make.scheduled(session, unit, ana, NOON - timedelta(days=29), status="completed")
    _calendar, events = components(technician_feed.calendar(session, ana, now=NOON))
    assert [event["DTSTART"][1] for event in events] == ["20261025T120000Z", "20261124T100000Z"]


# --- The secret address -------------------------------------------------------------------------------


def test_a_new_address_replaces_the_one_before(session: Session, ana: Technician) -> None:
    first = addresses.rotate(session, ana, actor=DISPATCHER, now=NOON)
    assert addresses.by_token(session, first) is ana
    second = addresses.rotate(session, ana, actor=DISPATCHER, now=NOON)
    assert addresses.by_token(session, second) is ana
    with pytest.raises(NotFound):
        addresses.by_token(session, first)


def test_a_revoked_or_unknown_address_or_one_of_somebody_who_left_does_not_exist(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    token = addresses.rotate(session, ana, actor=DISPATCHER, now=NOON)
    present = addresses.present(session, ana)
    assert present is not None
    assert token not in present.token_hash  # only its hash is kept
    ana.is_active = False
    session.flush()
    with pytest.raises(NotFound):
        addresses.by_token(session, token)
    ana.is_active = True
    session.flush()
    assert addresses.by_token(session, token) is ana
    addresses.revoke(session, ana, actor=DISPATCHER, now=NOON)
    assert addresses.present(session, ana) is None
    for secret in (token, "unknown", ""):
        with pytest.raises(NotFound):
            addresses.by_token(session, secret)
