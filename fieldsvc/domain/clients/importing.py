"""Brings the rows of a CSV file into a unit as new clients, each with one site."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from fieldsvc.core import audit
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotAllowed
from fieldsvc.domain.clients.csv_rows import ClientRow, Problem
from fieldsvc.domain.clients.models import Client, Contact, Site
from fieldsvc.domain.geo.geocode import Geocoder, locate
from fieldsvc.domain.units.models import BusinessUnit

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows; `located` of them got their coordinates from the geocoder or its cache."""

    clients: list[Client]
    problems: list[Problem]
    located: int

    @property
    def not_located(self) -> int:
        """How many new sites have no place on the map, so that nothing can be planned there yet."""
        return sum(not site.is_located for client in self.clients for site in client.sites)


def new_rows(session: Session, unit: BusinessUnit, rows: Sequence[ClientRow]) -> tuple[list[ClientRow], list[Problem]]:
    """The rows whose reference is new in the unit, and what is wrong with the others."""
    taken = _taken(session, unit, rows)
    good = [row for row in rows if row.reference not in taken]
    return good, [_clash(row, taken[row.reference]) for row in rows if row.reference in taken]


def import_clients(
    session: Session,
    unit: BusinessUnit,
    rows: Sequence[ClientRow],
    *,
    geocoder: Geocoder | None,
    now: datetime,
    actor: Actor,
) -> Imported:
    """Add a client with one site, and a contact where the row has one, for every row whose reference is new.

    A row without coordinates is looked up; one that is not found is kept without a place on the map. Raises
    `NotAllowed` when somebody else adds one of the references at the same moment.
    """
    good, problems = new_rows(session, unit, rows)
    places = [row.location or locate(session, geocoder, full_address(row), now=now) for row in good]
    clients = [_client(unit, row, place, now) for row, place in zip(good, places, strict=True)]
    session.add_all(clients)
    try:
        session.flush()
    except IntegrityError as clash:
        raise NotAllowed("Somebody else has just added one of these references. Start the import again.") from clash
    if clients:
        audit.record(session, "clients.imported", unit, actor=actor, now=now, count=len(clients))
    located = sum(place is not None and row.location is None for row, place in zip(good, places, strict=True))
    return Imported(clients, problems, located)


def full_address(row: ClientRow) -> str:
    """What a geocoder is asked for."""
    return _site(row, None).full_address


def _taken(session: Session, unit: BusinessUnit, rows: Sequence[ClientRow]) -> dict[str, Client]:
    """The clients of the unit that have the reference of a row, on themselves or on a site."""
    found: dict[str, Client] = {}
    for some in _batches([row.reference for row in rows]):
        clients = session.execute(
            select(Client, Site.reference)
            .outerjoin(Client.sites)
            .where(Client.unit_id == unit.id, or_(Client.reference.in_(some), Site.reference.in_(some)))
            .options(selectinload(Client.sites), selectinload(Client.contacts))
        )
        for client, site_reference in clients:
            found.update({client.reference: client, site_reference or client.reference: client})
    return found


def _clash(row: ClientRow, client: Client) -> Problem:
    is_same = any(_says_the_same(row, client, site) for site in client.sites)
    words = "with the same data" if is_same else f"with other data: it belongs to {client.name}"
    return Problem(row.line, "reference", f"“{row.reference}” is in this unit already, {words}")


def _says_the_same(row: ClientRow, client: Client, site: Site) -> bool:
    asked, kept = _site(row, row.location), site
    same_place = row.location is None or row.location == (kept.latitude, kept.longitude)
    same_person = not row.has_contact or any(
        (person.email, person.phone) == (row.email, row.phone) for person in client.contacts
    )
    return (
        same_place
        and same_person
        and (client.reference, client.name, client.kind, client.category)
        == (row.reference, row.name, row.kind, row.category)
        and (kept.reference, kept.full_address, kept.access_notes)
        == (asked.reference, asked.full_address, asked.access_notes)
    )


def _client(unit: BusinessUnit, row: ClientRow, place: tuple[float, float] | None, now: datetime) -> Client:
    site = _site(row, place)
    site.unit_id = unit.id
    people = []
    if row.has_contact:
        name = row.contact_name or row.name
        people.append(Contact(unit_id=unit.id, name=name, email=row.email, phone=row.phone))
    return Client(
        unit_id=unit.id,
        reference=row.reference,
        name=row.name,
        kind=row.kind,
        category=row.category,
        created_at=now,
        sites=[site],
        contacts=people,
    )


def _site(row: ClientRow, place: tuple[float, float] | None) -> Site:
    latitude, longitude = place or (None, None)
    return Site(
        reference=row.reference,
        address=row.address,
        postcode=row.postcode,
        city=row.city,
        latitude=latitude,
        longitude=longitude,
        access_notes=row.access_notes,
    )


def _batches(references: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(references), AT_ONCE):
        yield references[start : start + AT_ONCE]
