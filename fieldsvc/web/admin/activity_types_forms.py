"""The forms of the tabs of an activity type; what each value may be is in `catalogue/activity_type_rules.py`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request
from wtforms import BooleanField, Form, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.activity_kinds import INTERVENTION, KINDS, PRIVATE, SHARED
from fieldsvc.domain.catalogue.activity_type_rules import (
    DAY_MINUTES,
    LONGEST_TEXT,
    LONGEST_TITLE,
)
from fieldsvc.domain.catalogue.models import ActivityType, Skill
from fieldsvc.domain.catalogue.models import Form as Questions
from fieldsvc.web.forms.amounts import MinuteField, PriceField, WholeField
from fieldsvc.web.forms.choices import choices_of
from fieldsvc.web.forms.rows import RowsField
from fieldsvc.web.forms.texts import RequiredText, TextsField
from fieldsvc.web.forms.versioned import VersionedForm

BAND_WORDS = {
    "green": _l("Green: on the way"),
    "orange": _l("Orange: a small detour"),
    "red": _l("Red: whatever fits"),
}
SHOWN_WORDS = {
    "status": _l("Status"),
    "technician": _l("Technician’s name"),
    "arrival_window": _l("Arrival window"),
    "answers": _l("Answers to forms"),
    "report": _l("Closing report"),
    "price": _l("Price"),
}
PICTURES = {
    "tool": _l("spanner"),
    "flame": _l("flame"),
    "snowflake": _l("snowflake"),
    "wind": _l("wind"),
    "droplet": _l("drop"),
    "bolt": _l("lightning"),
    "flask": _l("flask"),
    "gauge": _l("gauge"),
    "settings": _l("cogwheel"),
    "home": _l("house"),
    "building": _l("building"),
    "truck": _l("lorry"),
    "route": _l("route"),
    "search": _l("magnifying glass"),
    "clipboard-check": _l("checklist"),
    "shield-check": _l("shield"),
    "certificate": _l("certificate"),
    "refresh": _l("arrows in a circle"),
    "phone": _l("telephone"),
    "star": _l("star"),
}
KIND_WORDS = {code: kind.words for code, kind in KINDS.items()}
VISIBILITY_WORDS = {
    PRIVATE: _l("Private: other units see a grey box"),
    SHARED: _l("Shared: other units see what it is and for whom"),
}
CHOSEN = InputRequired(_l("Please choose one of the answers."))
TITLE_NEEDED = RequiredText(_l("Please give it a title in at least one language."))
MINUTES, HOURS, DAYS = _l("min"), _l("hours"), _l("days")


def shown_version(row: ActivityType) -> str | None:
    """The version a page shows; what is posted brings its own, and nothing stands in for one that is missing."""
    return str(row.version) if request.method == "GET" else None


class TabForm(VersionedForm):
    """One tab; its fields are called as those of the activity type."""

    def values(self) -> dict[str, Any]:
        """What was typed, by the name of the field."""
        return {field.name: field.data for field in self if field.name != "version"}

    @classmethod
    def of(cls, row: ActivityType) -> "TabForm":
        """The form with what there is."""
        names = [name for name in vars(cls) if hasattr(row, name)]
        return cls(version=shown_version(row), **{name: getattr(row, name) for name in names})


class NewForm(TabForm):
    """The least there is to say of a new activity type."""

    title = TextsField(_l("Title"), [TITLE_NEEDED], longest=LONGEST_TITLE)
    reference = StringField(_l("Reference"))
    kind = RadioField(_l("Kind"), [CHOSEN], choices=choices_of(KIND_WORDS), validate_choice=False, default=INTERVENTION)
    minutes = WholeField(_l("Duration"), after=MINUTES)


class GeneralForm(TabForm):
    """What it is called inside the company, and what the work consists of."""

    reference = StringField(_l("Reference"))
    title = TextsField(_l("Title"), [TITLE_NEEDED], longest=LONGEST_TITLE)
    icon = RadioField(_l("Picture"), choices=choices_of(PICTURES), validate_choice=False)
    kind = RadioField(_l("Kind"), [CHOSEN], choices=choices_of(KIND_WORDS), validate_choice=False)
    visibility = RadioField(
        _l("On the boards of other units"), [CHOSEN], choices=choices_of(VISIBILITY_WORDS), validate_choice=False
    )


class WindowForm(Form):
    """A named arrival window."""

    name = TextsField(_l("Name"), [RequiredText(_l("Please give every window a name, such as morning."))], longest=60)
    begins_minute = MinuteField(_l("From"))
    ends_minute = MinuteField(_l("To"))


class PlanningForm(TabForm):
    """How long it takes, who can do it, and when it can be booked."""

    minutes = WholeField(_l("Duration"), after=MINUTES)
    buffer_before_minutes = WholeField(_l("Buffer before"), after=MINUTES)
    buffer_after_minutes = WholeField(_l("Buffer after"), after=MINUTES)
    crew_size = WholeField(_l("Crew"), after=_l("people"))
    arrival_window_minutes = WholeField(_l("Width of an arrival window"), after=MINUTES)
    arrival_windows = RowsField(WindowForm, _l("Windows with names"))
    booking_notice_hours = WholeField(_l("Notice for booking"), after=HOURS)
    reschedule_notice_hours = WholeField(_l("Notice for changing the time"), after=HOURS)
    cancel_notice_hours = WholeField(_l("Notice for cancelling"), after=HOURS)
    booking_horizon_days = WholeField(_l("Booking horizon"), after=DAYS)
    lowest_band = SelectField(_l("Lowest band that clients see"), choices=choices_of(BAND_WORDS))
    priority = WholeField(_l("Priority when work does not fit"), after=_l("of 10"))
    due_days = WholeField(_l("Due after the request"), after=DAYS)
    skills: Mapping[int, Any]

    def values(self) -> dict[str, Any]:
        """What was typed; `skills` are the levels by skill, and midnight ends a day."""
        values = {name: value for name, value in super().values().items() if not name.startswith(SKILL)}
        windows = [
            {**one, "ends_minute": one["ends_minute"] or (DAY_MINUTES if one["ends_minute"] == 0 else None)}
            for one in values["arrival_windows"]
        ]
        return {
            **values,
            "arrival_windows": windows,
            "skills": self.levels(),
        }

    def levels(self) -> dict[int, int]:
        """The level of each skill that is needed."""
        levels = {skill_id: field.data or "" for skill_id, field in self.skills.items()}
        return {skill_id: int(level) for skill_id, level in levels.items() if level.isdecimal() and len(level) < 3}


class PortalForm(TabForm):
    """What clients see of it."""

    is_on_portal = BooleanField(_l("Clients can find it on the portal"))
    shown = SelectMultipleField(_l("What clients see of a visit"), choices=choices_of(SHOWN_WORDS))
    price_cents = PriceField(_l("Price"))
    is_price_shown = BooleanField(_l("Show the price before booking"))
    history_days = WholeField(_l("How long finished visits stay visible"), after=DAYS)


class StepForm(Form):
    """One step of the checklist."""

    step = TextsField(_l("Step"))


class FormsForm(TabForm):
    """What is asked before, at the end and afterwards, and the steps of the work."""

    intake_form_id = SelectField(_l("Before booking"), validate_choice=False)
    closing_form_id = SelectField(_l("At the end of the work"), validate_choice=False)
    questionnaire_id = SelectField(_l("Afterwards, to the client"), validate_choice=False)
    checklist = RowsField(StepForm, _l("Steps of the work"))

    def values(self) -> dict[str, Any]:
        """What was typed; no form is None."""
        values = super().values()
        chosen = {name: _id(values[name]) for name in ("intake_form_id", "closing_form_id", "questionnaire_id")}
        return {**values, **chosen, "checklist": [row["step"] for row in values["checklist"]]}


class TextsForm(TabForm):
    """What clients read."""

    title = TextsField(_l("Title"), [TITLE_NEEDED], longest=LONGEST_TITLE)
    description = TextsField(_l("Description"), longest=LONGEST_TEXT, rows=3)
    help = TextsField(_l("Help before the visit"), longest=LONGEST_TEXT, rows=4)


SKILL = "skill-"


def planning_form(row: ActivityType, skills: Iterable[Skill]) -> PlanningForm:
    """The planning tab, with a level for every skill of the unit."""
    levels = {"": _("not needed"), **{str(level): str(level) for level in range(1, 6)}}
    fields = {
        f"{SKILL}{skill.id}": SelectField(pick(skill.name), choices=levels, validate_choice=False) for skill in skills
    }
    needed = {f"{SKILL}{one.skill_id}": str(one.level) for one in row.skills}
    names = [name for name in vars(PlanningForm) if hasattr(row, name) and name != "skills"]
    present = {name: getattr(row, name) for name in names}
    form: PlanningForm = type("PlanningTab", (PlanningForm,), fields)(version=shown_version(row), **present, **needed)
    form.skills = {int(name.removeprefix(SKILL)): form[name] for name in fields}
    return form


def forms_form(row: ActivityType, forms: Sequence[Questions]) -> FormsForm:
    """The forms tab, with the forms of the unit to choose from."""
    form = FormsForm(
        version=shown_version(row),
        intake_form_id=row.intake_form_id,
        closing_form_id=row.closing_form_id,
        questionnaire_id=row.questionnaire_id,
        checklist=[{"step": step} for step in row.checklist],
    )
    for field, kind, present in (
        (form.intake_form_id, "intake", row.intake_form),
        (form.closing_form_id, "closing", row.closing_form),
        (form.questionnaire_id, "questionnaire", row.questionnaire),
    ):
        offered = {one.id: one for one in (present, *forms) if one is not None and one.kind == kind}
        field.choices = {"": _("none"), **{str(one.id): pick(one.title) for one in offered.values()}}
    return form


def _id(text: str | None) -> int | None:
    if not text or text == "None":
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0
