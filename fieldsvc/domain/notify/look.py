"""How a unit's e-mails look: its colour, and its logo where it has one."""

from fieldsvc.core import links
from fieldsvc.domain.notify.render import Frame
from fieldsvc.domain.units.colours import accent_of
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of


def frame(unit: BusinessUnit, locale: str, *, unsubscribe: str = "") -> Frame:
    """What stands around an e-mail of `unit`."""
    settings = settings_of(unit)
    logo = links.absolute(f"/portal/{unit.slug}/logo.png?v={settings.logo_id}") if settings.logo_id else ""
    return Frame(unit, locale, accent_of(settings.accent).used, logo, unsubscribe)
