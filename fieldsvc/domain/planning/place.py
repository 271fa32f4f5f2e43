"""Puts one intervention into the calendar, and takes it out, by the law."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

import solver
from fieldsvc.core.dates import local_day
from fieldsvc.core.errors import PlanRefused, SlotGone
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning import guard
from fieldsvc.domain.planning.marginal_cost import marginal_cost
from fieldsvc.domain.planning.problem import (
    Loaded,
    PlannedVisit,
    demand_of,
    load,
    new_visit,
    shift_id,
    spot_of,
    with_visit,
)
from fieldsvc.domain.planning.words import Names, violation_words
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class Place:
    """Where an intervention goes: who may take it, the promised window, and the planned start when it is given."""

    technician_ids: tuple[int, ...]
    window: tuple[datetime, datetime]
    begins_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """The day of one technician with the intervention in it, by the law."""

    loaded: Loaded
    route: solver.Route
    candidate: solver.Candidate


def place(session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime) -> Fit:
    """Give the intervention its time with the cheapest technician of `where` who is still free.

    Locks the technicians, re-checks the whole day with travel, then writes. Everybody else's planned time may float
    inside his own promised window. Raises `SlotGone` when none of them fits any more.
    """
    guard.take(session, [*where.technician_ids, *technicians_of(intervention)], now=now)
    fit = fit_in(session, unit, intervention, where, now=now)
    if fit is None:
        raise SlotGone(_("This time has just been taken. Please choose another one."))
    write(session, intervention, fit, now=now)
    return fit


def fit_in(
    session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime
) -> Fit | None:
    """The day of the cheapest technician with the intervention in it; None when the law does not permit it."""
    if not intervention.site.is_located:
        return None
    loaded = _load_day(session, unit, intervention, where, now=now)
    window = (where.begins_at, where.begins_at) if where.begins_at else where.window
    visit = _visit(loaded, intervention, window)
    proposal = solver.Calendar(loaded.problem).propose(visit, limit=1)
    if not proposal.candidates:
        return None
    [candidate] = proposal.candidates
    return Fit(loaded, _route_with(loaded, visit, candidate), candidate)


def refusals(
    session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime
) -> list[str]:
    """Why the intervention cannot begin with that technician at `where.begins_at`, in sentences."""
    assert where.begins_at is not None, "only a planned start can be refused"
    [technician_id] = where.technician_ids
    loaded = _load_day(session, unit, intervention, where, now=now)
    technician, day = loaded.technicians[technician_id], loaded.days[0]
    if shift_id(technician.id, day) not in loaded.shifts:
        return [_("%(technician)s does not work on this day.", technician=technician.name)]
    visit = _visit(loaded, intervention, where.window)
    stops = [
        *loaded.route(shift_id(technician.id, day)),
        solver.Stop(visit.id, loaded.minute(where.begins_at)),
    ]
    route = solver.Route(shift_id(technician.id, day), tuple(sorted(stops, key=lambda stop: stop.begins)))
    violations = solver.check(with_visit(loaded, visit), _plan_with(loaded, route))
    names = Names.of(loaded, {visit.id: intervention.client.name})
    return [violation_words(violation, names) for violation in violations]


def write(session: Session, intervention: Intervention, fit: Fit, *, now: datetime) -> None:
    """Store the times of the whole route and what the visit cost.

    The rows are released first, so that no order of writing can clash.
    """
    loaded, route = fit.loaded, fit.route
    shift = loaded.shifts[route.shift]
    begins_at = next(loaded.at(stop.begins) for stop in route.stops if stop.visit == str(intervention.id))
    take_out(session, intervention)
    session.flush()
    try:
        _float(session, _floating(loaded, route), now=now)
        intervention.visits.append(
            Visit(
                technician_id=shift.technician_id,
                begins_at=begins_at,
                ends_at=begins_at + timedelta(minutes=intervention.minutes),
                is_occupying=True,
            )
        )
        intervention.marginal_cost, intervention.band = marginal_cost(fit.candidate), fit.candidate.band
        intervention.changed_at = now
        flag_modified(intervention, "changed_at")  # a new version, even within the same instant
        session.flush()
    except IntegrityError as clash:
        raise SlotGone(_("This time has just been taken. Please choose another one.")) from clash


def floated_by(fit: Fit) -> dict[int, datetime]:
    """The planned starts of others that a fit moves, as they are before it, by intervention."""
    return {visit.intervention_id: visit.begins_at for visit, _begins_at in _floating(fit.loaded, fit.route)}


def float_back(
    session: Session,
    unit: BusinessUnit,
    technician_id: int,
    day: date,
    wanted: Mapping[int, datetime],
    *,
    now: datetime,
) -> None:
    """Let planned starts of one technician's day float to where they are wanted, as far as the law permits it."""
    loaded = load(session, unit, teams.by_ids(session, [technician_id]), [day], now=now)
    name = shift_id(technician_id, day)
    stops = loaded.route(name)
    if not stops:
        return
    prefer = {stop.visit: stop.begins for stop in stops}
    prefer |= {str(one): loaded.minute(begins_at) for one, begins_at in wanted.items() if str(one) in prefer}
    route = solver.schedule(loaded.problem, name, [stop.visit for stop in stops], prefer)
    if route is not None and not solver.check(loaded.problem, _plan_with(loaded, route)):
        _float(session, _floating(loaded, route), now=now)


def take_out(session: Session, intervention: Intervention) -> None:
    """Free the time of an intervention; its rows go, so that only cancelled ones keep where they were."""
    for visit in list(intervention.visits):
        intervention.visits.remove(visit)
        session.delete(visit)


def hand_over(session: Session, giver: Intervention, taker: Intervention, *, now: datetime) -> None:
    """Give the time of one intervention to another, whose own time becomes free."""
    take_out(session, taker)
    session.flush()
    for visit in list(giver.visits):
        giver.visits.remove(visit)
        taker.visits.append(visit)
    taker.changed_at = now
    session.flush()


def stop_occupying(intervention: Intervention) -> None:
    """Free the time of an intervention and keep where it was, for the feeds that show it as cancelled."""
    for visit in intervention.visits:
        visit.is_occupying = False


def _load_day(
    session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime
) -> Loaded:
    day = local_day(where.begins_at or where.window[0], unit.zone)
    technicians = teams.by_ids(session, where.technician_ids)
    spot = spot_of(intervention.site)
    return load(session, unit, technicians, [day], now=now, without=[intervention.id], spot=spot)


def _visit(loaded: Loaded, intervention: Intervention, window: tuple[datetime, datetime]) -> solver.Visit:
    demand = demand_of(intervention.activity_type, intervention.minutes, intervention.priority)
    return new_visit(loaded, demand, spot_of(intervention.site).id, [window], str(intervention.id))


def _route_with(loaded: Loaded, visit: solver.Visit, candidate: solver.Candidate) -> solver.Route:
    stops = loaded.route(candidate.shift)
    order = [stop.visit for stop in stops]
    order.insert(candidate.position, visit.id)
    prefer = {stop.visit: stop.begins for stop in stops} | {visit.id: candidate.begins[0]}
    problem = with_visit(loaded, visit)
    route = solver.schedule(problem, candidate.shift, order, prefer)
    violations = ["no schedule"] if route is None else solver.check(problem, _plan_with(loaded, route))
    if route is None or violations:
        raise PlanRefused(_("The plan of this day does not permit it."), [str(v) for v in violations])
    return route


def _plan_with(loaded: Loaded, route: solver.Route) -> solver.Plan:
    others = tuple(kept for kept in loaded.problem.plan.routes if kept.shift != route.shift)
    return replace(loaded.problem.plan, routes=(*others, route))


def technicians_of(intervention: Intervention) -> list[int]:
    """Whose time the intervention takes."""
    return [visit.technician_id for visit in intervention.visits if visit.is_occupying]


def _floating(loaded: Loaded, route: solver.Route) -> list[tuple[PlannedVisit, datetime]]:
    """The planned visits whose start is another one in `route`, with that start."""
    return [
        (loaded.visits[stop.visit], loaded.at(stop.begins))
        for stop in route.stops
        if stop.visit in loaded.visits and loaded.visits[stop.visit].begins_at != loaded.at(stop.begins)
    ]


def _float(session: Session, floating: Sequence[tuple[PlannedVisit, datetime]], *, now: datetime) -> None:
    _release(session, [visit.visit_id for visit, _begins_at in floating])
    for visit, begins_at in floating:
        _occupy(session, visit.visit_id, begins_at, begins_at + timedelta(minutes=visit.demand.minutes))
    _touch(session, [visit.intervention_id for visit, _begins_at in floating], now=now)


def _release(session: Session, visit_ids: Sequence[int]) -> None:
    if visit_ids:
        session.execute(
            update(Visit)
            .where(Visit.id.in_(visit_ids))
            .values(is_occupying=False)
            .execution_options(synchronize_session="fetch")
        )


def _occupy(session: Session, visit_id: int, begins_at: datetime, ends_at: datetime) -> None:
    session.execute(
        update(Visit)
        .where(Visit.id == visit_id)
        .values(begins_at=begins_at, ends_at=ends_at, is_occupying=True)
        .execution_options(synchronize_session="fetch")
    )


def _touch(session: Session, intervention_ids: Sequence[int], *, now: datetime) -> None:
    """A planned time that floated is a change: whoever shows the old one has to read again."""
    if intervention_ids:
        session.execute(
            update(Intervention)
            .where(Intervention.id.in_(intervention_ids))
            .values(version=Intervention.version + 1, changed_at=now)
            .execution_options(synchronize_session="fetch")
        )
