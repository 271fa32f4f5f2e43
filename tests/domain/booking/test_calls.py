"""A client books a call or work at a distance: without an address, and with a time that somebody really has."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.domain.booking import ask, cancel, confirm, drafts, holds, offers, waiting, waiting_wishes
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.booking.why_none import why_none, why_not_on
from fieldsvc.domain.catalogue import activity_types
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import find
from fieldsvc.domain.interventions.create import NewIntervention, create
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TOMORROW, at

WEDNESDAY = TOMORROW + timedelta(days=1)
TEN_TO_TWELVE = (at(WEDNESDAY, "10:00"), at(WEDNESDAY, "12:00"))
TWO_TO_FOUR = (at(WEDNESDAY, "14:00"), at(WEDNESDAY, "16:00"))


@pytest.fixture
def call(session: Session, unit: BusinessUnit) -> ActivityType:
    kind = make.activity_type(session, unit, kind="call", minutes=30)
    make.portal_action(session, kind, "reschedule")
    make.portal_action(session, kind, "cancel")
    return kind


@pytest.fixture
def contact(session: Session, unit: BusinessUnit) -> Contact:
    """Somebody of a client without any address."""
    return make.contact(session, make.client(session, unit))


def draft_of(session: Session, contact: Contact, kind: ActivityType) -> BookingDraft:
    return drafts.start(session, contact, kind.id, now=NOON)


def test_a_client_without_an_address_books_moves_and_cancels_a_call(
    session: Session, unit: BusinessUnit, ana: Technician, call: ActivityType, contact: Contact
) -> None:
    draft = draft_of(session, contact, call)
    assert drafts.step_of(draft) == "when"
    holds.hold(session, unit, contact, draft, TEN_TO_TWELVE, now=NOON)
    booked = confirm.confirm(session, unit, contact, draft.id, now=NOON)
    assert (booked.status, booked.kind, booked.site_id) == ("scheduled", "call", None)
    assert [visit.technician_id for visit in booked.visits] == [ana.id]
    moving = drafts.reschedule(session, contact, booked.id, now=NOON)
    holds.hold(session, unit, contact, moving, TWO_TO_FOUR, now=NOON)
    moved = confirm.confirm(session, unit, contact, moving.id, now=NOON)
    assert (moved.id, moved.window_begins_at) == (booked.id, TWO_TO_FOUR[0])
    cancel.cancel_by_contact(session, unit, contact, booked.id, "", now=NOON)
    assert booked.status == "cancelled"


def test_every_window_of_the_day_is_free_for_a_call_and_each_is_offered_once(
    session: Session, unit: BusinessUnit, ana: Technician, call: ActivityType, contact: Contact
) -> None:
    slots = holds.slots_for(session, unit, draft_of(session, contact, call), now=NOON)
    on_wednesday = slots.on(WEDNESDAY, unit.zone)
    assert [slot.begins_at.hour for slot in on_wednesday] == [8, 10, 12, 14, 16]
    assert {slot.why for slot in slots.slots} == {""}, "nobody is nearby on the phone"


def test_a_day_that_is_full_of_calls_has_no_more_and_says_why(
    session: Session, unit: BusinessUnit, contact: Contact
) -> None:
    ana = make.technician(session, unit, weekdays=[WEDNESDAY.weekday()])
    long = make.activity_type(session, unit, kind="call", minutes=540, booking_horizon_days=3)
    make.scheduled(session, unit, ana, at(WEDNESDAY, "8:00"), activity_type=long)
    slots = holds.slots_for(session, unit, draft_of(session, contact, long), now=NOON).explained()
    assert slots.slots == []
    whys = why_none(slots, long, 540, unit.zone, now=NOON)
    assert whys[0].title == "All our technicians are busy on the days that can be booked"


def test_what_was_shown_of_a_call_is_in_the_offer_log_without_a_place(
    session: Session, unit: BusinessUnit, ana: Technician, call: ActivityType, contact: Contact
) -> None:
    draft = draft_of(session, contact, call)
    slots = holds.slots_for(session, unit, draft, now=NOON)
    offer = offers.shown(session, offers.of_draft(draft, contact.client_id, slots.slots), [], now=NOON)
    assert (offer.site_id, len(offer.slots) > 0) == (None, True)


def test_whoever_finds_no_time_for_a_call_can_wait_for_one(
    session: Session, unit: BusinessUnit, ana: Technician, call: ActivityType, contact: Contact
) -> None:
    draft = draft_of(session, contact, call)
    hours = waiting_wishes.hours_of(session, unit)
    wishes = waiting_wishes.read([], [], hours)
    entry = waiting.join(session, unit, contact, draft.id, wishes, "email", now=NOON)
    assert entry.state == "waiting"


def test_asking_for_a_call_needs_no_address_and_asking_for_a_visit_does(
    session: Session, unit: BusinessUnit, call: ActivityType, contact: Contact
) -> None:
    on_phone = make.portal_action(session, call, "ask", is_for_unit=True)
    asked = ask.ask(session, unit, contact, on_phone, ask.Wish(None), now=NOON)
    assert (asked.kind, asked.site_id, asked.status) == ("call", None, "requested")
    at_home = make.portal_action(session, make.activity_type(session, unit), "ask", is_for_unit=True)
    with pytest.raises(Invalid) as refusal:
        ask.ask(session, unit, contact, at_home, ask.Wish(None), now=NOON)
    assert "site" in refusal.value.fields
    with pytest.raises(Invalid):
        ask.ask(session, unit, contact, at_home, ask.Wish(None), about=asked, now=NOON)


def test_staff_need_a_site_for_work_at_a_site_and_none_for_a_call(
    session: Session, unit: BusinessUnit, call: ActivityType, contact: Contact
) -> None:
    made = create(session, unit, NewIntervention(contact.client_id, None, call.id), actor=DISPATCHER, now=NOON)
    assert (made.kind, made.site_id) == ("call", None)
    site = make.site(session, contact.client)
    ignored = create(session, unit, NewIntervention(contact.client_id, site.id, call.id), actor=DISPATCHER, now=NOON)
    assert ignored.site_id is None
    visit = make.activity_type(session, unit)
    with pytest.raises(Invalid) as refusal:
        create(session, unit, NewIntervention(contact.client_id, None, visit.id), actor=DISPATCHER, now=NOON)
    assert "site_id" in refusal.value.fields


def test_what_was_booked_stays_what_it_was_when_its_activity_type_becomes_another_kind(
    session: Session, unit: BusinessUnit, ana: Technician, contact: Contact
) -> None:
    kind = make.activity_type(session, unit)
    make.portal_action(session, kind, "reschedule")
    site = make.site(session, contact.client)
    visit = make.scheduled(session, unit, ana, at(WEDNESDAY, "10:00"), activity_type=kind, site=site)
    administrator = Actor("staff", 1, "Ada")
    activity_types.change(session, unit, kind.id, kind.version, {"kind": "call"}, actor=administrator, now=NOON)
    session.flush()
    assert (visit.kind, visit.site_id) == ("intervention", site.id)
    moving = drafts.reschedule(session, contact, visit.id, now=NOON)
    assert moving.needs_site
    holds.hold(session, unit, contact, moving, TWO_TO_FOUR, now=NOON)
    assert confirm.confirm(session, unit, contact, moving.id, now=NOON).site_id == site.id
    assert drafts.start(session, contact, kind.id, now=NOON).needs_site is False


def test_a_task_is_neither_bookable_nor_found_by_its_client(
    session: Session, unit: BusinessUnit, ana: Technician, contact: Contact
) -> None:
    task = make.activity_type(session, unit, kind="task", is_on_portal=False)
    with pytest.raises(NotFound):
        drafts.start(session, contact, task.id, now=NOON)
    made = create(session, unit, NewIntervention(contact.client_id, None, task.id), actor=DISPATCHER, now=NOON)
    with pytest.raises(NotFound):
        find.of_contact(session, contact, made.id)


@pytest.mark.parametrize(
    ("present", "change", "field"),
    [
        ({"crew_size": 2}, {"kind": "call"}, "kind"),
        ({"kind": "remote"}, {"crew_size": 2}, "crew_size"),
        ({"is_on_portal": True}, {"kind": "task"}, "kind"),
        ({"kind": "task", "is_on_portal": False}, {"is_on_portal": True}, "is_on_portal"),
        ({}, {"kind": "party"}, "kind"),
        ({}, {"visibility": "secret"}, "visibility"),
    ],
)
def test_what_makes_no_sense_for_a_kind_is_refused_at_the_field(
    session: Session, unit: BusinessUnit, present: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    kind = make.activity_type(session, unit, **present)
    with pytest.raises(Invalid) as refusal:
        activity_types.change(session, unit, kind.id, kind.version, change, actor=DISPATCHER, now=NOON)
    assert field in refusal.value.fields


@pytest.mark.parametrize("kind", ["intervention", "call"])
def test_a_day_on_which_everybody_is_away_is_said_to_be_one(
    session: Session, unit: BusinessUnit, ana: Technician, contact: Contact, kind: str
) -> None:
    make.absence(session, ana, at(WEDNESDAY, "0:00"), at(WEDNESDAY + timedelta(days=1), "0:00"))
    site = make.site(session, contact.client)
    draft = draft_of(session, contact, make.activity_type(session, unit, kind=kind))
    if draft.needs_site:
        drafts.choose_site(session, contact, draft.id, site.id, now=NOON)
    slots = holds.slots_for(session, unit, draft, now=NOON).explained()
    assert why_not_on(WEDNESDAY, slots, draft.activity_type, range(5)) == "Nobody works on this day."
    saturday = WEDNESDAY + timedelta(days=3)
    assert not [one for one in slots.refused if one.day == saturday], "nobody ever works then"
