"""A client asks for work and says when it would suit him; staff agree on the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.dates import local_day
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import action_limits, actions
from fieldsvc.domain.booking.actions import work_of
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.models import Form, PortalAction
from fieldsvc.domain.clients import find as clients
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import form_files, lifecycle
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit

PARTS = ("", "morning", "afternoon")
LATEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Wish:
    """Where and when it would suit the client, and what he wants to say; `part` is one of `PARTS`."""

    site_id: int | None
    wanted_on: date | None = None
    part: str = ""
    notes: str = ""
    given: answers.Given = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)


def form_of(action: PortalAction) -> Form | None:
    """What is asked with it: the action's own form, else that of the work."""
    form = action.form or work_of(action).intake_form
    return form if form is not None and form.published is not None else None


def ask(
    session: Session,
    unit: BusinessUnit,
    contact: Contact,
    action: PortalAction,
    wish: Wish,
    *,
    now: datetime,
    about: Intervention | None = None,
) -> Intervention:
    """Ask for new work, perhaps because of another visit; the staff find it among what has no time yet.

    Raises `NotFound` for somebody else's site, `NotAllowed` when he has asked as often as he may meanwhile, `Invalid`
    with the words by field.
    """
    if about is None:
        action_limits.in_turn(session, contact)
        actions.require_offer(session, unit, contact, action.id, now=now)
    form, activity_type = form_of(action), work_of(action)
    site_id = _site_id(session, contact, wish, about) if activity_type.has_place else None
    given = _read(wish, form, local_day(now, unit.zone))
    intervention = Intervention(
        unit_id=unit.id,
        client_id=contact.client_id,
        contact_id=contact.id,
        site_id=site_id,
        asset_id=about.asset_id if about is not None else None,
        activity_type_id=activity_type.id,
        kind=activity_type.kind,
        status="requested",
        minutes=activity_type.minutes,
        priority=activity_type.priority,
        answers=given,
        form_version_id=form.published.id if form and form.published else None,
        notes=wish.notes.replace("\x00", "").strip(),
        wanted_on=wish.wanted_on,
        wanted_part=wish.part,
        created_at=now,
        changed_at=now,
    )
    lifecycle.begin(session, intervention, actor=Actor("contact", contact.id, contact.name), now=now)
    form_files.attach_intake(session, intervention)
    return intervention


def _site_id(session: Session, contact: Contact, wish: Wish, about: Intervention | None) -> int:
    """Where the visit was that it is about, else the site that was chosen."""
    if about is not None and about.site_id is not None:
        return about.site_id
    if wish.site_id is None:
        words = _("Please choose where the work is.")
        raise Invalid(words, {"site": words})
    return clients.site_of(session, contact, wish.site_id).id


def _read(wish: Wish, form: Form | None, today: date) -> dict[str, Any]:
    """The answers of the form. Raises `Invalid` with everything that is wrong."""
    wrong = _wrong(wish, today)
    found = answers.look(form.fields if form else [], wish.given, wish.files)
    if wrong or found.wrong:
        raise Invalid(_("Some answers need another look."), {**found.wrong, **wrong})
    return found.answers


def _wrong(wish: Wish, today: date) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if wish.wanted_on is not None and wish.wanted_on < today:
        wrong["wanted_on"] = _("This day has passed. Please choose another one.")
    elif wish.wanted_on is not None and wish.wanted_on > today + LATEST:
        wrong["wanted_on"] = _("Please choose a day within a year.")
    if wish.part not in PARTS:
        wrong["part"] = _("Please choose one of the answers.")
    if len(wish.notes) > answers.LONGEST["long_text"]:
        wrong["notes"] = _("Please shorten this to %(n)s characters.", n=answers.LONGEST["long_text"])
    return wrong
