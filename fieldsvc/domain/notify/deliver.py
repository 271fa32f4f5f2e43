"""Sends one message of the outbox through a channel."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from fieldsvc.domain.notify.models import OutboxMessage


class Channel(Protocol):
    """A way out: `smtp`, or the folder of the demo. Sending the same message id twice is one message."""

    def send(self, message: OutboxMessage) -> None:
        """Deliver the message, or raise."""
        ...


def mark_sent(session: Session, message_id: int, *, now: datetime) -> None:
    """Note that the message has left."""
    message = session.get_one(OutboxMessage, message_id)
    message.state, message.sent_at, message.error = "sent", now, ""


def mark_failed(session: Session, message_id: int, error: str) -> None:
    """Note why the message did not leave this time."""
    message = session.get_one(OutboxMessage, message_id)
    message.state, message.error = "failed", error[:500]
    message.attempts += 1
