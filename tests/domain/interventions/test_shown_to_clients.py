"""How a visit looks to its client: its trail, its calendar file, and how long it stays."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotFound
from fieldsvc.domain.booking import acting
from fieldsvc.domain.interventions import calendar_event, confirmation, find, kept_in_history, lifecycle, progress
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TOMORROW, at

DAY = timedelta(days=1)
FIELDS = ("UID", "STATUS", "SEQUENCE")


# --- The trail ----------------------------------------------------------------------------------------


def trail_of(session: Session, visit: Intervention, *, is_report_shown: bool = True) -> list[tuple[str, str]]:
    entries = audit.history(session, visit)
    return [(step.state, step.words) for step in progress.trail(entries, visit, is_report_shown=is_report_shown)]


def test_the_trail_says_what_happened_what_is_next_and_what_comes(session: Session) -> None:
    unit = make.unit(session)
    visit = make.scheduled(session, unit, make.technician(session, unit), at(TOMORROW, "10:00"))
    client = Actor("contact", visit.contact_id, "Marta")
    confirmation.confirm(session, unit, visit, actor=client, now=NOON)
    assert trail_of(session, visit) == [
        ("past", "The visit got its time"),
        ("past", "You confirmed the time"),
        ("now", "The technician sets off"),
        ("to_come", "The technician arrives"),
        ("to_come", "The work is done"),
        ("to_come", "You find the report here"),
    ]
    lifecycle.move(session, visit, "travelling", actor=DISPATCHER, now=NOON)
    assert trail_of(session, visit, is_report_shown=False)[2:] == [
        ("past", "The technician set off"),
        ("now", "The technician arrives"),
        ("to_come", "The work is done"),
    ]
    lifecycle.move(session, visit, "cancelled", actor=client, now=NOON)
    assert trail_of(session, visit)[-1] == ("past", "You cancelled the visit")


@pytest.mark.parametrize("status", [*lifecycle.MOVES])
def test_every_status_has_at_most_one_step_that_is_now(session: Session, status: str) -> None:
    unit = make.unit(session)
    values = {"status": status, "held_until": NOON} if status == "held" else {"status": status}
    visit = make.intervention(session, unit, **values)
    states = [state for state, _words in trail_of(session, visit)]
    assert states.count("now") == (status not in {"completed", "cancelled", "held"})


# --- The calendar file --------------------------------------------------------------------------------


def event_of(unit: BusinessUnit, visit: Intervention) -> dict[str, str]:
    """The lines of the event in the client's calendar file."""
    [event] = Calendar.from_ical(calendar_event.for_client(unit, visit, now=NOON)).walk("VEVENT")
    return {name: str(event[name]) for name in FIELDS}


def test_a_time_that_waits_for_a_yes_is_tentative_and_one_uid_moves_on(session: Session) -> None:
    unit = make.unit(session)
    kind = make.activity_type(session, unit)
    make.portal_action(session, kind, "confirm")
    visit = make.scheduled(session, unit, make.technician(session, unit), at(TOMORROW, "10:00"), activity_type=kind)
    before = event_of(unit, visit)
    confirmation.confirm(session, unit, visit, actor=DISPATCHER, now=NOON)
    events = [before, event_of(unit, visit)]
    assert [event["STATUS"] for event in events] == ["TENTATIVE", "CONFIRMED"]
    assert events[0]["UID"] == events[1]["UID"]
    assert [event["SEQUENCE"] for event in events] == ["0", "1"]


# --- How long it stays --------------------------------------------------------------------------------


def test_a_visit_that_is_over_leaves_the_portal_after_the_days_of_its_type(session: Session) -> None:
    unit = make.unit(session)
    technician = make.technician(session, unit)
    short = make.activity_type(session, unit, history_days=30)
    site = make.site(session, make.client(session, unit))
    contact = make.contact(session, site.client)
    values: dict[str, Any] = {"activity_type": short, "site": site}
    old, recent, running = (
        make.scheduled(session, unit, technician, NOON - days * DAY, status=status, **values)
        for days, status in ((40, "completed"), (20, "completed"), (50, "in_progress"))
    )
    for_ever = make.scheduled(session, unit, technician, NOON - 900 * DAY, status="completed", site=site)
    assert [kept_in_history.has_gone(one, now=NOON) for one in (old, recent, running, for_ever)] == [
        True,
        False,
        False,
        False,
    ]
    assert find.past(session, contact, now=NOON) == [recent, for_ever]
    listed = find.search_of_contact(session, contact, now=NOON).rows
    assert {one.id for one in listed} == {recent.id, running.id, for_ever.id}
    assert acting.shown(session, contact, recent.id, now=NOON) is recent
    with pytest.raises(NotFound):
        acting.shown(session, contact, old.id, now=NOON)
