"""Pages behind a secret link, without sign-in."""

from fieldsvc.web.guest import messages, visit
from fieldsvc.web.guest.questionnaire import blueprint

__all__ = ["blueprint", "messages", "visit"]
