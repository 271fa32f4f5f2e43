"""People say that they want no message that is not necessary, by the link such a message carries."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.notify.kinds import KINDS
from fieldsvc.domain.notify.models import OutboxMessage


def by_token(session: Session, token: str) -> Contact:
    """Who was sent the message with this link. Raises `NotFound`."""
    row = session.scalar(
        select(Contact)
        .join(OutboxMessage, OutboxMessage.contact_id == Contact.id)
        .where(OutboxMessage.message_id == f"<{token}@fieldsvc>", Contact.is_active)
    )
    if row is None:
        raise NotFound(_("This link does not work any more."))
    return row


def choose(session: Session, contact: Contact, *, wants_all: bool, now: datetime) -> None:
    """Remember what the contact wants; what still waits for him and is not necessary is not sent."""
    if contact.has_opted_out is not wants_all:
        return
    contact.has_opted_out = not wants_all
    action = "contact.opted_in" if wants_all else "contact.opted_out"
    audit.record(session, action, contact, actor=audit.Actor("guest", contact.id, contact.name), now=now)
    if not wants_all:
        unnecessary = [kind.name for kind in KINDS.values() if not kind.is_necessary]
        outbox.suppress(
            session, "opted_out", OutboxMessage.contact_id == contact.id, OutboxMessage.kind.in_(unnecessary)
        )
