"""The allowed moves of an intervention; nobody else writes `status`."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.dates import local_day
from fieldsvc.core.errors import NotAllowed
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.interventions import events
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit

FIRST_REFERENCE = 10_000

# from status → statuses it may move to
MOVES: dict[str, frozenset[str]] = {
    "held": frozenset({"scheduled"}),
    "requested": frozenset({"unscheduled", "scheduled", "cancelled"}),
    "unscheduled": frozenset({"scheduled", "cancelled"}),
    "scheduled": frozenset({"unscheduled", "dispatched", "travelling", "in_progress", "completed", "cancelled"}),
    "dispatched": frozenset({"scheduled", "unscheduled", "travelling", "in_progress", "completed", "cancelled"}),
    "travelling": frozenset({"dispatched", "in_progress", "completed", "cancelled"}),
    "in_progress": frozenset({"completed", "cancelled"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}

# What takes a technician's time (a hold does so until it runs out).
PLANNED = ("scheduled", "dispatched", "travelling", "in_progress")
UNPLANNED = ("requested", "unscheduled")
ENDED = ("completed", "cancelled")

WORDS = {
    "held": _l("Held"),
    "requested": _l("Requested"),
    "unscheduled": _l("Unscheduled"),
    "scheduled": _l("Scheduled"),
    "dispatched": _l("Dispatched"),
    "travelling": _l("On the way"),
    "in_progress": _l("In progress"),
    "completed": _l("Completed"),
    "cancelled": _l("Cancelled"),
}


def begin(session: Session, intervention: Intervention, *, actor: audit.Actor, now: datetime) -> Intervention:
    """Bring a new intervention to life in the status it was built with; it gets its reference here.

    Where nobody said until when it has to be done, its activity type does.
    """
    intervention.reference = str(uuid.uuid4())
    intervention.due_on = intervention.due_on or _due_on(session, intervention, now)
    session.add(intervention)
    session.flush()
    intervention.reference = f"I-{FIRST_REFERENCE + intervention.id}"
    events.record(session, f"intervention.{intervention.status}", intervention, actor=actor, now=now, is_new=True)
    return intervention


def _due_on(session: Session, intervention: Intervention, now: datetime) -> date | None:
    days = session.get_one(ActivityType, intervention.activity_type_id).due_days
    if days is None:
        return None
    unit = session.get_one(BusinessUnit, intervention.unit_id)
    return local_day(now, unit.zone) + timedelta(days=days)


def move(
    session: Session, intervention: Intervention, to: str, *, actor: audit.Actor, now: datetime, **data: Any
) -> None:
    """Move an intervention to another status and write it down. Raises `NotAllowed`."""
    before = intervention.status
    if to not in MOVES[before]:
        raise NotAllowed(
            _(
                "A visit that is %(before)s cannot become %(after)s.",
                before=str(WORDS[before]),
                after=str(WORDS[to]),
            )
        )
    intervention.status = to
    if before == "held":
        intervention.held_until = None
    intervention.changed_at = now
    events.record(session, f"intervention.{to}", intervention, actor=actor, now=now, before=before, **data)
