"""How a unit's e-mails look: its colour, and its logo where it has one."""

import re

from fieldsvc.domain.notify.render import Frame
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

COLOURS = {"teal": "#0f766e"}
"""The presets of the portal, as mail programs need them."""
OWN_COLOUR = re.compile("#[0-9a-fA-F]{6}")


def frame(unit: BusinessUnit, locale: str, *, unsubscribe: str = "") -> Frame:
    """What stands around an e-mail of `unit`."""
    accent = settings_of(unit).accent
    colour = accent if OWN_COLOUR.fullmatch(accent) else COLOURS.get(accent, COLOURS["teal"])
    return Frame(unit, locale, colour, unsubscribe=unsubscribe)
