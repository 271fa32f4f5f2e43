"""Learns a unit's drives from its closed visits, and remembers what was learned."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.core.dates import local_day
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning.models import LearnedTravel
from fieldsvc.domain.planning.travel.factors import Factors
from fieldsvc.domain.planning.travel.fit import learn
from fieldsvc.domain.planning.travel.legs import legs_of
from fieldsvc.domain.units import find as units
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

NIGHT = timedelta(hours=2)
"""What a day brought is learned from two in the morning on."""


def usual_factors(unit: BusinessUnit) -> Factors:
    """The factors of the unit's settings."""
    settings = settings_of(unit)
    return Factors(settings.travel_fixed_minutes, settings.travel_minutes_per_km)


def factors_of(session: Session, unit: BusinessUnit) -> Factors:
    """What was learned of the unit's drives, else its settings."""
    row = session.scalar(select(LearnedTravel).where(LearnedTravel.unit_id == unit.id, LearnedTravel.legs > 0))
    if row is None:
        return usual_factors(unit)
    return Factors(row.fixed_minutes, row.minutes_per_km, row.slowness, tuple(row.speeds), row.legs)


def due(session: Session, *, now: datetime) -> list[int]:
    """The units that closed a visit since their drives were learned, and have a new day since then."""
    learned = {row.unit_id: row.learned_at for row in session.scalars(select(LearnedTravel))}
    closed = (
        select(Intervention.unit_id, func.max(Intervention.changed_at).label("at"))
        .where(Intervention.status == "completed")
        .group_by(Intervention.unit_id)
    )
    closed_at = {row.unit_id: row.at for row in session.execute(closed)}
    return [
        unit.id for unit in units.active(session) if _is_due(unit, learned.get(unit.id), closed_at.get(unit.id), now)
    ]


def learn_of(session: Session, unit: BusinessUnit, *, now: datetime) -> Factors:
    """What the unit's closed visits say about its drives; the settings where they say nothing."""
    return learn(legs_of(session, unit, now=now), usual_factors(unit))


def keep(session: Session, unit_id: int, factors: Factors, *, now: datetime) -> dict[str, Any]:
    """Plan with these factors from now on; gives back what a person wants to read of them."""
    row = session.scalar(select(LearnedTravel).where(LearnedTravel.unit_id == unit_id))
    if row is None:
        row = LearnedTravel(unit_id=unit_id)
        session.add(row)
    row.learned_at, row.legs = now, factors.legs
    row.fixed_minutes, row.minutes_per_km = factors.fixed_minutes, factors.minutes_per_km
    row.slowness, row.speeds = dict(factors.slowness), list(factors.speeds)
    return {
        "legs": factors.legs,
        "fixed_minutes": factors.fixed_minutes,
        "minutes_per_km": factors.minutes_per_km,
        "areas": len(factors.slowness),
    }


def _is_due(unit: BusinessUnit, learned_at: datetime | None, closed_at: datetime | None, now: datetime) -> bool:
    if closed_at is None or learned_at is None:
        return closed_at is not None
    return closed_at > learned_at and local_day(learned_at - NIGHT, unit.zone) < local_day(now - NIGHT, unit.zone)
