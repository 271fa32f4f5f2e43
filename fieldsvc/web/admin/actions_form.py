"""The form of a portal action: only what means something for its kind is asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.action_kinds import KINDS, settings_of_kind
from fieldsvc.domain.catalogue.actions import LONGEST_HELP, LONGEST_LABEL, Wanted
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.catalogue.models import ActivityType, Form, PortalAction
from fieldsvc.web.forms.amounts import WholeField
from fieldsvc.web.forms.choices import titles_of
from fieldsvc.web.forms.conditions import ConditionsField
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.texts import TextsField
from fieldsvc.web.forms.versioned import VersionedForm

ICONS = {
    "calendar-plus": _l("Calendar with a plus"),
    "calendar-event": _l("Calendar"),
    "calendar-time": _l("Calendar with a clock"),
    "calendar-off": _l("Calendar, crossed out"),
    "check": _l("Tick"),
    "x": _l("Cross"),
    "forms": _l("Form"),
    "star": _l("Star"),
    "clipboard-check": _l("Clipboard"),
    "message": _l("Speech bubble"),
    "paperclip": _l("Paper clip"),
    "photo": _l("Photo"),
    "phone": _l("Phone"),
    "alert-triangle": _l("Warning"),
    "tool": _l("Tool"),
    "flame": _l("Flame"),
    "droplet": _l("Drop"),
    "snowflake": _l("Snowflake"),
    "bolt": _l("Lightning"),
    "receipt": _l("Receipt"),
}
BANDS = {
    "": _l("As the activity type says"),
    "green": _l("Green only"),
    "orange": _l("Green and orange"),
    "red": _l("Any"),
}
HOURS, TIMES = _l("hours"), _l("times")


def _said(words: Mapping[str, Any]) -> dict[str, str]:
    """Choices in the reader's language."""
    return {value: str(said) for value, said in words.items()}


class NewActionForm(PageForm):
    """What a new action does, and where."""

    kind = SelectField(_l("What may the client do?"), [InputRequired(_l("Please choose what the client may do."))])


class ActionForm(VersionedForm):
    """Everything that can be said of an action."""

    label = TextsField(_l("Label"), longest=LONGEST_LABEL)
    help = TextsField(_l("Help text"), longest=LONGEST_HELP, rows=2)
    icon = RadioField(_l("Icon"), choices=lambda: _said(ICONS), validate_choice=False)
    is_on = BooleanField(_l("Clients have this action"))
    form_id = SelectField(_l("Form"), coerce=int)
    new_activity_type_id = SelectField(_l("For this work"), coerce=int)
    lowest_band = SelectField(_l("Lowest band"), choices=lambda: _said(BANDS))
    counts_as_confirmed = BooleanField(_l("The time counts as confirmed"))
    notice_hours = WholeField(_l("Notice"), after=HOURS)
    most_times = WholeField(_l("Limit"), after=TIMES)
    conditions = ConditionsField(_l("When is it available?"))

    def wanted(self) -> Wanted:
        """What was typed; what is not asked has its default."""
        values = {field.name: field.data for field in self if field.name != "version"}
        for name in ("form_id", "new_activity_type_id"):
            values[name] = values.get(name) or None
        values["icon"] = values["icon"] if values["icon"] in ICONS else ""
        return Wanted(**values)


def new_action_form() -> NewActionForm:
    """The kinds there are; those that may stand on the first page are offered there too."""
    form = NewActionForm()
    form.kind.choices = {
        _("With a visit"): {name: str(kind.words) for name, kind in KINDS.items()},
        _("On the portal’s first page"): {
            f"unit:{name}": str(kind.words) for name, kind in KINDS.items() if kind.on_unit
        },
    }
    return form


def action_form(action: PortalAction, forms: Sequence[Form], activity_types: Sequence[ActivityType]) -> ActionForm:
    """A form with what there is of an action."""
    form = ActionForm(
        version=str(action.version),
        label=action.label,
        help=action.help,
        icon=action.icon or KINDS[action.kind].icon,
        is_on=action.is_on,
        form_id=action.form_id or 0,
        new_activity_type_id=action.new_activity_type_id or 0,
        lowest_band=action.lowest_band,
        counts_as_confirmed=action.counts_as_confirmed,
        notice_hours=action.notice_hours,
        most_times=action.most_times,
        conditions=action.conditions,
    )
    form.form_id.choices = {"0": _("None"), **titles_of(forms, action.form_id)}
    of_its_own = _("%(title)s (this one)", title=pick(action.activity_type.title))
    others = [row for row in activity_types if row.id != action.activity_type_id]
    form.new_activity_type_id.choices = {"0": of_its_own, **titles_of(others, action.new_activity_type_id)}
    form.conditions.subject = "unit" if action.is_for_unit else "intervention"
    form.conditions.questions = questions_of(action)
    asked = settings_of_kind(action.kind, is_for_unit=action.is_for_unit)
    for name in ("form_id", "new_activity_type_id", "lowest_band", "counts_as_confirmed", "notice_hours", "most_times"):
        if name not in asked:
            del form[name]
    return form


def questions_of(action: PortalAction) -> list[Field]:
    """The questions whose answers an intervention keeps."""
    intake = action.activity_type.intake_form
    return intake.fields if intake is not None and not action.is_for_unit else []
