"""Who may use the portal: the unit first, then the client's own switch, else the unit's default."""

from sqlalchemy import ColumnElement, false

from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

ACCESS = ("inherit", "on", "off")


def has_portal(unit: BusinessUnit, client: Client) -> bool:
    """Whether people of `client` may sign in to the portal of `unit`."""
    settings = settings_of(unit)
    if not settings.is_portal_open or not client.is_active:
        return False
    return client.portal_access == "on" or (client.portal_access == "inherit" and settings.new_clients_have_portal)


def have_portal(unit: BusinessUnit) -> ColumnElement[bool]:
    """The clients of `unit` whose people may sign in, as a condition of a query."""
    settings = settings_of(unit)
    if not settings.is_portal_open:
        return false()
    allowed = ("on", "inherit") if settings.new_clients_have_portal else ("on",)
    return Client.is_active & Client.portal_access.in_(allowed)
