"""Turns a message kind and plain values into words, by the templates in `templates/messages/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from fieldsvc.core import dates, text
from fieldsvc.core.resources import folder


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in one language."""

    subject: str
    text: str
    html: str


def email(kind: str, locale: str, values: Mapping[str, Any]) -> Rendered:
    """The e-mail `kind`: the first line of its text template is the subject."""
    with text.in_locale(locale):
        subject, _, body = _environment().get_template(f"{kind}.txt").render(values).strip().partition("\n")
        html = _environment().get_template(f"{kind}.html").render({**values, "subject": subject.strip()})
    return Rendered(" ".join(subject.split()), body.strip() + "\n", html)


def sms(kind: str, locale: str, values: Mapping[str, Any]) -> Rendered:
    """The short message `kind`."""
    with text.in_locale(locale):
        body = _environment().get_template(f"{kind}.sms").render(values)
    return Rendered("", " ".join(body.split()), "")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder("templates") / "messages"),
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(text.gettext, text.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["day"] = dates.day
    environment.filters["hour"] = dates.hour
    environment.filters["words"] = text.pick
    environment.filters["minutes_in_words"] = dates.minutes_in_words
    environment.globals["window"] = dates.window
    environment.globals["zone_words"] = dates.zone_words
    return environment
