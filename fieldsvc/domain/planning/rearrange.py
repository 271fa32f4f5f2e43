"""Gives many interventions their new places at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from fieldsvc.core.errors import SlotGone
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions.models import Intervention, Visit


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Who goes to an intervention, and when the work is planned to begin."""

    intervention: Intervention
    technician_id: int
    begins_at: datetime


def rearrange(session: Session, places: Sequence[NewPlace], *, now: datetime) -> None:
    """Write all places together; the caller holds the technicians and has asked the law.

    Every time is freed before the first is taken, because the schema refuses overlaps row by row. Raises `SlotGone`
    when it does.
    """
    for place in places:
        for visit in place.intervention.visits:
            visit.is_occupying = False
    session.flush()
    for place in places:
        visit = _visit_of(place.intervention)
        visit.technician_id, visit.begins_at = place.technician_id, place.begins_at
        visit.ends_at = place.begins_at + timedelta(minutes=place.intervention.minutes)
        visit.is_occupying = True
        place.intervention.changed_at = now
        flag_modified(place.intervention, "changed_at")  # a new version, even within the same instant
    try:
        session.flush()
    except IntegrityError as clash:
        raise SlotGone(_("One of these times has just been taken. Please make a new plan.")) from clash
    for place in places:
        for visit in place.intervention.visits:
            session.expire(visit, ["technician"])


def _visit_of(intervention: Intervention) -> Visit:
    if not intervention.visits:
        intervention.visits.append(Visit(is_occupying=False))
    return intervention.visits[0]
