"""A client asks for work with a preferred day, and acts on visits by the number of an action."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid, NotAllowed, NotFound
from fieldsvc.domain.booking import acting
from fieldsvc.domain.booking.ask import Wish, ask
from fieldsvc.domain.catalogue.models import ActivityType, PortalAction
from fieldsvc.domain.clients.models import Contact, Site
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, TODAY, TOMORROW, at


@dataclass(frozen=True)
class Case:
    """Somebody who may ask for a repair, with a question to answer."""

    unit: BusinessUnit
    contact: Contact
    site: Site
    repair: ActivityType
    action: PortalAction


@pytest.fixture
def case(session: Session) -> Case:
    unit = make.unit(session)
    site = make.site(session, make.client(session, unit))
    question = {"code": "leak", "kind": "yes_no", "label": {"en": "Does it leak?"}, "is_required": True}
    repair = make.activity_type(session, unit, intake_form_id=make.form(session, unit, [question]).id, minutes=90)
    service = make.activity_type(session, unit)
    action = make.portal_action(session, service, "ask", is_for_unit=True, new_activity_type=repair)
    return Case(unit, make.contact(session, site.client), site, repair, action)


def test_a_wish_becomes_a_request_with_its_day_and_its_answers(session: Session, case: Case) -> None:
    wish = Wish(case.site.id, TOMORROW, "morning", "It drips", {"leak": "yes"})
    asked = ask(session, case.unit, case.contact, case.action, wish, now=NOON)
    assert (asked.status, asked.activity_type, asked.minutes) == ("requested", case.repair, 90)
    assert (asked.wanted_on, asked.wanted_part, asked.notes) == (TOMORROW, "morning", "It drips")
    assert (asked.answers, asked.contact) == ({"leak": True}, case.contact)
    assert case.repair.intake_form is not None
    assert asked.form_version is case.repair.intake_form.published
    assert asked.window_begins_at is None


def test_new_work_because_of_a_visit_is_at_the_same_address(session: Session, case: Case) -> None:
    visit = make.intervention(session, case.unit, site=case.site)
    wish = Wish(0, given={"leak": "no"})
    asked = ask(session, case.unit, case.contact, case.action, wish, now=NOON, about=visit)
    assert (asked.site, asked.wanted_on, asked.wanted_part) == (case.site, None, "")


def test_somebody_elses_address_does_not_exist(session: Session, case: Case) -> None:
    theirs = make.site(session, make.client(session, case.unit))
    with pytest.raises(NotFound):
        ask(session, case.unit, case.contact, case.action, Wish(theirs.id, given={"leak": "no"}), now=NOON)


def test_everything_that_is_wrong_is_said_at_once(session: Session, case: Case) -> None:
    wish = Wish(case.site.id, TODAY - timedelta(days=1), "at night", "x" * 3000)
    with pytest.raises(Invalid) as refusal:
        ask(session, case.unit, case.contact, case.action, wish, now=NOON)
    assert set(refusal.value.fields) == {"wanted_on", "part", "notes", "leak"}


def test_an_action_is_found_by_its_number_only_as_what_it_is(session: Session, case: Case) -> None:
    assert acting.numbered(session, case.contact, case.action.id, "ask", now=NOON) is case.action
    for number, kind in ((case.action.id, "form"), (9_999_999, "ask")):
        with pytest.raises(NotFound):
            acting.numbered(session, case.contact, number, kind, now=NOON)
    stranger = make.contact(session, make.client(session, make.unit(session)))
    with pytest.raises(NotFound):
        acting.numbered(session, stranger, case.action.id, "ask", now=NOON)


def test_what_the_conditions_refuse_is_not_done(session: Session, case: Case) -> None:
    kind = make.activity_type(session, case.unit)
    make.portal_action(session, kind, "message", conditions={"condition": "status_is", "statuses": ["in_progress"]})
    technician = make.technician(session, case.unit)
    visit = make.scheduled(session, case.unit, technician, at(TOMORROW, "10:00"), activity_type=kind, site=case.site)
    with pytest.raises(NotAllowed):
        acting.on(session, case.contact, visit.id, "message", now=NOON)
    visit.status = "in_progress"
    session.flush()
    found, action = acting.on(session, case.contact, visit.id, "message", now=NOON)
    assert (found, action.kind) == (visit, "message")
