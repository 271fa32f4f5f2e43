"""Looks up what was shown: the searchable list of the staff, one offer, and those about an intervention."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotFound
from fieldsvc.core.paging import Page, page_of
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking.models import BookingDraft, Offer
from fieldsvc.domain.booking.offers import LEFT_AFTER
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Client, Contact, Site
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit

Named = TypeVar("Named", Client, Contact, ActivityType, Site)

LONGEST_SEARCH = 100
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of offers is narrowed to."""

    begins_at: datetime
    ends_at: datetime
    text: str = ""
    state: str = ""
    source: str = ""
    activity_type_id: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot as it was shown; `rank` counts from the cheapest, 1."""

    rank: int
    begins_at: datetime
    ends_at: datetime
    technician_id: int
    planned_at: datetime
    cost: float
    travel_minutes: int
    km: float
    band: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An offer with the names behind its numbers."""

    row: Offer
    client: Client
    contact: Contact | None
    activity_type: ActivityType
    site: Site | None

    @property
    def slots(self) -> list[Slot]:
        """What was shown, the cheapest first."""
        return [read_slot(rank, slot) for rank, slot in enumerate(self.row.slots, start=1)]

    @property
    def taken(self) -> Slot | None:
        """What was chosen."""
        return read_slot(self.row.taken[0], self.row.taken[1:]) if self.row.taken else None


def read_slot(rank: int, slot: list[object]) -> Slot:
    """A slot as the log keeps it."""
    begins, ends, technician_id, planned, *cost = slot
    return Slot(
        rank,
        datetime.fromisoformat(str(begins)),
        datetime.fromisoformat(str(ends)),
        technician_id,  # type: ignore[arg-type]
        datetime.fromisoformat(str(planned)),
        *cost,  # type: ignore[arg-type]
    )


def state_of(offer: Offer, *, now: datetime) -> str:
    """What became of it; an open one that is old was left."""
    return "left" if offer.outcome == "open" and offer.shown_at <= now - LEFT_AFTER else offer.outcome


def by_id(session: Session, unit: BusinessUnit, offer_id: int) -> Shown:
    """One offer of the unit. Raises `NotFound`."""
    offer = session.scalar(select(Offer).where(Offer.id == offer_id, Offer.unit_id == unit.id))
    if offer is None:
        raise NotFound(_("This offer does not exist, or it is older than the log."))
    return _with_names(session, [offer])[0]


def about(session: Session, intervention: Intervention, *, limit: int = 10) -> list[Shown]:
    """What was shown for an intervention, the latest first: what it came of, and what it was to be moved to."""
    drafts = select(BookingDraft.id).where(
        or_(BookingDraft.result_id == intervention.id, BookingDraft.reschedules_id == intervention.id)
    )
    rows = select(Offer).where(
        Offer.unit_id == intervention.unit_id,
        or_(Offer.result_id == intervention.id, Offer.draft_id.in_(drafts)),
    )
    latest = rows.order_by(Offer.shown_at.desc(), Offer.id.desc()).limit(limit)
    return _with_names(session, list(session.scalars(latest)))


def search(
    session: Session, unit: BusinessUnit, filters: Filters, *, now: datetime, number: int = 1, size: int = 25
) -> tuple[Page[Offer], list[Shown]]:
    """The offers that pass the filters, the latest first, and those of one page with their names."""
    rows = select(Offer).where(*passing(unit, filters, now=now)).order_by(Offer.shown_at.desc(), Offer.id.desc())
    page: Page[Offer] = page_of(session, rows, number, size)
    return page, _with_names(session, page.rows)


def every(session: Session, unit: BusinessUnit, filters: Filters, *, now: datetime) -> Iterator[Shown]:
    """All of them, for a file; some at a time."""
    where = passing(unit, filters, now=now)
    before: int | None = None
    while True:
        rows = select(Offer).where(*where).order_by(Offer.id.desc()).limit(AT_ONCE)
        found = list(session.scalars(rows if before is None else rows.where(Offer.id < before)))
        yield from _with_names(session, found)
        if len(found) < AT_ONCE:
            return
        before = found[-1].id
        session.expunge_all()


def passing(unit: BusinessUnit, filters: Filters, *, now: datetime) -> list[ColumnElement[bool]]:
    """What the filters ask of an offer."""
    where = [Offer.unit_id == unit.id, Offer.shown_at >= filters.begins_at, Offer.shown_at < filters.ends_at]
    if filters.source:
        where.append(Offer.source == filters.source)
    if filters.activity_type_id is not None:
        where.append(Offer.activity_type_id == filters.activity_type_id)
    if filters.state:
        where.append(_in_state(filters.state, now))
    wanted = filters.text.strip()[:LONGEST_SEARCH]
    if wanted:
        clients = select(Client.id).where(
            Client.unit_id == unit.id,
            or_(Client.name.icontains(wanted, autoescape=True), Client.reference.icontains(wanted, autoescape=True)),
        )
        where.append(Offer.client_id.in_(clients))
    return where


def names_of(session: Session, shown: Shown) -> dict[int, str]:
    """The technicians of an offer's slots."""
    ids = {slot.technician_id for slot in shown.slots}
    return {row.id: row.name for row in session.scalars(select(Technician).where(Technician.id.in_(ids)))}


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    if state == "left":
        return and_(Offer.outcome == "open", Offer.shown_at <= now - LEFT_AFTER)
    if state == "open":
        return and_(Offer.outcome == "open", Offer.shown_at > now - LEFT_AFTER)
    return Offer.outcome == state


def _with_names(session: Session, offers: list[Offer]) -> list[Shown]:
    """A query for each kind of name, however many offers there are."""
    clients = _named(session, Client, {offer.client_id for offer in offers})
    contacts = _named(session, Contact, {offer.contact_id for offer in offers if offer.contact_id})
    types = _named(session, ActivityType, {offer.activity_type_id for offer in offers})
    sites = _named(session, Site, {offer.site_id for offer in offers if offer.site_id is not None})
    return [
        Shown(
            offer,
            clients[offer.client_id],
            contacts.get(offer.contact_id),
            types[offer.activity_type_id],
            sites.get(offer.site_id),
        )
        for offer in offers
    ]


def _named(session: Session, model: type[Named], ids: set[int]) -> dict[int | None, Named]:
    return {row.id: row for row in session.scalars(select(model).where(model.id.in_(ids)))}
