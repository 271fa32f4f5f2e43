"""Why a slot that was chosen could not be had any more, for the offer log."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.booking import offers
from fieldsvc.domain.booking.models import BookingDraft, Offer
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning.windows import Window
from fieldsvc.domain.teams.models import Absence, Technician

WORDS = {
    "taken": _l("Somebody else took the time."),
    "away": _l("The technician is away then."),
    "notice": _l("The booking notice had passed."),
    "expired": _l("The time to confirm ran out."),
    "declined": _l("The client said no, thank you."),
    "unreachable": _l("The technician can no longer be there in time."),
}


def lost(session: Session, draft_id: int, window: Window, *, now: datetime, why: str = "") -> Offer | None:
    """The slot that the draft's owner chose was gone; why is looked up when it is not said.

    None when the log does not know the slot, or what became of the offer is known already.
    """
    found = offers.open_with(session, draft_id, window)
    if found is None:
        return None
    offer, slot = found
    offer.outcome, offer.decided_at = "lost", now
    offer.why = why or _why(session, offer, slot, window, now)
    return offer


def given_up(session: Session, draft: BookingDraft, held: Intervention, why: str, *, now: datetime) -> None:
    """The slot that was kept is free again: `expired` or `declined`."""
    if held.window_begins_at is not None and held.window_ends_at is not None:
        lost(session, draft.id, (held.window_begins_at, held.window_ends_at), now=now, why=why)


def _why(session: Session, offer: Offer, slot: list[Any], window: Window, now: datetime) -> str:
    if _ran_out(session, offer, now):
        return "expired"
    activity_type = session.get_one(ActivityType, offer.activity_type_id)
    if window[0] < now + timedelta(hours=activity_type.booking_notice_hours):
        return "notice"
    begins_at = datetime.fromisoformat(slot[3])
    ends_at = begins_at + timedelta(minutes=activity_type.minutes)
    if _is_away(session, slot[2], begins_at, ends_at):
        return "away"
    return "taken" if _is_taken(session, slot[2], begins_at, ends_at, now) else "unreachable"


def _ran_out(session: Session, offer: Offer, now: datetime) -> bool:
    """Whether the slot was kept for him, until now."""
    held = (
        select(Intervention.id)
        .join(BookingDraft, BookingDraft.hold_id == Intervention.id)
        .where(BookingDraft.id == offer.draft_id, Intervention.status == "held", Intervention.held_until <= now)
    )
    return session.scalar(held) is not None


def _is_away(session: Session, technician_id: int, begins_at: datetime, ends_at: datetime) -> bool:
    works = select(Technician.id).where(Technician.id == technician_id, Technician.is_active)
    away = select(Absence.id).where(
        Absence.technician_id == technician_id, Absence.begins_at < ends_at, Absence.ends_at > begins_at
    )
    return session.scalar(works) is None or session.scalar(away.limit(1)) is not None


def _is_taken(session: Session, technician_id: int, begins_at: datetime, ends_at: datetime, now: datetime) -> bool:
    others = (
        select(Visit.id)
        .join(Intervention, Intervention.id == Visit.intervention_id)
        .where(
            Visit.technician_id == technician_id,
            Visit.is_occupying,
            Visit.during(begins_at, ends_at),
            or_(Intervention.status != "held", and_(Intervention.status == "held", Intervention.held_until > now)),
        )
    )
    return session.scalar(others.limit(1)) is not None
