"""What client and staff say about a visit: messages, notes, files, documents, a yes to the time."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.files.keep import keep
from fieldsvc.domain.interventions import attachments, confirmation, documents, messages, under_way
from fieldsvc.domain.interventions.complete import Closing, ClosingAnswers, complete
from fieldsvc.domain.interventions.documents import NewDocument
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TOMORROW, at


@dataclass(frozen=True)
class Case:
    """A visit tomorrow at ten, and who is concerned."""

    unit: BusinessUnit
    technician: Technician
    visit: Intervention
    contact: Contact

    @property
    def client(self) -> Actor:
        return Actor("contact", self.contact.id, self.contact.name)


@pytest.fixture
def case(session: Session) -> Case:
    unit = make.unit(session, email="office@example.com")
    technician = make.technician(session, unit)
    visit = make.scheduled(session, unit, technician, at(TOMORROW, "10:00"))
    assert visit.contact is not None
    return Case(unit, technician, visit, visit.contact)


def sent(session: Session) -> list[tuple[str, str]]:
    """The kinds of the messages in the outbox, and to whom each goes."""
    return [(row.kind, row.recipient) for row in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


def happened(session: Session, visit: Intervention) -> list[str]:
    return [entry.action for entry in audit.history(session, visit)][::-1]


# --- Messages -----------------------------------------------------------------------------------------


def test_what_a_client_writes_reaches_the_office_and_is_unread_until_somebody_answers(
    session: Session, case: Case
) -> None:
    messages.write_as_client(session, case.unit, case.visit, "The bell is broken", actor=case.client, now=NOON)
    assert sent(session) == [("call_requested", "office@example.com")]
    assert messages.unread_by_staff(session, [case.visit.id]) == {case.visit.id: 1}
    messages.write_as_staff(session, case.unit, case.visit, "Thank you", actor=DISPATCHER, now=NOON)
    assert messages.unread_by_staff(session, [case.visit.id]) == {}
    assert sent(session)[1:] == [("new_message", case.contact.email)]
    newest = session.scalars(select(OutboxMessage.text).order_by(OutboxMessage.id.desc())).first()
    assert "Thank you" in (newest or "")


def test_an_answer_waits_for_the_client_until_he_has_read_it(session: Session, case: Case) -> None:
    messages.write_as_staff(session, case.unit, case.visit, "Is there parking?", actor=DISPATCHER, now=NOON)
    assert messages.unread_of_contact(session, case.contact, now=NOON) == [case.visit]
    messages.mark_read(session, case.visit, "staff", now=NOON)
    assert messages.unread_of_contact(session, case.contact, now=NOON) == []


def test_a_note_is_for_the_staff_only(session: Session, case: Case) -> None:
    messages.note(session, case.visit, "He pays late", actor=DISPATCHER, now=NOON)
    assert sent(session) == []
    assert messages.unread_of_contact(session, case.contact, now=NOON) == []
    assert messages.of_intervention(session, case.visit, with_notes=False) == []
    assert [one.text for one in messages.of_intervention(session, case.visit, with_notes=True)] == ["He pays late"]


def test_nobody_is_told_of_the_messages_of_others(session: Session, case: Case) -> None:
    colleague = make.contact(session, case.contact.client, role="own")
    stranger = make.contact(session, make.client(session, case.unit))
    boss = make.contact(session, case.contact.client, role="all")
    messages.write_as_staff(session, case.unit, case.visit, "Is there parking?", actor=DISPATCHER, now=NOON)
    seen = {one.id: messages.unread_of_contact(session, one, now=NOON) for one in (colleague, stranger, boss)}
    assert seen == {colleague.id: [], stranger.id: [], boss.id: [case.visit]}


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "x" * 4001])
def test_an_empty_message_and_a_book_are_refused_at_the_field(session: Session, case: Case, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        messages.write_as_client(session, case.unit, case.visit, text, actor=case.client, now=NOON)
    assert set(refusal.value.fields) == {"text"}
    assert (sent(session), messages.of_intervention(session, case.visit, with_notes=True)) == ([], [])


# --- Files --------------------------------------------------------------------------------------------


def test_a_file_belongs_to_one_visit_and_an_internal_one_to_the_staff(session: Session, case: Case) -> None:
    other = make.intervention(session, case.unit)
    theirs = attachments.add(session, case.visit, "gauge.txt", b"0.9 bar", actor=case.client, now=NOON)
    ours = attachments.add(
        session, case.visit, "margin.txt", b"20 per cent", actor=DISPATCHER, now=NOON, is_internal=True
    )
    assert attachments.one(session, case.visit, theirs.id, with_internal=False) is theirs
    assert attachments.one(session, case.visit, ours.id, with_internal=True) is ours
    for visit, file, is_staff in ((case.visit, ours, False), (other, theirs, True), (other, ours, True)):
        with pytest.raises(NotFound):
            attachments.one(session, visit, file.id, with_internal=is_staff)
    assert happened(session, case.visit).count("file.added") == 1


def test_there_is_an_end_to_the_files_of_a_visit(session: Session, case: Case) -> None:
    for number in range(attachments.MOST):
        attachments.add(session, case.visit, f"{number}.txt", b"text", actor=case.client, now=NOON)
    with pytest.raises(NotAllowed):
        attachments.add(session, case.visit, "one-more.txt", b"text", actor=case.client, now=NOON)


# --- Documents ----------------------------------------------------------------------------------------


def quote(session: Session, case: Case) -> int:
    new = NewDocument("Quote for a tank", 14_800)
    return documents.add(session, case.unit, case.visit, new, actor=DISPATCHER, now=NOON).id


def test_a_document_waits_for_the_client_until_he_decides_once(session: Session, case: Case) -> None:
    number = quote(session, case)
    assert sent(session) == [("document_waiting", case.contact.email)]
    assert [one.id for one in documents.waiting_of_contact(session, case.contact, now=NOON)] == [number]
    decided = documents.decide(session, case.visit, number, "declined", "Too dear", actor=case.client, now=NOON)
    assert (decided.state, decided.decision_note, decided.decided_by) == ("declined", "Too dear", case.contact.name)
    assert documents.waiting_of_contact(session, case.contact, now=NOON) == []
    assert "document.declined" in happened(session, case.visit)
    with pytest.raises(NotAllowed):
        documents.decide(session, case.visit, number, "approved", "", actor=case.client, now=NOON)


def test_a_document_of_another_visit_does_not_exist(session: Session, case: Case) -> None:
    other = make.intervention(session, case.unit)
    with pytest.raises(NotFound):
        documents.decide(session, other, quote(session, case), "approved", "", actor=case.client, now=NOON)


def test_a_withdrawn_document_waits_for_nobody_and_stays_as_a_record(session: Session, case: Case) -> None:
    number = quote(session, case)
    documents.withdraw(session, case.visit, number, actor=DISPATCHER, now=NOON)
    assert documents.waiting_of_contact(session, case.contact, now=NOON) == []
    assert documents.of_intervention(session, case.visit)[0].state == "withdrawn"
    with pytest.raises(NotAllowed):
        documents.decide(session, case.visit, number, "approved", "", actor=case.client, now=NOON)


def test_a_decision_is_yes_or_no_and_a_note_is_short(session: Session, case: Case) -> None:
    with pytest.raises(Invalid) as refusal:
        documents.decide(session, case.visit, quote(session, case), "maybe", "x" * 2000, actor=case.client, now=NOON)
    assert set(refusal.value.fields) == {"decision", "note"}


@pytest.mark.parametrize(
    ("new", "field"), [(NewDocument(" "), "title"), (NewDocument("x" * 300), "title"), (NewDocument("Q", -1), "amount")]
)
def test_a_document_needs_a_title_and_a_sensible_amount(
    session: Session, case: Case, new: NewDocument, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        documents.add(session, case.unit, case.visit, new, actor=DISPATCHER, now=NOON)
    assert set(refusal.value.fields) == {field}


# --- A yes to the time, and the way there -------------------------------------------------------------


def test_a_client_confirms_once_and_his_calendar_hears_of_it(session: Session, case: Case) -> None:
    before = case.visit.calendar_sequence
    for _time in range(2):
        confirmation.confirm(session, case.unit, case.visit, actor=case.client, now=NOON)
    assert (case.visit.confirmed_at, case.visit.calendar_sequence) == (NOON, before + 1)
    assert happened(session, case.visit).count("intervention.confirmed") == 1
    assert sent(session) == [("visit_confirmed", case.contact.email)]


def test_what_has_no_time_cannot_be_confirmed(session: Session, case: Case) -> None:
    for visit in (make.intervention(session, case.unit), make.intervention(session, case.unit, status="cancelled")):
        with pytest.raises(NotAllowed):
            confirmation.confirm(session, case.unit, visit, actor=case.client, now=NOON)


def test_the_client_hears_when_the_technician_sets_off_and_sees_him_arrive(session: Session, case: Case) -> None:
    steps = (under_way.set_off, under_way.arrive)
    for step in steps:
        step(session, case.unit, case.visit.id, version=case.visit.version, actor=DISPATCHER, now=NOON)
        session.flush()
    assert (case.visit.status, case.visit.actual_begins_at) == ("in_progress", NOON)
    assert sent(session) == [("on_the_way", case.contact.email)]
    with pytest.raises(NotAllowed):
        under_way.set_off(
            session, case.unit, case.visit.id, version=case.visit.version, actor=DISPATCHER, now=NOON + timedelta(1)
        )


def test_a_technician_takes_the_steps_of_his_own_visits_only(session: Session, case: Case) -> None:
    colleague = make.technician(session, case.unit)
    assert under_way.his(session, case.unit, case.technician.id, case.visit.id) is case.visit
    with pytest.raises(NotFound):
        under_way.his(session, case.unit, colleague.id, case.visit.id)


def test_a_file_of_the_closing_form_that_is_not_for_the_client_stays_inside(session: Session, case: Case) -> None:
    questions = [
        {"code": code, "kind": "file", "label": {"en": code}, "is_for_client": is_for_client}
        for code, is_for_client in (("report", True), ("costs", False))
    ]
    case.visit.activity_type.closing_form = make.form(session, case.unit, questions, kind="closing")
    files = {
        code: keep(session, case.unit.id, f"{code}.txt", b"text", actor=DISPATCHER, now=NOON).id
        for code in ("report", "costs")
    }
    closing = Closing(NOON - timedelta(hours=2), NOON - timedelta(hours=1), "ok")
    complete(
        session,
        case.unit,
        case.visit.id,
        closing,
        version=case.visit.version,
        actor=DISPATCHER,
        now=NOON,
        answered=ClosingAnswers(files=files),
    )
    assert attachments.one(session, case.visit, files["report"], with_internal=False).name == "report.txt"
    with pytest.raises(NotFound):
        attachments.one(session, case.visit, files["costs"], with_internal=False)
