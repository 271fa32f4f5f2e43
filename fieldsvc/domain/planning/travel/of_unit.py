"""The unit's travel times, as the solver wants them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
from sqlalchemy.orm import Session

import solver
from fieldsvc.domain.geo import road_cache
from fieldsvc.domain.geo.cells import cell_of
from fieldsvc.domain.geo.models import RoadSource
from fieldsvc.domain.planning.travel.factors import Factors
from fieldsvc.domain.planning.travel.known_roads import KnownRoads, KnownTravel
from fieldsvc.domain.planning.travel.learned import factors_of
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class UnitTravel:
    """What a problem needs to know about drives between its places."""

    places: tuple[solver.Place, ...]
    travel: solver.Travel
    traffic: solver.Traffic


def travel_of(session: Session, unit: BusinessUnit, points: Mapping[str, tuple[float, float]]) -> UnitTravel:
    """How the unit drives between points, by their names; nothing is asked of anybody.

    What a road service told is used, and elsewhere the estimate with what was learned from closed visits.
    """
    factors = factors_of(session, unit)
    places = tuple(
        solver.Place(name, latitude, longitude, factors.slowness_at(latitude, longitude))
        for name, (latitude, longitude) in points.items()
    )
    source = road_cache.source(session)
    travel = _estimate(factors) if source is None else _known(session, source, factors, places)
    return UnitTravel(places, travel, solver.Traffic(factors.speeds))


def estimated_since(problem: solver.Problem, spot: str | None) -> datetime | None:
    """Since when the road service is silent about drives of the problem; None when it told them all, or there is none.

    The drives that count are those of today's plan, and those between `spot` and every other place.
    """
    travel, roads = problem.travel, problem.index.roads
    if not isinstance(travel, KnownTravel) or not isinstance(roads, KnownRoads) or travel.silent_since is None:
        return None
    drives = [
        (problem.index.places[one], problem.index.places[other])
        for route in problem.plan.routes
        for one, other in pairwise(_stations(problem, route))
    ]
    if spot is not None:
        here = problem.index.places[spot]
        drives += [drive for other in range(len(problem.places)) for drive in ((here, other), (other, here))]
    ends = np.array(drives, np.int64).reshape(-1, 2)
    return None if roads.knows(ends[:, 0], ends[:, 1]).all() else travel.silent_since


def _stations(problem: solver.Problem, route: solver.Route) -> list[str]:
    shift = problem.index.shifts[route.shift]
    return [shift.start, *(problem.index.visits[stop.visit].place for stop in route.stops), shift.end]


def _estimate(factors: Factors) -> solver.Estimate:
    return solver.Estimate(factors.fixed_minutes, factors.minutes_per_km)


def _known(session: Session, source: RoadSource, factors: Factors, places: tuple[solver.Place, ...]) -> solver.Travel:
    cells = {cell_of(place.latitude, place.longitude) for place in places}
    drives = road_cache.known(session, source.provider, source.version, cells)
    return KnownTravel(_estimate(factors), drives, source.silent_since)
