"""Where the logo of a unit is found."""

from fieldsvc.core import links
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of


def address_of(unit: BusinessUnit) -> str:
    """The address of the logo, which is another one for every logo; nothing for a unit without one."""
    logo_id = settings_of(unit).logo_id
    return links.absolute(f"/portal/{unit.slug}/logo.png?v={logo_id}") if logo_id else ""
