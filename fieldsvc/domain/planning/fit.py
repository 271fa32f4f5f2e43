"""Where an intervention is to go, the day it would go to, and that day with it in there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

import solver
from fieldsvc.core.dates import local_day
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning.problem import Loaded, Spot, load
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class Place:
    """Where an intervention goes: who may take it, the promised window, and the planned start when it is given.

    A crew is chosen among `technician_ids`: the cheapest of them who can begin together.
    """

    technician_ids: tuple[int, ...]
    window: tuple[datetime, datetime]
    begins_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """An intervention in the calendar, by the law: who comes, when (a minute of `loaded`), and how their days are then.

    A visit without a place is on none of the `routes`: those who make way for it are.
    """

    loaded: Loaded
    technician_ids: tuple[int, ...]
    begins: int
    routes: tuple[solver.Route, ...]
    candidate: solver.Candidate


def load_day(
    session: Session,
    unit: BusinessUnit,
    intervention: Intervention,
    where: Place,
    *,
    now: datetime,
    spot: Spot | None = None,
) -> Loaded:
    """The day of everybody who may take the intervention, without itself; `spot` is where it is."""
    day = local_day(where.begins_at or where.window[0], unit.zone)
    technicians = teams.by_ids(session, where.technician_ids)
    return load(session, unit, technicians, [day], now=now, without=[intervention.id], spot=spot)
