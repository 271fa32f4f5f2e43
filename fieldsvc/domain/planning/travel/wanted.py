"""Which drives plans will need: what a road service is asked about, before anybody needs it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.geo.cells import cell_of
from fieldsvc.domain.interventions.lifecycle import PLANNED, UNPLANNED
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.units.models import BusinessUnit

DAYS = 28
MOST_UNPLANNED = 200
"""Work that waits for its time: no more than the newest so many sites of it are looked at ahead."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Every drive from one of the origins to one of the destinations, cell by cell."""

    origins: frozenset[int]
    destinations: frozenset[int]


def wanted_drives(session: Session, unit: BusinessUnit, sites: Iterable[int] = (), *, now: datetime) -> list[Wanted]:
    """The drives of the next weeks' plans of a unit; `sites` are to be visited too, no matter on which day.

    Places of one day want each other, as optimising may bring them in any order. Sites whose day is open want all
    places of all days, and each other.
    """
    homes = {
        cell_of(technician.home_latitude, technician.home_longitude) for technician in teams.active(session, unit.id)
    }
    days = _planned(session, unit, now)
    open_sites = _waiting(session, unit, list(sites))
    found = [Wanted(frozenset(here), frozenset(here)) for here in (homes | there for there in days.values())]
    if open_sites:
        everywhere = frozenset(homes.union(open_sites, *days.values()))
        found += [Wanted(frozenset(open_sites), everywhere), Wanted(everywhere, frozenset(open_sites))]
    return found


def _planned(session: Session, unit: BusinessUnit, now: datetime) -> dict[object, set[int]]:
    """The cells of each day's visits."""
    today = local_day(now, unit.zone)
    rows = session.execute(
        select(Visit.begins_at, Site.latitude, Site.longitude)
        .join(Intervention, Intervention.id == Visit.intervention_id)
        .join(Site, Site.id == Intervention.site_id)
        .where(
            Intervention.unit_id == unit.id,
            Intervention.status.in_((*PLANNED, "held")),
            Visit.is_occupying,
            Visit.begins_at >= at_wall_time(today, 0, unit.zone),
            Visit.begins_at < at_wall_time(today + timedelta(days=DAYS), 0, unit.zone),
            Site.latitude.is_not(None),
        )
    )
    found: dict[object, set[int]] = {}
    for row in rows:
        found.setdefault(local_day(row.begins_at, unit.zone), set()).add(cell_of(row.latitude, row.longitude))
    return found


def _waiting(session: Session, unit: BusinessUnit, sites: list[int]) -> set[int]:
    """The cells of work without a time, the newest, and of `sites`."""
    unplanned = (
        select(Site.latitude, Site.longitude)
        .join(Intervention, Intervention.site_id == Site.id)
        .where(Intervention.unit_id == unit.id, Intervention.status.in_(UNPLANNED), Site.latitude.is_not(None))
        .order_by(Intervention.id.desc())
        .limit(MOST_UNPLANNED)
    )
    named = select(Site.latitude, Site.longitude).where(
        Site.unit_id == unit.id, Site.id.in_(sites), Site.latitude.is_not(None)
    )
    return {
        cell_of(latitude, longitude)
        for query in (unplanned, named)
        for latitude, longitude in session.execute(query)
        if latitude is not None and longitude is not None
    }
