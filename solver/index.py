"""Lookups into a problem, made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from solver.kernels.arrays import Ints

if TYPE_CHECKING:
    from solver.model import Place, Problem, Shift, Technician, Visit
    from solver.plan import Route
    from solver.travel import Roads


@dataclass(frozen=True, slots=True)
class Index:
    """The parts of a problem by id, and the roads between its places by their position."""

    places: dict[str, int]
    points: tuple[Place, ...]
    visits: dict[str, Visit]
    shifts: dict[str, Shift]
    technicians: dict[str, Technician]
    """The technician of each shift, by the id of the shift."""
    routes: dict[str, Route]
    """Today's route of each shift, by the id of the shift."""
    planned: dict[str, tuple[str, ...]]
    """The shifts on which today's plan has a visit, one for each of its crew, by the id of the visit."""
    followers: dict[str, tuple[str, ...]]
    """The visits that follow a visit, by its id."""
    roads: Roads
    clock: Ints
    """The speed of the day, as `solver.kernels.clock` reads it."""

    @classmethod
    def of(cls, problem: Problem) -> Index:
        """The index of a problem that is known to be well formed."""
        planned: dict[str, tuple[str, ...]] = {}
        for route in problem.plan.routes:
            for stop in route.stops:
                planned[stop.visit] = (*planned.get(stop.visit, ()), route.shift)
        followers: dict[str, tuple[str, ...]] = {}
        for visit in problem.visits:
            for one in visit.follows:
                followers[one.visit] = (*followers.get(one.visit, ()), visit.id)
        return cls(
            places={place.id: position for position, place in enumerate(problem.places)},
            points=problem.places,
            visits={visit.id: visit for visit in problem.visits},
            shifts={shift.id: shift for technician in problem.technicians for shift in technician.shifts},
            technicians={shift.id: technician for technician in problem.technicians for shift in technician.shifts},
            routes={route.shift: route for route in problem.plan.routes},
            planned=planned,
            followers=followers,
            roads=problem.travel.roads(problem.places),
            clock=np.array(problem.traffic.progress, np.int64),
        )

    def place(self, name: str) -> Place:
        """A place by its id."""
        return self.points[self.places[name]]

    def minutes(self, origin: str, destination: str) -> int:
        """Whole minutes of the drive from one place id to another."""
        return self.roads.minutes(self.places[origin], self.places[destination])

    def km(self, origin: str, destination: str) -> float:
        """Kilometres of the drive from one place id to another."""
        return self.roads.km(self.places[origin], self.places[destination])

    def travel_minutes(self, shift: Shift, visits: Sequence[Visit]) -> int:
        """Minutes on the freest roads of a shift that serves some visits in this order."""
        places = [shift.start, *(visit.place for visit in visits), shift.end]
        return sum(self.minutes(one, other) for one, other in pairwise(places))
