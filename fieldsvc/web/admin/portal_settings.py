"""Who may sign in to the portal of the unit, by what, and how the portal looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, FileField, RadioField, StringField

from fieldsvc.core import links, seen
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.files import logo as logos
from fieldsvc.domain.notify import code_list, codes
from fieldsvc.domain.units import colours, profile
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.files import uploads
from fieldsvc.web.forms.choices import choices_of
from fieldsvc.web.forms.texts import TextsField
from fieldsvc.web.forms.versioned import SeenForm, shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

OWN = "own"
SWITCHES = (
    "is_portal_open",
    "new_clients_have_portal",
    "sign_in_by_email",
    "sign_in_by_phone",
    "sign_in_by_permanent_code",
)
PRESET_WORDS = {
    "teal": _l("Teal"),
    "indigo": _l("Indigo"),
    "forest": _l("Forest"),
    "plum": _l("Plum"),
    "brick": _l("Brick"),
    "slate": _l("Slate"),
}


class PortalForm(SeenForm):
    """The portal of a unit."""

    is_portal_open = BooleanField(_l("The portal is open"))
    new_clients_have_portal = BooleanField(_l("New clients have access"))
    sign_in_by_email = BooleanField(_l("By a code to their e-mail"))
    sign_in_by_phone = BooleanField(_l("By a code to their phone"))
    sign_in_by_permanent_code = BooleanField(_l("By a permanent code that staff made"))
    accent = RadioField(_l("Colour"), choices=choices_of({**PRESET_WORDS, OWN: _l("A colour of our own")}))
    own_colour = StringField(_l("Our own colour"))
    logo = FileField(_l("Logo"))
    remove_logo = BooleanField(_l("Remove the logo"))
    home_text = TextsField(_l("Text on the first page"), longest=2000, rows=4)

    def settings(self) -> dict[str, Any]:
        """The values of the unit's settings."""
        accent = self.accent.data if self.accent.data != OWN else (self.own_colour.data or "").strip()
        return {
            **{name: bool(self[name].data) for name in SWITCHES},
            "accent": accent,
            "home_text": self.home_text.data,
        }


@blueprint.route("/portal", methods=["GET", "POST"])
def portal() -> ResponseReturnValue:
    """Show and change who may sign in and how it looks."""
    form = PortalForm(**_present(unit()))
    if form.validate_on_submit():
        with shown(form):
            _change(form)
            flash(_("Saved."), "good")
            return go("portal")
    page = render_template(
        "admin/portal/portal.html",
        page_of="admin.portal",
        form=form,
        presets=colours.PRESETS,
        own=OWN,
        colour=colours.accent_of(settings_of(unit()).accent),
        address=links.absolute(url_for("portal.home", unit_slug=unit().slug)),
        known_codes=sorted(code_list.ANYWHERE),
    )
    return page, form.status if form.errors else 200


def _change(form: PortalForm) -> None:
    for text in form.home_text.data.values():
        with _said_at("home_text"):
            codes.check(text, code_list.ANYWHERE)
    profile.change_portal(db(), unit(), form.settings(), version=form.seen, actor=actor(), now=now())
    if form.remove_logo.data:
        logos.remove_logo(db(), unit(), actor=actor(), now=now())
    for picture in uploads("logo")[:1]:
        with _said_at("logo"):
            logos.change_logo(db(), unit(), picture.content, actor=actor(), now=now())


@contextmanager
def _said_at(name: str) -> Iterator[None]:
    """Say at the field `name` what is refused."""
    try:
        yield
    except Invalid as refusal:
        raise Invalid(refusal.words, {name: refusal.words}) from refusal


def _present(unit: BusinessUnit) -> dict[str, Any]:
    said = profile.said(unit, (*SWITCHES, "accent", "home_text"))
    is_preset = said["accent"] in colours.PRESETS
    return {
        **said,
        "version": seen.version_of(said),
        "accent": said["accent"] if is_preset else OWN,
        "own_colour": colours.accent_of(said["accent"]).chosen,
    }
