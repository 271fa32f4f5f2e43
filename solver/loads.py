"""How much each technician has to do in a plan."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from solver.model import Problem


@dataclass(frozen=True, slots=True)
class Load:
    """One technician's visits, and the minutes of his shifts, at work and on the road (at its freest)."""

    technician: str
    visits: int
    shift_minutes: int
    work_minutes: int
    travel_minutes: int
    km: float

    @property
    def share(self) -> float:
        """How much of the shifts is work or travel, from 0 to 1; 0 without shifts."""
        return (self.work_minutes + self.travel_minutes) / self.shift_minutes if self.shift_minutes else 0.0


def loads(problem: Problem) -> list[Load]:
    """The load of each technician in the problem's plan, breaks not counted as time of the shift."""
    index = problem.index
    found = []
    for technician in problem.technicians:
        visits = work = travel = 0
        km = 0.0
        for shift in technician.shifts:
            route = index.routes.get(shift.id)
            stops = [index.visits[stop.visit] for stop in route.stops] if route else []
            if not stops:
                continue
            places = [shift.start, *(visit.place for visit in stops), shift.end]
            visits += len(stops)
            work += sum(one.before + one.minutes_with(technician.id) + one.after for one in stops)
            travel += index.travel_minutes(shift, stops)
            km += sum(index.km(one, other) for one, other in pairwise(places))
        minutes = sum(
            shift.ends - shift.begins - sum(pause.minutes for pause in shift.breaks) for shift in technician.shifts
        )
        found.append(Load(technician.id, visits, minutes, work, travel, km))
    return found
