"""The planning board: a day and a week of a unit, as the pages and their scripts read them.

Times are minutes of wall time, counted from the local midnight of the day that is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.dates import at_wall_time, local_day, wall_minutes, zone_words
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.interventions.lifecycle import WORDS
from fieldsvc.domain.interventions.models import Visit
from fieldsvc.domain.planning.axis import HOUR, whole_hours
from fieldsvc.domain.planning.board_cards import Found, Types, card, planned_rows, types_of, unplanned_cards
from fieldsvc.domain.planning.conflicts import conflicts_in
from fieldsvc.domain.planning.problem import Loaded, load
from fieldsvc.domain.planning.tours import Roads, Tour, tour_of, visits_by_day
from fieldsvc.domain.planning.travel.words import travel_note
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import Absence, Technician, TechnicianSkill
from fieldsvc.domain.teams.shifts import absences_between
from fieldsvc.domain.units.models import BusinessUnit

Json = dict[str, Any]

DAYS_OF_A_WEEK = 7
LEGEND = ("completed", "in_progress", "travelling", "dispatched", "scheduled")


def day_board(session: Session, unit: BusinessUnit, day: date, *, now: datetime) -> Json:
    """One day: a row per technician with visits, legs and conflicts, and everything that still needs a time."""
    calendar = _read(session, unit, [day], now=now)
    rows = [_row(calendar, technician, day) for technician in calendar.loaded.technicians.values()]
    opens, closes = _axis(rows)
    for row in rows:
        row["absences"] = _clipped(row["absences"], opens, closes)
    return {
        "revision": calendar.revision,
        "day": day.isoformat(),
        "zone": zone_words(unit.zone),
        "from": opens,
        "to": closes,
        "now": calendar.wall(now, day) if local_day(now, unit.zone) == day else None,
        "rows": rows,
        "unscheduled": unplanned_cards(session, unit, calendar.types),
        "totals": _totals(rows),
        "words": {status: str(words) for status, words in WORDS.items()},
        "travel_note": travel_note(calendar.loaded.estimated_since, unit.zone, now=now),
    }


def week_board(session: Session, unit: BusinessUnit, monday: date, *, now: datetime) -> Json:
    """Seven days from `monday`: the load of each technician by day, and everything that still needs a time."""
    days = [monday + timedelta(days=number) for number in range(DAYS_OF_A_WEEK)]
    today = local_day(now, unit.zone)
    calendar = _read(session, unit, days, now=now)
    rows = {
        technician.id: [_row(calendar, technician, day) for day in days]
        for technician in calendar.loaded.technicians.values()
    }
    opens, closes = _axis([row for week in rows.values() for row in week])
    return {
        "revision": calendar.revision,
        "day": monday.isoformat(),
        "zone": zone_words(unit.zone),
        "days": [_head(day, [week[number] for week in rows.values()], today) for number, day in enumerate(days)],
        "rows": [
            {
                "id": technician.id,
                "name": technician.name,
                "cells": [
                    _cell(day, row, opens, closes, today) for day, row in zip(days, rows[technician.id], strict=True)
                ],
            }
            for technician in calendar.loaded.technicians.values()
        ],
        "unscheduled": [_due(item, today) for item in unplanned_cards(session, unit, calendar.types)],
        "bar_from": opens,
        "bar_to": closes,
        "legend": [(status, str(WORDS[status])) for status in LEGEND],
        "travel_note": travel_note(calendar.loaded.estimated_since, unit.zone, now=now),
    }


# --- Reading ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Everything the board shows of some days, read in a constant number of queries."""

    loaded: Loaded
    revision: int
    types: Types
    roads: Roads
    tours: Mapping[tuple[int, date], Tour]
    planned: Mapping[tuple[int, date], list[Found]]
    crews: Mapping[int, list[int]]
    absences: Mapping[int, list[Absence]]
    conflicts: Mapping[int, list[str]]

    def wall(self, at: datetime, day: date) -> int:
        """An instant in minutes of wall time from the midnight of `day`."""
        return wall_minutes(at, day, self.loaded.unit.zone)

    def wall_of(self, minute: int, day: date) -> int:
        """The same for a minute of the solver's."""
        return self.wall(self.loaded.at(minute), day)


def _read(session: Session, unit: BusinessUnit, days: Sequence[date], *, now: datetime) -> _Calendar:
    revision = audit.revision(session, unit.id)
    begins_at = at_wall_time(days[0], 0, unit.zone)
    ends_at = at_wall_time(days[-1] + timedelta(days=1), 0, unit.zone)
    technicians = _technicians(session, unit, begins_at, ends_at)
    loaded = load(session, unit, technicians, days, now=now)
    roads, mine = Roads(loaded), visits_by_day(loaded)
    planned: dict[tuple[int, date], list[Found]] = {}
    crews: dict[int, list[int]] = {}
    for row in planned_rows(session, unit, begins_at, ends_at, now=now):
        planned.setdefault((row.technician_id, local_day(row.begins_at, unit.zone)), []).append(row)
        crews.setdefault(row.id, []).append(row.technician_id)
    return _Calendar(
        loaded=loaded,
        revision=revision,
        types=types_of(session, unit),
        roads=roads,
        tours={
            (technician.id, day): tour_of(loaded, roads, technician, day, mine.get((technician.id, day), []))
            for technician in technicians
            for day in days
        },
        planned=planned,
        crews=crews,
        absences=absences_between(session, loaded.technicians, begins_at, ends_at),
        conflicts=_conflict_words(loaded),
    )


def _technicians(session: Session, unit: BusinessUnit, begins_at: datetime, ends_at: datetime) -> list[Technician]:
    """Those who work, by name, and those who left with visits in these days."""
    visiting = select(Visit.technician_id).where(Visit.is_occupying, Visit.during(begins_at, ends_at))
    return list(session.scalars(teams.active_or(unit.id, Technician.id.in_(visiting)).options(*teams.WITH_CALENDAR)))


def _conflict_words(loaded: Loaded) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for conflict in conflicts_in(loaded):
        if conflict.visit.status != "completed":
            found.setdefault(conflict.visit.intervention_id, []).append(conflict.words)
    return found


# --- One technician's row -----------------------------------------------------------------------------


def _row(calendar: _Calendar, technician: Technician, day: date) -> Json:
    tour = calendar.tours[technician.id, day]
    shift = tour.shift
    return {
        "id": technician.id,
        "name": technician.name,
        "skills": [_skill_words(skill) for skill in technician.skills],
        "shift": [calendar.wall(shift.begins_at, day), calendar.wall(shift.ends_at, day)] if shift else None,
        "load": tour.load,
        "travel_minutes": tour.travel_minutes,
        "km": round(tour.km, 1),
        "absences": _absences(calendar, technician, day),
        "breaks": [{"begins": calendar.wall_of(pause.begins, day), "minutes": pause.minutes} for pause in tour.breaks],
        "items": [*_drives(calendar, tour, day), *_visits(calendar, technician, day), *_home(calendar, tour, day)],
    }


def _skill_words(skill: TechnicianSkill) -> str:
    return _("%(skill)s %(level)s", skill=pick(skill.skill.name), level=skill.level)


def _absences(calendar: _Calendar, technician: Technician, day: date) -> list[Json]:
    closed = calendar.loaded.closed.get(day)
    found = [] if closed is None else [(0, 24 * HOUR, closed)]
    for absence in calendar.absences.get(technician.id, ()):
        begins, ends = calendar.wall(absence.begins_at, day), calendar.wall(absence.ends_at, day)
        if begins < 24 * HOUR and ends > 0:
            found.append((begins, ends, absence.reason))
    return [{"from": begins, "to": ends, "reason": reason} for begins, ends, reason in found]


def _clipped(absences: Iterable[Json], opens: int, closes: int) -> list[Json]:
    """Only what falls into the hours that are shown; an absence of days is no wider than the board."""
    shown = [{**one, "from": max(one["from"], opens), "to": min(one["to"], closes)} for one in absences]
    return [one for one in shown if one["from"] < one["to"]]


def _drives(calendar: _Calendar, tour: Tour, day: date) -> list[Json]:
    items = []
    for stop in tour.stops:
        pieces = [("wait", free) for free in stop.free] + [("travel", stop.drive)]
        items += [
            {"kind": kind, "begins": calendar.wall_of(piece.begins, day), "minutes": piece.minutes}
            for kind, piece in pieces
            if piece.minutes
        ]
    return items


def _visits(calendar: _Calendar, technician: Technician, day: date) -> list[Json]:
    return [_visit(calendar, row, technician, day) for row in calendar.planned.get((technician.id, day), ())]


def _visit(calendar: _Calendar, row: Found, technician: Technician, day: date) -> Json:
    window = (row.window_begins_at, row.window_ends_at) if row.window_begins_at else None
    conflict = list(calendar.conflicts.get(row.id, ()))
    if row.site_id is not None and row.latitude is None:
        conflict.append(_("The site is not located on the map, so nobody knows the way there."))
    return {
        "kind": "visit",
        **card(row, calendar.types),
        "begins": calendar.wall(row.begins_at, day),
        "minutes": int((row.ends_at - row.begins_at) // timedelta(minutes=1)),
        "window": [calendar.wall(at, day) for at in window] if window else None,
        "conflict": conflict,
        "colleagues": [calendar.loaded.technicians[one].name for one in calendar.crews[row.id] if one != technician.id],
    }


def _home(calendar: _Calendar, tour: Tour, day: date) -> list[Json]:
    if tour.way_home is None:
        return []
    begins = calendar.wall_of(tour.way_home.begins, day)
    is_late = tour.shift is not None and calendar.loaded.at(tour.way_home.ends) > tour.shift.ends_at
    return [{"kind": "home", "begins": begins, "minutes": tour.way_home.minutes, "late": is_late}]


# --- What is around the rows --------------------------------------------------------------------------


def _axis(rows: Sequence[Json]) -> tuple[int, int]:
    """The whole hours from the first thing that is shown to the last one."""
    spans = [tuple(row["shift"]) for row in rows if row["shift"]]
    spans += [(item["begins"], item["begins"] + item["minutes"]) for row in rows for item in row["items"]]
    return whole_hours(spans)


def _totals(rows: Sequence[Json]) -> Json:
    return {
        "visits": len({item["intervention"] for row in rows for item in row["items"] if item["kind"] == "visit"}),
        "travel_minutes": sum(row["travel_minutes"] for row in rows),
        "km": round(sum(row["km"] for row in rows), 1),
    }


def _head(day: date, rows: Sequence[Json], today: date) -> Json:
    return {"day": day, "is_today": day == today, **_totals(rows)}


def _cell(day: date, row: Json, opens: int, closes: int, today: date) -> Json:
    bars = [
        {
            "status": item["status"],
            "left": round(100 * (item["begins"] - opens) / (closes - opens), 2),
            "width": round(100 * item["minutes"] / (closes - opens), 2),
        }
        for item in row["items"]
        if item["kind"] == "visit"
    ]
    return {
        "day": day,
        "is_today": day == today,
        "off": row["shift"] is None and not bars,
        "off_words": next((absence["reason"] for absence in row["absences"]), ""),
        "load": row["load"],
        "visits": len(bars),
        "travel_minutes": row["travel_minutes"],
        "bars": bars,
    }


def _due(item: Json, today: date) -> Json:
    due = date.fromisoformat(item["due_on"]) if item["due_on"] else None
    return {**item, "due": due, "group": _urgency(due, today)}


def _urgency(due: date | None, today: date) -> str:
    if due is None:
        return "later"
    if due < today:
        return "overdue"
    if due == today:
        return "today"
    return "week" if due <= today + timedelta(days=DAYS_OF_A_WEEK) else "later"
