"""The log of messages: found by what people remember, sent again, stopped; never with what lets its reader in."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.errors import NotAllowed, NotFound
from fieldsvc.core.jobs import Job
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import message_log as log
from fieldsvc.domain.interventions.message_log import Filters
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON

NIGHT = NOON.replace(hour=23)


@pytest.fixture
def ana(session: Session, unit: BusinessUnit) -> Contact:
    client = make.client(session, unit, name="Silva Lda")
    return make.contact(session, client, name="Ana", email="ana@example.com", phone="+351912345678")


def found(session: Session, unit: BusinessUnit, **filters: Any) -> list[int]:
    return [entry.message.id for entry in log.search(session, unit, Filters(**filters), now=NOON)[1]]


def test_a_message_is_found_by_person_company_address_and_visit(
    session: Session, unit: BusinessUnit, ana: Contact
) -> None:
    visit = make.intervention(session, unit, site=make.site(session, ana.client))
    mine = make.message(session, ana, about_kind="intervention", about_id=visit.id)
    other = make.message(session, make.contact(session, make.client(session, unit)))
    for text in ("Ana", "silva", "ana@EXAMPLE", visit.reference.lower()):
        assert found(session, unit, text=text) == [mine.id]
    assert found(session, unit, text="100%") == []
    assert found(session, unit, intervention_id=visit.id) == [mine.id]
    assert found(session, unit, client_id=ana.client_id) == [mine.id]
    assert found(session, unit) == [other.id, mine.id]


def test_the_words_of_a_message_are_not_searched(session: Session, unit: BusinessUnit, ana: Contact) -> None:
    make.message(session, ana, kind="sign_in_code", subject="123456 is your code", text="123456")
    assert found(session, unit, text="123456") == []


def test_filters_narrow_the_log(session: Session, unit: BusinessUnit, ana: Contact) -> None:
    def sent(**values: Any) -> int:
        return make.message(session, ana, **values).id

    old = sent(created_at=NOON - timedelta(days=10))
    sms = sent(channel="sms")
    failed = sent(state="failed", kind="questionnaire")
    queued = sent(state="queued")
    waiting = sent(state="queued", not_before_at=NOON + timedelta(hours=1))
    stopped = sent(state="suppressed", reason="stopped")
    assert found(session, unit, state="queued") == [queued]
    assert found(session, unit, state="waiting") == [waiting]
    assert found(session, unit, state="suppressed") == [stopped]
    assert found(session, unit, state="failed") == found(session, unit, kind="questionnaire") == [failed]
    assert found(session, unit, channel="sms") == [sms]
    assert old not in found(session, unit, days=7)
    assert old in found(session, unit, days=30)


def test_the_log_has_pages(session: Session, unit: BusinessUnit, ana: Contact) -> None:
    for _number in range(log.PAGE_SIZE + 1):
        make.message(session, ana)
    page, entries = log.search(session, unit, Filters(), now=NOON, page=2)
    assert (page.total, page.count, len(entries)) == (log.PAGE_SIZE + 1, 2, 1)


def test_nobody_sees_another_units_messages(session: Session, unit: BusinessUnit, ana: Contact) -> None:
    message, other = make.message(session, ana), make.unit(session)
    assert found(session, other) == []
    for act in (log.resend, log.stop):
        with pytest.raises(NotFound):
            act(session, other, message.id, actor=DISPATCHER, now=NOON)
    with pytest.raises(NotFound):
        log.by_id(session, other, message.id, now=NOON)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See http://x/visit/SECRET now", "See http://x/visit/••• now"),
        ("http://x/questionnaire/S-E_C", "http://x/questionnaire/•••"),
        ("http://x/portal/porto/sign-in/link/abc", "http://x/portal/porto/sign-in/link/•••"),
        ("http://x/portal/porto/visits/7", "http://x/portal/porto/visits/7"),
    ],
)
def test_a_link_that_lets_its_reader_in_is_hidden(
    session: Session, unit: BusinessUnit, ana: Contact, text: str, shown: str
) -> None:
    message = make.message(session, ana, text=text, subject=text)
    assert log.shown_text(message) == shown
    assert log.by_id(session, unit, message.id, now=NOON).title == shown


def test_a_code_to_sign_in_is_never_shown_and_never_sent_again(
    session: Session, unit: BusinessUnit, ana: Contact
) -> None:
    message = make.message(session, ana, kind="sign_in_code", text="123456", state="failed")
    assert log.shown_text(message) == ""
    assert not log.by_id(session, unit, message.id, now=NOON).can_be_resent
    with pytest.raises(NotAllowed):
        log.resend(session, unit, message.id, actor=DISPATCHER, now=NOON)


def test_sending_again_is_a_new_message_to_where_the_reader_is_now(
    session: Session, unit: BusinessUnit, ana: Contact
) -> None:
    first = make.message(session, ana, state="failed", error="no such user", recipient="an@example.com")
    again = log.resend(session, unit, first.id, actor=DISPATCHER, now=NOON)
    assert (again.recipient, again.text, again.state) == ("ana@example.com", first.text, "queued")
    assert (again.resends_id, again.message_id == first.message_id) == (first.id, False)
    assert (first.state, first.error) == ("failed", "no such user")
    assert audit.history(session, again)[0].action == "message.resent"
    assert session.scalars(select(Job)).one().payload == {"message_id": again.id}


def test_what_is_sent_again_keeps_to_the_quiet_hours_and_the_wishes(
    session: Session, unit: BusinessUnit, ana: Contact
) -> None:
    first = make.message(session, ana)
    assert log.resend(session, unit, first.id, actor=DISPATCHER, now=NIGHT).not_before_at is not None
    ana.has_opted_out = True
    with pytest.raises(NotAllowed):
        log.resend(session, unit, first.id, actor=DISPATCHER, now=NOON)


def test_a_message_on_its_way_is_not_sent_twice(session: Session, unit: BusinessUnit, ana: Contact) -> None:
    with pytest.raises(NotAllowed):
        log.resend(session, unit, make.message(session, ana, state="queued").id, actor=DISPATCHER, now=NOON)


def test_a_message_is_stopped_before_it_leaves_and_not_after(
    session: Session, unit: BusinessUnit, ana: Contact
) -> None:
    message = make.message(session, ana, state="queued")
    log.stop(session, unit, message.id, actor=DISPATCHER, now=NOON)
    assert (message.state, message.reason) == ("suppressed", "stopped")
    assert audit.history(session, message)[0].action == "message.stopped"
    with pytest.raises(NotAllowed):
        log.stop(session, unit, message.id, actor=DISPATCHER, now=NOON)
    with pytest.raises(NotAllowed):
        log.stop(session, unit, make.message(session, ana, state="sent").id, actor=DISPATCHER, now=NOON)
