"""Makes an e-mail or an SMS of texts with codes: a subject, plain text, and HTML made from the text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from fieldsvc.core import text
from fieldsvc.core.resources import folder
from fieldsvc.domain.notify import codes
from fieldsvc.domain.notify.texts import Texts
from fieldsvc.domain.units.models import BusinessUnit

BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']{1,500}[^\s<>\"'.,;:!?)]")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in one language."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the words of an e-mail: the unit's look, and the way out of further messages."""

    unit: BusinessUnit
    locale: str
    colour: str
    logo: str = ""
    unsubscribe: str = ""


def email(texts: Texts, values: Mapping[str, str], frame: Frame) -> Rendered:
    """The e-mail of `texts`; a paragraph of which nothing is left is left out."""
    with text.in_locale(frame.locale):
        subject = codes.fill(texts.subject, values, "subject")
        raw = [paragraph for paragraph in BLANK_LINES.split(texts.body.strip()) if paragraph]
        said = [(codes.fill(paragraph, values, "text").strip(), paragraph) for paragraph in raw]
        paragraphs = [paragraph for words, paragraph in said if words]
        plain = [words for words, _paragraph in said if words]
        footer = _footer(frame)
        html = _base().render(
            subject=subject,
            paragraphs=[_html(paragraph, values) for paragraph in paragraphs],
            frame=frame,
            unit=frame.unit,
        )
    return Rendered(subject, "\n\n".join([*plain, footer]) + "\n", html)


def sms(texts: Texts, values: Mapping[str, str], frame: Frame) -> Rendered:
    """The short message of `texts`, on one line."""
    with text.in_locale(frame.locale):
        words = codes.fill(texts.sms, values, "sms")
        if frame.unsubscribe:
            words = f"{words} {text.gettext('No more of these: %(link)s', link=frame.unsubscribe)}"
    return Rendered("", words, "")


def paragraphs(body: str, values: Mapping[str, str]) -> list[Markup]:
    """The paragraphs of an e-mail as HTML, as a page shows them."""
    raw = [paragraph for paragraph in BLANK_LINES.split(body.strip()) if paragraph]
    return [_html(paragraph, values) for paragraph in raw if codes.fill(paragraph, values, "text").strip()]


def _footer(frame: Frame) -> str:
    lines = [", ".join(part for part in (frame.unit.name, frame.unit.phone) if part)]
    if frame.unsubscribe:
        lines.append(text.gettext("You do not want messages like this one? %(link)s", link=frame.unsubscribe))
    return "\n".join(lines)


def _html(paragraph: str, values: Mapping[str, str]) -> Markup:
    """A paragraph with its addresses as links; what a client wrote never becomes one."""
    return Markup().join(_piece(piece, values) for piece in codes.pieces(paragraph)).strip()


def _piece(piece: codes.Words | codes.Place, values: Mapping[str, str]) -> Markup:
    if isinstance(piece, codes.Words):
        return _with_links(piece.text)
    value = piece.value(values)
    if piece.is_link and (address := codes.fill(f"{{{piece.name}}}", values, "link")):
        return _link(address)
    return _lines(value)


def _with_links(words: str) -> Markup:
    done, parts = 0, []
    for found in WEB_ADDRESS.finditer(words):
        parts += [_lines(words[done : found.start()]), _link(found[0])]
        done = found.end()
    return Markup().join([*parts, _lines(words[done:])])


def _link(address: str) -> Markup:
    return Markup('<a href="{0}">{0}</a>').format(address)


def _lines(words: str) -> Markup:
    return escape(words).replace("\n", Markup("<br>\n"))


@cache
def _base() -> Any:
    environment = Environment(
        loader=FileSystemLoader(folder("templates") / "messages"),
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(text.gettext, text.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment.get_template("base.html")
