"""Adds and changes the sites of a client."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from fieldsvc.core import audit
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.clients.csv_rows import LONGEST
from fieldsvc.domain.clients.models import Client, Site
from fieldsvc.domain.geo.geocode import Geocoder, locate

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What is known of a site; without coordinates it is looked up on the map."""

    address: str
    name: str = ""
    reference: str = ""
    postcode: str = ""
    city: str = ""
    access_notes: str = ""
    latitude: float | None = None
    longitude: float | None = None


def add(
    session: Session, client: Client, facts: SiteFacts, geocoder: Geocoder | None, *, actor: Actor, now: datetime
) -> Site:
    """Add a site to a client. Raises `Invalid`."""
    row = Site(unit_id=client.unit_id, client_id=client.id, address="", reference="")
    _fill(session, client, row, facts, geocoder, now)
    session.add(row)
    flag_modified(client, "custom")
    audit.record(session, "site.added", row, actor=actor, now=now, client=client.id)
    return row


def change(
    session: Session,
    client: Client,
    site: Site,
    facts: SiteFacts,
    geocoder: Geocoder | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a site of a client; what is planned there stays planned. Raises `Invalid`."""
    _fill(session, client, site, facts, geocoder, now)
    flag_modified(client, "custom")
    audit.record(session, "site.changed", site, actor=actor, now=now, client=client.id)


def next_reference(session: Session, client: Client) -> str:
    """The reference of a new site of the client, which no site of his unit has."""
    number = (session.scalar(select(func.count()).where(Site.client_id == client.id)) or 0) + 1
    taken = set(
        session.scalars(
            select(Site.reference)
            .where(Site.unit_id == client.unit_id)
            .where(Site.reference.startswith(f"{client.reference}-", autoescape=True))
        )
    )
    while f"{client.reference}-{number}" in taken:
        number += 1
    return f"{client.reference}-{number}"


def _fill(
    session: Session, client: Client, row: Site, facts: SiteFacts, geocoder: Geocoder | None, now: datetime
) -> None:
    texts = {
        "address": " ".join(facts.address.split()),
        "name": " ".join(facts.name.split()),
        "postcode": " ".join(facts.postcode.split()),
        "city": " ".join(facts.city.split()),
        "access_notes": facts.access_notes.strip(),
        "reference": " ".join(facts.reference.split()) or row.reference or next_reference(session, client),
    }
    wrong = {**_wrong_texts(texts), **_wrong_place(facts)}
    if "reference" not in wrong and _is_taken(session, row, texts["reference"]):
        wrong["reference"] = _("Another site has this reference already.")
    if wrong:
        raise Invalid(_("Some of this needs another look."), wrong)
    for name, text in texts.items():
        setattr(row, name, text)
    row.latitude, row.longitude = facts.latitude, facts.longitude
    if row.latitude is None:
        row.latitude, row.longitude = locate(session, geocoder, row.full_address, now=now) or (None, None)


def _wrong_texts(texts: dict[str, str]) -> dict[str, str]:
    wrong = {} if texts["address"] else {"address": _("Please type the street and number.")}
    for name, text in texts.items():
        longest = LONGEST_NAME if name == "name" else LONGEST[name]
        if len(text) > longest:
            wrong[name] = _("Please shorten this to %(n)s characters.", n=longest)
    return wrong


def _wrong_place(facts: SiteFacts) -> dict[str, str]:
    latitude, longitude = facts.latitude, facts.longitude
    if latitude is None and longitude is None:
        return {}
    if latitude is None or longitude is None:
        return {"longitude" if longitude is None else "latitude": _("Please give both coordinates, or none.")}
    # A number that is none is between nothing.
    if not -90 <= latitude <= 90:
        return {"latitude": _("Please type a number between -90 and 90.")}
    if not -180 <= longitude <= 180:
        return {"longitude": _("Please type a number between -180 and 180.")}
    if latitude == 0 == longitude:
        return {"latitude": _("This place lies in the sea. Leave both empty when it is not known.")}
    return {}


def _is_taken(session: Session, row: Site, reference: str) -> bool:
    with session.no_autoflush:
        found = session.scalar(select(Site).where(Site.unit_id == row.unit_id, Site.reference == reference))
    return found is not None and found is not row
