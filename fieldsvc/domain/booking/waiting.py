"""The waiting list: who found no time that suits is offered what becomes free, one after the other.

An entry belongs to a booking draft, and whoever changes it keeps the draft first, then technicians, interventions, and
the entry last. What is offered is an ordinary hold of that draft, so that the locks of bookings make sure that nobody
else has the time.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from fieldsvc.core import audit
from fieldsvc.core.audit import Actor
from fieldsvc.core.dates import local_day
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import draft_action, drafts, holds, offers_lost, waiting_close, waiting_messages
from fieldsvc.domain.booking.models import BookingDraft, WaitingEntry
from fieldsvc.domain.booking.waiting_close import WAITS
from fieldsvc.domain.booking.waiting_ranking import suiting
from fieldsvc.domain.booking.waiting_wishes import Wishes
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.teams.freed import freed
from fieldsvc.domain.units.models import BusinessUnit


def join(
    session: Session,
    unit: BusinessUnit,
    contact: Contact,
    draft_id: int,
    wishes: Wishes,
    channel: str,
    *,
    now: datetime,
) -> WaitingEntry:
    """Put the owner of a draft on the list, or change what suits him there.

    What he can choose right now is not what he waits for: it is not offered to him later. Raises `NotFound`,
    `NotAllowed` for a draft that is finished or has no place on the map and for what he may not book or move now,
    `Invalid` for a channel that is not his.
    """
    draft = drafts.running(session, contact, draft_id)
    draft_action.action_of(session, unit, contact, draft, now=now)
    if channel not in channels_of(contact):
        words = _("Please choose how we may tell you.")
        raise Invalid(words, {"channel": words})
    free = suiting(holds.slots_for(session, unit, draft, now=now), wishes, unit.zone)
    entry = session.scalar(select(WaitingEntry).where(WaitingEntry.draft_id == draft.id).with_for_update())
    is_new = entry is None or entry.state not in WAITS
    if entry is None:
        entry = WaitingEntry(unit_id=unit.id, contact=contact, draft=draft, created_at=now, changed_at=now)
        session.add(entry)
    if is_new:
        entry.state, entry.created_at, entry.offers, entry.passed_over = "waiting", now, 0, []
    entry.weekdays, entry.parts, entry.channel = list(wishes.weekdays), list(wishes.parts), channel
    entry.passed_over = [*dict.fromkeys([*entry.passed_over, *(slot.key for slot in free)])]
    entry.due_on, entry.changed_at = _due_on(unit, draft, now), now
    session.flush()
    audit.record(session, "waiting.joined", entry, actor=_actor(contact), now=now, channel=channel)
    if is_new:
        waiting_messages.joined(session, unit, entry, now=now)
    freed(session, unit.id, now=now)
    return entry


def leave(session: Session, contact: Contact, entry_id: int, *, now: datetime) -> WaitingEntry:
    """Take oneself off the list; a time that is offered goes to the next. Raises `NotFound`, `NotAllowed`."""
    entry = _kept(session, of_contact(session, contact, entry_id))
    give_back(session, entry, now=now)
    waiting_close.end(session, entry, "left", actor=_actor(contact), now=now)
    return entry


def refuse(session: Session, contact: Contact, entry_id: int, *, now: datetime) -> WaitingEntry:
    """Say no to the time that is offered, which goes to the next, and keep waiting. Raises `NotFound`, `NotAllowed`."""
    entry = _kept(session, of_contact(session, contact, entry_id))
    if not is_on_offer(entry, now=now):
        raise NotAllowed(_("This time is no longer offered to you. You are still on the waiting list."))
    give_back(session, entry, now=now, why="declined")
    entry.state, entry.offered_until, entry.changed_at = "waiting", None, now
    audit.record(session, "waiting.declined", entry, actor=_actor(contact), now=now)
    return entry


def remove(
    session: Session, unit: BusinessUnit, entry_id: int, reason: str, *, actor: Actor, now: datetime
) -> WaitingEntry:
    """Take somebody off the list. Raises `NotFound`, `NotAllowed` for one whose waiting is over, `Invalid`."""
    if not reason.strip():
        words = _("Please say why, so that a colleague can answer when the client asks.")
        raise Invalid(words, {"reason": words})
    entry = _kept(session, by_id(session, unit, entry_id))
    give_back(session, entry, now=now)
    waiting_close.end(session, entry, "left", actor=actor, now=now, reason=reason.strip()[:200])
    return entry


def give_back(session: Session, entry: WaitingEntry, *, now: datetime, why: str = "") -> None:
    """Give back the time that is offered to somebody, if one is; whose draft is kept for this transaction."""
    if entry.state != "offered":
        return
    if why and entry.draft.hold is not None:
        offers_lost.given_up(session, entry.draft, entry.draft.hold, why, now=now)
    holds.release(session, entry.draft, now=now)


def by_id(session: Session, unit: BusinessUnit, entry_id: int) -> WaitingEntry:
    """One entry of the unit. Raises `NotFound`."""
    entry = session.scalar(
        select(WaitingEntry)
        .where(WaitingEntry.id == entry_id, WaitingEntry.unit_id == unit.id)
        .options(joinedload(WaitingEntry.contact), joinedload(WaitingEntry.draft))
    )
    if entry is None:
        raise NotFound(_("Nobody waits here any more."))
    return entry


def of_contact(session: Session, contact: Contact, entry_id: int) -> WaitingEntry:
    """An entry of this contact. Raises `NotFound`."""
    entry = session.scalar(
        select(WaitingEntry).where(WaitingEntry.id == entry_id, WaitingEntry.contact_id == contact.id)
    )
    if entry is None:
        raise NotFound(_("You are not on this waiting list."))
    return entry


def entries_of(session: Session, contact: Contact) -> list[WaitingEntry]:
    """What a contact waits for, the oldest first."""
    mine = select(WaitingEntry).where(WaitingEntry.contact_id == contact.id, WaitingEntry.state.in_(WAITS))
    shown = joinedload(WaitingEntry.draft)
    options = (
        shown.joinedload(BookingDraft.activity_type),
        shown.joinedload(BookingDraft.site),
        shown.joinedload(BookingDraft.hold),
    )
    return list(session.scalars(mine.order_by(WaitingEntry.created_at, WaitingEntry.id).options(*options)))


def of_draft(session: Session, draft: BookingDraft) -> WaitingEntry | None:
    """The entry of a draft whose owner still waits."""
    return session.scalar(select(WaitingEntry).where(WaitingEntry.draft_id == draft.id, WaitingEntry.state.in_(WAITS)))


def number_of(session: Session, draft: BookingDraft, entry: WaitingEntry | None) -> int:
    """The place on the list of those who wait for the same work: his own, or the one he would have."""
    others = (
        select(func.count())
        .select_from(WaitingEntry)
        .join(BookingDraft, BookingDraft.id == WaitingEntry.draft_id)
        .where(
            WaitingEntry.unit_id == draft.unit_id,
            WaitingEntry.state.in_(WAITS),
            BookingDraft.activity_type_id == draft.activity_type_id,
        )
    )
    if entry is not None:
        others = others.where(
            (WaitingEntry.created_at < entry.created_at)
            | ((WaitingEntry.created_at == entry.created_at) & (WaitingEntry.id < entry.id))
        )
    return (session.scalar(others) or 0) + 1


def channels_of(contact: Contact) -> dict[str, str]:
    """By which ways a contact can be told, with his address on each."""
    ways = {"sms": contact.phone, "email": contact.email}
    return {channel: address for channel, address in ways.items() if address}


def is_on_offer(entry: WaitingEntry, *, now: datetime) -> bool:
    """Whether a time is kept for the person of an entry at this instant."""
    held = entry.draft.hold
    return (
        entry.state == "offered"
        and held is not None
        and held.status == "held"
        and held.held_until is not None
        and held.held_until > now
    )


def _kept(session: Session, entry: WaitingEntry) -> WaitingEntry:
    """The entry as it is now, with its draft kept for this transaction. Raises `NotAllowed` when he waits no longer."""
    drafts.locked(session, entry.contact, entry.draft_id)
    session.refresh(entry)
    if entry.state not in WAITS:
        raise NotAllowed(_("This is no longer on the waiting list."))
    return entry


def _due_on(unit: BusinessUnit, draft: BookingDraft, now: datetime) -> date | None:
    if draft.reschedules is not None:
        return draft.reschedules.due_on
    days = draft.activity_type.due_days
    return None if days is None else local_day(now, unit.zone) + timedelta(days=days)


def _actor(contact: Contact) -> Actor:
    return Actor("contact", contact.id, contact.name)
