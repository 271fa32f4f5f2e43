"""What people are told about interventions: everything goes through `send`, and from there through the outbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core import links, text
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.activity_kinds import KINDS as ACTIVITY_KINDS
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import calendar_event, code_values, visit_links
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.notify.kinds import KINDS
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.notify.texts import Texts
from fieldsvc.domain.notify.values import Values
from fieldsvc.domain.units.models import BusinessUnit

Extra = Mapping[str, str | Callable[[], str]]


def send(
    session: Session,
    unit: BusinessUnit,
    intervention: Intervention | None,
    kind: str,
    *,
    now: datetime,
    contact: Contact | None = None,
    extra: Extra | None = None,
) -> OutboxMessage:
    """Write the message `kind` about an intervention, to its contact when nobody else is named.

    `extra` are the values of the codes of this kind only, such as `questionnaire.link`. A kind that is about no
    intervention needs a `contact`.
    """
    reader = contact or reader_of(intervention)
    is_for_unit = KINDS[kind].is_for_unit
    recipient = _unit_itself(unit).only_by("email") if is_for_unit else _reader_about(unit, intervention, reader)
    return _write(session, unit, intervention, kind, recipient, reader, now=now, extra=extra or {})


def send_text(
    session: Session,
    unit: BusinessUnit,
    intervention: Intervention,
    subject: Mapping[str, str],
    body: Mapping[str, str],
    *,
    channel: str,
    to: str,
    now: datetime,
) -> OutboxMessage:
    """Write a message in words of its own (by language), `to` the `contact` or to the `unit`, by one channel only."""
    reader = reader_of(intervention)
    recipient = _unit_itself(unit) if to == "unit" else _reader_about(unit, intervention, reader)
    recipient = recipient.only_by(channel)
    words = pick(body, recipient.locale)
    texts = Texts(pick(subject, recipient.locale), words, words)
    return _write(session, unit, intervention, "trigger", recipient, reader, now=now, extra={}, own_texts=texts)


def booked(session: Session, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    """The visit is booked: when, where, who, and a calendar file."""
    _with_event(session, "visit_booked", unit, intervention, now=now)


def rescheduled(session: Session, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    """The promise changed: the new window, and the same calendar event moved."""
    _take_back_reminders(session, intervention)
    intervention.calendar_sequence += 1
    _with_event(session, "visit_rescheduled", unit, intervention, now=now)


def cancelled(session: Session, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    """The visit will not take place; its event leaves the client's calendar."""
    _take_back_reminders(session, intervention)
    intervention.calendar_sequence += 1
    if intervention.window_begins_at is not None:
        _with_event(session, "visit_cancelled", unit, intervention, now=now)


def unscheduled(session: Session, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    """The company took the visit's time back and will propose another one."""
    _take_back_reminders(session, intervention)
    intervention.calendar_sequence += 1
    send(session, unit, intervention, "visit_unscheduled", now=now)


def questionnaire(
    session: Session, unit: BusinessUnit, intervention: Intervention, token: str, *, now: datetime
) -> None:
    """A link to the questionnaire, which needs no sign-in."""
    link = links.absolute(f"/questionnaire/{token}")
    send(session, unit, intervention, "questionnaire", now=now, extra={"questionnaire.link": link})


def reader_of(intervention: Intervention | None) -> Contact | None:
    """The contact of the intervention, else the first one of its client who sees everything; nobody who has left."""
    if intervention is None:
        return None
    people = [intervention.contact, *(one for one in intervention.client.contacts if one.role == "all")]
    return next((person for person in people if person is not None and person.is_active), None)


def recipient_of(unit: BusinessUnit, person: Contact | None) -> outbox.Recipient:
    """Where a person gets messages, and which he wants."""
    if person is None:
        return outbox.Recipient(None, None, unit.locale)
    return outbox.Recipient(
        email=person.email,
        phone=person.phone,
        locale=person.locale or unit.locale,
        contact_id=person.id,
        channel=person.channel,
        has_opted_out=person.has_opted_out,
    )


def _reader_about(unit: BusinessUnit, intervention: Intervention | None, reader: Contact | None) -> outbox.Recipient:
    """Where a contact reads about an intervention; of what clients do not see he is told nothing."""
    recipient = recipient_of(unit, reader)
    is_told = intervention is None or ACTIVITY_KINDS[intervention.kind].is_for_clients
    return recipient if is_told else replace(recipient, may_not_know=True)


def _unit_itself(unit: BusinessUnit) -> outbox.Recipient:
    return outbox.Recipient(unit.email or None, unit.phone or None, unit.locale)


def _take_back_reminders(session: Session, intervention: Intervention) -> None:
    """What still waits to leave would say a time that does not hold any more."""
    outbox.suppress(
        session,
        "outdated",
        OutboxMessage.kind == "visit_reminder",
        OutboxMessage.about_kind == intervention.__tablename__,
        OutboxMessage.about_id == intervention.id,
    )


def _with_event(session: Session, kind: str, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    reader = reader_of(intervention)
    recipient = _reader_about(unit, intervention, reader)
    with text.in_locale(recipient.locale):
        event = calendar_event.for_client(unit, intervention, now=now)
    method = "CANCEL" if intervention.status == "cancelled" else "PUBLISH"
    file = outbox.Attachment("visit.ics", f"text/calendar; charset=utf-8; method={method}", event)
    _write(session, unit, intervention, kind, recipient, reader, now=now, extra={}, attachments=[file])


def _write(
    session: Session,
    unit: BusinessUnit,
    intervention: Intervention | None,
    kind: str,
    recipient: outbox.Recipient,
    reader: Contact | None,
    *,
    now: datetime,
    extra: Extra,
    attachments: Sequence[outbox.Attachment] = (),
    own_texts: Texts | None = None,
) -> OutboxMessage:
    known = (
        code_values.unit_values(unit, reader, now)
        if intervention is None
        else code_values.values_of(unit, intervention, contact=reader, now=now)
    )
    link: Extra = {}
    if intervention is not None and reader is not None and recipient.contact_id == reader.id:  # nobody else's
        link = {"intervention.link": lambda: _secret_link(session, intervention, reader, now=now)}
    return outbox.enqueue(
        session,
        kind,
        unit,
        recipient,
        Values(known.makers, link, extra),
        now=now,
        attachments=attachments,
        about=intervention,
        own_texts=own_texts,
    )


def _secret_link(session: Session, intervention: Intervention, reader: Contact, *, now: datetime) -> str:
    return links.absolute(f"/visit/{visit_links.make(session, intervention, reader, now=now)}")
