"""From a draft to an appointment, and what may go wrong on the way."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid, NotAllowed, NotFound, SlotGone, TooMany
from fieldsvc.domain.booking import cancel, confirm, drafts, holds, slots
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning.windows import Window
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, TOMORROW, at

WEDNESDAY = TOMORROW + timedelta(days=1)
ONE_DAY_BEFORE = {"all": [{"condition": "not_yet_begun"}, {"condition": "notice_hours", "hours": 24}]}


@dataclass
class Company:
    """A unit with one technician and a client who wants one kind of work, 5 km from the technician's home."""

    session: Session
    unit: BusinessUnit
    technician: Technician
    contact: Contact
    draft: BookingDraft

    def slots(self) -> slots.Slots:
        return holds.slots_for(self.session, self.unit, self.draft, now=NOON)

    def window(self, clock: str = "10:00") -> Window:
        return at(WEDNESDAY, clock), at(WEDNESDAY, clock) + timedelta(hours=2)

    def hold(self, clock: str = "10:00", now: datetime = NOON) -> Intervention:
        return holds.hold(self.session, self.unit, self.contact, self.draft, self.window(clock), now=now)

    def confirm(self, now: datetime = NOON) -> Intervention:
        return confirm.confirm(self.session, self.unit, self.contact, self.draft.id, now=now)

    def messages(self) -> list[str]:
        return list(self.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)))


def begins(booked: Intervention) -> datetime:
    """When the visit is planned to begin."""
    assert booked.planned is not None
    return booked.planned.begins_at


def opens(booked: Intervention) -> datetime:
    """When the promised arrival window opens."""
    assert booked.window_begins_at is not None
    return booked.window_begins_at


def until(held: Intervention) -> datetime:
    """When a hold runs out."""
    assert held.held_until is not None
    return held.held_until


def site_of(draft: BookingDraft) -> int:
    """Where the draft's work is."""
    assert draft.site_id is not None
    return draft.site_id


@pytest.fixture
def company(session: Session) -> Company:
    unit = make.unit(session)
    technician = make.technician(session, unit, breaks=[(720, 780, 45)])
    activity_type = make.activity_type(session, unit, booking_notice_hours=24, booking_horizon_days=7)
    for kind in ("reschedule", "cancel"):
        activity_type.actions.append(PortalAction(kind=kind, conditions=ONE_DAY_BEFORE))
    person = make.contact(session, make.client(session, unit))
    site = make.site(session, person.client)
    draft = drafts.start(session, person, activity_type.id, now=NOON)
    drafts.choose_site(session, person, draft.id, site.id, now=NOON)
    return Company(session, unit, technician, person, draft)


def test_slots_lie_between_the_notice_and_the_horizon(company: Company) -> None:
    found = company.slots().slots
    assert len(found) > 10
    assert min(slot.begins_at for slot in found) >= NOON + timedelta(hours=24)
    assert max(slot.ends_at for slot in found) < NOON + timedelta(days=8)


def test_every_slot_that_is_shown_can_be_held_and_confirmed(company: Company) -> None:
    shown = company.slots().slots
    assert len(shown) >= 15
    for slot in shown:
        draft = drafts.start(company.session, company.contact, company.draft.activity_type_id, now=NOON)
        drafts.choose_site(company.session, company.contact, draft.id, site_of(company.draft), now=NOON)
        holds.hold(company.session, company.unit, company.contact, draft, slot.window, now=NOON)
        booked = confirm.confirm(company.session, company.unit, company.contact, draft.id, now=NOON)
        assert slot.begins_at <= begins(booked) <= slot.ends_at
        cancel.cancel_by_contact(company.session, company.unit, company.contact, booked.id, "", now=NOON)


def test_confirming_a_hold_books_it_and_sends_one_message_with_a_calendar_file(company: Company) -> None:
    held = company.hold()
    booked = company.confirm()
    assert booked.id == held.id
    assert (booked.status, booked.held_until) == ("scheduled", None)
    [message] = company.session.scalars(select(OutboxMessage))
    assert message.kind == "visit_booked"
    assert "BEGIN:VEVENT" in message.attachments[0][2]


def test_confirming_twice_gives_the_same_visit_and_no_second_message(company: Company) -> None:
    company.hold()
    assert company.confirm().id == company.confirm().id
    assert company.messages() == ["visit_booked"]


def test_a_hold_takes_the_slot_from_everybody_else_but_not_from_its_owner(company: Company) -> None:
    for hours in company.technician.weekly_hours:  # time for the drives and one visit of an hour
        hours.begins_minute, hours.ends_minute, hours.breaks = 600, 690, []
    other = make.contact(company.session, make.client(company.session, company.unit))
    theirs = drafts.start(company.session, other, company.draft.activity_type_id, now=NOON)
    drafts.choose_site(company.session, other, theirs.id, make.site(company.session, other.client).id, now=NOON)
    company.hold()
    assert company.slots().at(company.window()) is not None
    assert holds.slots_for(company.session, company.unit, theirs, now=NOON).at(company.window()) is None
    with pytest.raises(SlotGone):
        holds.hold(company.session, company.unit, other, theirs, company.window(), now=NOON)


def test_a_hold_is_gone_the_minute_it_runs_out(company: Company) -> None:
    held = company.hold()
    with pytest.raises(SlotGone, match="no longer kept"):
        company.confirm(now=until(held))


def test_a_hold_is_kept_longer_once(company: Company) -> None:
    held = company.hold()
    before = until(held)
    holds.extend(company.session, company.unit, company.draft, now=NOON)
    assert held.held_until == before + timedelta(minutes=5)
    with pytest.raises(NotAllowed, match="already"):
        holds.extend(company.session, company.unit, company.draft, now=NOON)


def test_choosing_another_slot_gives_the_first_one_back(company: Company) -> None:
    company.hold("10:00")
    company.hold("14:00")
    assert [visit.begins_at.hour for visit in company.session.scalars(select(Visit))] == [14]


def test_a_person_keeps_only_a_few_slots_at_a_time(company: Company) -> None:
    for clock in ("8:00", "10:00", "14:00"):
        draft = drafts.start(company.session, company.contact, company.draft.activity_type_id, now=NOON)
        drafts.choose_site(company.session, company.contact, draft.id, site_of(company.draft), now=NOON)
        holds.hold(company.session, company.unit, company.contact, draft, company.window(clock), now=NOON)
    with pytest.raises(TooMany):
        company.hold("12:00")


def test_the_sweeper_takes_expired_holds_away_and_leaves_running_ones(company: Company) -> None:
    held = company.hold()
    assert not holds.sweep(company.session, now=NOON)
    assert holds.sweep(company.session, now=until(held))
    assert not holds.sweep(company.session, now=until(held))
    assert company.session.scalars(select(Intervention)).all() == []
    assert company.draft.hold_id is None


def test_an_expired_hold_counts_for_nobody_before_any_sweep(company: Company) -> None:
    held = company.hold()
    later = until(held)
    company.draft.hold_id = None
    again = company.hold(now=later)
    assert again.planned is not None
    assert held.planned is None


def test_an_absence_since_the_hold_takes_the_slot_away(company: Company) -> None:
    company.hold()
    make.absence(company.session, company.technician, at(WEDNESDAY, "8:00"), at(WEDNESDAY, "17:00"))
    with pytest.raises(SlotGone, match="not possible"):
        company.confirm()


def test_nobody_confirms_the_hold_of_another_contact(company: Company) -> None:
    company.hold()
    stranger = make.contact(company.session, make.client(company.session, company.unit))
    with pytest.raises(NotFound):
        confirm.confirm(company.session, company.unit, stranger, company.draft.id, now=NOON)


def test_a_site_of_another_client_cannot_be_chosen(company: Company) -> None:
    foreign = make.site(company.session, make.client(company.session, company.unit))
    with pytest.raises(NotFound):
        drafts.choose_site(company.session, company.contact, company.draft.id, foreign.id, now=NOON)


def test_a_new_address_gets_a_reference_that_no_other_site_has(company: Company) -> None:
    client = company.contact.client
    taken = make.site(company.session, client, reference=f"{client.reference}-3")
    new = drafts.NewAddress("Rua Nova 1", "4000-001", "Porto")
    drafts.choose_new_address(company.session, company.contact, company.draft.id, new, None, now=NOON)
    assert company.draft.site is not None
    assert company.draft.site.reference not in {"", taken.reference}


def test_a_site_that_is_not_located_is_never_planned(company: Company) -> None:
    new = drafts.NewAddress("Rua Nova 1", "4000-001", "Porto")
    drafts.choose_new_address(company.session, company.contact, company.draft.id, new, None, now=NOON)
    with pytest.raises(NotAllowed, match="map"):
        company.slots()


def test_what_was_answered_about_other_work_is_not_said_of_the_work_that_is_booked(company: Company) -> None:
    session, contact, draft = company.session, company.contact, company.draft
    gate = {"code": "gate", "kind": "short_text", "label": {"en": "Gate?"}}
    asks = make.activity_type(session, company.unit, intake_form_id=make.form(session, company.unit, [gate]).id)
    asks_nothing = draft.activity_type
    drafts.change_activity_type(session, contact, draft.id, asks.id, now=NOON)
    drafts.answer(session, contact, draft.id, {"gate": "7"}, "")
    assert company.hold().answers == {"gate": "7"}
    drafts.change_activity_type(session, contact, draft.id, asks_nothing.id, now=NOON)
    held = company.hold()
    assert (held.answers, held.form_version_id) == ({}, None)
    assert draft.answers == {"gate": "7"}, "nothing that was typed is lost"


def test_who_asks_for_a_call_leaves_a_request_of_which_the_staff_are_told(company: Company) -> None:
    company.unit.email = "office@example.com"
    request = drafts.ask_for_a_call(company.session, company.unit, company.contact, company.draft.id, now=NOON)
    assert (request.status, request.site_id) == ("requested", company.draft.site_id)
    assert company.messages() == ["call_requested"]


class TestReschedule:
    """Moving a visit: the old slot stays until the new one is confirmed."""

    @pytest.fixture
    def booked(self, company: Company) -> Intervention:
        company.hold()
        booked = company.confirm()
        company.draft = drafts.reschedule(company.session, company.contact, booked.id, now=NOON)
        return booked

    def test_the_old_time_stays_until_the_new_one_is_confirmed(self, company: Company, booked: Intervention) -> None:
        before = begins(booked)
        company.hold("14:00")
        assert begins(booked) == before
        assert company.confirm().id == booked.id
        company.session.expire_all()
        assert begins(booked) >= at(WEDNESDAY, "14:00")
        assert len(company.session.scalars(select(Visit)).all()) == 1

    def test_who_finds_no_other_time_asks_for_a_call_about_the_visit_he_has(
        self, company: Company, booked: Intervention
    ) -> None:
        company.unit.email = "office@example.com"
        window = booked.window_begins_at
        found = drafts.ask_for_a_call(company.session, company.unit, company.contact, company.draft.id, now=NOON)
        assert (found, booked.status, booked.window_begins_at) == (booked, "scheduled", window)
        assert company.session.scalars(select(Intervention)).all() == [booked]
        assert company.messages()[-1] == "call_requested"

    def test_the_calendar_event_keeps_its_uid_and_raises_its_sequence(
        self, company: Company, booked: Intervention
    ) -> None:
        company.hold("14:00")
        company.confirm()
        first, second = (m.attachments[0][2] for m in company.session.scalars(select(OutboxMessage)))
        uid = next(line for line in first.splitlines() if line.startswith("UID"))
        assert uid in second
        assert "SEQUENCE:0" in first
        assert "SEQUENCE:1" in second

    def test_less_than_the_notice_before_it_is_refused_with_the_condition(
        self, company: Company, booked: Intervention
    ) -> None:
        late = opens(booked) - timedelta(hours=23)
        with pytest.raises(NotAllowed, match="24 hours"):
            drafts.reschedule(company.session, company.contact, booked.id, now=late)


class TestCancel:
    """Cancelling frees the time and tells the client."""

    @pytest.fixture
    def booked(self, company: Company) -> Intervention:
        company.hold()
        return company.confirm()

    def test_a_client_cancels_in_time_and_the_slot_is_free_again(self, company: Company, booked: Intervention) -> None:
        cancel.cancel_by_contact(company.session, company.unit, company.contact, booked.id, "ill", now=NOON)
        assert (booked.status, booked.planned) == ("cancelled", None)
        assert company.messages() == ["visit_booked", "visit_cancelled"]
        newest = select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)
        ics = company.session.scalars(newest).one().attachments[0][2]
        assert "METHOD:CANCEL" in ics
        assert "STATUS:CANCELLED" in ics

    def test_a_client_cannot_cancel_late_and_staff_can(self, company: Company, booked: Intervention) -> None:
        late = opens(booked) - timedelta(hours=1)
        with pytest.raises(NotAllowed):
            cancel.cancel_by_contact(company.session, company.unit, company.contact, booked.id, "", now=late)
        cancel.cancel_by_staff(
            company.session, company.unit, booked.id, "flood", version=booked.version, actor=make.DISPATCHER, now=late
        )
        assert booked.status == "cancelled"

    def test_staff_must_say_why(self, company: Company, booked: Intervention) -> None:
        with pytest.raises(Invalid):
            cancel.cancel_by_staff(
                company.session, company.unit, booked.id, " ", version=booked.version, actor=make.DISPATCHER, now=NOON
            )
