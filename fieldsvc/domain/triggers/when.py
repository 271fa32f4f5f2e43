"""When a trigger looks at an intervention: events of the audit, and instants of an intervention."""

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import ngettext
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.interventions.models import Intervention

# What the audit calls it → its words.
EVENTS = {
    "intervention.requested": _l("a client asks for a visit"),
    "intervention.unscheduled": _l("an intervention waits for a time"),
    "intervention.scheduled": _l("an intervention is scheduled"),
    "intervention.rescheduled": _l("the client changes the time"),
    "intervention.moved": _l("a dispatcher moves it"),
    "intervention.confirmed": _l("the client confirms"),
    "intervention.travelling": _l("the technician sets off"),
    "intervention.in_progress": _l("the work begins"),
    "intervention.completed": _l("the work is completed"),
    "intervention.cancelled": _l("an intervention is cancelled"),
    "questionnaire.answered": _l("the client answers the questionnaire"),
}

# Instants of an intervention → the column and its words.
INSTANTS: dict[str, tuple[InstrumentedAttribute[Any], object]] = {
    "window": (Intervention.window_begins_at, _l("the beginning of the arrival window")),
    "created": (Intervention.created_at, _l("the moment it was created")),
    "closed": (Intervention.actual_ends_at, _l("the end of the work")),
}

MINUTES_OF = {"minutes": 1, "hours": 60, "days": 24 * 60}


def when_words(trigger: Trigger) -> str:
    """When the trigger looks, such as "2 days before the beginning of the arrival window"."""
    if trigger.event:
        return _("When %(event)s", event=str(EVENTS.get(trigger.event, trigger.event)))
    instant = str(INSTANTS[trigger.relative_to][1])
    if trigger.offset_minutes == 0:
        return _("At %(instant)s", instant=instant)
    span = span_words(abs(trigger.offset_minutes))
    if trigger.offset_minutes < 0:
        return _("%(span)s before %(instant)s", span=span, instant=instant)
    return _("%(span)s after %(instant)s", span=span, instant=instant)


def span_words(minutes: int) -> str:
    """A length of time in its largest whole unit."""
    amount, unit = span_of(minutes)
    if unit == "days":
        return ngettext("%(n)s day", "%(n)s days", amount)
    if unit == "hours":
        return ngettext("%(n)s hour", "%(n)s hours", amount)
    return ngettext("%(n)s minute", "%(n)s minutes", amount)


def span_of(minutes: int) -> tuple[int, str]:
    """A length of time as an amount of its largest whole unit."""
    for unit in ("days", "hours"):
        if minutes and minutes % MINUTES_OF[unit] == 0:
            return minutes // MINUTES_OF[unit], unit
    return minutes, "minutes"
