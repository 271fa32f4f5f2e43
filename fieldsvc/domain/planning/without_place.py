"""Where a call, a task or other work without a place fits: in time that its technician has, wherever he is then.

For the engine it is a break at a fixed time, ahead of a drive or behind it; nobody drives for it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

import solver
from fieldsvc.core.dates import local_day
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning.fit import Fit, Place, load_day
from fieldsvc.domain.planning.problem import Demand, Loaded, break_from, demand_for, pauses_of, shift_id
from fieldsvc.domain.planning.words import Names, reason_words
from fieldsvc.domain.teams.shifts import WorkShift
from fieldsvc.domain.units.models import BusinessUnit
from solver.pause_starts import pause_starts
from solver.reasons import why_unskilled
from solver.validate import MOST_BREAKS

NO_TRAVEL = solver.Reason("no_travel")
NO_COST = solver.Cost(0, 0.0, 0, 0.0)
Interval = tuple[int, int]


def propose(loaded: Loaded, demand: Demand, windows: Sequence[Interval]) -> solver.Proposal:
    """Who can begin such work in which of the windows, in minutes: the first window first, and who has least to do.

    Every technician-day without a candidate is refused, days off too.
    """
    worked = _worked(loaded)
    found: list[tuple[int, int, solver.Candidate]] = []
    refused = []
    for technician in loaded.problem.technicians:
        unskilled = why_unskilled(technician, demand.skills)
        for number, on in enumerate(loaded.days):
            shift = loaded.shifts.get(shift_id(int(technician.id), on))
            if shift is None or unskilled:
                refused.append(solver.Refusal(technician.id, None, number, unskilled or solver.Reason("no_shift")))
                continue
            opens, closes = loaded.interval((shift.begins_at, shift.ends_at))
            inside = [window for window in windows if opens <= window[1] and window[0] < closes]
            starts = _starts(loaded, shift, demand, inside)
            busy = worked[technician.id, on]
            found += [(window[0], busy, _candidate(shift, window, begins)) for window, begins in starts.items()]
            if not starts:
                reason = solver.Reason("full" if inside else "window")
                refused.append(solver.Refusal(technician.id, _name(shift), number, reason))
    found.sort(key=lambda one: one[:2])
    return solver.Proposal(tuple(candidate for _opens, _busy, candidate in found), tuple(refused))


def fit_in(
    session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime
) -> Fit | None:
    """The first of the technicians who has the time, and his day with it; None when nobody has."""
    loaded = load_day(session, unit, intervention, where, now=now)
    demand = demand_for(intervention)
    window = loaded.interval((where.begins_at, where.begins_at) if where.begins_at else where.window)
    found = propose(loaded, demand, [window]).candidates
    in_order = sorted(found, key=lambda candidate: where.technician_ids.index(int(candidate.technician)))
    fits = (_fit(loaded, candidate, demand) for candidate in in_order)
    return next((fit for fit in fits if fit is not None), None)


def refusals(
    session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime
) -> list[str]:
    """Why the work cannot begin with exactly these technicians at `where.begins_at`, in sentences."""
    assert where.begins_at is not None, "only a planned start can be refused"
    loaded = load_day(session, unit, intervention, where, now=now)
    begins = loaded.minute(where.begins_at)
    names = Names.of(loaded)
    return [
        f"{names.technicians[refusal.technician]}: {reason_words(refusal.reason, names)}"
        for refusal in propose(loaded, demand_for(intervention), [(begins, begins)]).refused
    ]


def _worked(loaded: Loaded) -> Counter[tuple[str, date]]:
    """The minutes of work of each technician on each day."""
    minutes: Counter[tuple[str, date]] = Counter()
    for visit in (*loaded.visits.values(), *loaded.placeless):
        for seat in visit.seats:
            minutes[str(seat.technician_id), local_day(seat.begins_at, loaded.unit.zone)] += visit.demand.minutes
    return minutes


def _starts(loaded: Loaded, shift: WorkShift, demand: Demand, windows: Sequence[Interval]) -> dict[Interval, int]:
    """The first minute in each window at which the work can begin; a day with as many breaks as can be has none."""
    name = _name(shift)
    if not windows or len(loaded.problem.index.shifts[name].breaks) >= MOST_BREAKS:
        return {}
    ahead = demand.buffer_before
    asked = tuple((opens - ahead, closes - ahead) for opens, closes in windows)
    free = pause_starts(loaded.problem, name, demand.busy_minutes, asked, loaded.crews_on(name))
    starts = {window: _first(window, free, ahead) for window in windows}
    return {window: begins for window, begins in starts.items() if begins is not None}


def _first(window: Interval, free: Sequence[Interval], ahead: int) -> int | None:
    """The first minute of a window in which the work may begin when its pause may in one of `free`."""
    begins = [max(window[0], earliest + ahead) for earliest, latest in free if latest + ahead >= window[0]]
    return min((one for one in begins if one <= window[1]), default=None)


def _candidate(shift: WorkShift, window: Interval, begins: int) -> solver.Candidate:
    return solver.Candidate(
        technician=str(shift.technician_id),
        shift=_name(shift),
        position=0,
        begins=(begins, begins),
        window=window,
        cost=NO_COST,
        band="green",
        after=None,
        before=None,
        because=NO_TRAVEL,
    )


def _fit(loaded: Loaded, candidate: solver.Candidate, demand: Demand) -> Fit | None:
    """The technician's day with the work in it: his other visits move inside their promises where they have to."""
    name, begins = candidate.shift, candidate.begins[0]
    stops = loaded.route(name)
    routes: tuple[solver.Route, ...] = ()
    if stops:
        prefer = {stop.visit: stop.begins for stop in stops}
        busy = _with_break(loaded, name, demand, begins)
        route = solver.schedule(busy, name, [stop.visit for stop in stops], prefer, loaded.crews_on(name))
        if route is None:
            return None
        routes = (route,)
    return Fit(loaded, (int(candidate.technician),), begins, routes, candidate)


def _with_break(loaded: Loaded, name: str, demand: Demand, begins: int) -> solver.Problem:
    """The problem in which the work is a break of this shift."""
    pauses = pauses_of(loaded.shifts[name], loaded.placeless, demand.busy_from(loaded.at(begins)))
    breaks = tuple(break_from(pause, loaded.origin) for pause in pauses)
    technicians = []
    for technician in loaded.problem.technicians:
        shifts = [replace(one, breaks=breaks) if one.id == name else one for one in technician.shifts]
        technicians.append(replace(technician, shifts=tuple(shifts)))
    return replace(loaded.problem, technicians=tuple(technicians))


def _name(shift: WorkShift) -> str:
    return shift_id(shift.technician_id, shift.day_on)
