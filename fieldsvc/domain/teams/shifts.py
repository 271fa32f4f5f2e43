"""Shifts: weekly hours on real days, less closed days and absences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.dates import at_wall_time
from fieldsvc.domain.teams.models import Absence, Technician, WeeklyHours


@dataclass(frozen=True, slots=True)
class WorkBreak:
    """A break that begins between two instants."""

    earliest_at: datetime
    latest_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class WorkShift:
    """A technician's working interval on one local day; an absence inside it is a break at a fixed time."""

    technician_id: int
    day_on: date
    begins_at: datetime
    ends_at: datetime
    breaks: tuple[WorkBreak, ...]
    absences: tuple[WorkBreak, ...]


def absences_between(
    session: Session, technician_ids: Iterable[int], begins_at: datetime, ends_at: datetime
) -> dict[int, list[Absence]]:
    """Absences that touch the interval, by technician, in the order they begin."""
    rows = session.scalars(
        select(Absence)
        .where(
            Absence.technician_id.in_(list(technician_ids)),
            Absence.begins_at < ends_at,
            Absence.ends_at > begins_at,
        )
        .order_by(Absence.begins_at)
    )
    found: dict[int, list[Absence]] = {}
    for row in rows:
        found.setdefault(row.technician_id, []).append(row)
    return found


def shifts(
    technician: Technician,
    days: Sequence[date],
    zone: str,
    closed: Mapping[date, str],
    absences: Sequence[Absence],
) -> list[WorkShift]:
    """The shifts of one technician on `days`, cut by absences; a day that is closed or wholly absent has none."""
    weekly = {hours.weekday: hours for hours in technician.weekly_hours}
    found = []
    for day in days:
        hours = weekly.get(day.weekday())
        if hours is None or day in closed:
            continue
        shift = _cut(_plain_shift(technician.id, day, hours, zone), absences)
        if shift is not None:
            found.append(shift)
    return found


def _plain_shift(technician_id: int, day: date, hours: WeeklyHours, zone: str) -> WorkShift:
    breaks = tuple(
        WorkBreak(
            at_wall_time(day, pause.earliest_minute, zone),
            at_wall_time(day, pause.latest_minute, zone),
            pause.minutes,
        )
        for pause in hours.breaks
    )
    begins_at, ends_at = (at_wall_time(day, minute, zone) for minute in (hours.begins_minute, hours.ends_minute))
    return WorkShift(technician_id, day, begins_at, ends_at, breaks, ())


def _cut(shift: WorkShift, absences: Sequence[Absence]) -> WorkShift | None:
    """Shorten the shift by absences at its ends; those inside it become fixed breaks."""
    begins_at, ends_at = shift.begins_at, shift.ends_at
    inside = []
    for absence in _merged(absences):
        if absence[0] <= begins_at < absence[1]:
            begins_at = absence[1]
        elif absence[0] < ends_at <= absence[1]:
            ends_at = absence[0]
        elif begins_at < absence[0] and absence[1] < ends_at:
            inside.append(WorkBreak(absence[0], absence[0], _minutes(absence[1] - absence[0])))
    if begins_at >= ends_at:
        return None
    return WorkShift(
        shift.technician_id,
        shift.day_on,
        begins_at,
        ends_at,
        tuple(pause for pause in (_fitted(p, begins_at, ends_at, inside) for p in shift.breaks) if pause),
        tuple(inside),
    )


def _merged(absences: Sequence[Absence]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for absence in sorted(absences, key=lambda a: a.begins_at):
        if merged and absence.begins_at <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], absence.ends_at))
        else:
            merged.append((absence.begins_at, absence.ends_at))
    return merged


def _fitted(
    pause: WorkBreak, begins_at: datetime, ends_at: datetime, absences: Sequence[WorkBreak]
) -> WorkBreak | None:
    """A break as far as it still lies in the shift; one that an absence covers or the cut shift leaves out is taken."""
    length = timedelta(minutes=pause.minutes)
    earliest, latest = max(pause.earliest_at, begins_at), min(pause.latest_at, ends_at - length)
    if earliest > latest:
        return None
    for absence in absences:
        absence_end = absence.earliest_at + timedelta(minutes=absence.minutes)
        if absence.earliest_at < latest + length and earliest < absence_end:
            # The technician eats while he is away: two breaks that overlap would ask for both times in a row.
            return None
    return WorkBreak(earliest, latest, pause.minutes)


def _minutes(length: timedelta) -> int:
    return -(-int(length.total_seconds()) // 60)
