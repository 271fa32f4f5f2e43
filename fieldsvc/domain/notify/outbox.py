"""The one choke point of all automatic messages: a row in the transaction that caused them.

Here, and nowhere else, is decided by which way a message goes, whether it goes at all, and when.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from fieldsvc.core import jobs, links
from fieldsvc.domain.notify import look, quiet, render, texts
from fieldsvc.domain.notify.kinds import KINDS, MessageKind
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.notify.texts import Texts
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

DELIVER = "deliver_message"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who reads a message and where: by the way he prefers, else by e-mail, else by phone."""

    email: str | None
    phone: str | None
    locale: str
    contact_id: int | None = None
    channel: str = ""
    has_opted_out: bool = False
    may_not_know: bool = False
    """What the message is about is none of his."""

    @property
    def way(self) -> tuple[str, str]:
        """The channel and the address on it; an empty address when he cannot be reached."""
        if self.phone and (self.channel == "sms" or not self.email):
            return "sms", self.phone
        return "email", self.email or ""

    def only_by(self, channel: str) -> "Recipient":
        """The same reader, reached by one way or not at all."""
        return replace(
            self,
            channel=channel,
            email=None if channel == "sms" else self.email,
            phone=None if channel == "email" else self.phone,
        )


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
    values: Mapping[str, str],
    *,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    about: Any = None,
    own_texts: Texts | None = None,
) -> OutboxMessage:
    """Write the message `kind`, in `own_texts` when it is said otherwise than usual.

    One that may not go, or has nowhere to go to, is written as well: `suppressed`, with the reason.
    """
    what = KINDS[kind]
    channel, address = recipient.way
    message_id = f"<{uuid.uuid4()}@fieldsvc>"
    locale = recipient.locale or unit.locale
    frame = look.frame(unit, locale, unsubscribe=unsubscribe_link(kind, recipient.contact_id, message_id))
    compose = render.email if channel == "email" else render.sms
    rendered = compose((own_texts or Texts()).over(texts.of(session, unit, what, locale)), values, frame)
    message = OutboxMessage(
        unit_id=unit.id,
        contact_id=recipient.contact_id,
        kind=kind,
        channel=channel,
        recipient=address,
        locale=locale,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        attachments=[[a.name, a.content_type, a.content] for a in attachments] if channel == "email" else [],
        message_id=message_id,
        about_kind=about.__tablename__ if about is not None else "",
        about_id=about.id if about is not None else None,
        created_at=now,
    )
    post(session, message, unit, why_not(what, recipient), now=now)
    return message


def post(session: Session, message: OutboxMessage, unit: BusinessUnit, reason: str, *, now: datetime) -> None:
    """Put a message on its way: at once, after the quiet hours, or never when there is a `reason` against it."""
    message.state, message.reason = ("suppressed", reason) if reason else ("queued", "")
    session.add(message)
    session.flush()
    if not reason:
        send_after(session, message, silent_until(unit, message.kind, now=now), now=now)


def silent_until(unit: BusinessUnit, kind: str, *, now: datetime) -> datetime | None:
    """When the quiet hours end in which no message of this kind is sent; None when it may go now."""
    if not KINDS[kind].can_wait:
        return None
    settings = settings_of(unit)
    return quiet.ends_at(now, unit.zone, settings.quiet_from_minute, settings.quiet_until_minute)


def send_after(session: Session, message: OutboxMessage, at: datetime | None, *, now: datetime) -> None:
    """Queue the delivery of a message for an instant to come, or at once."""
    message.not_before_at = at
    jobs.enqueue(session, DELIVER, now=now, unit_id=message.unit_id, run_at=at, message_id=message.id)


def suppress(session: Session, reason: str, *which: ColumnElement[bool]) -> None:
    """Keep the messages that have not left and that all of `which` holds for from leaving."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state == "queued", *which)
        .values(state="suppressed", reason=reason)
        .execution_options(synchronize_session="fetch")
    )


def why_not(kind: MessageKind, recipient: Recipient) -> str:
    """The name of the reason (`reasons.py`) for which the message does not go; empty when it goes."""
    if recipient.may_not_know:
        return "not_for_clients"
    if recipient.has_opted_out and not kind.is_necessary:
        return "opted_out"
    return "" if recipient.way[1] else "no_address"


def latest(session: Session, *, limit: int = 100, query: str = "") -> list[OutboxMessage]:
    """The newest messages that go anywhere first, those to `query` only when it is given."""
    rows = select(OutboxMessage).where(OutboxMessage.state != "suppressed")
    rows = rows.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc()).limit(limit)
    if query:
        rows = rows.where(OutboxMessage.recipient.icontains(query, autoescape=True))
    return list(session.scalars(rows))


def unsubscribe_link(kind: str, contact_id: int | None, message_id: str) -> str:
    """Where the reader of a message says that he wants no more like it; empty for one that is necessary."""
    if KINDS[kind].is_necessary or contact_id is None:
        return ""
    return links.absolute(f"/messages/{message_id.removeprefix('<').partition('@')[0]}")
