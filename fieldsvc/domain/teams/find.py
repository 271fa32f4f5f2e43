"""Technicians of one unit."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.teams.models import Technician, TechnicianSkill, WeeklyHours


def active(session: Session, unit_id: int) -> list[Technician]:
    """The technicians who work, by name, with skills and weekly hours."""
    return list(
        session.scalars(
            select(Technician)
            .where(Technician.unit_id == unit_id, Technician.is_active)
            .order_by(Technician.name, Technician.id)
            .options(
                selectinload(Technician.skills).joinedload(TechnicianSkill.skill),
                selectinload(Technician.weekly_hours).selectinload(WeeklyHours.breaks),
            )
        )
    )


def by_id(session: Session, unit_id: int, technician_id: int) -> Technician:
    """One technician of the unit. Raises `NotFound`."""
    row = session.scalar(select(Technician).where(Technician.id == technician_id, Technician.unit_id == unit_id))
    if row is None:
        raise NotFound(_("This technician does not exist."))
    return row


def of_staff(session: Session, staff_id: int) -> Technician | None:
    """The technician who signs in as this staff member."""
    return session.scalar(select(Technician).where(Technician.staff_id == staff_id))
