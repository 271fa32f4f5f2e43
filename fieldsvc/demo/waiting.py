"""Work that has no time yet: what the dispatcher still has to plan, and what clients asked for."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.dates import local_day
from fieldsvc.demo import read
from fieldsvc.demo.addresses import Address
from fieldsvc.demo.company import Company
from fieldsvc.demo.story import Story
from fieldsvc.domain.interventions import lifecycle
from fieldsvc.domain.interventions.create import NewIntervention, create
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.find import blackout_days
from fieldsvc.domain.units.models import BusinessUnit

SATURDAY = 5


def add(session: Session, company: Company, story: Story, chance: Random, *, now: datetime) -> None:
    """Add the interventions that wait, at addresses where nothing is planned."""
    about = read.settings("story.toml")
    today = local_day(now, company.unit.zone)
    busy = {booking.address.site.id for booking in story.bookings if booking.offer.day >= today}
    days = open_days(session, company.unit, today)
    dispatcher = Actor("staff", company.dispatcher.id, company.dispatcher.name)
    for waiting in about["waiting"]:
        activity_type = company.activity_types[waiting["activity_type"]]
        address = _take(story.suited(activity_type), busy, chance)
        new = NewIntervention(
            client_id=address.client.id,
            site_id=address.site.id,
            activity_type_id=activity_type.id,
            contact_id=address.contact.id,
            due_on=days[waiting["due_on_open_day"] - 1] if "due_on_open_day" in waiting else None,
            notes=waiting["notes"],
        )
        create(session, company.unit, new, actor=dispatcher, now=now - _some_hours(chance))
    for asked in about["requested"]:
        activity_type = company.activity_types[asked["activity_type"]]
        address = _take(story.suited(activity_type), busy, chance)
        at = now - _some_hours(chance)
        request = Intervention(
            unit_id=company.unit.id,
            client_id=address.client.id,
            contact_id=address.contact.id,
            site_id=address.site.id,
            activity_type_id=activity_type.id,
            status="requested",
            minutes=activity_type.minutes,
            priority=activity_type.priority,
            notes=asked["notes"],
            created_at=at,
            changed_at=at,
        )
        client = Actor("contact", address.contact.id, address.contact.name)
        lifecycle.begin(session, request, actor=client, now=at)


def open_days(session: Session, unit: BusinessUnit, today: date) -> list[date]:
    """The coming days from Monday to Friday on which the unit works, tomorrow being the first that can be one."""
    coming = [today + timedelta(days=offset) for offset in range(1, 40)]
    closed = blackout_days(session, unit, coming[0], coming[-1])
    return [day for day in coming if day.weekday() < SATURDAY and day not in closed]


def _take(suited: Sequence[Address], busy: set[int], chance: Random) -> Address:
    """An address where nothing is planned, or any when something is planned everywhere."""
    address = chance.choice([one for one in suited if one.site.id not in busy] or suited)
    busy.add(address.site.id)
    return address


def _some_hours(chance: Random) -> timedelta:
    return timedelta(minutes=chance.randint(30, 3 * 24 * 60))
