"""Secret addresses of calendar feeds: given out once, kept as a hash, revoked at once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit, tokens
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.feeds.models import CalendarFeed
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit


def present(session: Session, technician: Technician) -> CalendarFeed | None:
    """The feed whose address works now."""
    rows = select(CalendarFeed).where(CalendarFeed.technician_id == technician.id, CalendarFeed.revoked_at.is_(None))
    return session.scalar(rows.order_by(CalendarFeed.id.desc()).limit(1))


def rotate(session: Session, technician: Technician, *, actor: Actor, now: datetime) -> str:
    """A new secret for the technician's address; the one before stops working. It can never be shown again."""
    _lock(session, technician)
    _end(session, technician, now=now)
    token = tokens.make()
    session.add(CalendarFeed(technician_id=technician.id, token_hash=tokens.digest(token), created_at=now))
    audit.record(session, "technician.feed_rotated", technician, actor=actor, now=now)
    return token


def revoke(session: Session, technician: Technician, *, actor: Actor, now: datetime) -> None:
    """Stop sharing the technician's calendar; without a feed nothing happens."""
    _lock(session, technician)
    if _end(session, technician, now=now):
        audit.record(session, "technician.feed_revoked", technician, actor=actor, now=now)


def by_token(session: Session, token: str) -> Technician:
    """Whose feed has this secret. Raises `NotFound` for one that is unknown, revoked, or of somebody who left."""
    technician = session.scalar(
        select(Technician)
        .join(CalendarFeed, CalendarFeed.technician_id == Technician.id)
        .join(BusinessUnit, BusinessUnit.id == Technician.unit_id)
        .where(
            CalendarFeed.token_hash == tokens.digest(token),
            CalendarFeed.revoked_at.is_(None),
            Technician.is_active,
            BusinessUnit.is_active,
        )
    )
    if technician is None:
        raise NotFound(_("There is no such calendar."))
    return technician


def _lock(session: Session, technician: Technician) -> None:
    """Two rotations at once come one after the other, so that only one address is left."""
    session.execute(select(Technician.id).where(Technician.id == technician.id).with_for_update())


def _end(session: Session, technician: Technician, *, now: datetime) -> bool:
    running = list(
        session.scalars(
            select(CalendarFeed).where(CalendarFeed.technician_id == technician.id, CalendarFeed.revoked_at.is_(None))
        )
    )
    for feed in running:
        feed.revoked_at = now
    return bool(running)
