"""The outbox, and the texts that units write themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldsvc.core.db import Base


class OutboxMessage(Base):
    """A message that has to leave; its id is stable, so that a second delivery is the same message.

    `state` is `queued`, `sent`, `failed` (with its `error`) or `suppressed` (with the `reason`, and never sent).
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_state", "state", "created_at"),
        Index("ix_outbox_message_about", "about_kind", "about_id"),
        Index("ix_outbox_message_unit_id_created_at", "unit_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    kind: Mapped[str]
    channel: Mapped[str]
    recipient: Mapped[str]
    locale: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    html: Mapped[str] = mapped_column(default="")
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    message_id: Mapped[str] = mapped_column(unique=True)
    about_kind: Mapped[str] = mapped_column(default="")
    about_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    not_before_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    resends_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))


class MessageText(Base):
    """A unit's own words for one kind of message in one language; an empty part keeps the product's words."""

    __tablename__ = "message_text"
    __table_args__ = (UniqueConstraint("unit_id", "kind", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    kind: Mapped[str]
    locale: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    sms: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]
