"""Calls that technicians have agreed on: they need no place, and somebody's time all the same."""

from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.dates import at_wall_time
from fieldsvc.demo import read
from fieldsvc.demo.company import Company
from fieldsvc.demo.story import Story
from fieldsvc.demo.waiting import open_days
from fieldsvc.domain.interventions import lifecycle
from fieldsvc.domain.interventions.create import NewIntervention, create
from fieldsvc.domain.planning.fit import Place
from fieldsvc.domain.planning.place import place
from fieldsvc.domain.planning.windows import Promises


def add(session: Session, company: Company, story: Story, chance: Random, *, now: datetime) -> None:
    """Give each call the first time that a technician has."""
    unit = company.unit
    days = open_days(session, unit, story.today)
    dispatcher = Actor("staff", company.dispatcher.id, company.dispatcher.name)
    technician_ids = tuple(technician.id for technician in company.technicians.values())
    for told in read.settings("story.toml")["calls"]:
        activity_type = company.activity_types[told["activity_type"]]
        address = chance.choice(story.suited(activity_type))
        new = NewIntervention(address.client.id, None, activity_type.id, address.contact.id, notes=told["notes"])
        call = create(session, unit, new, actor=dispatcher, now=now)
        day = days[told["open_day"] - 1]
        window = at_wall_time(day, told["from"] * 60, unit.zone), at_wall_time(day, told["to"] * 60, unit.zone)
        fit = place(session, unit, call, Place(technician_ids, window), now=now)
        team, begins_at = list(company.technicians.values()), fit.loaded.at(fit.begins)
        promise = Promises.of(activity_type).around(team, unit.zone, begins_at)
        call.window_begins_at, call.window_ends_at = promise
        lifecycle.move(session, call, "scheduled", actor=dispatcher, now=now)
