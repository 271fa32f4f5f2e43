"""What somebody who waits is told, by the way he chose for it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core import dates, links
from fieldsvc.core.text import pick
from fieldsvc.domain.booking.models import WaitingEntry
from fieldsvc.domain.interventions import code_values, notices
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.notify.codes import fill
from fieldsvc.domain.notify.values import Makers, Values
from fieldsvc.domain.units.models import BusinessUnit


def joined(session: Session, unit: BusinessUnit, entry: WaitingEntry, *, now: datetime) -> None:
    """He is on the list now."""
    _send(session, unit, entry, "waiting_joined", {"waiting.link": _link(unit, "waiting")}, now=now)


def offered(session: Session, unit: BusinessUnit, entry: WaitingEntry, held: Intervention, *, now: datetime) -> None:
    """A time is kept for him, until when, and where he takes it."""
    begins_at, ends_at, until = held.window_begins_at, held.window_ends_at, held.held_until
    assert begins_at is not None
    assert ends_at is not None
    assert until is not None
    what: Makers = {
        "waiting.window": lambda: f"{dates.day(begins_at, unit.zone)}, {dates.window(begins_at, ends_at, unit.zone)}",
        "waiting.until": lambda: dates.hour(until, unit.zone),
        "waiting.link": _link(unit, f"book/{entry.draft_id}/confirm"),
    }
    _send(session, unit, entry, "waiting_offer", what, now=now)


def _send(session: Session, unit: BusinessUnit, entry: WaitingEntry, kind: str, what: Makers, *, now: datetime) -> None:
    recipient = replace(notices.recipient_of(unit, entry.contact), channel=entry.channel)
    known = code_values.unit_values(unit, entry.contact, now)
    title: Makers = {"waiting.title": lambda: fill(pick(entry.draft.activity_type.title), known, "text")}
    values = Values(known.makers, title, what)
    outbox.enqueue(session, kind, unit, recipient, values, now=now, about=entry)


def _link(unit: BusinessUnit, page: str) -> str:
    return links.absolute(f"/portal/{unit.slug}/{page}")
