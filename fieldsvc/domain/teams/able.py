"""Who can do a kind of work."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fieldsvc.domain.teams import find
from fieldsvc.domain.teams.models import Technician


@dataclass(frozen=True, slots=True)
class Able:
    """How many of the unit's technicians can do something, and on which weekday the fewest of them work."""

    everybody: int
    by_skill: Mapping[int, int]
    together: int
    scarce_weekday: int | None = None
    on_scarce_weekday: int = 0


def able(session: Session, unit_id: int, levels: Mapping[int, int]) -> Able:
    """Count who has each of the skills at least at its level, and who has all of them at once."""
    technicians = find.active(session, unit_id)
    all_of_them = [one for one in technicians if all(has(one, *skill) for skill in levels.items())]
    worked = {hours.weekday for technician in technicians for hours in technician.weekly_hours}
    present = {day: sum(_works(one, day) for one in all_of_them) for day in sorted(worked)}
    scarce = min(present, key=lambda day: present[day], default=None)
    if scarce is not None and present[scarce] == len(all_of_them):
        scarce = None
    return Able(
        everybody=len(technicians),
        by_skill={
            skill_id: sum(has(one, skill_id, level) for one in technicians) for skill_id, level in levels.items()
        },
        together=len(all_of_them),
        scarce_weekday=scarce,
        on_scarce_weekday=present[scarce] if scarce is not None else 0,
    )


def has(technician: Technician, skill_id: int, level: int) -> bool:
    """Whether a technician has a skill at least at this level."""
    return any(one.skill_id == skill_id and one.level >= level for one in technician.skills)


def _works(technician: Technician, weekday: int) -> bool:
    return any(hours.weekday == weekday for hours in technician.weekly_hours)
