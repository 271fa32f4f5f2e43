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
    """Who goes to an intervention together, and when the work is planned to begin."""

    intervention: Intervention
    technician_ids: tuple[int, ...]
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
        ends_at = place.begins_at + timedelta(minutes=place.intervention.minutes)
        for visit, technician_id in zip(_visits_of(session, place), place.technician_ids, strict=True):
            visit.technician_id, visit.begins_at, visit.ends_at = technician_id, place.begins_at, ends_at
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


def _visits_of(session: Session, place: NewPlace) -> list[Visit]:
    """One row for each who goes: those there are, and new ones where they are too few."""
    visits, count = place.intervention.visits, len(place.technician_ids)
    while len(visits) < count:
        visits.append(Visit(is_occupying=False))
    for visit in visits[count:]:
        visits.remove(visit)
        session.delete(visit)
    return list(visits)
