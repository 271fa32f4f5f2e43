"""One intervention as an iCalendar event (RFC 5545): the same UID for ever, a SEQUENCE that rises with each change."""

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from fieldsvc.domain.interventions.code_values import expectation, values_of
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit


def uid(intervention: Intervention) -> str:
    """The identity of the event, whatever becomes of the visit."""
    return f"intervention-{intervention.id}@fieldsvc"


def for_client(unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> str:
    """A calendar file with the promised arrival window; that of a cancelled visit takes the event away again.

    A time that the client is asked to confirm, and has not, is tentative.
    """
    is_cancelled = intervention.status == "cancelled"
    calendar = new_calendar("CANCEL" if is_cancelled else "PUBLISH")
    title = values_of(unit, intervention, now=now)["intervention.title"]
    begins_at, ends_at = intervention.window_begins_at, intervention.window_ends_at
    assert begins_at is not None, "only a promised visit has an event"
    assert ends_at is not None, "a window has both ends"
    event = new_event(intervention, begins_at, max(ends_at, begins_at + timedelta(minutes=1)), now=now)
    if _waits_for_a_yes(intervention):
        event["status"] = "TENTATIVE"
    event.add("summary", f"{title}, {unit.name}")
    if intervention.site is not None:
        event.add("location", intervention.site.full_address)
    event.add(
        "description",
        expectation(intervention),
    )
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def new_calendar(method: str = "PUBLISH") -> Calendar:
    """An empty calendar of ours."""
    calendar = Calendar()
    calendar.add("prodid", "-//fieldsvc//fieldsvc//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def new_event(intervention: Intervention, begins_at: datetime, ends_at: datetime, *, now: datetime) -> Event:
    """The event of an intervention at a time, with everything but its words."""
    event = Event()
    event.add("uid", uid(intervention))
    event.add("sequence", intervention.calendar_sequence)
    event.add("dtstamp", now)
    event.add("last-modified", intervention.changed_at)
    event.add("dtstart", begins_at)
    event.add("dtend", ends_at)
    event.add("status", "CANCELLED" if intervention.status == "cancelled" else "CONFIRMED")
    return event


def _waits_for_a_yes(intervention: Intervention) -> bool:
    asked = any(action.kind == "confirm" and action.is_on for action in intervention.activity_type.actions)
    return asked and intervention.status in {"scheduled", "dispatched"} and intervention.confirmed_at is None
