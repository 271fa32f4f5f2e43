"""The portal of many clients at once, and the way back."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor, AuditEntry
from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.clients.access import ACCESS
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.units.models import BusinessUnit

ACTION = "client.portal_access_changed"
AT_ONCE = 500


def count(session: Session, clients: Sequence[ColumnElement[bool]], access: str) -> int:
    """How many of the clients would change."""
    return session.scalar(select(func.count()).where(*clients, Client.portal_access != access)) or 0


def change(
    session: Session,
    unit: BusinessUnit,
    clients: Sequence[ColumnElement[bool]],
    access: str,
    *,
    actor: Actor,
    now: datetime,
) -> list[AuditEntry]:
    """Give the clients `inherit`, `on` or `off`: one entry of the log for each that changed.

    The number of the first entry is that of the whole change, for `undo`.
    """
    if access not in ACCESS:
        raise Invalid(_("Please choose what the portal should be."))
    rows = session.execute(
        select(Client.id, Client.portal_access)
        .where(Client.unit_id == unit.id, *clients, Client.portal_access != access)
        .order_by(Client.id)
        .with_for_update()
    ).all()
    entries = [
        AuditEntry(
            unit_id=unit.id,
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            action=ACTION,
            object_kind=Client.__tablename__,
            object_id=client_id,
            data={"before": before, "after": access, "among": len(rows)},
        )
        for client_id, before in rows
    ]
    session.add_all(entries)
    session.flush()
    for some in _batches([client_id for client_id, _before in rows]):
        session.execute(
            update(Client).where(Client.id.in_(some)).values(portal_access=access, version=Client.version + 1)
        )
    return entries


def undo(session: Session, unit: BusinessUnit, change_id: int, *, actor: Actor, now: datetime) -> int:
    """Give the clients of a change of one's own what they had before it, except who was changed again since.

    The answer is how many. Raises `NotFound`.
    """
    mine = (
        AuditEntry.unit_id == unit.id,
        AuditEntry.action == ACTION,
        AuditEntry.actor_kind == actor.kind,
        AuditEntry.actor_id == actor.id,
    )
    first = session.scalar(select(AuditEntry).where(AuditEntry.id == change_id, *mine))
    if first is None:
        raise NotFound(_("This change does not exist."))
    together = (AuditEntry.id >= first.id, AuditEntry.at == first.at)
    by_before: dict[str, list[int]] = {}
    for entry in session.scalars(select(AuditEntry).where(*together, *mine).order_by(AuditEntry.id)):
        by_before.setdefault(entry.data["before"], []).append(entry.object_id)
    changed = 0
    for before, ids in by_before.items():
        for some in _batches(ids):
            since = [Client.id.in_(some), Client.portal_access == first.data["after"]]
            changed += len(change(session, unit, since, before, actor=actor, now=now))
    return changed


def latest(session: Session, client: Client) -> AuditEntry | None:
    """The last time that somebody decided about the portal of this client."""
    return session.scalar(
        select(AuditEntry)
        .where(AuditEntry.object_kind == Client.__tablename__, AuditEntry.object_id == client.id)
        .where(AuditEntry.action == ACTION)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for begins in range(0, len(ids), AT_ONCE):
        yield ids[begins : begins + AT_ONCE]
