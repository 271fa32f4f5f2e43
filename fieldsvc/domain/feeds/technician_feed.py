"""A technician's visits as an iCalendar file (RFC 5545, RFC 7986) that calendars subscribe to.

The file carries no METHOD: then DTSTAMP is the instant of the last change (RFC 5545, 3.8.7.2), so that unchanged
visits give the same bytes for ever. SEQUENCE is the version of the intervention: it rises with everything that
happens to it, and so does each planned time that floats. The UID is another one than the client's, because the
client's event is the arrival window and this one is the planned time.
"""

from datetime import datetime, timedelta

from icalendar import Calendar, Event, vText
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from fieldsvc.core import dates, links, text
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.interventions import calendar_event
from fieldsvc.domain.interventions.lifecycle import PLANNED
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit

PAST = timedelta(days=30)
FUTURE = timedelta(days=90)
REFRESH_EVERY = timedelta(minutes=15)


def calendar(session: Session, technician: Technician, *, now: datetime) -> bytes:
    """The visits from 30 days ago to 90 days ahead, at their planned times; cancelled ones say that they are."""
    unit = session.get_one(BusinessUnit, technician.unit_id)
    with text.in_locale(unit.locale):
        feed = _empty(unit, technician)
        for visit in _visits(session, technician, now - PAST, now + FUTURE):
            feed.add_component(_event(unit, visit))
    return bytes(feed.to_ical())


def uid(intervention: Intervention) -> str:
    """The identity of the technician's event, whenever it is planned and whoever goes."""
    return f"visit-{calendar_event.uid(intervention)}"


def _visits(session: Session, technician: Technician, begins_at: datetime, ends_at: datetime) -> list[Visit]:
    planned = Visit.is_occupying & Intervention.status.in_((*PLANNED, "completed"))
    rows = session.scalars(
        select(Visit)
        .join(Visit.intervention)
        .where(
            Visit.technician_id == technician.id,
            Visit.during(begins_at, ends_at),
            or_(planned, Intervention.status == "cancelled"),
        )
        .order_by(Visit.begins_at, Visit.id)
        .options(
            contains_eager(Visit.intervention).options(
                joinedload(Intervention.activity_type),
                joinedload(Intervention.client),
                joinedload(Intervention.contact),
                joinedload(Intervention.site),
                selectinload(Intervention.visits).joinedload(Visit.technician),
            )
        )
    )
    return list({visit.intervention_id: visit for visit in rows}.values())


def _empty(unit: BusinessUnit, technician: Technician) -> Calendar:
    feed = calendar_event.new_calendar()
    del feed["method"]
    name = f"{technician.name}, {unit.name}"
    feed.add("name", vText(name))
    feed.add("x-wr-calname", vText(name))
    feed.add("refresh-interval", REFRESH_EVERY, parameters={"value": "DURATION"})
    feed.add("x-published-ttl", "PT15M")
    return feed


def _event(unit: BusinessUnit, visit: Visit) -> Event:
    intervention, site = visit.intervention, visit.intervention.site
    event = calendar_event.new_event(intervention, visit.begins_at, visit.ends_at, now=intervention.changed_at)
    for name, value in (("uid", uid(intervention)), ("sequence", intervention.version)):
        del event[name]
        event.add(name, value)
    is_cancelled = intervention.status == "cancelled"
    event.add("summary", f"{intervention.client.name}: {pick(intervention.activity_type.title)}")
    if site is not None:
        event.add("location", site.full_address)
    if site is not None and site.is_located:
        event.add("geo", (site.latitude, site.longitude))
    event.add("description", _description(unit, visit))
    event.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    day = dates.local_day(visit.begins_at, unit.zone)
    event.add("url", links.absolute(f"/field/?day={day.isoformat()}"))
    return event


def _description(unit: BusinessUnit, visit: Visit) -> str:
    intervention = visit.intervention
    colleagues = [one.name for one in intervention.crew if one.id != visit.technician_id]
    contact, opens, closes = intervention.contact, intervention.window_begins_at, intervention.window_ends_at
    lines = [intervention.reference]
    if opens and closes:
        lines.append(_("Promised to the client: %(window)s", window=dates.window(opens, closes, unit.zone)))
    if colleagues:
        lines.append(_("With %(names)s", names=text.together(colleagues)))
    if contact is not None:
        lines.append(" ".join(part for part in (contact.name, contact.phone) if part))
    lines += [intervention.site.access_notes if intervention.site else "", intervention.notes]
    return "\n".join(line for line in lines if line)
