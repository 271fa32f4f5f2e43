"""The one choke point of all automatic messages: a row in the transaction that caused them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import jobs
from fieldsvc.domain.notify import render
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes: an e-mail, else a phone."""

    email: str | None
    phone: str | None
    locale: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small text file that goes with an e-mail."""

    name: str
    content_type: str
    content: str


def enqueue(
    session: Session,
    kind: str,
    unit: BusinessUnit,
    recipient: Recipient,
    values: Mapping[str, Any],
    *,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    about: Any = None,
) -> OutboxMessage | None:
    """Write the message `kind` for `recipient`; None when there is neither e-mail nor phone to send it to."""
    address = recipient.email or recipient.phone
    if not address:
        return None
    locale = recipient.locale or unit.locale
    is_email = bool(recipient.email)
    compose = render.email if is_email else render.sms
    rendered = compose(kind, locale, {"unit": unit, "zone": unit.zone, "locale": locale, **values})
    message = OutboxMessage(
        unit_id=unit.id,
        kind=kind,
        channel="email" if is_email else "sms",
        recipient=address,
        locale=locale,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        attachments=[[a.name, a.content_type, a.content] for a in attachments] if is_email else [],
        message_id=f"<{uuid.uuid4()}@fieldsvc>",
        about_kind=about.__tablename__ if about is not None else "",
        about_id=about.id if about is not None else None,
        created_at=now,
    )
    session.add(message)
    session.flush()
    jobs.enqueue(session, "deliver_message", now=now, unit_id=unit.id, message_id=message.id)
    return message


def latest(session: Session, *, limit: int = 100, query: str = "") -> list[OutboxMessage]:
    """The newest messages first, those to `query` only when it is given."""
    rows = select(OutboxMessage).order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc()).limit(limit)
    if query:
        rows = rows.where(OutboxMessage.recipient.icontains(query, autoescape=True))
    return list(session.scalars(rows))
