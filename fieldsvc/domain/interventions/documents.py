"""What a client approves or declines, such as a quote."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import events, notices
from fieldsvc.domain.interventions.kept_in_history import still_shown
from fieldsvc.domain.interventions.models import Document, Intervention
from fieldsvc.domain.interventions.visibility import visible_to
from fieldsvc.domain.units.models import BusinessUnit

LONGEST_TITLE = 200
LONGEST_NOTE = 1000
LARGEST_AMOUNT = 100_000_000_00
DECISIONS = {"approved": "document.approved", "declined": "document.declined"}


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A title, an amount in cents, and the stored file that says the rest."""

    title: str
    amount_cents: int | None = None
    file_id: int | None = None


def add(
    session: Session, unit: BusinessUnit, intervention: Intervention, new: NewDocument, *, actor: Actor, now: datetime
) -> Document:
    """Ask the client to decide about a document, and tell him. Raises `Invalid`."""
    title = " ".join(new.title.split())
    if not title or len(title) > LONGEST_TITLE:
        words = _("Please give it a title of at most %(n)s characters.", n=LONGEST_TITLE)
        raise Invalid(words, {"title": words})
    if new.amount_cents is not None and not 0 <= new.amount_cents <= LARGEST_AMOUNT:
        words = _("Please check this amount.")
        raise Invalid(words, {"amount": words})
    document = Document(
        unit_id=unit.id,
        intervention_id=intervention.id,
        file_id=new.file_id,
        title=title,
        amount_cents=new.amount_cents,
        created_at=now,
    )
    session.add(document)
    events.record(session, "document.added", intervention, actor=actor, now=now, title=title)
    notices.send(session, unit, intervention, "document_waiting", now=now, extra={"document.title": title})
    return document


def decide(
    session: Session,
    intervention: Intervention,
    document_id: int,
    decision: str,
    note: str,
    *,
    actor: Actor,
    now: datetime,
) -> Document:
    """Approve or decline a document that waits; `decision` is `approved` or `declined`.

    Raises `NotFound` for a document of another visit, `NotAllowed` for one that was decided, `Invalid`.
    """
    document = one(session, intervention, document_id, for_change=True)
    if document.state != "waiting":
        raise NotAllowed(_("This document does not wait for an answer any more."))
    note = note.replace("\x00", "").strip()
    wrong = {}
    if decision not in DECISIONS:
        wrong["decision"] = _("Please say whether you approve or decline it.")
    if len(note) > LONGEST_NOTE:
        wrong["note"] = _("Please shorten this to %(n)s characters.", n=LONGEST_NOTE)
    if wrong:
        raise Invalid(_("Some answers need another look."), wrong)
    document.state, document.decision_note = decision, note
    document.decided_at, document.decided_by = now, actor.name
    events.record(session, DECISIONS[decision], intervention, actor=actor, now=now, title=document.title, reason=note)
    return document


def withdraw(session: Session, intervention: Intervention, document_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a document back that the client has not decided about; it stays as a record. Raises `NotAllowed`."""
    document = one(session, intervention, document_id, for_change=True)
    if document.state != "waiting":
        raise NotAllowed(_("The client has decided about this document already."))
    document.state, document.decided_at, document.decided_by = "withdrawn", now, actor.name
    events.record(session, "document.withdrawn", intervention, actor=actor, now=now, title=document.title)


def one(session: Session, intervention: Intervention, document_id: int, *, for_change: bool = False) -> Document:
    """One document of the intervention. Raises `NotFound`."""
    rows = select(Document).where(Document.id == document_id, Document.intervention_id == intervention.id)
    if for_change:
        rows = rows.with_for_update().execution_options(populate_existing=True)
    document = session.scalar(rows)
    if document is None:
        raise NotFound(_("This document does not exist."))
    return document


def of_intervention(session: Session, intervention: Intervention) -> list[Document]:
    """Every document of the intervention, the newest first."""
    rows = select(Document).where(Document.intervention_id == intervention.id)
    return list(session.scalars(rows.order_by(Document.id.desc())))


def waiting_of_contact(session: Session, contact: Contact, *, now: datetime, limit: int = 5) -> list[Document]:
    """What the contact is asked to decide about the visits still shown to him, the oldest first."""
    rows = (
        select(Document)
        .join(Intervention, Intervention.id == Document.intervention_id)
        .where(Document.state == "waiting", visible_to(contact), still_shown(session, contact.unit_id, now=now))
    )
    return list(session.scalars(rows.order_by(Document.id).limit(limit)))
