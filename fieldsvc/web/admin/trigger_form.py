"""What an administrator says of a trigger: when, for what, under which conditions, and what it does."""

from collections.abc import Iterable
from typing import Any

from wtforms import Field, HiddenField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.notify.kinds import KINDS
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.triggers.acts import ACTS, TRIGGERED_KINDS
from fieldsvc.domain.triggers.save import NewTrigger
from fieldsvc.domain.triggers.when import EVENTS, INSTANTS, MINUTES_OF, span_of
from fieldsvc.web.forms.amounts import WholeField
from fieldsvc.web.forms.choices import titles_of
from fieldsvc.web.forms.conditions import ConditionsField
from fieldsvc.web.forms.texts import TextsField
from fieldsvc.web.forms.versioned import VersionedForm
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db

BY_THE_CLOCK = "clock"
TEXTS = ("subject", "body", "reason")
PLAIN = (
    "kind",
    "channel",
    "to",
    "url",
    "secret",
    "technician_id",
    "days",
    "outcome",
    "new_activity_type_id",
    "due_days",
)


class TriggerForm(VersionedForm):
    """A trigger; only the parameters of the chosen act are read."""

    name = StringField(_l("Name"), [InputRequired(_l("Please give it a name.")), Length(max=100)])
    event = SelectField(_l("When"), validate_choice=False)
    amount = WholeField(_l("How long"), [Optional(), NumberRange(0, 9999)], default=0)
    span = SelectField(_l("Unit of time"), validate_choice=False)
    side = SelectField(_l("Before or after"), validate_choice=False)
    relative_to = SelectField(_l("Moment"), validate_choice=False)
    activity_type_id = SelectField(_l("For the activity type"), validate_choice=False)
    conditions = ConditionsField(_l("Only when"))
    repeats = SelectField(_l("How often for one intervention"), validate_choice=False)
    action = SelectField(_l("It will"), validate_choice=False)

    kind = SelectField(_l("Message"), validate_choice=False)
    channel = SelectField(_l("Sent by"), validate_choice=False)
    to = SelectField(_l("Sent to"), validate_choice=False)
    subject = TextsField(_l("Subject"), longest=150)
    body = TextsField(_l("Text"), longest=5000, rows=5)
    url = StringField(_l("Address"), [Length(max=2000)])
    secret = HiddenField()
    technician_id = SelectField(_l("Technician"), validate_choice=False)
    days = WholeField(_l("Within days"), [Optional()], default=7)
    new_activity_type_id = SelectField(_l("New intervention of the type"), validate_choice=False)
    due_days = WholeField(_l("Due after days"), [Optional()], default=14)
    reason = TextsField(_l("Reason the client reads"), longest=500)
    outcome = SelectField(_l("Outcome"), validate_choice=False)

    def validate_activity_type_id(self, field: Field) -> None:
        """It is named by its number."""
        if field.data and not (field.data.isascii() and field.data.isdecimal() and len(field.data) <= 9):
            raise ValidationError(_("Please choose an activity type."))

    def said(self) -> NewTrigger:
        """The trigger as it was typed."""
        is_timed = self.event.data == BY_THE_CLOCK
        minutes = (self.amount.data or 0) * MINUTES_OF.get(self.span.data, 1)
        chosen: dict[str, Any] = {name: self[name].data for name in (*PLAIN, *TEXTS)}
        chosen["activity_type_id"] = _number(chosen.pop("new_activity_type_id"))
        chosen["technician_id"] = _number(chosen["technician_id"])
        return NewTrigger(
            name=(self.name.data or "").replace("\x00", ""),
            event="" if is_timed else self.event.data or "",
            relative_to=self.relative_to.data if is_timed else "",
            offset_minutes=-minutes if self.side.data == "before" else minutes,
            activity_type_id=_number(self.activity_type_id.data),
            conditions=self.conditions.data,
            repeats=self.repeats.data or "",
            action=self.action.data or "",
            parameters=chosen,
        )


def trigger_form(trigger: Trigger | None) -> TriggerForm:
    """A form with what the trigger says now."""
    form = TriggerForm(**(_values(trigger) if trigger else {"event": "intervention.scheduled"}))
    types = catalogue.every(db(), unit().id)
    acts_on = trigger.activity_type_id if trigger else None
    parameters = trigger.parameters if trigger else {}
    choices: dict[str, Iterable[tuple[str, Any]]] = {
        "event": [*EVENTS.items(), (BY_THE_CLOCK, _("at a time before or after a moment"))],
        "span": [("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))],
        "side": [("before", _("before")), ("after", _("after"))],
        "relative_to": [(name, words) for name, (_column, words) in INSTANTS.items()],
        "activity_type_id": [("", _("any activity type")), *titles_of(types, acts_on).items()],
        "repeats": [
            ("once", _("once")),
            ("each", _("each time")),
            ("again", _("again, after the conditions have failed once")),
        ],
        "action": [(name, act.words) for name, act in ACTS.items()],
        "kind": [(name, KINDS[name].title) for name in TRIGGERED_KINDS],
        "channel": [("email", _("E-mail")), ("sms", _("SMS"))],
        "to": [("contact", _("the client's contact")), ("unit", _("our own address or phone"))],
        "technician_id": [("", _("the best one who is free")), *_people(parameters.get("technician_id"))],
        "new_activity_type_id": titles_of(types, parameters.get("activity_type_id")).items(),
        "outcome": [("ok", _("OK")), ("not_ok", _("Not OK"))],
    }
    for name, options in choices.items():
        field = form[name]
        assert isinstance(field, SelectField), "only questions with choices are named above"
        field.choices = [(value, str(words)) for value, words in options]
    return form


def _values(trigger: Trigger) -> dict[str, Any]:
    amount, span = span_of(abs(trigger.offset_minutes))
    parameters = {name: value for name, value in trigger.parameters.items() if name in (*PLAIN, *TEXTS)}
    parameters["new_activity_type_id"] = str(trigger.parameters.get("activity_type_id") or "")
    parameters["technician_id"] = str(trigger.parameters.get("technician_id") or "")
    return {
        "version": str(trigger.version),
        "name": trigger.name,
        "event": trigger.event or BY_THE_CLOCK,
        "amount": amount,
        "span": span,
        "side": "before" if trigger.offset_minutes < 0 else "after",
        "relative_to": trigger.relative_to,
        "activity_type_id": str(trigger.activity_type_id or ""),
        "conditions": trigger.conditions,
        "repeats": trigger.repeats,
        "action": trigger.action,
        **parameters,
    }


def _people(kept: int | None) -> list[tuple[str, str]]:
    """Who can be chosen, and who was chosen even if he has left."""
    active = teams.active(db(), unit().id)
    left = [] if kept is None or kept in {row.id for row in active} else teams.by_ids(db(), [kept])
    return [
        *((str(row.id), row.name) for row in active),
        *((str(row.id), _("%(name)s (has left)", name=row.name)) for row in left),
    ]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 9 else None
