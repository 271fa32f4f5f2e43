"""The searchable list of a unit's clients."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from fieldsvc.core import phone
from fieldsvc.core.paging import Page, page_of
from fieldsvc.domain.clients.access import ACCESS, have_portal
from fieldsvc.domain.clients.models import Client, Contact, Site
from fieldsvc.domain.units.models import BusinessUnit

LONGEST_SEARCH = 100  # databases refuse patterns of any length

SORTS: dict[str, Sequence[ColumnElement[Any]]] = {
    "name": (func.lower(Client.name).asc(), Client.id.asc()),
    "-name": (func.lower(Client.name).desc(), Client.id.desc()),
    "reference": (Client.reference.asc(),),
    "-reference": (Client.reference.desc(),),
    "since": (Client.created_at.asc(), Client.id.asc()),
    "-since": (Client.created_at.desc(), Client.id.desc()),
}
PORTAL = ("open", "closed", *ACCESS)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of clients is narrowed to; `portal` is one of `PORTAL`, `state` is `active`, `left` or nothing."""

    text: str = ""
    kind: str = ""
    portal: str = ""
    state: str = "active"
    sort: str = "name"


def page(session: Session, unit: BusinessUnit, filters: Filters, *, number: int = 1, size: int = 25) -> Page[Client]:
    """The unit's clients that pass the filters."""
    rows = select(Client).where(*passing(unit, filters)).order_by(*SORTS.get(filters.sort, SORTS["name"]))
    return page_of(session, rows.options(selectinload(Client.contacts), selectinload(Client.sites)), number, size)


def passing(unit: BusinessUnit, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions of the filters, for a page of the list and for all that is on it."""
    found = [Client.unit_id == unit.id, *having(unit.id, filters.text)]
    if filters.kind:
        found.append(Client.kind == filters.kind)
    if filters.portal in ACCESS:
        found.append(Client.portal_access == filters.portal)
    elif filters.portal:
        found.append(have_portal(unit) if filters.portal == "open" else ~have_portal(unit))
    if filters.state:
        found.append(Client.is_active.is_(filters.state == "active"))
    return found


def having(unit_id: int, text: str) -> list[ColumnElement[bool]]:
    """Clients of the unit whose name, reference, contact, e-mail, phone or address has `text` in it."""
    wanted = text.strip()[:LONGEST_SEARCH]
    if not wanted:
        return []
    return [
        or_(
            Client.name.icontains(wanted, autoescape=True),
            Client.reference.icontains(wanted, autoescape=True),
            Client.id.in_(_of_contacts(unit_id, wanted)),
            Client.id.in_(_of_sites(unit_id, wanted)),
        )
    ]


def _of_contacts(unit_id: int, wanted: str) -> Select[int]:
    number = phone.normal(wanted)
    return select(Contact.client_id).where(
        Contact.unit_id == unit_id,
        or_(
            Contact.name.icontains(wanted, autoescape=True),
            Contact.email.icontains(wanted, autoescape=True),
            Contact.phone == number if number else Contact.phone.icontains(wanted, autoescape=True),
        ),
    )


def _of_sites(unit_id: int, wanted: str) -> Select[int]:
    return select(Site.client_id).where(
        Site.unit_id == unit_id,
        or_(
            Site.name.icontains(wanted, autoescape=True),
            Site.address.icontains(wanted, autoescape=True),
            Site.postcode.icontains(wanted, autoescape=True),
            Site.city.icontains(wanted, autoescape=True),
            Site.reference.icontains(wanted, autoescape=True),
        ),
    )
