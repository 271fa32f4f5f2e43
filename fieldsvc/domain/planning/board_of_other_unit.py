"""One day of a unit as the staff of another unit may see it: what is private is a stretch of time and nothing else.

Times are minutes of wall time in the zone of the unit that is looked at, from the midnight of the day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.dates import at_wall_time, local_day, wall_minutes, zone_words
from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.activity_kinds import SHARED, where
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Client, Site
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning.axis import whole_hours
from fieldsvc.domain.planning.board_cards import Found, takes_time
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import Absence, Technician
from fieldsvc.domain.teams.shifts import absences_between, shifts
from fieldsvc.domain.units import find as units
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Shared:
    """What other units see of a visit whose activity type is shared."""

    activity: str
    client: str
    town: str
    status: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a technician's day; without `shared` it says when, and nothing else."""

    begins: int
    ends: int
    is_away: bool = False
    shared: Shared | None = None


@dataclass(frozen=True, slots=True)
class TechnicianDay:
    """A technician's hours, None on a day off, and what fills them, by time."""

    name: str
    hours: tuple[int, int] | None
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class BoardOfOtherUnit:
    """The day of a unit from one whole hour to another, a row for each technician."""

    slug: str
    unit: str
    zone: str
    day: date
    is_closed: bool
    opens: int
    closes: int
    rows: tuple[TechnicianDay, ...]


def units_that_show(session: Session, reader: BusinessUnit) -> list[BusinessUnit]:
    """The other units whose board the staff of `reader` may look at, by name."""
    others = (unit for unit in units.active(session) if unit.id != reader.id)
    return [unit for unit in others if settings_of(unit).is_board_shown_to_units]


def board_of_other_unit(
    session: Session, reader: BusinessUnit, slug: str, day: date | None, *, now: datetime
) -> BoardOfOtherUnit:
    """A day of the unit called `slug` for the staff of `reader`; without a day, today where that unit is.

    Raises `NotFound` for a unit that does not show its board, which is the same as none, and for the reader's own.
    """
    unit = next((one for one in units_that_show(session, reader) if one.slug == slug), None)
    if unit is None:
        raise NotFound(_("There is no such address here."))
    return _board(session, unit, day or local_day(now, unit.zone), now=now)


def _board(session: Session, unit: BusinessUnit, day: date, *, now: datetime) -> BoardOfOtherUnit:
    begins_at, ends_at = (at_wall_time(day + timedelta(days=n), 0, unit.zone) for n in (0, 1))
    visits = _visits(session, unit, begins_at, ends_at, now=now)
    technicians = _technicians(session, unit, {visit.technician_id for visit in visits})
    absences = absences_between(session, [one.id for one in technicians], begins_at, ends_at)
    closed = units.blackout_days(session, unit, day, day)
    rows = [
        TechnicianDay(
            technician.name,
            _hours(technician, day, unit.zone, closed, absences.get(technician.id, ())),
            (
                *(_planned(visit, day, unit.zone) for visit in visits if visit.technician_id == technician.id),
                *(_away(absence, day, unit.zone) for absence in absences.get(technician.id, ())),
            ),
        )
        for technician in technicians
    ]
    opens, closes = _axis(rows)
    return BoardOfOtherUnit(
        slug=unit.slug,
        unit=unit.name,
        zone=zone_words(unit.zone),
        day=day,
        is_closed=day in closed,
        opens=opens,
        closes=closes,
        rows=tuple(replace(row, stretches=_in_order(row.stretches, opens, closes)) for row in rows),
    )


# --- Reading ------------------------------------------------------------------------------------------


def _visits(
    session: Session, unit: BusinessUnit, begins_at: datetime, ends_at: datetime, *, now: datetime
) -> Sequence[Found]:
    """What takes somebody's time between two instants, with the little that may ever be shown of it."""
    return session.execute(
        select(
            Visit.technician_id,
            Visit.begins_at,
            Visit.ends_at,
            Intervention.kind,
            Intervention.status,
            ActivityType.visibility,
            ActivityType.title,
            Client.name.label("client"),
            Site.city,
        )
        .join(Technician, Technician.id == Visit.technician_id)
        .join(Intervention, Intervention.id == Visit.intervention_id)
        .join(ActivityType, ActivityType.id == Intervention.activity_type_id)
        .join(Client, Client.id == Intervention.client_id)
        .outerjoin(Site, Site.id == Intervention.site_id)
        .where(Technician.unit_id == unit.id, Visit.is_occupying, Visit.during(begins_at, ends_at), takes_time(now))
        .order_by(Visit.begins_at, Visit.id)
    ).all()


def _technicians(session: Session, unit: BusinessUnit, visiting: Iterable[int]) -> list[Technician]:
    """Those who work, by name, and those who left with visits on this day."""
    return list(session.scalars(teams.active_or(unit.id, Technician.id.in_(visiting)).options(teams.WITH_HOURS)))


# --- One technician's day -----------------------------------------------------------------------------


def _hours(
    technician: Technician, day: date, zone: str, closed: dict[date, str], absences: Sequence[Absence]
) -> tuple[int, int] | None:
    shift = next(iter(shifts(technician, [day], zone, closed, absences)), None)
    return (wall_minutes(shift.begins_at, day, zone), wall_minutes(shift.ends_at, day, zone)) if shift else None


def _planned(visit: Found, day: date, zone: str) -> Stretch:
    """A visit; a hold may still come to nothing, so nobody is named before it is booked."""
    begins = wall_minutes(visit.begins_at, day, zone)
    ends = begins + int((visit.ends_at - visit.begins_at) // timedelta(minutes=1))
    is_shared = visit.visibility == SHARED and visit.status != "held"
    return Stretch(max(begins, 0), min(ends, MIDNIGHT), shared=_shared(visit) if is_shared else None)


def _shared(visit: Found) -> Shared:
    return Shared(pick(visit.title), visit.client, where(visit.kind, visit.city or ""), visit.status)


def _away(absence: Absence, day: date, zone: str) -> Stretch:
    """An absence without its reason."""
    return Stretch(wall_minutes(absence.begins_at, day, zone), wall_minutes(absence.ends_at, day, zone), is_away=True)


# --- All rows on one axis -----------------------------------------------------------------------------


def _axis(rows: Sequence[TechnicianDay]) -> tuple[int, int]:
    """The whole hours from the first thing that is shown to the last one; absences widen no board."""
    spans = [row.hours for row in rows if row.hours]
    spans += [(one.begins, one.ends) for row in rows for one in row.stretches if not one.is_away]
    return whole_hours(spans)


def _in_order(stretches: Iterable[Stretch], opens: int, closes: int) -> tuple[Stretch, ...]:
    """By time, as far as they fall into the hours that are shown."""
    clipped = (replace(one, begins=max(one.begins, opens), ends=min(one.ends, closes)) for one in stretches)
    return tuple(sorted((one for one in clipped if one.begins < one.ends), key=lambda one: (one.begins, one.ends)))
