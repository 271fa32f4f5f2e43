"""What the board says of one intervention, planned or not, read in few queries and no objects."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session

from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.activity_kinds import where
from fieldsvc.domain.catalogue.find import WITH_SKILLS
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Client, Site
from fieldsvc.domain.interventions.lifecycle import PLANNED, UNPLANNED
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit

MOST_UNPLANNED = 200
CARD = (
    Intervention.id,
    Intervention.version,
    Intervention.reference,
    Intervention.status,
    Intervention.minutes,
    Intervention.priority,
    Intervention.due_on,
    Intervention.is_locked,
    Intervention.window_begins_at,
    Intervention.window_ends_at,
    Intervention.activity_type_id,
    Intervention.kind,
    Intervention.site_id,
    Client.name.label("client"),
    Site.address,
    Site.postcode,
    Site.city,
    Site.latitude,
)
Types = Mapping[int, ActivityType]
Found = Row[*tuple[Any, ...]]


def types_of(session: Session, unit: BusinessUnit) -> dict[int, ActivityType]:
    """Every activity type the unit ever had, by id, with its skills."""
    rows = session.scalars(select(ActivityType).where(ActivityType.unit_id == unit.id).options(WITH_SKILLS))
    return {row.id: row for row in rows}


def planned_rows(
    session: Session, unit: BusinessUnit, begins_at: datetime, ends_at: datetime, *, now: datetime
) -> Sequence[Found]:
    """The visits that take somebody's time between two instants, each with its card; expired holds are none."""
    return session.execute(
        select(Visit.technician_id, Visit.begins_at, Visit.ends_at, *CARD)
        .join(Intervention, Intervention.id == Visit.intervention_id)
        .join(Client, Client.id == Intervention.client_id)
        .outerjoin(Site, Site.id == Intervention.site_id)
        .where(
            Visit.technician_id.in_(select(Technician.id).where(Technician.unit_id == unit.id)),
            Visit.is_occupying,
            Visit.during(begins_at, ends_at),
            takes_time(now),
        )
        .order_by(Visit.begins_at, Visit.id)
    ).all()


def takes_time(now: datetime) -> ColumnElement[bool]:
    """Whether the visit of an intervention counts: it is planned or done, or a hold that still runs."""
    return or_(
        Intervention.status.in_((*PLANNED, "completed")),
        and_(Intervention.status == "held", Intervention.held_until > now),
    )


def unplanned_cards(session: Session, unit: BusinessUnit, types: Types) -> list[dict[str, Any]]:
    """What still needs a time: due first, then by priority."""
    rows = session.execute(
        select(*CARD)
        .join(Client, Client.id == Intervention.client_id)
        .outerjoin(Site, Site.id == Intervention.site_id)
        .where(Intervention.unit_id == unit.id, Intervention.status.in_(UNPLANNED))
        .order_by(Intervention.due_on.asc().nulls_last(), Intervention.priority.desc(), Intervention.id)
        .limit(MOST_UNPLANNED)
    ).all()
    return [card(row, types) for row in rows]


def card(row: Found, types: Types) -> dict[str, Any]:
    """An intervention as the scripts of the board read it."""
    activity_type = types[row.activity_type_id]
    return {
        "intervention": row.id,
        "version": row.version,
        "reference": row.reference,
        "client": row.client,
        "activity": pick(activity_type.title),
        "activity_kind": row.kind,
        "address": _place(row),
        "minutes": row.minutes,
        "crew": activity_type.crew_size,
        "skills": [pick(need.skill.name) for need in activity_type.skills],
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "status": row.status,
        "priority": row.priority,
        "locked": row.is_locked,
    }


def _place(row: Found) -> str:
    """The address on one line, or what stands in its place where there is none."""
    town = " ".join(part for part in (row.postcode, row.city) if part)
    return where(row.kind, ", ".join(part for part in (row.address, town) if part))
