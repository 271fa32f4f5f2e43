"""The outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fieldsvc.core.db import Base


class OutboxMessage(Base):
    """A message that has to leave; its id is stable, so that a second delivery is the same message."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_message_state", "state", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"), index=True)
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
    error: Mapped[str] = mapped_column(default="")
