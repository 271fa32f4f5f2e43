"""Sends one message of the outbox through a channel."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from fieldsvc.domain.notify.models import OutboxMessage


class Undeliverable(Exception):
    """The message will never arrive, however often it is tried; the words are those of the provider."""


class Channel(Protocol):
    """A way out, such as a mail server or an SMS provider. The same message id twice is one message."""

    def send(self, message: OutboxMessage) -> None:
        """Deliver the message. Raises `Undeliverable`, or anything else when another attempt may help."""
        ...


def mark_sent(session: Session, message_id: int, *, now: datetime) -> None:
    """Note that the message has left."""
    message = session.get_one(OutboxMessage, message_id)
    message.state, message.sent_at, message.error, message.reason = "sent", now, "", ""
    message.attempts += 1


def mark_failed(session: Session, message_id: int, error: str, *, is_last: bool) -> None:
    """Note why the message did not leave this time; it stays queued while there is another attempt."""
    message = session.get_one(OutboxMessage, message_id)
    message.state, message.error = "failed" if is_last else "queued", error[:500]
    message.attempts += 1
