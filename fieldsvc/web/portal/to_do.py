"""What a client is waited for: forms, times to confirm, documents, messages to read, questionnaires."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fieldsvc.core import dates
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking.actions import Action
from fieldsvc.domain.interventions import documents, forms_answered, messages, questionnaires
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.portal.routes import address
from fieldsvc.web.portal.texts import said
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, now
from fieldsvc.web.shown import shown_of


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing: what it is, about which visit, and the button; `is_sent` says that it posts."""

    icon: str
    title: str
    detail: str
    button: str
    address: str
    is_sent: bool = False


def to_do(coming: Sequence[Intervention], offered: Mapping[int, Sequence[Action]]) -> list[ToDo]:
    """Everything that waits for the client, what comes first at the top."""
    return [*_of_visits(coming, offered), *_documents(), *_unread(), *_questionnaires()]


def _of_visits(coming: Sequence[Intervention], offered: Mapping[int, Sequence[Action]]) -> Iterator[ToDo]:
    filled = forms_answered.answered_actions(db(), [visit.id for visit in coming]) if coming else set()
    for number, visit in enumerate(coming):
        for action in offered[visit.id]:
            if not action.is_allowed:
                continue
            if action.kind == "form" and (visit.id, action.id) not in filled and action.row.form is not None:
                leads_to = address("answer_form", intervention_id=visit.id, action_id=action.id)
                words = said(action.row.help, visit) or _about(visit)
                yield ToDo(action.icon, said(action.label, visit), words, _("Fill in"), leads_to)
            if action.kind == "confirm" and number:  # the first has its own button above
                leads_to = address("confirm_visit", intervention_id=visit.id)
                yield ToDo(action.icon, said(action.label, visit), _about(visit), _("Confirm"), leads_to, is_sent=True)


def _documents() -> Iterator[ToDo]:
    for document in documents.waiting_of_contact(db(), contact(), now=now()):
        amount = dates.money(document.amount_cents) if document.amount_cents is not None else ""
        leads_to = address("document", intervention_id=document.intervention_id, document_id=document.id)
        yield ToDo("receipt", document.title, amount, _("Look at it"), leads_to)


def _unread() -> Iterator[ToDo]:
    for visit in messages.unread_of_contact(db(), contact(), now=now()):
        leads_to = address("read_messages", intervention_id=visit.id)
        yield ToDo("message", _("We have written to you"), _about(visit), _("Read"), leads_to, is_sent=True)


def _questionnaires() -> Iterator[ToDo]:
    for asked in questionnaires.open_for(db(), contact(), now=now()):
        leads_to = address("questionnaire", intervention_id=asked.intervention_id)
        yield ToDo("star", _("How did the visit go?"), _about(asked.intervention), _("Answer"), leads_to, is_sent=True)


def _about(visit: Intervention) -> str:
    title = said(visit.activity_type.title, visit)
    if visit.window_begins_at is None or not shown_of(visit).arrival_window:
        return title
    return f"{title}, {dates.day(visit.window_begins_at, unit().zone)}"
