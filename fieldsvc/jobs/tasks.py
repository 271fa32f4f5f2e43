"""What each kind of job does: the work outside a transaction, then its effect inside the one that ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core.jobs import Claim, Effect
from fieldsvc.domain.notify import deliver
from fieldsvc.domain.notify.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class Tools:
    """What jobs need from the outside, given by the composition root."""

    sessions: sessionmaker[Session]
    channels: dict[str, deliver.Channel]
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Progress:
    """How a job says how far it is (0 to 100), and learns that it shall stop."""

    report: Callable[[int], None]
    is_cancelled: Callable[[], bool]


Task = Callable[[Tools, Claim, Progress], Effect]


def deliver_message(tools: Tools, claim: Claim, progress: Progress) -> Effect:
    """Hand one message to its channel; its id stays the same, so that a second delivery is the same message."""
    message_id = int(claim.payload["message_id"])
    with tools.sessions() as session:
        message = session.get_one(OutboxMessage, message_id)
    if message.state != "sent":
        try:
            tools.channels[message.channel].send(message)
        except Exception as error:
            with tools.sessions.begin() as session:
                deliver.mark_failed(session, message_id, f"{type(error).__name__}: {error}")
            raise

    def effect(session: Session) -> dict[str, Any]:
        deliver.mark_sent(session, message_id, now=tools.now())
        return {}

    return effect


TASKS: dict[str, Task] = {"deliver_message": deliver_message}
