"""Lookups into a problem, made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.model import Problem, Shift, Technician, Visit
    from solver.plan import Route
    from solver.travel import Roads


@dataclass(frozen=True, slots=True)
class Index:
    """The parts of a problem by id, and the roads between its places by their position."""

    places: dict[str, int]
    visits: dict[str, Visit]
    shifts: dict[str, Shift]
    technicians: dict[str, Technician]
    """The technician of each shift, by the id of the shift."""
    routes: dict[str, Route]
    """Today's route of each shift, by the id of the shift."""
    planned: dict[str, str]
    """The shift on which today's plan has a visit, by the id of the visit."""
    roads: Roads

    @classmethod
    def of(cls, problem: Problem) -> Index:
        """The index of a problem that is known to be well formed."""
        return cls(
            places={place.id: position for position, place in enumerate(problem.places)},
            visits={visit.id: visit for visit in problem.visits},
            shifts={shift.id: shift for technician in problem.technicians for shift in technician.shifts},
            technicians={shift.id: technician for technician in problem.technicians for shift in technician.shifts},
            routes={route.shift: route for route in problem.plan.routes},
            planned={stop.visit: route.shift for route in problem.plan.routes for stop in route.stops},
            roads=problem.travel.roads(problem.places),
        )

    def minutes(self, origin: str, destination: str) -> int:
        """Whole minutes of the drive from one place id to another."""
        return self.roads.minutes(self.places[origin], self.places[destination])

    def km(self, origin: str, destination: str) -> float:
        """Kilometres of the drive from one place id to another."""
        return self.roads.km(self.places[origin], self.places[destination])
