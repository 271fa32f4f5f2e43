"""Until when new work has to be done, where nobody says so."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from fieldsvc.domain.booking import ask, confirm, drafts, holds
from fieldsvc.domain.interventions import create
from fieldsvc.domain.interventions.code_values import values_of
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TODAY


def test_new_work_is_due_so_many_days_after_it_was_asked_for_whoever_asks(session: Session, unit: BusinessUnit) -> None:
    kind = make.activity_type(session, unit, due_days=10, booking_notice_hours=1)
    make.technician(session, unit)
    person = make.contact(session, make.client(session, unit))
    site = make.site(session, person.client)
    asks = make.portal_action(session, kind, "ask", is_for_unit=True)

    by_staff = create.create(
        session, unit, create.NewIntervention(person.client_id, site.id, kind.id), actor=DISPATCHER, now=NOON
    )
    by_client = ask.ask(session, unit, person, asks, ask.Wish(site.id), now=NOON)
    draft = drafts.start(session, person, kind.id, now=NOON)
    drafts.choose_site(session, person, draft.id, site.id, now=NOON)
    first = holds.slots_for(session, unit, draft, now=NOON).slots[0]
    holds.hold(session, unit, person, draft, first.window, now=NOON)
    booked = confirm.confirm(session, unit, person, draft.id, now=NOON)
    assert [one.due_on for one in (by_staff, by_client, booked)] == [TODAY + timedelta(days=10)] * 3


def test_a_day_that_somebody_gives_stays_and_without_due_days_there_is_none(
    session: Session, unit: BusinessUnit
) -> None:
    kind = make.activity_type(session, unit, due_days=10)
    assert make.intervention(session, unit, activity_type=kind, due_on=date(2026, 12, 24)).due_on == date(2026, 12, 24)
    assert make.intervention(session, unit).due_on is None


def test_the_day_of_the_request_is_that_of_the_unit(session: Session) -> None:
    azores = make.unit(session, zone="Atlantic/Azores")
    kind = make.activity_type(session, azores, due_days=0)
    after_midnight_in_lisbon = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    row = make.intervention(session, azores, activity_type=kind, now=after_midnight_in_lisbon)
    assert row.due_on == date(2026, 11, 23)


def test_a_message_says_the_name_of_the_window_and_everybody_who_comes(session: Session, unit: BusinessUnit) -> None:
    crew = [make.technician(session, unit, name=name) for name in ("Ana", "Rui")]
    morning = {"name": {"en": "Morning"}, "begins_minute": 600, "ends_minute": 720}
    kind = make.activity_type(session, unit, crew_size=2, arrival_windows=[morning])
    visit = make.crew_visit(session, unit, crew, make.at(TODAY + timedelta(days=1), "10:00"), activity_type=kind)
    values = values_of(unit, visit, now=NOON)
    assert values["intervention.arrival_window"] == "Morning, 10:00–12:00"
    assert values["technician.name"] == "Ana and Rui"
