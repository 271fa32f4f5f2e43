"""Offers freed time to those who wait, one at a time, each in a transaction of its own (`jobs/waiting.py` runs them).

What a killed worker has offered is offered, and who comes after it goes on from there: everything is read again with
the draft kept, and a window is noted as offered together with the hold and the message.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fieldsvc.core import audit
from fieldsvc.core.audit import SYSTEM, Actor
from fieldsvc.core.errors import NotAllowed, NotFound, SlotGone
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import draft_action, drafts, holds, offers, offers_lost, waiting_messages
from fieldsvc.domain.booking.models import BookingDraft, WaitingEntry
from fieldsvc.domain.booking.slots import Slot
from fieldsvc.domain.booking.waiting import by_id, is_on_offer
from fieldsvc.domain.booking.waiting_close import WAITS
from fieldsvc.domain.booking.waiting_ranking import Best, Rank, best_of, fitting_slots
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify import quiet
from fieldsvc.domain.planning.windows import Window
from fieldsvc.domain.teams.freed import look_at
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of


def units_that_wait(session: Session) -> list[int]:
    """The units in which somebody waits or has something on offer."""
    rows = select(WaitingEntry.unit_id).where(WaitingEntry.state.in_(WAITS)).distinct()
    return list(session.scalars(rows.order_by(WaitingEntry.unit_id)))


def waiting_ids(session: Session, unit: BusinessUnit) -> list[int]:
    """Who waits in the unit and has nothing on offer, in the order they came."""
    rows = select(WaitingEntry.id).where(WaitingEntry.unit_id == unit.id, WaitingEntry.state == "waiting")
    return list(session.scalars(rows.order_by(WaitingEntry.created_at, WaitingEntry.id)))


def offered_ids(session: Session, unit: BusinessUnit) -> list[int]:
    """Who has something on offer, or had until now."""
    rows = select(WaitingEntry.id).where(WaitingEntry.unit_id == unit.id, WaitingEntry.state == "offered")
    return list(session.scalars(rows.order_by(WaitingEntry.id)))


def silent_until(unit: BusinessUnit, *, now: datetime) -> datetime | None:
    """When the quiet hours end, in which nobody is offered a time that runs out while he sleeps; None outside them."""
    settings = settings_of(unit)
    return quiet.ends_at(now, unit.zone, settings.quiet_from_minute, settings.quiet_until_minute)


def end_if_over(session: Session, entry_id: int, *, now: datetime) -> None:
    """Let somebody wait on whose time to answer ran out; the window goes to others."""
    entry = _kept(session, entry_id)
    if entry is None or entry.state != "offered" or is_on_offer(entry, now=now):
        return
    held = entry.draft.hold
    if held is not None and held.status == "held":
        offers_lost.given_up(session, entry.draft, held, "expired", now=now)
        holds.release(session, entry.draft, now=now)
    entry.state, entry.offered_until, entry.changed_at = "waiting", None, now
    audit.record(session, "waiting.expired", entry, actor=SYSTEM, now=now)


def rank(session: Session, unit: BusinessUnit, entry_id: int, *, now: datetime) -> Rank | None:
    """The place of an entry among those who wait; None when nothing fits, or nothing may be offered."""
    found = _best(session, unit, _read(session, entry_id), now=now)
    return found.rank if found else None


def offer(
    session: Session, unit: BusinessUnit, entry_id: int, following: Rank | None, *, now: datetime
) -> Intervention | Rank | None:
    """Offer the person of an entry his best slot.

    Gives his new place instead when somebody else, whose place is `following`, comes before him by now, and None when
    nothing fits any more. Raises `SlotGone` when somebody was quicker, and the other refusals of a hold.
    """
    entry = _kept(session, entry_id)
    found = _best(session, unit, entry, now=now)
    if entry is None or found is None:
        return None
    if following is not None and found.rank > following:
        return found.rank
    return _offer(session, unit, entry, found.slot, actor=SYSTEM, now=now)


def offer_by_hand(
    session: Session, unit: BusinessUnit, entry_id: int, window: Window | None, *, actor: Actor, now: datetime
) -> Intervention:
    """Offer a slot that fits to somebody who waits, out of turn; the best one when none is said.

    Raises `NotFound`, `NotAllowed` when nothing can be offered to him, `SlotGone` for a slot that is not free or does
    not suit.
    """
    entry = _keep(session, by_id(session, unit, entry_id))
    why = why_not(session, unit, entry, now=now)
    if why or entry.state != "waiting":
        raise NotAllowed(why or _("This person has an offer already, or does not wait any more."))
    fitting = fitting_slots(session, unit, entry, now=now)
    if not fitting:
        raise NotAllowed(_("Nothing that suits is free at the moment."))
    chosen = next((slot for slot in fitting if slot.window == window), None) if window else fitting[0]
    if chosen is None:
        raise SlotGone(_("This time is not free any more. Please choose another one."))
    return _offer(session, unit, entry, chosen, actor=actor, now=now)


def why_not(session: Session, unit: BusinessUnit, entry: WaitingEntry, *, now: datetime) -> str:
    """Why nothing can be offered to somebody now, whatever is free; empty when something can."""
    draft = entry.draft
    if draft.finished_at is not None:
        return _("The booking is finished: there is nothing to wait for.")
    if not entry.contact.is_active or not has_portal(unit, entry.contact.client):
        return _("This contact has no access to the portal.")
    if not draft.has_known_place:
        return _("The address is not on the map.")
    if draft.reschedules_id is None and (draft.activity_type.is_archived or not draft.activity_type.is_on_portal):
        return _("Clients cannot book this work any more.")
    if entry.state == "waiting" and draft.hold_id is not None:
        return _("The client is choosing a time himself right now.")
    try:
        draft_action.action_of(session, unit, entry.contact, draft, now=now)
    except (NotAllowed, NotFound):
        return _("The portal would not let the client take a time now. The simulator says why.")
    return ""


def _best(session: Session, unit: BusinessUnit, entry: WaitingEntry | None, *, now: datetime) -> Best | None:
    if entry is None or entry.state != "waiting" or why_not(session, unit, entry, now=now):
        return None
    return best_of(session, unit, entry, now=now)


def _offer(
    session: Session, unit: BusinessUnit, entry: WaitingEntry, slot: Slot, *, actor: Actor, now: datetime
) -> Intervention:
    until = now + timedelta(minutes=settings_of(unit).waiting_hold_minutes)
    held = holds.keep(session, unit, entry.contact, entry.draft, slot.window, until, actor=actor, now=now)
    held.is_hold_extended = True
    _note(session, entry, slot.key, until, actor=actor, now=now)
    shown = offers.of_draft(entry.draft, entry.contact.client_id, [slot], offers.WAITING_LIST)
    offers.shown(session, shown, [], now=now)
    waiting_messages.offered(session, unit, entry, held, now=now)
    look_at(session, unit.id, until, now=now)
    return held


def _note(
    session: Session,
    entry: WaitingEntry,
    key: str,
    until: datetime,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    state = select(WaitingEntry.state).where(WaitingEntry.id == entry.id).with_for_update()
    if session.scalar(state) != "waiting":
        raise NotAllowed(_("This person does not wait any more."))
    entry.state, entry.offered_until, entry.changed_at = "offered", until, now
    entry.offers += 1
    entry.passed_over = [*entry.passed_over, key]
    audit.record(session, "waiting.offered", entry, actor=actor, now=now, window=key, until=until.isoformat())


def _kept(session: Session, entry_id: int) -> WaitingEntry | None:
    entry = _read(session, entry_id)
    return None if entry is None else _keep(session, entry)


def _keep(session: Session, entry: WaitingEntry) -> WaitingEntry:
    drafts.locked(session, entry.contact, entry.draft_id)
    session.refresh(entry)
    return entry


def _read(session: Session, entry_id: int) -> WaitingEntry | None:
    shown = joinedload(WaitingEntry.draft)
    return session.get(
        WaitingEntry,
        entry_id,
        options=[
            joinedload(WaitingEntry.contact).joinedload(Contact.client),
            shown.joinedload(BookingDraft.activity_type),
            shown.joinedload(BookingDraft.site),
        ],
    )
