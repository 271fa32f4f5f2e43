"""The conversation about an intervention: what client and staff write to each other, and notes of the staff."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid, NotAllowed
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.activity_kinds import KINDS
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import events, find, notices
from fieldsvc.domain.interventions.kept_in_history import still_shown
from fieldsvc.domain.interventions.models import Intervention, Message
from fieldsvc.domain.interventions.visibility import visible_to
from fieldsvc.domain.units.models import BusinessUnit

LONGEST = 4000
SHOWN = 200


def write_as_client(
    session: Session, unit: BusinessUnit, intervention: Intervention, text: str, *, actor: Actor, now: datetime
) -> Message:
    """Tell the staff something; what they wrote before counts as read. Raises `Invalid`."""
    message = _add(session, intervention, text, actor=actor, now=now)
    mark_read(session, intervention, "staff", now=now)
    events.record(session, "message.written", intervention, actor=actor, now=now)
    notices.send(session, unit, intervention, "call_requested", now=now, extra=_codes_of(message))
    return message


def write_as_staff(
    session: Session, unit: BusinessUnit, intervention: Intervention, text: str, *, actor: Actor, now: datetime
) -> Message:
    """Answer the client, who is told so. Raises `Invalid`, and `NotAllowed` about what clients do not see."""
    if not KINDS[intervention.kind].is_for_clients:
        raise NotAllowed(_("The client does not see it and gets no messages about it."))
    message = _add(session, intervention, text, actor=actor, now=now)
    mark_read(session, intervention, "contact", now=now)
    events.record(session, "message.answered", intervention, actor=actor, now=now)
    notices.send(session, unit, intervention, "new_message", now=now, extra=_codes_of(message))
    return message


def note(session: Session, intervention: Intervention, text: str, *, actor: Actor, now: datetime) -> Message:
    """Write something down for the staff only. Raises `Invalid`."""
    message = _add(session, intervention, text, actor=actor, now=now)
    message.is_internal = True
    return message


def of_intervention(session: Session, intervention: Intervention, *, with_notes: bool) -> list[Message]:
    """The conversation, the oldest first; notes are for staff."""
    rows = select(Message).where(Message.intervention_id == intervention.id).order_by(Message.id.desc()).limit(SHOWN)
    if not with_notes:
        rows = rows.where(Message.is_internal.is_(False))
    return list(session.scalars(rows))[::-1]


def mark_read(session: Session, intervention: Intervention, author_kind: str, *, now: datetime) -> None:
    """Somebody has seen what the other side, `contact` or `staff`, wrote until now."""
    session.execute(
        update(Message)
        .where(
            Message.intervention_id == intervention.id,
            Message.author_kind == author_kind,
            Message.is_internal.is_(False),
            Message.read_at.is_(None),
        )
        .values(read_at=now)
        .execution_options(synchronize_session="fetch")
    )


def unread_of_contact(session: Session, contact: Contact, *, now: datetime, limit: int = 5) -> list[Intervention]:
    """The visits still shown to the contact about which the staff wrote something he has not seen."""
    is_unread = exists().where(
        Message.intervention_id == Intervention.id,
        Message.author_kind == "staff",
        Message.is_internal.is_(False),
        Message.read_at.is_(None),
    )
    rows = select(Intervention).where(visible_to(contact), is_unread, still_shown(session, contact.unit_id, now=now))
    return list(session.scalars(rows.order_by(Intervention.id.desc()).options(*find.SHOWN).limit(limit)))


def unread_by_staff(session: Session, intervention_ids: Sequence[int]) -> dict[int, int]:
    """How many messages of clients nobody has read yet, by intervention."""
    rows = (
        select(Message.intervention_id, func.count())
        .where(
            Message.intervention_id.in_(intervention_ids),
            Message.author_kind == "contact",
            Message.read_at.is_(None),
        )
        .group_by(Message.intervention_id)
    )
    return {row[0]: row[1] for row in session.execute(rows)}


def _add(session: Session, intervention: Intervention, text: str, *, actor: Actor, now: datetime) -> Message:
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    words = _("Please write something.") if not text else ""
    if len(text) > LONGEST:
        words = _("Please shorten this to %(n)s characters.", n=LONGEST)
    if words:
        raise Invalid(words, {"text": words})
    message = Message(
        unit_id=intervention.unit_id,
        intervention_id=intervention.id,
        author_kind=actor.kind,
        author_id=actor.id,
        author_name=actor.name,
        text=text,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def _codes_of(message: Message) -> dict[str, str]:
    return {"message.author": message.author_name, "message.text": message.text}
