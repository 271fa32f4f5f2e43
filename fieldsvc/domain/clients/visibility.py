"""What a contact sees of his client's sites, by his role.

`all` sees every site. `site` sees the sites that are his. `own` does too, and where nobody said which are his, a
client with a single site leaves no doubt. The visits he sees are in `interventions/visibility.py`.
"""

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from fieldsvc.domain.clients.models import Contact, Site, contact_site


def ids_of_sites(contact: Contact) -> Select[int]:
    """The sites that staff, or he himself by adding them, made his."""
    return select(contact_site.c.site_id).where(contact_site.c.contact_id == contact.id)


def site_is_seen_by(contact: Contact) -> ColumnElement[bool]:
    """Whether a site is one the contact may ask work for."""
    of_client = (Site.client_id == contact.client_id) & (Site.unit_id == contact.unit_id)
    if contact.role == "all":
        return of_client
    his = Site.id.in_(ids_of_sites(contact))
    if contact.role == "own":
        other = aliased(Site)
        is_only_one = ~exists().where(other.client_id == contact.client_id, other.id != Site.id)
        return of_client & (his | is_only_one)
    return of_client & his
