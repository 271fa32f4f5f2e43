"""Interventions: one of a unit, those of a client, and the searchable list of the staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fieldsvc.core.dates import at_wall_time
from fieldsvc.core.errors import NotFound, Stale, VersionMissing
from fieldsvc.core.paging import Page, page_of
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import together
from fieldsvc.domain.clients.models import Client, Contact, Site
from fieldsvc.domain.interventions import kept_in_history
from fieldsvc.domain.interventions.lifecycle import ENDED, PLANNED, UNPLANNED
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.interventions.visibility import visible_to
from fieldsvc.domain.units.models import BusinessUnit

SHOWN = (
    joinedload(Intervention.activity_type),
    joinedload(Intervention.client),
    joinedload(Intervention.contact),
    joinedload(Intervention.site),
    selectinload(Intervention.visits).joinedload(Visit.technician),
)

LONGEST_SEARCH = 100  # databases refuse patterns of any length

SORTS: dict[str, Sequence[ColumnElement[Any]]] = {
    "when": (Intervention.window_begins_at.asc().nulls_last(), Intervention.id.asc()),
    "-when": (Intervention.window_begins_at.desc().nulls_last(), Intervention.id.desc()),
    "due": (Intervention.due_on.asc().nulls_last(), Intervention.id.asc()),
    "-due": (Intervention.due_on.desc().nulls_last(), Intervention.id.desc()),
    "client": (func.lower(Client.name).asc(), Intervention.id.asc()),
    "-client": (func.lower(Client.name).desc(), Intervention.id.asc()),
    "reference": (Intervention.id.asc(),),
    "-reference": (Intervention.id.desc(),),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of interventions is narrowed to."""

    text: str = ""
    status: str = ""
    technician_id: int | None = None
    activity_type_id: int | None = None
    day: date | None = None
    sort: str = "-reference"


def by_id(session: Session, unit_id: int, intervention_id: int) -> Intervention:
    """One intervention of the unit; somebody's running hold is none. Raises `NotFound`."""
    row = session.scalar(
        select(Intervention)
        .where(Intervention.id == intervention_id, Intervention.unit_id == unit_id, Intervention.status != "held")
        .options(*SHOWN)
    )
    if row is None:
        raise NotFound(_("This intervention does not exist."))
    return row


def for_change(session: Session, unit_id: int, intervention_id: int, version: int | None) -> Intervention:
    """One intervention, kept for this transaction, in the version that was shown. Raises `Stale`, `VersionMissing`.

    Who also writes the calendar locks the technicians first (`planning/guard.py`): a booking that lets other planned
    times float holds them before it touches their rows, and the other order would make the two wait for each other.
    """
    if version is None:
        raise VersionMissing(_("The version that was shown is missing from this request."))
    intervention = locked(session, unit_id, intervention_id)
    if intervention.version != version:
        raise Stale(_("Somebody else has changed this in the meantime. This is how it is now."), current(intervention))
    return intervention


def locked(session: Session, unit_id: int, intervention_id: int) -> Intervention:
    """One intervention as it is now, kept for this transaction. Raises `NotFound`."""
    session.execute(select(Intervention.id).where(Intervention.id == intervention_id).with_for_update())
    intervention = by_id(session, unit_id, intervention_id)
    session.refresh(intervention)
    return intervention


def current(intervention: Intervention) -> dict[str, object]:
    """What an intervention is now, for somebody who has an older version on the screen."""
    planned = intervention.planned
    return {
        "intervention": intervention.id,
        "version": intervention.version,
        "status": intervention.status,
        "technician": planned.technician_id if planned else None,
        "technician_name": together([one.name for one in intervention.crew]) or None,
        "begins_at": planned.begins_at.isoformat() if planned else None,
        "locked": intervention.is_locked,
    }


def of_contact(session: Session, contact: Contact, intervention_id: int) -> Intervention:
    """One intervention that the contact sees. Raises `NotFound`."""
    row = session.scalar(
        select(Intervention).where(Intervention.id == intervention_id, visible_to(contact)).options(*SHOWN)
    )
    if row is None:
        raise NotFound(_("This visit does not exist."))
    return row


def coming(session: Session, contact: Contact, *, limit: int = 20) -> list[Intervention]:
    """What is to come for the contact's client, the next one first; what has no time yet last."""
    rows = select(Intervention).where(visible_to(contact), Intervention.status.in_((*PLANNED, *UNPLANNED)))
    return list(
        session.scalars(
            rows.order_by(Intervention.window_begins_at.asc().nulls_last(), Intervention.id)
            .options(*SHOWN)
            .limit(limit)
        )
    )


def past(session: Session, contact: Contact, *, now: datetime, limit: int = 5) -> list[Intervention]:
    """What is over for the contact's client and still shown, the latest first."""
    is_shown = kept_in_history.still_shown(session, contact.unit_id, now=now)
    rows = select(Intervention).where(visible_to(contact), Intervention.status.in_(ENDED), is_shown)
    newest = (Intervention.window_begins_at.desc().nulls_last(), Intervention.id.desc())
    return list(session.scalars(rows.order_by(*newest).options(*SHOWN).limit(limit)))


def search_of_contact(
    session: Session,
    contact: Contact,
    *,
    now: datetime,
    text: str = "",
    which: str = "",
    number: int = 1,
    size: int = 10,
) -> Page[Intervention]:
    """The visits the contact sees: `which` is `upcoming`, `past` or anything for all."""
    is_shown = kept_in_history.still_shown(session, contact.unit_id, now=now)
    rows = select(Intervention).where(visible_to(contact), is_shown)
    if which in {"upcoming", "past"}:
        rows = rows.where(Intervention.status.in_(ENDED if which == "past" else (*PLANNED, *UNPLANNED)))
    wanted = text.strip()[:LONGEST_SEARCH]
    if wanted:
        rows = rows.outerjoin(Site, Site.id == Intervention.site_id).where(
            or_(
                Intervention.reference.icontains(wanted, autoescape=True),
                Site.address.icontains(wanted, autoescape=True),
                Site.postcode.icontains(wanted, autoescape=True),
                Site.city.icontains(wanted, autoescape=True),
                Site.name.icontains(wanted, autoescape=True),
            )
        )
    newest = (Intervention.window_begins_at.desc().nulls_first(), Intervention.id.desc())
    return page_of(session, rows.order_by(*newest).options(*SHOWN), number, size)


def search(
    session: Session, unit: BusinessUnit, filters: Filters, *, number: int = 1, size: int = 25
) -> Page[Intervention]:
    """The unit's interventions that pass the filters."""
    rows = (
        select(Intervention)
        .join(Client, Client.id == Intervention.client_id)
        .outerjoin(Site, Site.id == Intervention.site_id)
        .where(Intervention.unit_id == unit.id, Intervention.status != "held")
    )
    rows = _filtered(rows, unit, filters)
    order = SORTS.get(filters.sort, SORTS["-reference"])
    return page_of(session, rows.order_by(*order).options(*SHOWN), number, size)


def unplanned(session: Session, unit: BusinessUnit, *, limit: int = 200) -> list[Intervention]:
    """What still needs a time: due first, then by priority."""
    rows = select(Intervention).where(Intervention.unit_id == unit.id, Intervention.status.in_(UNPLANNED))
    order = (Intervention.due_on.asc().nulls_last(), Intervention.priority.desc(), Intervention.id)
    return list(session.scalars(rows.order_by(*order).options(*SHOWN).limit(limit)))


def _filtered(rows: Select[Intervention], unit: BusinessUnit, filters: Filters) -> Select[Intervention]:
    wanted = filters.text.strip()[:LONGEST_SEARCH]
    if wanted:
        rows = rows.where(
            or_(
                Intervention.reference.icontains(wanted, autoescape=True),
                Client.name.icontains(wanted, autoescape=True),
                Client.reference.icontains(wanted, autoescape=True),
                Site.address.icontains(wanted, autoescape=True),
                Site.postcode.icontains(wanted, autoescape=True),
                Site.city.icontains(wanted, autoescape=True),
            )
        )
    if filters.status:
        rows = rows.where(Intervention.status == filters.status)
    if filters.activity_type_id is not None:
        rows = rows.where(Intervention.activity_type_id == filters.activity_type_id)
    if filters.technician_id is not None or filters.day is not None:
        rows = rows.where(Intervention.id.in_(_visiting(unit, filters)))
    return rows


def _visiting(unit: BusinessUnit, filters: Filters) -> Select[int]:
    visits = select(Visit.intervention_id)
    if filters.technician_id is not None:
        visits = visits.where(Visit.technician_id == filters.technician_id)
    if filters.day is not None:
        begins_at = at_wall_time(filters.day, 0, unit.zone)
        ends_at = at_wall_time(filters.day + timedelta(days=1), 0, unit.zone)
        visits = visits.where(Visit.begins_at >= begins_at, Visit.begins_at < ends_at)
    return visits


def day_of_technician(session: Session, technician_id: int, begins_at: datetime, ends_at: datetime) -> list[Visit]:
    """One technician's visits between two instants, in order."""
    return list(
        session.scalars(
            select(Visit)
            .join(Intervention, Intervention.id == Visit.intervention_id)
            .where(
                and_(
                    Visit.technician_id == technician_id,
                    Visit.begins_at >= begins_at,
                    Visit.begins_at < ends_at,
                    Intervention.status.in_((*PLANNED, *ENDED)),
                )
            )
            .order_by(Visit.begins_at)
            .options(*(joinedload(Visit.intervention).options(option) for option in SHOWN))
        )
    )
