"""Clients, contacts and sites of one unit."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from fieldsvc.core import phone
from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
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
    query = (
        select(Client)
        .where(Client.unit_id == unit_id, Client.is_active)
        .options(selectinload(Client.contacts), selectinload(Client.sites))
        .order_by(func.lower(Client.name), Client.id)
        .limit(limit)
    )
    wanted = text.strip()
    if wanted:
        number = phone.normal(wanted)
        by_contact = select(Contact.client_id).where(
            Contact.unit_id == unit_id,
            or_(
                Contact.name.icontains(wanted, autoescape=True),
                Contact.email.icontains(wanted, autoescape=True),
                Contact.phone == number if number else Contact.phone.icontains(wanted, autoescape=True),
            ),
        )
        by_site = select(Site.client_id).where(
            Site.unit_id == unit_id,
            or_(
                Site.address.icontains(wanted, autoescape=True),
                Site.postcode.icontains(wanted, autoescape=True),
                Site.reference.icontains(wanted, autoescape=True),
            ),
        )
        query = query.where(
            or_(
                Client.name.icontains(wanted, autoescape=True),
                Client.reference.icontains(wanted, autoescape=True),
                Client.id.in_(by_contact),
                Client.id.in_(by_site),
            )
        )
    return list(session.scalars(query))


def client(session: Session, unit_id: int, client_id: int) -> Client:
    """One client of the unit. Raises `NotFound`."""
    row = session.scalar(select(Client).where(Client.id == client_id, Client.unit_id == unit_id))
    if row is None:
        raise NotFound(_("This client does not exist."))
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
