"""A hold becomes an appointment, or moves the one it replaces."""

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.errors import SlotGone
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import action_limits, draft_action, drafts, holds, offers, waiting_close
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import events, find, form_files, lifecycle, notices
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import guard, place
from fieldsvc.domain.planning.fit import Place
from fieldsvc.domain.planning.windows import Window
from fieldsvc.domain.units.models import BusinessUnit


def confirm(session: Session, unit: BusinessUnit, contact: Contact, draft_id: int, *, now: datetime) -> Intervention:
    """Turn the draft's running hold into an appointment and queue the confirmation; a second call answers the same.

    The place in the plan is checked again in this transaction. Raises `SlotGone` for a hold that ran out or whose
    day changed, `NotAllowed` when the visit to move may not be moved any more, `NotFound` for somebody else's.
    """
    draft = drafts.locked(session, contact, draft_id)
    if draft.finished_at is not None and draft.result_id is not None:
        return session.get_one(Intervention, draft.result_id)
    # Technicians before interventions and all at once: locks that are taken in another order can wait for each other.
    concerned = [intervention for intervention in (draft.hold, draft.reschedules) if intervention is not None]
    guard.take(session, [id_ for intervention in concerned for id_ in place.technicians_of(intervention)], now=now)
    held = holds.running_hold(session, draft, now=now)
    window = _window(held)
    _check_place(session, unit, held, now=now)
    by = audit.Actor("contact", contact.id, contact.name)
    replaced = find.locked(session, unit.id, draft.reschedules.id) if draft.reschedules is not None else None
    if replaced is None:
        action_limits.in_turn(session, contact)
    action = draft_action.action_of(session, unit, contact, draft, now=now)
    if replaced is None:
        intervention = held
        form_files.attach_intake(session, held)
        lifecycle.move(session, held, "scheduled", actor=by, now=now, **_promise(held))
        notices.booked(session, unit, held, now=now)
    else:
        intervention = replaced
        _give_time(session, unit, draft, held, replaced, actor=by, now=now)
    intervention.confirmed_at = now if action.counts_as_confirmed else None
    draft.finished_at, draft.result_id, draft.hold = now, intervention.id, None
    offers.taken(session, draft, intervention, window, now=now)
    waiting_close.booked(session, draft, actor=by, now=now)
    return intervention


def _check_place(session: Session, unit: BusinessUnit, held: Intervention, *, now: datetime) -> None:
    """The hold keeps the time, not the technician's health: an absence since then takes the slot away."""
    planned = held.planned
    crew = place.technicians_of(held)
    if planned is None:
        raise SlotGone(_("This time is no longer kept for you. Please choose one again."))
    where = Place(tuple(crew), _window(held), planned.begins_at)
    if place.fit_in(session, unit, held, where, now=now) is None:
        raise SlotGone(_("This time is not possible any more. Please choose another one."))


def _give_time(
    session: Session,
    unit: BusinessUnit,
    draft: BookingDraft,
    held: Intervention,
    intervention: Intervention,
    *,
    actor: audit.Actor,
    now: datetime,
) -> None:
    """Give a visit the time of the hold, its first or another one: same reference, and an old time is free."""
    before = _promise(intervention) if intervention.status in lifecycle.PLANNED else None
    place.hand_over(session, held, intervention, now=now)
    intervention.window_begins_at, intervention.window_ends_at = held.window_begins_at, held.window_ends_at
    intervention.marginal_cost, intervention.band = dict(held.marginal_cost), held.band
    draft.hold = None
    session.flush()
    holds.discard(session, held)
    after = _promise(intervention)
    if before is None:
        lifecycle.move(session, intervention, "scheduled", actor=actor, now=now, **after)
        notices.booked(session, unit, intervention, now=now)
        return
    intervention.times_moved += 1
    events.record(session, "intervention.rescheduled", intervention, actor=actor, now=now, before=before, after=after)
    notices.rescheduled(session, unit, intervention, now=now)


def _promise(intervention: Intervention) -> dict[str, str]:
    assert intervention.window_begins_at is not None
    assert intervention.window_ends_at is not None
    return {
        "window_begins_at": intervention.window_begins_at.isoformat(),
        "window_ends_at": intervention.window_ends_at.isoformat(),
    }


def _window(held: Intervention) -> Window:
    assert held.window_begins_at is not None
    assert held.window_ends_at is not None
    return held.window_begins_at, held.window_ends_at
