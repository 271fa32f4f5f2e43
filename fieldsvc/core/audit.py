"""The append-only log of what was done, by whom, when; written in the transaction that did it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fieldsvc.core.db import Base


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `contact`, `staff`, `guest` (by a secret link), `trigger` or `system`."""

    kind: str
    id: int | None = None
    name: str = ""


SYSTEM = Actor("system", None, "fieldsvc")


class AuditEntry(Base):
    """One thing that was done to one object."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_object", "object_kind", "object_id", "id"),
        Index("ix_audit_entry_unit_id_id", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int | None]
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(default="")
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    session: Session,
    action: str,
    subject: Any,
    *,
    actor: Actor,
    now: datetime,
    **data: Any,
) -> AuditEntry:
    """Write that `actor` did `action` (dotted, such as `intervention.moved`) to the row `subject`."""
    session.flush()
    entry = AuditEntry(
        unit_id=getattr(subject, "unit_id", None),
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        object_kind=subject.__tablename__,
        object_id=subject.id,
        data=data,
    )
    session.add(entry)
    return entry


def revision(session: Session, unit_id: int) -> int:
    """A number that grows whenever something is done in the unit: what a board that is up to date has seen."""
    return session.scalar(select(func.max(AuditEntry.id)).where(AuditEntry.unit_id == unit_id)) or 0


def history(session: Session, subject: Any, *, limit: int = 200) -> list[AuditEntry]:
    """What was done to the row `subject`, newest first."""
    mine = (AuditEntry.object_kind == subject.__tablename__, AuditEntry.object_id == subject.id)
    return list(session.scalars(select(AuditEntry).where(*mine).order_by(AuditEntry.id.desc()).limit(limit)))
