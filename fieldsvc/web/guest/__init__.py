"""Pages behind a secret link, without sign-in."""

from fieldsvc.web.guest import questionnaire
from fieldsvc.web.guest.blueprint import blueprint

__all__ = ["blueprint", "questionnaire"]
