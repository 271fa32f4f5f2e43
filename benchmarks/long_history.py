"""Gives the demo company a long past: completed interventions with their visits, back to years ago."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit

HOURS = (8, 10, 12, 14, 16)
BATCH = 5_000


def add(session: Session, unit: BusinessUnit, count: int) -> None:
    """Add `count` completed interventions before the oldest visit there is, five a day for each technician.

    The latest come first: the guard of the calendar looks at what begins before, and so finds nothing.
    """
    pattern = session.scalars(select_one_completed(unit)).one()
    copied = {
        column.name: getattr(pattern, column.name)
        for column in Intervention.__table__.columns
        if column.name not in {"id", "reference", "client_id", "contact_id", "site_id", "asset_id"}
    }
    sites = cycle(session.execute(sa.select(Site.id, Site.client_id).where(Site.unit_id == unit.id)).all())
    technicians = session.scalars(sa.select(Technician.id).where(Technician.unit_id == unit.id)).all()
    oldest = session.scalars(sa.select(sa.func.min(Visit.begins_at))).one()
    first = (session.scalar(sa.select(sa.func.max(Intervention.id))) or 0) + 1
    times = islice(_times(oldest, list(technicians)), count)
    interventions: list[dict[str, Any]] = []
    visits: list[dict[str, Any]] = []
    for number, (begins_at, technician_id) in enumerate(times, start=first):
        site_id, client_id = next(sites)
        window = {"window_begins_at": begins_at, "window_ends_at": begins_at + timedelta(hours=2)}
        when = {"actual_begins_at": begins_at, "actual_ends_at": begins_at + timedelta(hours=1)}
        named = {"id": number, "reference": f"H-{number}", "site_id": site_id, "client_id": client_id}
        interventions.append({**copied, **named, **window, **when, "created_at": begins_at - timedelta(days=5)})
        visits.append(
            {
                "intervention_id": number,
                "technician_id": technician_id,
                "begins_at": begins_at,
                "ends_at": begins_at + timedelta(hours=1),
                "is_occupying": True,
            }
        )
    for begin in range(0, count, BATCH):
        session.execute(sa.insert(Intervention), interventions[begin : begin + BATCH])
        session.execute(sa.insert(Visit), visits[begin : begin + BATCH])


def select_one_completed(unit: BusinessUnit) -> sa.Select[tuple[Intervention]]:
    """A completed intervention of the unit, as the pattern of all others."""
    rows = sa.select(Intervention).where(Intervention.unit_id == unit.id, Intervention.status == "completed")
    return rows.order_by(Intervention.id).limit(1)


def _times(before: datetime, technicians: list[int]) -> Iterator[tuple[datetime, int]]:
    """Hours of every day before an instant, back in time, for each technician."""
    day = before.replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        day -= timedelta(days=1)
        for hour in reversed(HOURS):
            for technician_id in technicians:
                yield day + timedelta(hours=hour), technician_id
