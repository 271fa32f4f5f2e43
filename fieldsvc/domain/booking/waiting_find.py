"""The waiting list for the staff: searched, one entry, and why nothing was offered yet."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from fieldsvc.core.paging import Page, page_of
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import holds, waiting_offers
from fieldsvc.domain.booking.models import BookingDraft, WaitingEntry
from fieldsvc.domain.booking.offers_words import missing_words
from fieldsvc.domain.booking.slots import Slot
from fieldsvc.domain.booking.waiting_close import WAITS
from fieldsvc.domain.booking.waiting_ranking import fitting_slots, suiting
from fieldsvc.domain.booking.waiting_wishes import Wishes
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.domain.units.models import BusinessUnit

STATES = ("waiting", "offered", "taken", "left")
LONGEST_SEARCH = 100
SHOWN = (
    joinedload(WaitingEntry.contact).joinedload(Contact.client),
    joinedload(WaitingEntry.draft).joinedload(BookingDraft.activity_type),
    joinedload(WaitingEntry.draft).joinedload(BookingDraft.site),
    joinedload(WaitingEntry.draft).joinedload(BookingDraft.hold),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the waiting list is narrowed to; without a state it shows who still waits."""

    text: str = ""
    state: str = ""
    activity_type_id: int | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What could be offered to somebody now, the cheapest first, and what is said when nothing can."""

    slots: list[Slot]
    why: str


def search(
    session: Session, unit: BusinessUnit, filters: Filters, *, number: int = 1, size: int = 25
) -> Page[WaitingEntry]:
    """Those who wait, the longest first; of those whose waiting is over, the latest first."""
    rows = (
        select(WaitingEntry)
        .join(BookingDraft, BookingDraft.id == WaitingEntry.draft_id)
        .join(Contact, Contact.id == WaitingEntry.contact_id)
        .join(Client, Client.id == Contact.client_id)
        .where(WaitingEntry.unit_id == unit.id)
    )
    rows = rows.where(WaitingEntry.state == filters.state if filters.state else WaitingEntry.state.in_(WAITS))
    if filters.activity_type_id is not None:
        rows = rows.where(BookingDraft.activity_type_id == filters.activity_type_id)
    wanted = filters.text.strip()[:LONGEST_SEARCH]
    if wanted:
        fields = (Client.name, Client.reference, Contact.name, Contact.email, Contact.phone)
        rows = rows.where(or_(*(field.icontains(wanted, autoescape=True) for field in fields)))
    is_over = filters.state in {"taken", "left"}
    order = (
        (WaitingEntry.changed_at.desc(), WaitingEntry.id.desc())
        if is_over
        else (WaitingEntry.created_at, WaitingEntry.id)
    )
    return page_of(session, rows.order_by(*order).options(*SHOWN), number, size)


def outlook(session: Session, unit: BusinessUnit, entry: WaitingEntry, *, now: datetime) -> Outlook:
    """What could be offered now, or why nothing was offered yet."""
    why = waiting_offers.why_not(session, unit, entry, now=now)
    if why or entry.state != "waiting":
        return Outlook([], why)
    found = fitting_slots(session, unit, entry, now=now)
    return Outlook(found, "" if found else _why_nothing(session, unit, entry, now))


def _why_nothing(session: Session, unit: BusinessUnit, entry: WaitingEntry, now: datetime) -> str:
    slots = holds.slots_for(session, unit, entry.draft, now=now).explained()
    suited = suiting(slots, Wishes.of(entry), unit.zone)
    if suited:
        return _("What is free and suits was free when the client joined, or was offered to him before.")
    if slots.slots:
        return _("There is free time, but not on the days or at the times that suit.")
    codes = Counter(one.code for one in slots.refused)
    if not codes:
        return _("There is no free time: the unit is closed on all the days that can be booked.")
    words = "; ".join(missing_words(code) for code, _count in codes.most_common(3))
    return _("There is no free time. Mostly: %(reasons)s.", reasons=words)
