"""Clients, contacts and sites of one unit."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from fieldsvc.core.errors import NotFound, Stale, VersionMissing
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.clients.lists import having
from fieldsvc.domain.clients.models import Client, Contact, Site
from fieldsvc.domain.clients.visibility import site_is_seen_by


def sites_of(session: Session, contact: Contact) -> list[Site]:
    """The sites for which a contact may ask work."""
    return list(session.scalars(select(Site).where(site_is_seen_by(contact)).order_by(Site.id)))


def site_of(session: Session, contact: Contact, site_id: int) -> Site:
    """One site for which a contact may ask work. Raises `NotFound`."""
    site = session.scalar(select(Site).where(Site.id == site_id, site_is_seen_by(contact)))
    if site is None:
        raise NotFound(_("This address does not exist."))
    return site


def make_his_own(session: Session, contact: Contact, site: Site) -> None:
    """Add a site that a contact gave; he goes on seeing those he saw, also if he does not see all of his client."""
    if contact.role != "all":
        contact.sites = [*sites_of(session, contact), site]
    session.add(site)


def search(session: Session, unit_id: int, text: str, *, limit: int = 20) -> list[Client]:
    """Clients whose name, reference, contact, e-mail, phone or address has `text` in it."""
    rows = (
        select(Client)
        .where(Client.unit_id == unit_id, Client.is_active, *having(unit_id, text))
        .options(selectinload(Client.contacts), selectinload(Client.sites))
        .order_by(func.lower(Client.name), Client.id)
        .limit(limit)
    )
    return list(session.scalars(rows))


def client(session: Session, unit_id: int, client_id: int) -> Client:
    """One client of the unit. Raises `NotFound`."""
    row = session.scalar(select(Client).where(Client.id == client_id, Client.unit_id == unit_id))
    if row is None:
        raise NotFound(_("This client does not exist."))
    return row


def for_change(session: Session, unit_id: int, client_id: int, version: int | None) -> Client:
    """One client, kept for this transaction, in the version that was shown. Raises `Stale`, `VersionMissing`.

    His contacts and sites are part of him: who changes one of those changes him.
    """
    if version is None:
        raise VersionMissing(_("The version that was shown is missing from this request."))
    session.execute(select(Client.id).where(Client.id == client_id, Client.unit_id == unit_id).with_for_update())
    row = client(session, unit_id, client_id)
    session.refresh(row)
    if row.version != version:
        words = _("Somebody else has changed this client in the meantime. Please look again before you save.")
        raise Stale(words, {"client": row.id, "version": row.version})
    return row


def contact(session: Session, unit_id: int, contact_id: int) -> Contact:
    """One contact of the unit. Raises `NotFound`."""
    row = session.scalar(select(Contact).where(Contact.id == contact_id, Contact.unit_id == unit_id))
    if row is None:
        raise NotFound(_("This contact does not exist."))
    return row


def site(session: Session, unit_id: int, site_id: int) -> Site:
    """One site of the unit. Raises `NotFound`."""
    row = session.scalar(select(Site).where(Site.id == site_id, Site.unit_id == unit_id))
    if row is None:
        raise NotFound(_("This site does not exist."))
    return row


def site_by_reference(session: Session, unit_id: int, reference: str) -> Site:
    """The site of the unit with this reference. Raises `NotFound`."""
    row = session.scalar(select(Site).where(Site.reference == reference, Site.unit_id == unit_id))
    if row is None:
        raise NotFound(_("There is no site with the reference %(reference)s.", reference=reference))
    return row
