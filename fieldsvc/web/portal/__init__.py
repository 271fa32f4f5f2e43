"""Pages of a unit's clients."""

from fieldsvc.web.portal import (
    actions,
    booking,
    conversation,
    documents,
    home,
    preferences,
    sign_in,
    simulated,
    texts,
    theme,
    times,
    visits,
    waiting,
)
from fieldsvc.web.portal.routes import blueprint

__all__ = [
    "actions",
    "blueprint",
    "booking",
    "conversation",
    "documents",
    "home",
    "preferences",
    "sign_in",
    "simulated",
    "texts",
    "theme",
    "times",
    "visits",
    "waiting",
]
