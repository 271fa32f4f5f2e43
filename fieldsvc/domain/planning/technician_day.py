"""A technician's own day, as his phone shows it."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fieldsvc.core.dates import at_wall_time, wall_minutes
from fieldsvc.core.text import pick
from fieldsvc.domain.interventions import find, under_way
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning.problem import load
from fieldsvc.domain.planning.tours import Roads, tour_of, visits_by_day
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.teams.shifts import absences_between
from fieldsvc.domain.units.models import BusinessUnit

Json = dict[str, Any]

DONE = "completed"


def tour(session: Session, unit: BusinessUnit, technician: Technician, day: date, *, now: datetime) -> Json:
    """His visits in order with the travel to each, and the way home; times are minutes of wall time of the day.

    What a client only holds is not his yet, and what was cancelled is not his any more.
    """
    begins_at, ends_at = (at_wall_time(day + timedelta(days=n), 0, unit.zone) for n in (0, 1))
    visits = [v for v in find.day_of_technician(session, technician.id, begins_at, ends_at) if v.is_occupying]
    mine = {visit.intervention_id for visit in visits}
    loaded = load(session, unit, [technician], [day], now=now)
    planned = [v for v in visits_by_day(loaded).get((technician.id, day), []) if v.intervention_id in mine]
    drives = tour_of(loaded, Roads(loaded), technician, day, planned)
    travel = {stop.visit.intervention_id: stop.drive.minutes for stop in drives.stops}
    following = next((visit.id for visit in visits if visit.intervention.status != DONE), None)
    absences = absences_between(session, [technician.id], begins_at, ends_at).get(technician.id, [])

    home = drives.way_home

    def wall(at: datetime) -> int:
        return wall_minutes(at, day, unit.zone)

    return {
        "stops": [
            {
                **card(visit.intervention),
                "colleagues": [one.name for one in visit.intervention.crew if one.id != technician.id],
                "begins": wall(visit.begins_at),
                "minutes": _minutes(visit),
                "window": [wall(at) for at in _window(visit.intervention)] or None,
                "travel_minutes": travel.get(visit.intervention_id, 0),
                "is_next": visit.id == following,
            }
            for visit in visits
        ],
        "done": sum(visit.intervention.status == DONE for visit in visits),
        "travel_minutes": drives.travel_minutes,
        "km": round(drives.km, 1),
        "way_home": home and {"begins": wall(loaded.at(home.begins)), "minutes": home.minutes},
        "absences": [
            {
                "from": max(0, wall(absence.begins_at)),
                "to": min(24 * 60, wall(absence.ends_at)),
                "reason": absence.reason,
            }
            for absence in absences
        ],
    }


def card(intervention: Intervention) -> Json:
    """What a technician needs of a visit to get there: who, where, and how to reach them."""
    site, contact = intervention.site, intervention.contact
    return {
        "intervention": intervention.id,
        "reference": intervention.reference,
        "client": intervention.client.name,
        "activity": pick(intervention.activity_type.title),
        "status": intervention.status,
        "next_step": under_way.next_step(intervention),
        "version": intervention.version,
        "kind": intervention.kind,
        "address": intervention.place_words,
        "access_notes": site.access_notes if site else "",
        "notes": intervention.notes,
        "contact": contact.name if contact else "",
        "phone": (contact.phone if contact else None) or "",
        "map_link": _map_link(site.latitude, site.longitude) if site and site.is_located else "",
    }


def _window(intervention: Intervention) -> list[datetime]:
    return [at for at in (intervention.window_begins_at, intervention.window_ends_at) if at is not None]


def _minutes(visit: Visit) -> int:
    return int((visit.ends_at - visit.begins_at) // timedelta(minutes=1))


def _map_link(latitude: float | None, longitude: float | None) -> str:
    """Directions to a point; OpenStreetMap opens everywhere and asks for no key."""
    return f"https://www.openstreetmap.org/directions?to={latitude}%2C{longitude}"
