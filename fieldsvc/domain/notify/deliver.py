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


def mark_tried(session: Session, message_id: int, error: str) -> None:
    """Note why the message did not leave this time."""
    message = session.get_one(OutboxMessage, message_id)
    message.error, message.attempts = error[:500], message.attempts + 1


def mark_failed(session: Session, message_id: int, error: str) -> None:
    """Note that the message will not leave, and why; one that was stopped meanwhile stays stopped."""
    message = session.get_one(OutboxMessage, message_id, with_for_update=True)
    if message.state == "queued":
        message.state, message.error = "failed", error[:500]
