"""Activity types of one unit."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.models import ActivityType, ActivityTypeSkill, Form

WITH_SKILLS = selectinload(ActivityType.skills).joinedload(ActivityTypeSkill.skill)


def in_use(session: Session, unit_id: int) -> list[ActivityType]:
    """Every activity type of the unit that is not archived."""
    rows = select(ActivityType).where(ActivityType.unit_id == unit_id, ActivityType.is_archived.is_(False))
    return list(session.scalars(rows.order_by(ActivityType.position, ActivityType.id).options(WITH_SKILLS)))


def every(session: Session, unit_id: int) -> list[ActivityType]:
    """Every activity type of the unit, archived ones as well."""
    rows = select(ActivityType).where(ActivityType.unit_id == unit_id)
    return list(session.scalars(rows.order_by(ActivityType.position, ActivityType.id).options(WITH_SKILLS)))


def forms(session: Session, unit_id: int) -> list[Form]:
    """The forms of the unit that can be chosen: published and not archived."""
    rows = select(Form).where(Form.unit_id == unit_id, Form.is_archived.is_(False), Form.published_number.is_not(None))
    return list(session.scalars(rows.order_by(Form.code)))


def by_id(session: Session, unit_id: int, activity_type_id: int) -> ActivityType:
    """One activity type of the unit. Raises `NotFound`."""
    row = session.scalar(
        select(ActivityType).where(ActivityType.id == activity_type_id, ActivityType.unit_id == unit_id)
    )
    if row is None:
        raise NotFound(_("This activity type does not exist."))
    return row


def by_reference(session: Session, unit_id: int, reference: str) -> ActivityType:
    """The activity type of the unit with this reference. Raises `NotFound`."""
    row = session.scalar(
        select(ActivityType).where(ActivityType.reference == reference, ActivityType.unit_id == unit_id)
    )
    if row is None:
        raise NotFound(_("There is no activity type with the reference %(reference)s.", reference=reference))
    return row
