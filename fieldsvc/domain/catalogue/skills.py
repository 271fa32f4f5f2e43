"""The skills of one unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.models import ActivityTypeSkill, Skill
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class CountedSkill:
    """A skill and how many activity types need it."""

    skill: Skill
    activity_types: int


def with_counts(session: Session, unit: BusinessUnit) -> list[CountedSkill]:
    """Every skill of the unit, by code."""
    needed = select(func.count()).where(ActivityTypeSkill.skill_id == Skill.id).scalar_subquery()
    rows = session.execute(select(Skill, needed).where(Skill.unit_id == unit.id).order_by(Skill.code))
    return [CountedSkill(skill, count) for skill, count in rows]


def by_id(session: Session, unit: BusinessUnit, skill_id: int) -> Skill:
    """One skill of the unit. Raises `NotFound`."""
    row = session.scalar(select(Skill).where(Skill.id == skill_id, Skill.unit_id == unit.id))
    if row is None:
        raise NotFound(_("This skill does not exist."))
    return row


def add(
    session: Session, unit: BusinessUnit, code: str, name: Mapping[str, str], *, actor: audit.Actor, now: datetime
) -> Skill:
    """A new skill. Raises `Invalid` when the code is taken."""
    if session.scalar(select(Skill.id).where(Skill.unit_id == unit.id, Skill.code == code)) is not None:
        words = _("There is a skill with this code already.")
        raise Invalid(words, {"code": words})
    row = Skill(unit_id=unit.id, code=code, name=dict(name))
    session.add(row)
    audit.record(session, "skill.added", row, actor=actor, now=now, code=code)
    return row


def rename(session: Session, skill: Skill, name: Mapping[str, str], *, actor: audit.Actor, now: datetime) -> None:
    """Give a skill another name; its code stays."""
    skill.name = dict(name)
    audit.record(session, "skill.renamed", skill, actor=actor, now=now)


def delete(session: Session, unit: BusinessUnit, skill_id: int, *, actor: audit.Actor, now: datetime) -> None:
    """Take a skill away. Raises `NotAllowed` while a technician has it or an activity type needs it."""
    row = by_id(session, unit, skill_id)
    audit.record(session, "skill.deleted", row, actor=actor, now=now, code=row.code)
    try:
        with session.begin_nested():
            session.delete(row)
    except IntegrityError as still_used:
        raise NotAllowed(_("This skill is in use. Take it from technicians and activity types first.")) from still_used
