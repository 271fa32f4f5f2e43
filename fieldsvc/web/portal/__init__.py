"""Pages of a unit's clients."""

from fieldsvc.web.portal import booking, home, preferences, sign_in, times, visits
from fieldsvc.web.portal.routes import blueprint

__all__ = ["blueprint", "booking", "home", "preferences", "sign_in", "times", "visits"]
