"""Fills a database with the demo company."""

from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.demo import (
    absences,
    addresses,
    calls,
    company,
    conversation,
    messages,
    opinions,
    read,
    triggers,
    waiting,
    waiting_list,
    work,
)
from fieldsvc.demo.diary import Diary
from fieldsvc.demo.people import SLUG
from fieldsvc.demo.story import Story, days_of_the_story
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.units.models import BusinessUnit

MADE = "demo.made"


def made_at(session: Session) -> datetime | None:
    """When the demo company was made; None when it is not there."""
    unit_id = select(BusinessUnit.id).where(BusinessUnit.slug == SLUG).scalar_subquery()
    of_unit = (AuditEntry.object_kind == BusinessUnit.__tablename__, AuditEntry.object_id == unit_id)
    return session.scalar(select(AuditEntry.at).where(AuditEntry.action == MADE, *of_unit))


def fill(session: Session, *, now: datetime) -> BusinessUnit:
    """Add the demo company; its dates are relative to `now`, and the same instant gives the same company.

    No message is queued: whatever clients were told of the past was sent long ago, and few of these are kept.
    """
    now = now.replace(second=0, microsecond=0)
    chance = Random(read.settings("story.toml")["seed"])  # noqa: S311  (a story, not a secret)
    porto = company.found(session, now=now)
    unit = porto.unit
    today = local_day(now, unit.zone)
    days = days_of_the_story(today)
    absences.add(session, porto, today)
    places = addresses.add(session, unit, now=at_wall_time(days[0], 9 * 60, unit.zone))
    diary = Diary(session, unit, teams.active(session, unit.id), days, places, now=now)
    story = Story(porto, places, diary, chance, today)
    story.tell()
    written = work.write(session, porto, story.bookings, diary.plan(), chance, now=now)
    opinions.add(session, unit, written, chance, now=now)
    conversation.add(session, porto, written, now=now)
    waiting.add(session, porto, story, chance, now=now)
    calls.add(session, porto, story, chance, now=now)
    waiting_list.add(session, porto, story, chance, now=now)
    messages.add(session, unit, written, now=now)
    triggers.add(session, porto, now=now)
    audit.record(session, MADE, unit, actor=audit.SYSTEM, now=now)
    return unit
