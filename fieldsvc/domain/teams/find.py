"""Technicians of one unit."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, selectinload

from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.teams.models import Technician, TechnicianSkill, WeeklyHours

WITH_HOURS = selectinload(Technician.weekly_hours).selectinload(WeeklyHours.breaks)
WITH_CALENDAR = (selectinload(Technician.skills).joinedload(TechnicianSkill.skill), WITH_HOURS)


def active_or(unit_id: int, other: ColumnElement[bool]) -> Select[Technician]:
    """Those of the unit who work, and others of it for whom `other` holds, by name."""
    rows = select(Technician).where(Technician.unit_id == unit_id, or_(Technician.is_active, other))
    return rows.order_by(Technician.name, Technician.id)


def active(session: Session, unit_id: int) -> list[Technician]:
    """The technicians who work, by name, with skills and weekly hours."""
    rows = select(Technician).where(Technician.unit_id == unit_id, Technician.is_active)
    return list(session.scalars(rows.order_by(Technician.name, Technician.id).options(*WITH_CALENDAR)))


def by_ids(session: Session, technician_ids: Iterable[int]) -> list[Technician]:
    """These technicians, with skills and weekly hours."""
    rows = select(Technician).where(Technician.id.in_(list(technician_ids))).order_by(Technician.id)
    return list(session.scalars(rows.options(*WITH_CALENDAR)))


def by_id(session: Session, unit_id: int, technician_id: int) -> Technician:
    """One technician of the unit. Raises `NotFound`."""
    row = session.scalar(select(Technician).where(Technician.id == technician_id, Technician.unit_id == unit_id))
    if row is None:
        raise NotFound(_("This technician does not exist."))
    return row


def of_staff(session: Session, staff_id: int) -> Technician | None:
    """The technician who signs in as this staff member, as long as he works."""
    return session.scalar(select(Technician).where(Technician.staff_id == staff_id, Technician.is_active))
