"""The unit, its people and what it offers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fieldsvc.core.dates import local_day
from fieldsvc.demo import read
from fieldsvc.domain.accounts.models import Staff
from fieldsvc.domain.accounts.passwords import hash_of
from fieldsvc.domain.catalogue import conditions
from fieldsvc.domain.catalogue.fields import as_rows, read_fields
from fieldsvc.domain.catalogue.models import (
    ActivityType,
    ActivityTypeSkill,
    Form,
    FormVersion,
    PortalAction,
    Skill,
)
from fieldsvc.domain.teams.models import Technician, TechnicianSkill, WeeklyBreak, WeeklyHours
from fieldsvc.domain.units import settings
from fieldsvc.domain.units.models import BlackoutDay, BusinessUnit

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED_DAYS_BACK = timedelta(days=200)
CLOSED_DAYS_AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Company:
    """The unit with its people and its offer, each by reference."""

    unit: BusinessUnit
    dispatcher: Staff
    technicians: dict[str, Technician]
    activity_types: dict[str, ActivityType]


def found(session: Session, *, now: datetime) -> Company:
    """Add the unit with everything but its clients and its work."""
    about = read.settings("unit.toml")
    unit = BusinessUnit(
        **{name: about[name] for name in ("slug", "name", "zone", "locale", "phone", "email", "address")}
    )
    session.add(unit)
    session.flush()
    settings.change(unit, **about["settings"])
    session.add_all(_closed_days(unit, about["closed"], local_day(now, unit.zone)))
    password = hash_of(about["password"])
    dispatcher = Staff(unit_id=unit.id, role="dispatcher", password_hash=password, **about["dispatcher"])
    administrator = Staff(unit_id=unit.id, role="administrator", password_hash=password, **about["administrator"])
    session.add_all([dispatcher, administrator])

    team = read.settings("technicians.toml")
    skills = {code: Skill(unit_id=unit.id, code=code, name=name) for code, name in team["skills"].items()}
    session.add_all(skills.values())
    people = {
        person["reference"]: _staff(unit, person["name"], person["email"], password) for person in team["technicians"]
    }
    forms = {form["code"]: _form(unit, form, now) for form in read.settings("forms.toml")["forms"]}
    session.add_all([*people.values(), *forms.values()])
    session.flush()
    technicians = {
        person["reference"]: _technician(unit, person, people[person["reference"]], team["hours"], skills)
        for person in team["technicians"]
    }
    offer = read.settings("activity_types.toml")
    activity_types = {
        one["reference"]: _activity_type(unit, one, position, _actions(offer, one["reference"], forms), skills, forms)
        for position, one in enumerate(offer["activity_types"])
    }
    session.add_all([*technicians.values(), *activity_types.values()])
    session.flush()
    return Company(unit, dispatcher, technicians, activity_types)


def _closed_days(unit: BusinessUnit, yearly: list[dict[str, str]], today: date) -> Iterator[BlackoutDay]:
    first, last = today - CLOSED_DAYS_BACK, today + CLOSED_DAYS_AHEAD
    for year in range(first.year, last.year + 1):
        for closed in yearly:
            day = date.fromisoformat(f"{year}-{closed['day']}")
            if first <= day <= last:
                yield BlackoutDay(unit_id=unit.id, day_on=day, reason=closed["reason"])


def _staff(unit: BusinessUnit, name: str, email: str, password: str) -> Staff:
    return Staff(unit_id=unit.id, name=name, email=email, role="technician", locale="", password_hash=password)


def _technician(
    unit: BusinessUnit, person: dict[str, Any], staff: Staff, hours: dict[str, Any], skills: dict[str, Skill]
) -> Technician:
    home = person["home"]
    return Technician(
        unit_id=unit.id,
        staff_id=staff.id,
        reference=person["reference"],
        name=person["name"],
        phone=person["phone"],
        home_address=home["address"],
        home_latitude=home["latitude"],
        home_longitude=home["longitude"],
        skills=[TechnicianSkill(skill=skills[code], level=level) for code, level in person["skills"].items()],
        weekly_hours=[row for name in person["hours"] for row in _weekly_hours(hours[name])],
    )


def _weekly_hours(hours: dict[str, Any]) -> list[WeeklyHours]:
    return [
        WeeklyHours(
            weekday=WEEKDAYS.index(day),
            begins_minute=read.minute(hours["begins"]),
            ends_minute=read.minute(hours["ends"]),
            breaks=[
                WeeklyBreak(
                    earliest_minute=read.minute(pause["earliest"]),
                    latest_minute=read.minute(pause["latest"]),
                    minutes=pause["minutes"],
                )
                for pause in hours["breaks"]
            ],
        )
        for day in hours["days"]
    ]


def _form(unit: BusinessUnit, form: dict[str, Any], now: datetime) -> Form:
    fields = as_rows(read_fields(form["fields"]))
    row = Form(unit_id=unit.id, code=form["code"], kind=form["kind"], title=form["title"], draft=fields)
    row.versions = [FormVersion(number=1, fields=fields, published_at=now)]
    row.published_number = 1
    return row


def _activity_type(
    unit: BusinessUnit,
    one: dict[str, Any],
    position: int,
    actions: list[PortalAction],
    skills: dict[str, Skill],
    forms: dict[str, Form],
) -> ActivityType:
    about_the_demo = {"skills", "intake_form", "closing_form", "assets", "share", "answers", "outcome"}
    return ActivityType(
        unit_id=unit.id,
        position=position,
        intake_form=forms[one["intake_form"]],
        closing_form=forms[one["closing_form"]] if "closing_form" in one else None,
        questionnaire=forms["after-visit"],
        skills=[ActivityTypeSkill(skill=skills[code], level=level) for code, level in one["skills"].items()],
        actions=actions,
        **{name: value for name, value in one.items() if name not in about_the_demo},
    )


def _actions(offer: dict[str, Any], reference: str, forms: dict[str, Form]) -> list[PortalAction]:
    """What clients may do with an activity type: what they may do with all of them, and what is its own."""
    rows = []
    for position, action in enumerate([*offer["actions"], *offer["actions_of"].get(reference, [])]):
        values = {name: value for name, value in action.items() if name != "form"}
        conditions.validate(values.get("conditions", {}))
        rows.append(PortalAction(position=position, form=forms[action["form"]] if "form" in action else None, **values))
    return rows
