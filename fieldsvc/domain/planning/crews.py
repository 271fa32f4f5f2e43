"""Who comes together when a dispatcher gives a visit to one technician by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

import solver
from fieldsvc.core.dates import local_day
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import place
from fieldsvc.domain.planning.problem import demand_for, load, new_visit, shift_id, spot_of
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.units.models import BusinessUnit


def crew_of(
    session: Session,
    unit: BusinessUnit,
    intervention: Intervention,
    technician_id: int,
    begins_at: datetime,
    *,
    colleague_ids: Sequence[int] = (),
    instead_of: int | None = None,
    now: datetime,
) -> tuple[int, ...]:
    """Everybody who is to come at `begins_at` when `technician_id` does, he first.

    Those in `colleague_ids` where they are given; else the crew it has, in which he takes the place of `instead_of` (or
    of the last one); else the cheapest who can begin with him. Fewer than are needed when there is nobody.
    """
    size = intervention.activity_type.crew_size
    if size == 1:
        return (technician_id,)
    if colleague_ids:
        return tuple(dict.fromkeys((technician_id, *colleague_ids)))
    present = place.technicians_of(intervention)
    if len(present) != size:
        return (technician_id, *_colleagues(session, unit, intervention, technician_id, begins_at, now=now))
    if technician_id in present:
        return tuple(present)
    leaves = instead_of if instead_of in present else present[-1]
    return (technician_id, *(one for one in present if one != leaves))


def _colleagues(
    session: Session,
    unit: BusinessUnit,
    intervention: Intervention,
    technician_id: int,
    begins_at: datetime,
    *,
    now: datetime,
) -> list[int]:
    """The cheapest technicians who can begin with this one, as many as are missing."""
    if intervention.site is None or not intervention.site.is_located:
        return []
    day = local_day(begins_at, unit.zone)
    spot = spot_of(intervention.site)
    loaded = load(session, unit, teams.active(session, unit.id), [day], now=now, without=[intervention.id], spot=spot)
    shift, minute = shift_id(technician_id, day), loaded.minute(begins_at)
    if shift not in loaded.shifts:
        return []
    visit = new_visit(loaded, demand_for(intervention), spot.id, [(begins_at, begins_at)], str(intervention.id))
    calendar = solver.Calendar(loaded.problem)
    mine = calendar.propose(replace(visit, crew=1), limit=1, shifts=[shift]).candidates
    if not mine:
        return []
    calendar.insert(shift, mine[0].position, visit, minute)
    found = calendar.propose(visit, limit=1).candidates
    return [int(name) for one in found for name in (one.technician, *(seat.technician for seat in one.crew))]
