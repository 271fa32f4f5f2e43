"""What stands for each substitution code in a text about an intervention, or about none."""

from collections.abc import Mapping
from datetime import datetime

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import dates, links, phone, text
from fieldsvc.core.text import babel_locale
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.activity_kinds import CALL
from fieldsvc.domain.catalogue.arrival_windows import words_of
from fieldsvc.domain.catalogue.models import Form
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.code_list import ABOUT_A_VISIT, ANYWHERE
from fieldsvc.domain.notify.codes import fill
from fieldsvc.domain.notify.values import Makers, Values, of_unit
from fieldsvc.domain.units.models import BusinessUnit

CUSTOM = "intervention.custom."


def unit_values(unit: BusinessUnit, contact: Contact | None, now: datetime) -> Values:
    """The values of a text that is about no intervention, such as that of the portal's first page."""
    return Values(of_unit(unit, now), _of_reader(contact, contact.client if contact else None))


def values_of(
    unit: BusinessUnit, intervention: Intervention, *, contact: Contact | None = None, now: datetime
) -> Values:
    """The values of a text about an intervention, in the present language; each is worked out when it is asked for.

    `contact` is who reads; without one it is the contact of the intervention.
    """
    reader = contact or intervention.contact
    known = Values(
        of_unit(unit, now),
        _of_reader(reader, intervention.client),
        _of_intervention(unit, intervention),
        _of_outcome(intervention),
    )
    title: Makers = {"intervention.title": lambda: fill(text.pick(intervention.activity_type.title), known, "text")}
    return Values(known.makers, title)


def known_codes(session: Session, unit: BusinessUnit, *, is_about_a_visit: bool = True) -> frozenset[str]:
    """The codes of a text of the unit: those of every text, and one for each question of its intake forms."""
    if not is_about_a_visit:
        return ANYWHERE
    forms = session.scalars(select(Form).where(Form.unit_id == unit.id, Form.kind == "intake"))
    asked = {field.code for form in forms for version in form.versions for field in version.questions}
    return with_questions(ABOUT_A_VISIT, asked)


def with_questions(codes: frozenset[str], asked: set[str]) -> frozenset[str]:
    """`codes` with one for each question in place of the one that stands for all."""
    if f"{CUSTOM}*" not in codes:
        return codes
    return (codes - {f"{CUSTOM}*"}) | {f"{CUSTOM}{code}" for code in asked}


def status_in_words(status: str) -> str:
    """The state of an intervention in the client's words."""
    states = {
        "requested": _("We will contact you"),
        "unscheduled": _("No time yet"),
        "held": _("Being booked"),
        "scheduled": _("Scheduled"),
        "dispatched": _("Scheduled"),
        "travelling": _("On the way"),
        "in_progress": _("Technician at work"),
        "completed": _("Completed"),
        "cancelled": _("Cancelled"),
    }
    return states[status]


def _of_reader(contact: Contact | None, client: Client | None) -> Makers:
    if client is None:
        return {}
    return {
        "contact.name": contact.name if contact else client.name,
        "client.reference": client.reference,
        "client.name": client.name,
        "client.email": contact.email or "" if contact else "",
        "client.phone": lambda: phone.in_words(contact.phone) if contact and contact.phone else "",
        **{f"client.custom.{_code_of(name)}": str(value) for name, value in client.custom.items()},
    }


def _of_intervention(unit: BusinessUnit, intervention: Intervention) -> Makers:
    begins_at, ends_at, zone = intervention.window_begins_at, intervention.window_ends_at, unit.zone
    made: Makers = {
        "intervention.reference": intervention.reference,
        "intervention.address": lambda: intervention.place_words,
        "intervention.postcode": lambda: intervention.site.postcode if intervention.site else "",
        "intervention.expectation": lambda: expectation(intervention),
        "intervention.duration": lambda: dates.minutes_in_words(intervention.minutes),
        "intervention.status": lambda: status_in_words(intervention.status),
        "intervention.comment": intervention.notes,
        "intervention.link": lambda: links.absolute(f"/portal/{unit.slug}/visits/{intervention.id}"),
        "intervention.staff_link": lambda: links.absolute(f"/dispatch/visits/{intervention.id}"),
        "technician.name": lambda: text.together([one.name for one in intervention.crew]),
        "technician.phone": lambda: phone.in_words(_technicians_phone(intervention)),
        **_answers(intervention),
    }
    if begins_at is not None and ends_at is not None:
        made |= {
            "intervention.day": lambda: dates.day(begins_at, zone),
            "intervention.date": lambda: dates.date_long(begins_at, zone),
            "intervention.weekday": lambda: _weekday(begins_at, zone),
            "intervention.arrival_window": lambda: words_of(intervention.activity_type, begins_at, ends_at, zone),
        }
    if intervention.cancel_reason:
        made["intervention.cancel_reason"] = lambda: _("Reason: %(reason)s", reason=intervention.cancel_reason)
    return made


def expectation(intervention: Intervention) -> str:
    """What happens within the time that was promised, and how long it takes, in a sentence."""
    who = text.together([one.name for one in intervention.crew]) or _("One of our technicians")
    duration = dates.minutes_in_words(intervention.minutes)
    if intervention.kind == CALL:
        return _("%(who)s calls you within this time. It takes about %(duration)s.", who=who, duration=duration)
    if intervention.site is None:
        return _("%(who)s begins within this time. It takes about %(duration)s.", who=who, duration=duration)
    return _("%(who)s arrives within this time and stays about %(duration)s.", who=who, duration=duration)


def _weekday(at: datetime, zone: str) -> str:
    return format_date(dates.local_day(at, zone), "EEEE", locale=babel_locale())


def _of_outcome(intervention: Intervention) -> Makers:
    results = {"ok": lambda: _("Everything is done"), "not_ok": lambda: _("The work is not finished yet")}
    made: Makers = {"outcome.comment": intervention.outcome_comment}
    if intervention.outcome in results:
        made["outcome.result"] = results[intervention.outcome]
    return made


def _technicians_phone(intervention: Intervention) -> str:
    return intervention.planned.technician.phone if intervention.planned else ""


def _answers(intervention: Intervention) -> Makers:
    version = intervention.form_version
    if version is None:
        return {}
    given: Mapping[str, object] = intervention.answers
    return {
        f"{CUSTOM}{field.code}": lambda field=field: answers.in_words(field, given[field.code])  # type: ignore[misc]
        for field in version.questions
        if field.code in given
    }


def _code_of(name: str) -> str:
    """The name of a unit's own field as a code writes it: "Contract no." is contract_no."""
    return "_".join("".join(sign if sign.isalnum() else " " for sign in name.casefold()).split())
