"""Made-up values for codes that only exist while a message is written, so that a text can be shown as it will look."""

from fieldsvc.core import links
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.notify.values import Makers
from fieldsvc.domain.units.models import BusinessUnit


def samples(unit: BusinessUnit) -> Makers:
    """An example of everything that is not in an intervention; its links lead to the portal's first page."""
    portal = links.absolute(f"/portal/{unit.slug}/")
    return {
        "sign_in.code": "123456",
        "sign_in.link": portal,
        "sign_in.minutes": "10",
        "questionnaire.link": portal,
        "waiting.link": portal,
        "waiting.title": lambda: _("Boiler service"),
        "waiting.window": lambda: _("Thursday 12 November, 10:00–12:00"),
        "waiting.until": "16:30",
        "message.author": unit.name,
        "message.text": lambda: _("We have the part you need."),
        "document.title": lambda: _("Quote 2026-118"),
    }
