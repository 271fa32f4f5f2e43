"""Plain factory functions for rows: each takes the session first, fills in what is not said, and flushes.

Time is a constant. `NOON` is a Monday in November, when Lisbon's clocks show UTC, so an instant reads as wall
time. Places lie on one line north of `HOME`: by the usual factors a drive takes 2 minutes and 1.6 per kilometre.
"""

import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from fieldsvc.core.audit import SYSTEM, Actor
from fieldsvc.domain.accounts.models import Staff
from fieldsvc.domain.catalogue.models import (
    ActivityType,
    ActivityTypeSkill,
    Form,
    FormVersion,
    PortalAction,
    Skill,
)
from fieldsvc.domain.clients.models import Client, Contact, Site
from fieldsvc.domain.interventions import lifecycle
from fieldsvc.domain.interventions.models import Document, FormAnswer, Intervention, Visit
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.teams.models import Absence, Technician, TechnicianSkill, WeeklyBreak, WeeklyHours
from fieldsvc.domain.units.models import BlackoutDay, BusinessUnit

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
TOMORROW = TODAY + timedelta(days=1)
DISPATCHER = Actor("staff", 1, "Dora Dispatcher")

HOME = (41.15, -8.61)
KM_PER_DEGREE = 111.196  # a hair long, so that minutes that are rounded up are those one expects
EIGHT_TO_FIVE = (8 * 60, 17 * 60)
WORKDAYS = range(5)

Row = TypeVar("Row")
_numbers = itertools.count(1)


def at(day: date, clock: str) -> datetime:
    """The instant of "9:30" on a day."""
    hour, minute = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=UTC)


def north(km: float) -> tuple[float, float]:
    """The point so many kilometres north of `HOME`."""
    return HOME[0] + km / KM_PER_DEGREE, HOME[1]


# --- Units and people ---------------------------------------------------------------------------------


def unit(session: Session, **values: Any) -> BusinessUnit:
    """An active unit in Lisbon's zone, in English, with every setting at its default."""
    number = next(_numbers)
    defaults = {"slug": f"unit-{number}", "name": f"Unit {number}", "zone": "Europe/Lisbon"}
    return _added(session, BusinessUnit(**{**defaults, **values}))


def blackout_day(session: Session, unit: BusinessUnit, day: date, reason: str = "Bank holiday") -> BlackoutDay:
    """A day on which the unit is closed."""
    return _added(session, BlackoutDay(unit_id=unit.id, day_on=day, reason=reason))


def staff(session: Session, unit: BusinessUnit, **values: Any) -> Staff:
    """An active dispatcher of the unit, whose password nobody knows."""
    number = next(_numbers)
    defaults = {
        "email": f"staff-{number}@example.com",
        "name": f"Staff {number}",
        "role": "dispatcher",
        "password_hash": "!",
    }
    return _added(session, Staff(unit_id=unit.id, **{**defaults, **values}))


def skill(session: Session, unit: BusinessUnit, code: str = "gas") -> Skill:
    """A skill of the unit."""
    return _added(session, Skill(unit_id=unit.id, code=code, name={"en": code.capitalize()}))


def technician(
    session: Session,
    unit: BusinessUnit,
    *,
    skills: Mapping[Skill, int] | None = None,
    hours: tuple[int, int] = EIGHT_TO_FIVE,
    weekdays: Iterable[int] = WORKDAYS,
    breaks: Sequence[tuple[int, int, int]] = (),
    home: tuple[float, float] = HOME,
    **values: Any,
) -> Technician:
    """A technician who works from 8:00 to 17:00, Monday to Friday, without breaks, and lives at `HOME`.

    `hours` and `breaks` (earliest, latest, minutes) are minutes of wall time.
    """
    number = next(_numbers)
    defaults = {"reference": f"T-{number}", "name": f"Technician {number}"}
    row = Technician(unit_id=unit.id, home_latitude=home[0], home_longitude=home[1], **{**defaults, **values})
    row.skills = [TechnicianSkill(skill_id=one.id, level=level) for one, level in (skills or {}).items()]
    row.weekly_hours = [
        WeeklyHours(
            weekday=weekday,
            begins_minute=hours[0],
            ends_minute=hours[1],
            breaks=[
                WeeklyBreak(earliest_minute=earliest, latest_minute=latest, minutes=minutes)
                for earliest, latest, minutes in breaks
            ],
        )
        for weekday in weekdays
    ]
    return _added(session, row)


def absence(
    session: Session, technician: Technician, begins_at: datetime, ends_at: datetime, reason: str = "Training"
) -> Absence:
    """A time the technician is away."""
    row = Absence(technician_id=technician.id, begins_at=begins_at, ends_at=ends_at, reason=reason)
    return _added(session, row)


# --- Clients and what they can have -------------------------------------------------------------------


def activity_type(
    session: Session, unit: BusinessUnit, *, skills: Mapping[Skill, int] | None = None, **values: Any
) -> ActivityType:
    """Work of one hour that needs no skill, with an arrival window of two hours and no buffers; clients may book it."""
    number = next(_numbers)
    defaults = {"reference": f"activity-{number}", "title": {"en": f"Activity {number}"}, "minutes": 60}
    row = ActivityType(unit_id=unit.id, **{**defaults, **values})
    row.skills = [ActivityTypeSkill(skill_id=one.id, level=level) for one, level in (skills or {}).items()]
    row.actions = [PortalAction(kind="book", is_for_unit=True, position=-1)]
    return _added(session, row)


def portal_action(session: Session, activity_type: ActivityType, kind: str, **values: Any) -> PortalAction:
    """Something clients may do with interventions of the activity type, without conditions."""
    row = PortalAction(kind=kind, position=len(activity_type.actions), **values)
    activity_type.actions.append(row)
    session.flush()
    return row


def form(
    session: Session, unit: BusinessUnit, fields: Sequence[Mapping[str, Any]], *, kind: str = "intake", **values: Any
) -> Form:
    """A form whose first version is published; each field needs its `code`, `kind` and `label`."""
    number = next(_numbers)
    defaults = {"code": f"form-{number}", "title": {"en": f"Form {number}"}, "published_number": 1}
    rows = [dict(field) for field in fields]
    row = Form(unit_id=unit.id, kind=kind, draft=rows, **{**defaults, **values})
    row.versions = [FormVersion(number=1, fields=rows, published_at=NOON)]
    return _added(session, row)


def client(session: Session, unit: BusinessUnit, **values: Any) -> Client:
    """A company that is active and inherits the unit's portal access."""
    number = next(_numbers)
    defaults = {"reference": f"C-{number}", "name": f"Client {number}", "created_at": NOON}
    return _added(session, Client(unit_id=unit.id, **{**defaults, **values}))


def contact(session: Session, client: Client, **values: Any) -> Contact:
    """A person of the client with an e-mail and no phone."""
    number = next(_numbers)
    defaults = {"name": f"Contact {number}", "email": f"contact-{number}@example.com", "phone": None}
    return _added(session, Contact(unit_id=client.unit_id, client=client, **{**defaults, **values}))


def site(session: Session, client: Client, *, km: float | None = 5, **values: Any) -> Site:
    """An address of the client, 5 km north of `HOME`; with `km` None it is not located."""
    number = next(_numbers)
    latitude, longitude = (None, None) if km is None else north(km)
    defaults = {
        "reference": f"S-{number}",
        "address": f"Street {number}",
        "postcode": "4000-001",
        "city": "Porto",
        "latitude": latitude,
        "longitude": longitude,
    }
    return _added(session, Site(unit_id=client.unit_id, client=client, **{**defaults, **values}))


def message(session: Session, contact: Contact, **values: Any) -> OutboxMessage:
    """A reminder that was sent to the contact by e-mail."""
    defaults: dict[str, Any] = {
        "kind": "visit_reminder",
        "channel": "email",
        "recipient": contact.email or "",
        "locale": "en",
        "subject": "Your visit is near",
        "text": "We look forward to seeing you.",
        "message_id": f"<{uuid.uuid4()}@fieldsvc>",
        "state": "sent",
        "created_at": NOON,
    }
    return _added(session, OutboxMessage(unit_id=contact.unit_id, contact_id=contact.id, **{**defaults, **values}))


# --- Interventions ------------------------------------------------------------------------------------


def intervention(
    session: Session,
    unit: BusinessUnit,
    *,
    activity_type: ActivityType | None = None,
    site: Site | None = None,
    km: float | None = 5,
    now: datetime = NOON,
    **values: Any,
) -> Intervention:
    """An unscheduled intervention: an hour of a new kind of work, for a new client with one contact, 5 km away.

    Of an activity type without a place it has no site.
    """
    work = activity_type or _activity_type(session, unit)
    place = site or _site(session, unit, km)
    person = next(iter(place.client.contacts), None) or contact(session, place.client)
    defaults = {
        "status": "unscheduled",
        "minutes": work.minutes,
        "priority": work.priority,
        "contact_id": person.id,
    }
    row = Intervention(
        unit_id=unit.id,
        client_id=place.client_id,
        site_id=place.id if work.has_place else None,
        activity_type_id=work.id,
        kind=work.kind,
        created_at=now,
        changed_at=now,
        **{**defaults, **values},
    )
    return lifecycle.begin(session, row, actor=SYSTEM, now=now)


def scheduled(
    session: Session,
    unit: BusinessUnit,
    technician: Technician,
    begins_at: datetime,
    *,
    window: tuple[datetime, datetime] | None = None,
    **values: Any,
) -> Intervention:
    """An intervention planned for the technician; its arrival window is the two hours that begin with it.

    The plan is written as it is said, even when the law would refuse it; only two visits at once are impossible.
    """
    opens, closes = window or (begins_at, begins_at + timedelta(hours=2))
    defaults = {"status": "scheduled", "window_begins_at": opens, "window_ends_at": closes}
    row = intervention(session, unit, **{**defaults, **values})
    visit(session, row, technician, begins_at)
    return row


def crew_visit(
    session: Session, unit: BusinessUnit, technicians: Sequence[Technician], begins_at: datetime, **values: Any
) -> Intervention:
    """An intervention that these technicians begin together; its activity type asks for as many."""
    kind = values.pop("activity_type", None) or activity_type(session, unit, crew_size=len(technicians))
    row = scheduled(session, unit, technicians[0], begins_at, activity_type=kind, **values)
    for technician in technicians[1:]:
        visit(session, row, technician, begins_at)
    return row


def hold(
    session: Session,
    unit: BusinessUnit,
    technician: Technician,
    begins_at: datetime,
    *,
    until: datetime = NOON + timedelta(minutes=5),
    **values: Any,
) -> Intervention:
    """A slot kept for a client until 12:05."""
    return scheduled(session, unit, technician, begins_at, **{"status": "held", "held_until": until, **values})


def visit(
    session: Session, intervention: Intervention, technician: Technician, begins_at: datetime, **values: Any
) -> Visit:
    """A planned stop that takes the technician's time, as long as the intervention."""
    ends_at = begins_at + timedelta(minutes=intervention.minutes)
    row = Visit(technician=technician, begins_at=begins_at, **{"ends_at": ends_at, "is_occupying": True, **values})
    intervention.visits.append(row)
    session.flush()
    return row


def form_answer(
    session: Session, intervention: Intervention, form: Form, answers: Mapping[str, Any], **values: Any
) -> FormAnswer:
    """What was answered to the newest version of a form about an intervention."""
    assert form.published is not None
    row = FormAnswer(
        unit_id=intervention.unit_id,
        form_version_id=form.published.id,
        intervention_id=intervention.id,
        client_id=intervention.client_id,
        answers=dict(answers),
        **{"answered_at": NOON, **values},
    )
    return _added(session, row)


def document(session: Session, intervention: Intervention, **values: Any) -> Document:
    """A quote that waits for the client's answer."""
    defaults = {"title": "Quote", "amount_cents": 14_800, "created_at": NOON}
    row = Document(unit_id=intervention.unit_id, intervention_id=intervention.id, **{**defaults, **values})
    return _added(session, row)


def _activity_type(session: Session, unit: BusinessUnit) -> ActivityType:
    return activity_type(session, unit)


def _site(session: Session, unit: BusinessUnit, km: float | None) -> Site:
    return site(session, client(session, unit), km=km)


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
