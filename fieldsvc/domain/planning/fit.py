"""Where an intervention is to go, and the day with it in there."""

from dataclasses import dataclass
from datetime import datetime

import solver
from fieldsvc.domain.planning.problem import Loaded


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
