"""What is said about the unit itself: name, ways to reach it, zone and languages, and what it counts with."""

from datetime import time
from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.validators import InputRequired, Length

from fieldsvc.core import seen
from fieldsvc.core.text import LOCALES
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.units import profile
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.forms.choices import choices_of
from fieldsvc.web.forms.versioned import SeenForm, shown
from fieldsvc.web.principal import actor
from fieldsvc.web.principal import unit as our_unit
from fieldsvc.web.session import db, now

NUMBER = _l("Please type a whole number.")
HOUR = _l("Please type an hour such as 21:00.")
NUMBERS = (
    "hold_minutes",
    "waiting_hold_minutes",
    "questionnaire_reminder_days",
    "green_up_to_minutes",
    "orange_up_to_minutes",
)
SETTINGS = (
    *NUMBERS,
    "languages",
    "emergency_phone",
    "quiet_from_minute",
    "quiet_until_minute",
    "is_board_shown_to_units",
)


def _zones() -> dict[str, str]:
    return {zone: zone for zone in profile.zones(our_unit())}


class UnitForm(SeenForm):
    """Everything about a unit but its portal."""

    name = StringField(_l("Displayed name"), [InputRequired(_l("Please give the unit a name."))])
    phone = StringField(_l("Phone"), [Length(max=40)])
    email = StringField(_l("E-mail"), [Length(max=254)])
    address = StringField(_l("Address"))
    emergency_phone = StringField(_l("Phone for emergencies"), [Length(max=40)])
    zone = SelectField(
        _l("Time zone"),
        [InputRequired(_l("Please choose a time zone of the list."))],
        choices=_zones,
    )
    locale = SelectField(
        _l("Main language"), [InputRequired(_l("Please choose a language."))], choices=choices_of(LOCALES)
    )
    languages = SelectMultipleField(
        _l("Languages offered"),
        [InputRequired(_l("Please choose at least one language."))],
        choices=choices_of(LOCALES),
    )
    quiet_from = TimeField(_l("Quiet from"), [InputRequired(HOUR)])
    quiet_until = TimeField(_l("Quiet until"), [InputRequired(HOUR)])
    hold_minutes = IntegerField(_l("A chosen time is kept for (minutes)"), [InputRequired(NUMBER)])
    waiting_hold_minutes = IntegerField(_l("A freed time is kept for (minutes)"), [InputRequired(NUMBER)])
    questionnaire_reminder_days = IntegerField(_l("Remind of a questionnaire after (days)"), [InputRequired(NUMBER)])
    green_up_to_minutes = IntegerField(_l("Green up to (minutes more)"), [InputRequired(NUMBER)])
    orange_up_to_minutes = IntegerField(_l("Orange up to (minutes more)"), [InputRequired(NUMBER)])

    is_board_shown_to_units = BooleanField(_l("Dispatchers of other units may look at this board"))

    def about(self) -> dict[str, str]:
        """What belongs to the unit's own row."""
        return {name: self[name].data or "" for name in profile.ABOUT}

    def settings(self) -> dict[str, Any]:
        """What belongs to its settings."""
        return {
            **{name: self[name].data for name in NUMBERS},
            "languages": list(self.languages.data or []),
            "emergency_phone": " ".join((self.emergency_phone.data or "").split()),
            "quiet_from_minute": _minute(self.quiet_from.data or time()),
            "quiet_until_minute": _minute(self.quiet_until.data or time()),
            "is_board_shown_to_units": bool(self.is_board_shown_to_units.data),
        }


@blueprint.route("/unit", methods=["GET", "POST"])
def unit() -> ResponseReturnValue:
    """Show and change what is said about the unit."""
    form = UnitForm(**_present(our_unit()))
    if form.validate_on_submit():
        with shown(form):
            about, settings = form.about(), form.settings()
            profile.change_profile(db(), our_unit(), about, settings, version=form.seen, actor=actor(), now=now())
            flash(_("Saved."), "good")
            return go("unit")
    page = render_template("admin/unit/unit.html", page_of="admin.unit", form=form)
    return page, form.status if form.errors else 200


def _present(unit: BusinessUnit) -> dict[str, Any]:
    said = profile.said(unit, (*profile.ABOUT, *SETTINGS))
    return {
        **said,
        "version": seen.version_of(said),
        "quiet_from": _hour(said["quiet_from_minute"]),
        "quiet_until": _hour(said["quiet_until_minute"]),
    }


def _hour(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _minute(hour: time) -> int:
    return hour.hour * 60 + hour.minute
