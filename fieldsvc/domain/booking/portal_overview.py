"""How far the portal of a unit is open, level by level: the unit, its clients, its activity types and their actions."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from fieldsvc.domain.catalogue.models import ActivityType, PortalAction
from fieldsvc.domain.clients.access import ACCESS, have_portal
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import UnitSettings, settings_of


@dataclass(frozen=True, slots=True)
class TypeAccess:
    """One activity type with its portal actions that are on, and those that are off."""

    row: ActivityType
    on: list[PortalAction]
    off: list[PortalAction]


@dataclass(frozen=True, slots=True)
class Overview:
    """The four levels; `clients` counts those of today by what was decided about them."""

    settings: UnitSettings
    clients: dict[str, int]
    clients_with_portal: int
    types: list[TypeAccess]

    @property
    def clients_in_all(self) -> int:
        """How many clients there are today."""
        return sum(self.clients.values())


def overview(session: Session, unit: BusinessUnit) -> Overview:
    """The four levels of a unit."""
    theirs = (Client.unit_id == unit.id, Client.is_active)
    number = func.count().label("number")
    counted = session.execute(select(Client.portal_access, number).where(*theirs).group_by(Client.portal_access))
    by_access = {row.portal_access: row.number for row in counted}
    kinds = session.scalars(
        select(ActivityType)
        .where(ActivityType.unit_id == unit.id, ActivityType.is_archived.is_(False))
        .options(selectinload(ActivityType.actions))
        .order_by(ActivityType.position, ActivityType.id)
    )
    return Overview(
        settings=settings_of(unit),
        clients={access: by_access.get(access, 0) for access in ACCESS},
        clients_with_portal=session.scalar(select(func.count()).where(*theirs, have_portal(unit))) or 0,
        types=[_type_access(kind) for kind in kinds],
    )


def _type_access(kind: ActivityType) -> TypeAccess:
    live = [action for action in kind.actions if not action.is_archived]
    return TypeAccess(kind, [action for action in live if action.is_on], [one for one in live if not one.is_on])
