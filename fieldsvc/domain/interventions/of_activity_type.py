"""What there is of an activity type: how many interventions, how many are planned, how long they really took."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fieldsvc.domain.interventions.find import SHOWN
from fieldsvc.domain.interventions.lifecycle import PLANNED
from fieldsvc.domain.interventions.models import Intervention

MEASURED = 60
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """How long the last closed interventions took, in minutes; nine of ten took no longer than `nine_of_ten`."""

    count: int
    median: int
    nine_of_ten: int


def counts(session: Session, unit_id: int) -> dict[int, int]:
    """How many interventions of the unit there are, by the id of their activity type."""
    rows = select(Intervention.activity_type_id, func.count()).where(
        Intervention.unit_id == unit_id, Intervention.status != "held"
    )
    return dict(session.execute(rows.group_by(Intervention.activity_type_id)).all())


def since(session: Session, unit_id: int, activity_type_id: int, at: datetime) -> int:
    """How many were made since an instant."""
    return _count(session, unit_id, activity_type_id, Intervention.status != "held", Intervention.created_at >= at)


def planned(session: Session, unit_id: int, activity_type_id: int) -> int:
    """How many have a place in the plan."""
    return _count(session, unit_id, activity_type_id, Intervention.status.in_(PLANNED))


def measured(session: Session, unit_id: int, activity_type_id: int) -> Measured | None:
    """What closed interventions really took; None when there are too few to say."""
    rows = (
        select(Intervention.actual_begins_at, Intervention.actual_ends_at)
        .where(
            Intervention.unit_id == unit_id,
            Intervention.activity_type_id == activity_type_id,
            Intervention.status == "completed",
            Intervention.actual_begins_at.is_not(None),
            Intervention.actual_ends_at.is_not(None),
        )
        .order_by(Intervention.id.desc())
        .limit(MEASURED)
    )
    lasted = sorted(
        (ends - begins) / timedelta(minutes=1)
        for begins, ends in session.execute(rows)
        if begins is not None and ends is not None and ends > begins
    )
    if len(lasted) < FEWEST:
        return None
    return Measured(len(lasted), round(median(lasted)), round(lasted[ceil(0.9 * len(lasted)) - 1]))


def _count(session: Session, unit_id: int, activity_type_id: int, *where: ColumnElement[bool]) -> int:
    rows = select(func.count()).where(
        Intervention.unit_id == unit_id,
        Intervention.activity_type_id == activity_type_id,
        *where,
    )
    return session.scalar(rows) or 0


def latest(session: Session, unit_id: int, activity_type_id: int, limit: int) -> list[Intervention]:
    """The newest interventions, those to come and those that are over."""
    rows = select(Intervention).where(
        Intervention.unit_id == unit_id,
        Intervention.activity_type_id == activity_type_id,
        Intervention.status != "held",
    )
    return list(session.scalars(rows.order_by(Intervention.id.desc()).limit(limit).options(*SHOWN)))
