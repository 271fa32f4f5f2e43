"""How a unit's e-mails look: its colour, and its logo where it has one."""

from fieldsvc.domain.notify.render import Frame
from fieldsvc.domain.units import colours, logo
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of


def frame(unit: BusinessUnit, locale: str, *, unsubscribe: str = "") -> Frame:
    """What stands around an e-mail of `unit`."""
    colour = colours.accent_of(settings_of(unit).accent).used
    return Frame(unit, locale, colour, logo.address_of(unit), unsubscribe)
