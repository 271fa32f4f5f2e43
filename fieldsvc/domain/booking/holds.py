"""Holds: a slot kept for one person until an instant. A hold is an intervention nobody has confirmed yet."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotAllowed, SlotGone, TooMany
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import draft_action, offers_lost, slots
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.booking.slots import Slots
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import lifecycle
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import assistant, guard, place
from fieldsvc.domain.planning.bands import is_within
from fieldsvc.domain.planning.fit import Place
from fieldsvc.domain.planning.problem import Spot, spot_of
from fieldsvc.domain.planning.windows import Window
from fieldsvc.domain.teams.freed import freed
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of


def slots_for(session: Session, unit: BusinessUnit, draft: BookingDraft, *, now: datetime) -> Slots:
    """What the draft's owner may choose from now; his own hold counts as free for him."""
    if not draft.has_known_place:
        raise NotAllowed(_("We could not find this address on the map. Please let us call you to find a time."))
    return slots.find(
        session,
        unit,
        draft.activity_type,
        _spot(draft),
        now=now,
        without=_own(draft),
        minutes=_minutes_of(draft),
        lowest_band=lowest_band_of(session, draft),
    )


def lowest_band_of(session: Session, draft: BookingDraft) -> str:
    """The last band that is good enough for the draft's owner: its action's, else its activity type's."""
    action = session.get(PortalAction, draft.action_id) if draft.action_id is not None else None
    return (action.lowest_band if action else "") or draft.activity_type.lowest_band


def hold(
    session: Session, unit: BusinessUnit, contact: Contact, draft: BookingDraft, window: Window, *, now: datetime
) -> Intervention:
    """Keep a slot for the draft's owner; the one he held before is given back in the same breath.

    Raises `SlotGone` when it is taken or was never offered, `TooMany` when he holds too many already, `NotAllowed`
    with the condition when the action he goes by is refused by now.
    """
    draft_action.action_of(session, unit, contact, draft, now=now)
    until = now + timedelta(minutes=settings_of(unit).hold_minutes)
    return keep(session, unit, contact, draft, window, until, actor=Actor("contact", contact.id, contact.name), now=now)


def keep(
    session: Session,
    unit: BusinessUnit,
    contact: Contact,
    draft: BookingDraft,
    window: Window,
    until: datetime,
    *,
    actor: Actor,
    now: datetime,
) -> Intervention:
    """Keep a slot until an instant for the owner of a draft, which is kept for this transaction. Raises as `hold`."""
    draft.wanted_window = [at.isoformat() for at in window]
    where = _where(session, unit, draft, window, now=now)
    given_back = place.technicians_of(draft.hold) if draft.hold else []
    guard.take(session, [*where.technician_ids, *given_back], now=now)
    release(session, draft, now=now)
    _check_limit(session, unit, contact, now=now)
    held = _new_hold(unit, contact, draft, window, until, now=now)
    lifecycle.begin(session, held, actor=actor, now=now)
    fit = place.place(session, unit, held, where, now=now)
    if not is_within(fit.candidate.band, lowest_band_of(session, draft)):
        raise SlotGone(_("This time has just been taken. Please choose another one."))
    draft.hold = held
    session.flush()
    return held


def extend(session: Session, unit: BusinessUnit, draft: BookingDraft, *, now: datetime) -> Intervention:
    """Keep a running hold longer, once. Raises `SlotGone` when it ran out, `NotAllowed` the second time."""
    held = running_hold(session, draft, now=now)
    if held.is_hold_extended:
        raise NotAllowed(_("This time has been kept longer already. Please confirm it now."))
    assert held.held_until is not None
    held.held_until += timedelta(minutes=settings_of(unit).hold_extension_minutes)
    held.is_hold_extended = True
    return held


def running_hold(session: Session, draft: BookingDraft, *, now: datetime) -> Intervention:
    """The draft's hold, kept for this transaction. Raises `SlotGone` when there is none or it ran out."""
    held = None
    if draft.hold_id is not None:
        rows = select(Intervention).where(Intervention.id == draft.hold_id).with_for_update()
        held = session.scalar(rows.execution_options(populate_existing=True))
    if held is None or held.status != "held" or held.held_until is None or held.held_until <= now:
        raise SlotGone(_("This time is no longer kept for you. Please choose one again."))
    return held


def release(session: Session, draft: BookingDraft, *, now: datetime) -> None:
    """Give the draft's hold back, if it has one: the row goes, as if it had never been."""
    if draft.hold_id is None:
        return
    held = session.get(Intervention, draft.hold_id)
    draft.hold = None
    if held is not None and held.status == "held":
        guard.take(session, place.technicians_of(held), now=now)
        session.flush()
        session.refresh(held)
        discard(session, held)
        freed(session, draft.unit_id, now=now)


def discard(session: Session, held: Intervention) -> None:
    """Take a hold out of the calendar and the database."""
    place.take_out(session, held)
    session.flush()
    session.delete(held)
    session.flush()


def sweep(session: Session, *, now: datetime) -> bool:
    """Take away one hold that ran out (it counted for nobody already); False when there is none left.

    One a transaction, because technicians are locked once a transaction. A hold whose draft somebody works on right
    now is left for the next time.
    """
    expired = (
        select(BookingDraft)
        .join(Intervention, Intervention.id == BookingDraft.hold_id)
        .where(Intervention.status == "held", Intervention.held_until <= now)
        .order_by(BookingDraft.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=BookingDraft)
    )
    draft = session.scalar(expired)
    if draft is None:
        return False
    assert draft.hold is not None, "the query is about its hold"
    offers_lost.given_up(session, draft, draft.hold, "expired", now=now)
    release(session, draft, now=now)
    return True


def _where(session: Session, unit: BusinessUnit, draft: BookingDraft, window: Window, *, now: datetime) -> Place:
    """Who could come in this window: only what the portal would offer now can be held."""
    asked = slots.question_for_window(
        unit,
        draft.activity_type,
        _spot(draft),
        window,
        now=now,
        without=_own(draft),
        minutes=_minutes_of(draft),
    )
    if asked is None:
        raise SlotGone(_("This time cannot be booked any more. Please choose another one."))
    answer = assistant.suggest(session, unit, asked, now=now)
    offered = slots.good_enough(answer.found, draft.activity_type, lowest_band_of(session, draft))
    if not any(suggestion.window == window for suggestion in offered):
        raise SlotGone(_("This time has just been taken. Please choose another one."))
    # Of a crew the answer names the cheapest alone; when one of them is taken meanwhile, others can come.
    each = answer if asked.demand.crew == 1 else assistant.suggest(session, unit, asked.for_one(), now=now)
    able = dict.fromkeys(one for s in each.found if s.window == window for one in s.technician_ids)
    return Place(tuple(able), window)


def _check_limit(session: Session, unit: BusinessUnit, contact: Contact, *, now: datetime) -> None:
    held = session.scalar(
        select(func.count()).where(
            Intervention.contact_id == contact.id, Intervention.status == "held", Intervention.held_until > now
        )
    )
    if (held or 0) >= settings_of(unit).holds_per_contact:
        raise TooMany(_("You are keeping several times already. Please confirm one, or wait a few minutes."), 300)


def _new_hold(
    unit: BusinessUnit, contact: Contact, draft: BookingDraft, window: Window, until: datetime, *, now: datetime
) -> Intervention:
    site = draft.site if draft.needs_site else None
    return Intervention(
        unit_id=unit.id,
        client_id=contact.client_id,
        contact_id=contact.id,
        site_id=site.id if site else None,
        site=site,
        kind=draft.kind,
        activity_type_id=draft.activity_type_id,
        activity_type=draft.activity_type,
        status="held",
        minutes=_minutes_of(draft),
        priority=draft.activity_type.priority,
        answers=draft.given,
        form_version_id=draft.form_version_id,
        notes=draft.notes,
        window_begins_at=window[0],
        window_ends_at=window[1],
        held_until=until,
        replaces_id=draft.reschedules_id,
        created_at=now,
        changed_at=now,
    )


def _spot(draft: BookingDraft) -> Spot | None:
    """Where the work is; None for work without a place."""
    return spot_of(draft.site) if draft.needs_site and draft.site is not None else None


def _own(draft: BookingDraft) -> list[int]:
    return [draft.hold_id] if draft.hold_id is not None else []


def _minutes_of(draft: BookingDraft) -> int:
    return draft.reschedules.minutes if draft.reschedules else draft.activity_type.minutes
