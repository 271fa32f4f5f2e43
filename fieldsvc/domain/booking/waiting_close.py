"""Ends the waiting of somebody who has a time now, or wants none any more."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.audit import Actor
from fieldsvc.domain.booking.models import BookingDraft, WaitingEntry

WAITS = ("waiting", "offered")


def booked(session: Session, draft: BookingDraft, *, actor: Actor, now: datetime) -> None:
    """Whoever booked the work at the place waits for it no longer, whichever draft he waits with.

    All his entries are kept in one order, so that two bookings of his do not wait for each other. A time that is
    offered to another draft of his runs out by itself: that draft may not be locked any more here.
    """
    mine = (
        select(WaitingEntry)
        .join(BookingDraft, BookingDraft.id == WaitingEntry.draft_id)
        .where(
            WaitingEntry.contact_id == draft.contact_id,
            WaitingEntry.state.in_(WAITS),
            BookingDraft.activity_type_id == draft.activity_type_id,
            BookingDraft.site_id == draft.site_id,
            BookingDraft.reschedules_id.is_not_distinct_from(draft.reschedules_id),
        )
        .order_by(WaitingEntry.id)
        .with_for_update(of=WaitingEntry)
        .execution_options(populate_existing=True)
    )
    for entry in session.scalars(mine):
        end(session, entry, "taken" if entry.draft_id == draft.id else "left", actor=actor, now=now)


def left(session: Session, draft: BookingDraft, *, actor: Actor, now: datetime) -> None:
    """The draft ended without a time: a colleague takes over, and nobody waits."""
    entry = session.scalar(
        select(WaitingEntry).where(WaitingEntry.draft_id == draft.id, WaitingEntry.state.in_(WAITS)).with_for_update()
    )
    if entry is not None:
        end(session, entry, "left", actor=actor, now=now)


def end(session: Session, entry: WaitingEntry, state: str, *, actor: Actor, now: datetime, **data: str) -> None:
    """Note that the waiting is over."""
    entry.state, entry.offered_until, entry.changed_at = state, None, now
    audit.record(session, f"waiting.{state}", entry, actor=actor, now=now, **data)
