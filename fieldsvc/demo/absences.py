"""Who is away in the coming days."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from fieldsvc.core.dates import at_wall_time
from fieldsvc.demo import read
from fieldsvc.demo.company import Company
from fieldsvc.domain.teams.models import Absence, Technician
from fieldsvc.domain.units.find import blackout_days


def add(session: Session, company: Company, today: date) -> None:
    """Add the absences, each on a day on which its technician would work."""
    for away in read.settings("technicians.toml")["absences"]:
        technician = company.technicians[away["technician"]]
        day = _working_day(session, company, technician, today, away["working_day"])
        begins, ends = read.minute(away.get("begins", "00:00")), read.minute(away.get("ends", "24:00"))
        zone = company.unit.zone
        session.add(
            Absence(
                technician_id=technician.id,
                begins_at=at_wall_time(day, begins, zone),
                ends_at=at_wall_time(day, ends, zone),
                reason=away["reason"],
            )
        )
    session.flush()


def _working_day(session: Session, company: Company, technician: Technician, today: date, number: int) -> date:
    """The technician's working day number `number`, tomorrow being the first that can be one."""
    coming = [today + timedelta(days=offset) for offset in range(1, 40)]
    closed = blackout_days(session, company.unit, coming[0], coming[-1])
    weekdays = {hours.weekday for hours in technician.weekly_hours}
    return [day for day in coming if day.weekday() in weekdays and day not in closed][number - 1]
