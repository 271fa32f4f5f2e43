"""What every editor of texts with codes shares: the list of codes, and a preview with a real intervention."""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldsvc.core.dates import day_short
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import LOCALES, current_locale, pick
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions import code_values, text_preview
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.interventions.text_preview import Preview
from fieldsvc.domain.notify.code_list import REGISTRY, Code, known
from fieldsvc.domain.notify.codes import TARGETS
from fieldsvc.domain.notify.kinds import KINDS
from fieldsvc.web.admin.blueprint import blueprint
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db, now

MOST_TEXTS = 20
MESSAGE = "message:"


@blueprint.post("/texts/preview")
def preview_text() -> ResponseReturnValue:
    """The texts of an editor as their reader will see them, as a piece of its page."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("texts"), list):
        raise Invalid(_("There is nothing to preview."))
    texts = [text for text in asked["texts"][:MOST_TEXTS] if isinstance(text, dict)]
    given = [{name: str(value) for name, value in text.items()} for text in texts]
    return previewed(given, place=str(asked.get("place", "")), reference=str(asked.get("about", ""))[:100])


@blueprint.get("/texts/interventions")
def preview_interventions() -> ResponseReturnValue:
    """Interventions to preview a text with, by what is typed."""
    found = text_preview.examples(db(), unit(), request.args.get("q", "")[:100])
    return jsonify([{"reference": one.reference, "words": _words(one)} for one in found])


def previewed(given: Iterable[Mapping[str, str]], *, place: str, reference: str = "") -> Markup:
    """The previews of some texts, each with its `label`, `target`, `text` and `locale`."""
    intervention = text_preview.example(db(), unit(), reference)
    values = text_preview.values_for(unit(), intervention, now=now())
    allowed = codes_of(place)
    previews: list[Preview] = [
        text_preview.preview(
            text.get("label", "")[:100],
            text.get("text", ""),
            text["target"] if text.get("target") in TARGETS else "text",
            text["locale"] if text.get("locale") in LOCALES else current_locale(),
            allowed,
            values,
        )
        for text in given
    ]
    about = _words(intervention) if intervention else ""
    piece = render_template("admin/texts/preview.html", previews=previews, about=about, reference=reference)
    return Markup(piece)  # noqa: S704  (the template has escaped what is in it)


def codes_of(place: str) -> Collection[str]:
    """The codes that mean something in a place: `home`, `visit`, or `message:` and the name of a kind."""
    if place == "home":
        return code_values.known_codes(db(), unit(), is_about_a_visit=False)
    about_a_visit = code_values.known_codes(db(), unit())
    if place.startswith(MESSAGE) and (kind := KINDS.get(place.removeprefix(MESSAGE))):
        asked = {name.removeprefix(code_values.CUSTOM) for name in about_a_visit if name.startswith(code_values.CUSTOM)}
        return code_values.with_questions(kind.codes, asked)
    return about_a_visit


@blueprint.app_template_global("code_groups")
def code_groups(place: str) -> list[tuple[str, list[Code]]]:
    """The codes of a place under what they are about."""
    headings = {
        "intervention": _("The visit"),
        "client": _("The client"),
        "contact": _("The client"),
        "technician": _("The technician"),
        "outcome": _("The work that was done"),
        "unit": _("Your company"),
        "portal": _("Your company"),
        "system": _("Your company"),
    }
    order = ["intervention", "contact", "client", "technician", "outcome", "unit", "portal", "system"]
    found = [code for name in codes_of(place) if (code := known(name)) is not None]
    names = list(REGISTRY)

    def heading(code: Code) -> str:
        return headings.get(code.name.partition(".")[0], _("This message"))

    def rank(code: Code) -> tuple[int, str, int, str]:
        about = code.name.partition(".")[0]
        place_of = names.index(code.name) if code.name in REGISTRY else len(names)
        return order.index(about) if about in order else -1, heading(code), place_of, code.name

    return [(words, list(codes)) for words, codes in groupby(sorted(found, key=rank), key=heading)]


def _words(intervention: Intervention) -> str:
    parts: list[Any] = [intervention.client.name, pick(intervention.activity_type.title)]
    if intervention.window_begins_at is not None:
        parts.append(day_short(intervention.window_begins_at, unit().zone))
    return " · ".join(parts)
