"""The clients, with the places where they have work done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core.audit import SYSTEM
from fieldsvc.demo import read
from fieldsvc.domain.clients.csv_rows import read_rows
from fieldsvc.domain.clients.importing import import_clients
from fieldsvc.domain.clients.models import Asset, Client, Contact, Site
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class Address:
    """A site with whom it belongs to and what stands there."""

    client: Client
    contact: Contact
    site: Site
    assets: list[Asset]


def add(session: Session, unit: BusinessUnit, *, now: datetime) -> list[Address]:
    """Add the clients by the product's own import, then their further sites and their assets."""
    sheet = read_rows(read.text("clients.csv"))
    assert not sheet.problems, sheet.problems[0]
    clients = import_clients(session, unit, sheet.rows, geocoder=None, now=now, actor=SYSTEM).clients
    by_reference = {client.reference: client for client in clients}
    for row in read.rows("sites.csv"):
        by_reference[row["client"]].sites.append(_site(unit, row))
    session.flush()
    addresses = {
        site.reference: Address(client, client.contacts[0], site, []) for client in clients for site in client.sites
    }
    for row in read.rows("assets.csv"):
        address = addresses[row["site"]]
        columns = {name: row[name] for name in ("kind", "brand", "model", "serial_number")}
        address.assets.append(Asset(unit_id=unit.id, site_id=address.site.id, **columns))
    session.add_all(asset for address in addresses.values() for asset in address.assets)
    session.flush()
    return list(addresses.values())


def _site(unit: BusinessUnit, row: dict[str, str]) -> Site:
    texts = {name: row[name] for name in ("reference", "name", "address", "postcode", "city", "access_notes")}
    return Site(unit_id=unit.id, latitude=float(row["latitude"]), longitude=float(row["longitude"]), **texts)
