"""Where a call, a task or other work without a place fits: in time that its technician has, wherever he is then.

For the engine it is a break at a fixed time, ahead of a drive or behind it; nobody drives for it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

import solver
from fieldsvc.core.dates import local_day
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning.fit import Fit, Place
from fieldsvc.domain.planning.problem import Demand, Loaded, break_from, demand_of, load, pauses_of, shift_id
from fieldsvc.domain.planning.words import Names, reason_words
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.teams.shifts import WorkBreak, WorkShift
from fieldsvc.domain.units.models import BusinessUnit
from solver.pause_starts import pause_starts
from solver.validate import MOST_BREAKS

NO_TRAVEL = solver.Reason("no_travel")
NO_COST = solver.Cost(0, 0.0, 0, 0.0)
Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Day:
    """A technician on a day: since when he can begin in each window that he can keep, or why in none."""

    technician: Technician
    on: date
    shift: WorkShift | None
    worked: int
    """The minutes of work that he has on it already."""
    starts: dict[Interval, int]
    reason: solver.Reason | None


def days_for(loaded: Loaded, demand: Demand, windows: Sequence[Interval]) -> Iterator[Day]:
    """What each technician has to say to work without a place, day by day; `windows` are for its start, in minutes."""
    worked = _worked(loaded)
    for technician in loaded.technicians.values():
        unable = _unable(technician, demand)
        for on in loaded.days:
            shift, busy = loaded.shifts.get(shift_id(technician.id, on)), worked[technician.id, on]
            if shift is None or unable:
                yield Day(technician, on, shift, busy, {}, unable or solver.Reason("no_shift"))
                continue
            opens, closes = loaded.interval((shift.begins_at, shift.ends_at))
            inside = [window for window in windows if opens <= window[1] and window[0] < closes]
            starts = _starts(loaded, shift, demand, inside)
            reason = None if starts else solver.Reason("full" if inside else "window")
            yield Day(technician, on, shift, busy, starts, reason)


def fit_in(
    session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime
) -> Fit | None:
    """The first of the technicians who has the time, and his day with it; None when nobody has."""
    loaded = _load(session, unit, intervention, where, now=now)
    demand = demand_of(intervention.activity_type, intervention.minutes, intervention.priority)
    window = loaded.interval((where.begins_at, where.begins_at) if where.begins_at else where.window)
    found = [day for day in days_for(loaded, demand, [window]) if day.starts]
    for day in sorted(found, key=lambda day: where.technician_ids.index(day.technician.id)):
        fit = _fit(loaded, day, demand, day.starts[window])
        if fit is not None:
            return fit
    return None


def refusals(
    session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime
) -> list[str]:
    """Why the work cannot begin with exactly these technicians at `where.begins_at`, in sentences."""
    assert where.begins_at is not None, "only a planned start can be refused"
    loaded = _load(session, unit, intervention, where, now=now)
    demand = demand_of(intervention.activity_type, intervention.minutes, intervention.priority)
    begins = loaded.minute(where.begins_at)
    names = Names.of(loaded)
    return [
        f"{day.technician.name}: {reason_words(day.reason, names)}"
        for day in days_for(loaded, demand, [(begins, begins)])
        if day.reason is not None
    ]


def _load(session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime) -> Loaded:
    day = local_day(where.begins_at or where.window[0], unit.zone)
    technicians = teams.by_ids(session, where.technician_ids)
    return load(session, unit, technicians, [day], now=now, without=[intervention.id])


def _worked(loaded: Loaded) -> Counter[tuple[int, date]]:
    minutes: Counter[tuple[int, date]] = Counter()
    for visit in (*loaded.visits.values(), *loaded.placeless):
        for seat in visit.seats:
            minutes[seat.technician_id, local_day(seat.begins_at, loaded.unit.zone)] += visit.demand.minutes
    return minutes


def _unable(technician: Technician, demand: Demand) -> solver.Reason | None:
    levels = {one.skill.code: one.level for one in technician.skills}
    for skill, needs in demand.skills.items():
        if skill not in levels:
            return solver.Reason("skill", {"skill": skill, "needs": needs})
        if levels[skill] < needs:
            return solver.Reason("level", {"skill": skill, "has": levels[skill], "needs": needs})
    return None


def _starts(loaded: Loaded, shift: WorkShift, demand: Demand, windows: Sequence[Interval]) -> dict[Interval, int]:
    """The first minute in each window at which the work can begin; a day with as many breaks as can be has none."""
    name = _name(shift)
    if not windows or len(loaded.problem.index.shifts[name].breaks) >= MOST_BREAKS:
        return {}
    ahead = demand.buffer_before
    minutes = ahead + demand.minutes + demand.buffer_after
    asked = tuple((opens - ahead, closes - ahead) for opens, closes in windows)
    free = pause_starts(loaded.problem, name, minutes, asked, loaded.crews_on(name))
    starts = {window: _first(window, free, ahead) for window in windows}
    return {window: begins for window, begins in starts.items() if begins is not None}


def _first(window: Interval, free: Sequence[Interval], ahead: int) -> int | None:
    """The first minute of a window in which the work may begin when its pause may in one of `free`."""
    begins = [max(window[0], earliest + ahead) for earliest, latest in free if latest + ahead >= window[0]]
    return min((one for one in begins if one <= window[1]), default=None)


def _fit(loaded: Loaded, day: Day, demand: Demand, begins: int) -> Fit | None:
    """The technician's day with the work in it: his other visits move inside their promises where they have to."""
    assert day.shift is not None, "who does not work has no starts"
    name = _name(day.shift)
    stops = loaded.route(name)
    routes: tuple[solver.Route, ...] = ()
    if stops:
        prefer = {stop.visit: stop.begins for stop in stops}
        busy = _with_break(loaded, day.shift, demand, begins)
        route = solver.schedule(busy, name, [stop.visit for stop in stops], prefer, loaded.crews_on(name))
        if route is None:
            return None
        routes = (route,)
    candidate = solver.Candidate(
        technician=str(day.technician.id),
        shift=name,
        position=0,
        begins=(begins, begins),
        window=None,
        cost=NO_COST,
        band="green",
        after=None,
        before=None,
        because=NO_TRAVEL,
    )
    return Fit(loaded, (day.technician.id,), begins, routes, candidate)


def _with_break(loaded: Loaded, shift: WorkShift, demand: Demand, begins: int) -> solver.Problem:
    begins_at = loaded.at(begins - demand.buffer_before)
    work = WorkBreak(begins_at, begins_at, demand.buffer_before + demand.minutes + demand.buffer_after)
    breaks = tuple(break_from(pause, loaded.origin) for pause in pauses_of(shift, loaded.placeless, work))
    technicians = tuple(
        replace(one, shifts=tuple(_busy(each, breaks) if each.id == _name(shift) else each for each in one.shifts))
        for one in loaded.problem.technicians
    )
    return replace(loaded.problem, technicians=technicians)


def _busy(shift: solver.Shift, breaks: tuple[solver.Break, ...]) -> solver.Shift:
    return replace(shift, breaks=breaks)


def _name(shift: WorkShift) -> str:
    return shift_id(shift.technician_id, shift.day_on)
