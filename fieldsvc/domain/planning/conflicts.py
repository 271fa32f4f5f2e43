"""What is wrong with the plan as it stands, by the law, at the visit it is about."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import solver
from fieldsvc.core.dates import local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.planning.problem import Loaded, PlannedVisit, Seat, shift_id
from fieldsvc.domain.planning.words import Names, violation_words
from fieldsvc.domain.teams.shifts import WorkBreak, WorkShift


@dataclass(frozen=True, slots=True)
class Conflict:
    """A broken rule at a planned visit; `kind` is the solver's, or `no_shift`."""

    kind: str
    visit: PlannedVisit
    words: str


def conflicts_in(loaded: Loaded) -> list[Conflict]:
    """Everything the law has against today's plan. A locked visit is judged by its promise like any other, and a crew
    by how many it has to be.
    """
    problem = replace(loaded.problem, visits=tuple(_as_promised(loaded, visit) for visit in loaded.problem.visits))
    names = Names.of(loaded)
    found = [
        _without_shift(loaded, visit, seat)
        for visit in (*loaded.visits.values(), *loaded.placeless)
        for seat in visit.seats
        if _is_off(loaded, seat)
    ]
    found += [conflict for visit in loaded.placeless for conflict in _of_placeless(loaded, visit)]
    for violation in solver.check(problem, problem.plan):
        visit = _visit_of(loaded, violation)
        if visit is not None:
            found.append(Conflict(violation.kind, visit, violation_words(violation, names)))
    return found


def _as_promised(loaded: Loaded, visit: solver.Visit) -> solver.Visit:
    needed = loaded.visits[visit.id].demand.crew
    return replace(visit, locked=None, only=(), crew=max(visit.crew, needed))


def _is_off(loaded: Loaded, seat: Seat) -> bool:
    return shift_id(seat.technician_id, local_day(seat.begins_at, loaded.unit.zone)) not in loaded.shifts


def _without_shift(loaded: Loaded, visit: PlannedVisit, seat: Seat) -> Conflict:
    technician = loaded.technicians[seat.technician_id]
    words = _("%(technician)s does not work on this day.", technician=technician.name)
    return Conflict("no_shift", visit, words)


def _of_placeless(loaded: Loaded, visit: PlannedVisit) -> Iterator[Conflict]:
    """What speaks against a visit without a place, which the engine knows as a break only."""
    for seat in visit.seats:
        shift = loaded.shifts.get(shift_id(seat.technician_id, local_day(seat.begins_at, loaded.unit.zone)))
        if shift is None:
            continue
        technician, client = loaded.technicians[seat.technician_id], visit.client_name
        minutes = round((visit.ends_at - visit.begins_at).total_seconds() / 60)
        outside = minutes - round(_overlap(visit, WorkBreak(shift.begins_at, shift.begins_at, _length(shift))) / 60)
        if outside:
            words = _("%(visit)s lies %(minutes)s min outside the working hours.", visit=client, minutes=outside)
            yield Conflict("shift", visit, words)
        if any(_overlap(visit, absence) for absence in shift.absences):
            yield Conflict("break", visit, _("%(technician)s is away.", technician=technician.name))
        if visit.window is not None and not visit.window[0] <= visit.begins_at <= visit.window[1]:
            off = max(visit.window[0] - visit.begins_at, visit.begins_at - visit.window[1]) // timedelta(minutes=1)
            words = _("Breaks the promise to %(visit)s by %(minutes)s min.", visit=client, minutes=off)
            yield Conflict("window", visit, words)


def _length(shift: WorkShift) -> int:
    return int((shift.ends_at - shift.begins_at) // timedelta(minutes=1))


def _visit_of(loaded: Loaded, violation: solver.Violation) -> PlannedVisit | None:
    """The visit a violation is about; a break that finds no time is about the visit that stands in its way."""
    if violation.visit is not None:
        return loaded.visits.get(violation.visit)
    on_shift = [loaded.visits[stop.visit] for stop in loaded.route(violation.shift or "")]
    if not on_shift:
        return None
    shift = loaded.shifts[violation.shift or ""]
    pauses = (*shift.breaks, *shift.absences)
    return max(on_shift, key=lambda visit: sum(_overlap(visit, pause) for pause in pauses))


def _overlap(visit: PlannedVisit, pause: WorkBreak) -> float:
    begins_at = max(visit.begins_at, pause.earliest_at)
    ends_at = min(visit.ends_at, pause.latest_at + timedelta(minutes=pause.minutes))
    return max(0.0, (ends_at - begins_at).total_seconds())
