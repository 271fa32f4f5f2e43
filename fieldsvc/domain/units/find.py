"""Units and their closed days."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.units.models import BlackoutDay, BusinessUnit


def by_slug(session: Session, slug: str) -> BusinessUnit:
    """The active unit at this address. Raises `NotFound`."""
    unit = session.scalar(select(BusinessUnit).where(BusinessUnit.slug == slug, BusinessUnit.is_active))
    if unit is None:
        raise NotFound(_("There is no such address here."))
    return unit


def active(session: Session) -> list[BusinessUnit]:
    """Every unit that works, by name."""
    return list(session.scalars(select(BusinessUnit).where(BusinessUnit.is_active).order_by(BusinessUnit.name)))


def blackout_days(session: Session, unit: BusinessUnit, first: date, last: date) -> dict[date, str]:
    """The days between `first` and `last` on which the unit is closed, with the reason."""
    rows = session.scalars(
        select(BlackoutDay).where(BlackoutDay.unit_id == unit.id, BlackoutDay.day_on.between(first, last))
    )
    return {row.day_on: row.reason for row in rows}
