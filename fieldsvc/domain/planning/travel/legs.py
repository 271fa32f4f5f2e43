"""The drives that closed visits tell of: what lies between the end of one and the start of the next."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.dates import at_wall_time, local, local_day
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning.travel.factors import Legs
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import WeeklyBreak
from fieldsvc.domain.units.models import BusinessUnit
from solver.travel import EARTH_RADIUS_KM, on_unit_sphere

MINUTE = timedelta(minutes=1)
LOOK_BACK = timedelta(days=180)
MOST_VISITS = 20_000
LONGEST_MINUTES = 240
LEAST_KM = 0.2
ON_TIME = timedelta(minutes=5)
"""Who begins so soon after the arrival window opened may have waited for it."""

Row = Any


def legs_of(session: Session, unit: BusinessUnit, *, now: datetime) -> Legs:
    """The drives of the last half year between two closed visits of one technician on one day.

    Such a leg is the drive and whatever else happened. Those are left out of which that is likely: the work began
    as its window opened, or there was time for a break. Where the technician told when he set off, that is when the
    leg begins.
    """
    rows = _closed(session, unit, now)
    set_off = _set_off(session, {row.intervention_id for row in rows})
    breaks = _breaks(session, unit)
    found = []
    for (_technician, day), visits in groupby(
        rows, lambda row: (row.technician_id, local_day(row.begins_at, unit.zone))
    ):
        for before, after in pairwise(visits):
            left_at = before.ends_at + before.buffer_after_minutes * MINUTE
            told_at = set_off.get(after.intervention_id)
            if told_at is not None and before.ends_at <= told_at <= after.begins_at:
                left_at = told_at
            elif _may_have_paused(left_at, after.begins_at, breaks.get((after.technician_id, day.weekday()), ()), unit):
                continue
            leg = _leg(before, after, left_at, unit.zone)
            if leg is not None:
                found.append(leg)
    return _as_arrays(found)


def _closed(session: Session, unit: BusinessUnit, now: datetime) -> Sequence[Row]:
    """The newest closed visits with their actual times, by technician in the order they began."""
    newest = (
        select(
            Visit.technician_id,
            Visit.intervention_id,
            Intervention.actual_begins_at.label("begins_at"),
            Intervention.actual_ends_at.label("ends_at"),
            Intervention.window_begins_at,
            ActivityType.buffer_before_minutes,
            ActivityType.buffer_after_minutes,
            Site.latitude,
            Site.longitude,
        )
        .join(Intervention, Intervention.id == Visit.intervention_id)
        .join(ActivityType, ActivityType.id == Intervention.activity_type_id)
        .join(Site, Site.id == Intervention.site_id)
        .where(
            Intervention.unit_id == unit.id,
            Intervention.status == "completed",
            Intervention.actual_begins_at > now - LOOK_BACK,
            Intervention.actual_begins_at <= now,
            Intervention.actual_ends_at.is_not(None),
            Site.latitude.is_not(None),
            Visit.is_occupying,
        )
        .order_by(Intervention.actual_begins_at.desc())
        .limit(MOST_VISITS)
    )
    return sorted(session.execute(newest).all(), key=lambda row: (row.technician_id, row.begins_at))


def _set_off(session: Session, intervention_ids: set[int]) -> Mapping[int, datetime]:
    """When technicians said that they were on the way, by the intervention they drove to."""
    rows = session.execute(
        select(AuditEntry.object_id, func.max(AuditEntry.at).label("told_at"))
        .where(AuditEntry.object_kind == Intervention.__tablename__, AuditEntry.action == "intervention.travelling")
        .group_by(AuditEntry.object_id)
    )
    return {row.object_id: row.told_at for row in rows if row.object_id in intervention_ids}


def _breaks(session: Session, unit: BusinessUnit) -> Mapping[tuple[int, int], Sequence[WeeklyBreak]]:
    return {
        (technician.id, hours.weekday): hours.breaks
        for technician in teams.active(session, unit.id)
        for hours in technician.weekly_hours
    }


def _may_have_paused(left_at: datetime, came_at: datetime, breaks: Sequence[WeeklyBreak], unit: BusinessUnit) -> bool:
    """Whether a break may lie between two instants."""
    day = local_day(left_at, unit.zone)
    for pause in breaks:
        earliest = max(left_at, at_wall_time(day, pause.earliest_minute, unit.zone))
        if earliest + pause.minutes * MINUTE <= min(
            came_at, at_wall_time(day, pause.latest_minute + pause.minutes, unit.zone)
        ):
            return True
    return False


def _leg(before: Row, after: Row, left_at: datetime, zone: str) -> tuple[float, ...] | None:
    came_at = after.begins_at - after.buffer_before_minutes * MINUTE
    opens_at = after.window_begins_at
    minutes = (came_at - left_at) / MINUTE
    if not 0 <= minutes <= LONGEST_MINUTES or (opens_at and opens_at <= after.begins_at <= opens_at + ON_TIME):
        return None
    clock = local(left_at, zone)
    ends = (before.latitude, before.longitude, after.latitude, after.longitude)
    return minutes, clock.hour * 60.0 + clock.minute, *ends


def _as_arrays(found: Sequence[tuple[float, ...]]) -> Legs:
    table = np.array(found, np.float64).reshape(-1, 6)
    origins, destinations = table[:, 2:4], table[:, 4:6]
    chords = np.linalg.norm(on_unit_sphere(origins) - on_unit_sphere(destinations), axis=1)
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chords / 2, 0, 1))
    return Legs(table[:, 0], km, table[:, 1], origins, destinations)[km >= LEAST_KM]
