"""The log of every message of a unit: what was written to whom, what became of it, and what can still be done."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.errors import NotAllowed, NotFound
from fieldsvc.core.paging import Page, page_of
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.domain.interventions import notices
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.notify.kinds import KINDS
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit

PAGE_SIZE = 50
LONGEST_SEARCH = 100
STATES = ("queued", "waiting", "sent", "failed", "suppressed")
ABOUT = Intervention.__tablename__

# The end of such an address lets its reader in; the staff's log shows where it leads and no more.
SECRET_LINK = re.compile(r"(/(?:visit|questionnaire|messages|waiting|sign-in/link)/)[\w.~%-]+")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the log is narrowed to; `days` are those up to now."""

    text: str = ""
    state: str = ""
    channel: str = ""
    kind: str = ""
    days: int | None = None
    intervention_id: int | None = None
    client_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A message with who reads it and what it is about."""

    message: OutboxMessage
    contact: Contact | None
    intervention: Intervention | None
    state: str

    @property
    def title(self) -> str:
        """What a list calls the message; the subject of a sign-in code holds the code."""
        kind = KINDS[self.message.kind]
        return str(kind.title) if kind.is_secret else _without_secrets(self.message.subject) or str(kind.title)

    @property
    def can_be_stopped(self) -> bool:
        """Whether it has not left yet."""
        return self.message.state == "queued"

    @property
    def can_be_resent(self) -> bool:
        """Whether sending the same words again makes sense: a code to sign in is old by now."""
        return self.message.state != "queued" and not KINDS[self.message.kind].is_secret


def search(
    session: Session, unit: BusinessUnit, filters: Filters, *, now: datetime, page: int = 1
) -> tuple[Page[OutboxMessage], list[Entry]]:
    """A page of the log, the newest first."""
    rows = _narrowed(select(OutboxMessage).where(OutboxMessage.unit_id == unit.id), unit, filters, now)
    found: Page[OutboxMessage] = page_of(session, rows.order_by(OutboxMessage.id.desc()), page, PAGE_SIZE)
    return found, _entries(session, found.rows, now)


def of_intervention(session: Session, intervention: Intervention, *, now: datetime, limit: int = 20) -> list[Entry]:
    """What was written about an intervention, the newest first."""
    about = (OutboxMessage.about_kind == ABOUT, OutboxMessage.about_id == intervention.id)
    rows = session.scalars(select(OutboxMessage).where(*about).order_by(OutboxMessage.id.desc()).limit(limit)).all()
    return _entries(session, rows, now)


def by_id(session: Session, unit: BusinessUnit, message_id: int, *, now: datetime) -> Entry:
    """One message of the unit. Raises `NotFound`."""
    return _entries(session, [_row(session, unit, message_id)], now)[0]


def shown_text(message: OutboxMessage) -> str:
    """What the message says, without what would let somebody else in."""
    if KINDS[message.kind].is_secret:
        return ""
    return _without_secrets(message.text)


def resend(
    session: Session, unit: BusinessUnit, message_id: int, *, actor: audit.Actor, now: datetime
) -> OutboxMessage:
    """Send the same words again, to where their reader can be reached now. Raises `NotFound`, `NotAllowed`."""
    first = _row(session, unit, message_id)
    kind = KINDS[first.kind]
    if kind.is_secret:
        raise NotAllowed(_("This code is too old. The client can ask for a new one on the sign-in page."))
    if first.state == "queued":
        raise NotAllowed(_("This message has not left yet."))
    contact = session.get(Contact, first.contact_id) if first.contact_id is not None else None
    recipient = outbox.Recipient(first.recipient, None, first.locale)
    if contact is not None:
        recipient = notices.recipient_of(unit, contact).only_by(first.channel)
    elif first.channel == "sms":
        recipient = outbox.Recipient(None, first.recipient, first.locale)
    again = OutboxMessage(
        unit_id=unit.id,
        contact_id=first.contact_id,
        kind=first.kind,
        channel=first.channel,
        recipient=recipient.way[1],
        locale=first.locale,
        subject=first.subject,
        text=first.text,
        html=first.html,
        attachments=list(first.attachments),
        message_id=f"<{uuid.uuid4()}@fieldsvc>",
        about_kind=first.about_kind,
        about_id=first.about_id,
        resends_id=first.id,
        created_at=now,
    )
    reason = outbox.why_not(kind, recipient)
    if reason == "opted_out":
        raise NotAllowed(_("This person wants no messages that are not necessary."))
    outbox.post(session, again, unit, reason, now=now)
    audit.record(session, "message.resent", again, actor=actor, now=now, first=first.id)
    return again


def stop(session: Session, unit: BusinessUnit, message_id: int, *, actor: audit.Actor, now: datetime) -> OutboxMessage:
    """Keep a message that has not left from leaving. Raises `NotFound`, `NotAllowed`."""
    message = _row(session, unit, message_id, is_for_change=True)
    if message.state != "queued":
        raise NotAllowed(_("This message cannot be stopped any more."))
    message.state, message.reason = "suppressed", "stopped"
    audit.record(session, "message.stopped", message, actor=actor, now=now)
    return message


def _without_secrets(text: str) -> str:
    return SECRET_LINK.sub(r"\1•••", text)


def _row(session: Session, unit: BusinessUnit, message_id: int, *, is_for_change: bool = False) -> OutboxMessage:
    rows = select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.unit_id == unit.id)
    row = session.scalar(rows.with_for_update() if is_for_change else rows)
    if row is None:
        raise NotFound(_("This message does not exist."))
    return row


def _narrowed(
    rows: Select[OutboxMessage], unit: BusinessUnit, filters: Filters, now: datetime
) -> Select[OutboxMessage]:
    where: list[ColumnElement[bool]] = []
    if filters.state == "waiting":
        where.append((OutboxMessage.state == "queued") & (OutboxMessage.not_before_at > now))
    elif filters.state == "queued":
        is_due = OutboxMessage.not_before_at.is_(None) | (OutboxMessage.not_before_at <= now)
        where.append((OutboxMessage.state == "queued") & is_due)
    elif filters.state:
        where.append(OutboxMessage.state == filters.state)
    if filters.channel:
        where.append(OutboxMessage.channel == filters.channel)
    if filters.kind:
        where.append(OutboxMessage.kind == filters.kind)
    if filters.days is not None:
        where.append(OutboxMessage.created_at >= now - timedelta(days=filters.days))
    if filters.intervention_id is not None:
        where += [OutboxMessage.about_kind == ABOUT, OutboxMessage.about_id == filters.intervention_id]
    if filters.client_id is not None:
        where.append(OutboxMessage.contact_id.in_(_contacts_of(filters.client_id, unit)))
    if filters.text:
        where.append(_has(filters.text[:LONGEST_SEARCH], unit))
    return rows.where(*where)


def _contacts_of(client_id: int, unit: BusinessUnit) -> Any:
    return select(Contact.id).where(Contact.client_id == client_id, Contact.unit_id == unit.id)


def _has(text: str, unit: BusinessUnit) -> ColumnElement[bool]:
    """Whether a message, its reader, its client or its intervention is called like `text`; no words of a message."""
    people = (
        select(Contact.id)
        .join(Client, Client.id == Contact.client_id)
        .where(
            Contact.unit_id == unit.id,
            or_(Contact.name.icontains(text, autoescape=True), Client.name.icontains(text, autoescape=True)),
        )
    )
    called = select(Intervention.id).where(
        Intervention.unit_id == unit.id, Intervention.reference.icontains(text, autoescape=True)
    )
    return or_(
        OutboxMessage.recipient.icontains(text, autoescape=True),
        OutboxMessage.contact_id.in_(people),
        (OutboxMessage.about_kind == ABOUT) & OutboxMessage.about_id.in_(called),
    )


def _entries(session: Session, rows: Sequence[OutboxMessage], now: datetime) -> list[Entry]:
    people = {row.contact_id for row in rows if row.contact_id is not None}
    abouts = {row.about_id for row in rows if row.about_kind == ABOUT}
    contacts = {one.id: one for one in session.scalars(select(Contact).where(Contact.id.in_(people)))}
    interventions = {one.id: one for one in session.scalars(select(Intervention).where(Intervention.id.in_(abouts)))}
    return [
        Entry(
            row,
            contacts.get(row.contact_id) if row.contact_id is not None else None,
            interventions.get(row.about_id) if row.about_kind == ABOUT and row.about_id is not None else None,
            _state(row, now),
        )
        for row in rows
    ]


def _state(message: OutboxMessage, now: datetime) -> str:
    if message.state == "queued" and message.not_before_at is not None and message.not_before_at > now:
        return "waiting"
    return message.state
