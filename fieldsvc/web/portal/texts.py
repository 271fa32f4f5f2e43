"""Texts of an administrator as a client reads them: in his language, with their codes filled."""

from collections.abc import Mapping
from typing import Any

from flask import g

from fieldsvc.core.text import pick
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.code_values import unit_values, values_of
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.codes import fill
from fieldsvc.web.portal.routes import blueprint
from fieldsvc.web.principal import unit
from fieldsvc.web.session import now


def said(words: Mapping[str, str] | str | None, visit: Intervention | None = None) -> str:
    """A text about a visit, or about none."""
    text = pick(words)
    if "{" not in text and "}" not in text:
        return text
    if visit is None:
        return fill(text, unit_values(unit(), _reader(), now()), "text")
    return fill(text, values_of(unit(), visit, contact=_reader(), now=now()), "text")


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    """What templates call."""
    return {"said": said}


def _reader() -> Contact | None:
    person = g.get("principal")
    found: Contact | None = person.contact if person else None
    return found
