"""Puts one intervention into the calendar, and takes it out, by the law."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

import solver
from fieldsvc.core.errors import PlanRefused, SlotGone
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning import bands, guard, without_place
from fieldsvc.domain.planning.fit import Fit, Place, load_day
from fieldsvc.domain.planning.marginal_cost import marginal_cost
from fieldsvc.domain.planning.problem import (
    Loaded,
    PlannedVisit,
    Spot,
    demand_for,
    load,
    new_visit,
    plan_of,
    shift_id,
    spot_of,
    with_visit,
)
from fieldsvc.domain.planning.words import Names, violation_words
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.units.models import BusinessUnit

Seat = solver.Candidate | solver.Seat


def place(session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime) -> Fit:
    """Give the intervention its time with the cheapest technician, or crew, of `where` who is still free.

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
    """The day of the cheapest technician or crew with the intervention in it; None when the law does not permit it."""
    if intervention.site is None:
        return without_place.fit_in(session, unit, intervention, where, now=now)
    if not intervention.site.is_located:
        return None
    spot = spot_of(intervention.site)
    loaded = load_day(session, unit, intervention, where, now=now, spot=spot)
    window = (where.begins_at, where.begins_at) if where.begins_at else where.window
    visit = _visit(loaded, intervention, spot, window)
    proposal = solver.Calendar(loaded.problem).propose(visit, limit=1, bands=bands.limits_of(unit))
    if not proposal.candidates:
        return None
    [candidate] = proposal.candidates
    routes = _routes_with(loaded, visit, candidate)
    technician_ids = tuple(loaded.shifts[route.shift].technician_id for route in routes)
    return Fit(loaded, technician_ids, _begins(visit.id, routes[0]), routes, candidate)


def refusals(
    session: Session, unit: BusinessUnit, intervention: Intervention, where: Place, *, now: datetime
) -> list[str]:
    """Why the intervention cannot begin with exactly these technicians at `where.begins_at`, in sentences."""
    assert where.begins_at is not None, "only a planned start can be refused"
    if intervention.site is None:
        return without_place.refusals(session, unit, intervention, where, now=now)
    spot = spot_of(intervention.site)
    loaded = load_day(session, unit, intervention, where, now=now, spot=spot)
    shifts = {one: shift_id(one, loaded.days[0]) for one in where.technician_ids}
    off = [loaded.technicians[one].name for one, shift in shifts.items() if shift not in loaded.shifts]
    if off:
        return [_("%(technician)s does not work on this day.", technician=name) for name in off]
    visit = _visit(loaded, intervention, spot, where.window)
    stop = solver.Stop(visit.id, loaded.minute(where.begins_at))
    plan = plan_of({shift: [*loaded.route(shift), stop] for shift in shifts.values()})
    violations = solver.check(with_visit(loaded, visit), _plan_with(loaded, plan.routes))
    names = Names.of(loaded, {visit.id: intervention.client.name})
    return list(dict.fromkeys(violation_words(violation, names) for violation in violations))


def write(session: Session, intervention: Intervention, fit: Fit, *, now: datetime) -> None:
    """Store the times of the whole routes, a row for each technician who comes, and what the visit cost.

    The rows are released first, so that no order of writing can clash.
    """
    begins_at = fit.loaded.at(fit.begins)
    ends_at = begins_at + timedelta(minutes=intervention.minutes)
    take_out(session, intervention)
    session.flush()
    try:
        _float(session, _floating(fit.loaded, fit.routes), now=now)
        intervention.visits += [
            Visit(technician_id=one, begins_at=begins_at, ends_at=ends_at, is_occupying=True)
            for one in fit.technician_ids
        ]
        intervention.marginal_cost, intervention.band = marginal_cost(fit.candidate), fit.candidate.band
        intervention.changed_at = now
        flag_modified(intervention, "changed_at")  # a new version, even within the same instant
        session.flush()
    except IntegrityError as clash:
        raise SlotGone(_("This time has just been taken. Please choose another one.")) from clash


def floated_by(fit: Fit) -> dict[int, datetime]:
    """The planned starts of others that a fit moves, as they are before it, by intervention."""
    return {visit.intervention_id: visit.begins_at for visit, _begins_at in _floating(fit.loaded, fit.routes)}


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
    route = solver.schedule(loaded.problem, name, [stop.visit for stop in stops], prefer, loaded.crews_on(name))
    if route is not None and not solver.check(loaded.problem, _plan_with(loaded, [route])):
        _float(session, _floating(loaded, [route]), now=now)


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


def _visit(loaded: Loaded, intervention: Intervention, spot: Spot, window: tuple[datetime, datetime]) -> solver.Visit:
    return new_visit(loaded, demand_for(intervention), spot.id, [window], str(intervention.id))


def _routes_with(loaded: Loaded, visit: solver.Visit, candidate: solver.Candidate) -> tuple[solver.Route, ...]:
    """The days of everybody who comes, with as few others as can be moved; a crew begins when the last of it can."""
    problem = with_visit(loaded, visit)
    seats: tuple[Seat, ...] = (candidate, *candidate.crew)
    earliest, latest = candidate.begins
    routes = [_route_with(loaded, problem, visit.id, seat, {}, earliest) for seat in seats]
    if len(seats) > 1:
        ready = max((_begins(visit.id, route) for route in routes if route is not None), default=earliest)
        together = {visit.id: ready if ready <= latest else earliest}
        routes = [_route_with(loaded, problem, visit.id, seat, together, earliest) for seat in seats]
    found = tuple(route for route in routes if route is not None)
    violations = solver.check(problem, _plan_with(loaded, found)) if len(found) == len(routes) else ["no schedule"]
    if violations:
        raise PlanRefused(_("The plan of this day does not permit it."), [str(v) for v in violations])
    return found


def _route_with(
    loaded: Loaded, problem: solver.Problem, name: str, seat: Seat, fixed: Mapping[str, int], wish: int
) -> solver.Route | None:
    stops = loaded.route(seat.shift)
    order = [stop.visit for stop in stops]
    order.insert(seat.position, name)
    prefer = {stop.visit: stop.begins for stop in stops} | {name: wish}
    return solver.schedule(problem, seat.shift, order, prefer, {**loaded.crews_on(seat.shift), **fixed})


def _begins(name: str, route: solver.Route) -> int:
    return next(stop.begins for stop in route.stops if stop.visit == name)


def _plan_with(loaded: Loaded, routes: Sequence[solver.Route]) -> solver.Plan:
    changed = {route.shift for route in routes}
    others = (kept for kept in loaded.problem.plan.routes if kept.shift not in changed)
    return replace(loaded.problem.plan, routes=(*others, *routes))


def technicians_of(intervention: Intervention) -> list[int]:
    """Whose time the intervention takes."""
    return [visit.technician_id for visit in intervention.visits if visit.is_occupying]


def _floating(loaded: Loaded, routes: Iterable[solver.Route]) -> list[tuple[PlannedVisit, datetime]]:
    """The planned visits whose start is another one in `routes`, with that start; none of them is a crew's."""
    return [
        (loaded.visits[stop.visit], loaded.at(stop.begins))
        for route in routes
        for stop in route.stops
        if stop.visit in loaded.visits and loaded.visits[stop.visit].begins_at != loaded.at(stop.begins)
    ]


def _float(session: Session, floating: Sequence[tuple[PlannedVisit, datetime]], *, now: datetime) -> None:
    _release(session, [seat.visit_id for visit, _begins_at in floating for seat in visit.seats])
    for visit, begins_at in floating:
        for seat in visit.seats:
            _occupy(session, seat.visit_id, begins_at, begins_at + timedelta(minutes=visit.demand.minutes))
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
