"""What clients are told about their visits."""

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core import links, text
from fieldsvc.domain.interventions import calendar_event
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.units.models import BusinessUnit


def booked(session: Session, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    """The visit is booked: when, where, who, and a calendar file."""
    _with_event(session, "visit_booked", unit, intervention, now=now)


def rescheduled(session: Session, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    """The promise changed: the new window, and the same calendar event moved."""
    intervention.calendar_sequence += 1
    _with_event(session, "visit_rescheduled", unit, intervention, now=now)


def cancelled(session: Session, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    """The visit will not take place; its event leaves the client's calendar."""
    intervention.calendar_sequence += 1
    if intervention.window_begins_at is not None:
        _with_event(session, "visit_cancelled", unit, intervention, now=now)


def unscheduled(session: Session, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    """The company took the visit's time back and will propose another one."""
    intervention.calendar_sequence += 1
    recipient = recipient_of(intervention, unit)
    outbox.enqueue(
        session,
        "visit_unscheduled",
        unit,
        recipient,
        _values(unit, intervention),
        now=now,
        about=intervention,
    )


def questionnaire(
    session: Session, unit: BusinessUnit, intervention: Intervention, token: str, *, now: datetime
) -> None:
    """A link to the questionnaire, which needs no sign-in."""
    values = {**_values(unit, intervention), "link": links.absolute(f"/questionnaire/{token}")}
    outbox.enqueue(
        session, "questionnaire", unit, recipient_of(intervention, unit), values, now=now, about=intervention
    )


def recipient_of(intervention: Intervention, unit: BusinessUnit) -> outbox.Recipient:
    """The contact of the intervention, else the first one of its client who can be reached."""
    person = intervention.contact or next((c for c in intervention.client.contacts if c.is_active), None)
    if person is None:
        return outbox.Recipient(None, None, unit.locale)
    return outbox.Recipient(person.email, person.phone, person.locale or unit.locale)


def _values(unit: BusinessUnit, intervention: Intervention) -> dict[str, object]:
    planned = intervention.planned
    person = intervention.contact
    return {
        "intervention": intervention,
        "name": person.name if person else intervention.client.name,
        "technician": planned.technician.name if planned else "",
        "address": intervention.site.full_address,
        "link": links.absolute(f"/portal/{unit.slug}/visits/{intervention.id}"),
    }


def _with_event(session: Session, kind: str, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    recipient = recipient_of(intervention, unit)
    with text.in_locale(recipient.locale):
        event = calendar_event.for_client(unit, intervention, now=now)
    method = "CANCEL" if intervention.status == "cancelled" else "PUBLISH"
    file = outbox.Attachment("visit.ics", f"text/calendar; charset=utf-8; method={method}", event)
    outbox.enqueue(
        session,
        kind,
        unit,
        recipient,
        _values(unit, intervention),
        now=now,
        attachments=[file],
        about=intervention,
    )
