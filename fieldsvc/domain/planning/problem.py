"""Turns rows into a solver problem and back: the only file that knows both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

import solver
from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.domain.catalogue.find import WITH_SKILLS
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Client, Site
from fieldsvc.domain.interventions.lifecycle import PLANNED
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning.travel.of_unit import estimated_since, travel_of
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.teams.shifts import WorkBreak, WorkShift, absences_between, shifts
from fieldsvc.domain.units.find import blackout_days
from fieldsvc.domain.units.models import BusinessUnit
from solver.validate import MOST_BREAKS

MINUTE = timedelta(minutes=1)
FREE_TO_MOVE = ("held", "scheduled")
NEW = "new"


@dataclass(frozen=True, slots=True)
class Demand:
    """What a solver visit needs to know about an intervention, planned or not."""

    minutes: int
    buffer_before: int
    buffer_after: int
    skills: dict[str, int]
    priority: int
    crew: int = 1

    @property
    def busy_minutes(self) -> int:
        """How long it takes a technician, with its buffers."""
        return self.buffer_before + self.minutes + self.buffer_after

    def busy_from(self, begins_at: datetime) -> WorkBreak:
        """The time it takes a technician when the work begins then, with its buffers."""
        leaves_at = begins_at - self.buffer_before * MINUTE
        return WorkBreak(leaves_at, leaves_at, self.busy_minutes)


@dataclass(frozen=True, slots=True)
class Seat:
    """The part of one technician in a visit: a row of the calendar."""

    visit_id: int
    technician_id: int
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit that takes the time of the technicians in `seats`, with what the law says about it.

    Without a place it has no `spot`, and for the engine it is a break of its technician.
    """

    seats: tuple[Seat, ...]
    intervention_id: int
    status: str
    is_locked: bool
    is_confirmed: bool
    window: tuple[datetime, datetime] | None
    client_name: str
    spot: "Spot | None"
    demand: Demand

    @property
    def begins_at(self) -> datetime:
        """When the work is planned to begin."""
        return self.seats[0].begins_at

    @property
    def ends_at(self) -> datetime:
        """When the work is planned to be over."""
        return self.seats[0].ends_at

    @property
    def technician_ids(self) -> tuple[int, ...]:
        """Who comes, of those whose calendars were read."""
        return tuple(seat.technician_id for seat in self.seats)

    @property
    def engaged(self) -> WorkBreak:
        """The time it takes, with its buffers."""
        return self.demand.busy_from(self.begins_at)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one more visit would be: a site, or a point on the map."""

    id: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """Some technicians on some days, as the solver sees them; minutes count from the first local midnight."""

    unit: BusinessUnit
    problem: solver.Problem
    origin: datetime
    days: tuple[date, ...]
    technicians: dict[int, Technician]
    shifts: dict[str, WorkShift]
    visits: dict[str, PlannedVisit]
    placeless: tuple[PlannedVisit, ...]
    """The visits without a place: where they are, their technicians have no time for another one."""
    closed: dict[date, str]
    estimated_since: datetime | None = None
    """Since when the road service is silent about some of the drives, which are estimated therefore."""

    def minute(self, at: datetime) -> int:
        """The instant as whole minutes from the first midnight, rounded down."""
        return int((at - self.origin) // MINUTE)

    def at(self, minute: int) -> datetime:
        """The instant of a minute."""
        return self.origin + minute * MINUTE

    def interval(self, window: tuple[datetime, datetime]) -> tuple[int, int]:
        """A window of instants in minutes."""
        return self.minute(window[0]), self.minute(window[1])

    def route(self, shift_id: str) -> tuple[solver.Stop, ...]:
        """Today's stops of one shift."""
        return next((route.stops for route in self.problem.plan.routes if route.shift == shift_id), ())

    def crews_on(self, shift_id: str) -> dict[str, int]:
        """The starts on one shift of visits whose crew is on other routes as well: they never float."""
        return {stop.visit: stop.begins for stop in self.route(shift_id) if self.visits[stop.visit].demand.crew > 1}

    def workdays(self) -> list[date]:
        """The days on which somebody works, or would if he were not away."""
        weekdays = {hours.weekday for one in self.technicians.values() for hours in one.weekly_hours}
        return [day for day in self.days if day.weekday() in weekdays and day not in self.closed]


def demand_of(activity_type: ActivityType, minutes: int | None = None, priority: int | None = None) -> Demand:
    """What an intervention of this type asks of a technician."""
    return Demand(
        minutes=minutes or activity_type.minutes,
        buffer_before=activity_type.buffer_before_minutes,
        buffer_after=activity_type.buffer_after_minutes,
        skills={need.skill.code: need.level for need in activity_type.skills},
        priority=priority or activity_type.priority,
        crew=activity_type.crew_size,
    )


def demand_for(intervention: Intervention) -> Demand:
    """What an intervention asks of a technician."""
    return demand_of(intervention.activity_type, intervention.minutes, intervention.priority)


def shift_id(technician_id: int, day: date) -> str:
    """The solver's name of one technician-day."""
    return f"{technician_id}:{day.isoformat()}"


def load(
    session: Session,
    unit: BusinessUnit,
    technicians: Sequence[Technician],
    days: Sequence[date],
    *,
    now: datetime,
    without: Iterable[int] = (),
    spot: Spot | None = None,
) -> Loaded:
    """Read the calendars of `technicians` on `days`, without the interventions in `without`.

    `spot` is a place that is not in the calendars yet. An expired hold counts for nobody.
    """
    days = tuple(sorted(days))
    origin = at_wall_time(days[0], 0, unit.zone)
    until = at_wall_time(days[-1] + timedelta(days=1), 0, unit.zone)
    ids = [technician.id for technician in technicians]
    closed = blackout_days(session, unit, days[0], days[-1])
    absences = absences_between(session, ids, origin, until)
    work = {
        shift_id(technician.id, shift.day_on): shift
        for technician in technicians
        for shift in shifts(technician, days, unit.zone, closed, absences.get(technician.id, ()))
    }
    everything = [
        visit
        for visit in planned_visits(session, unit, ids, origin, until, now=now)
        if visit.intervention_id not in set(without)
    ]
    planned = [visit for visit in everything if visit.spot is not None]
    placeless = tuple(visit for visit in everything if visit.spot is None)
    problem = _Builder(session, unit, origin, technicians, work, placeless, now).problem(
        _on_shift(planned, work, unit), spot
    )
    return Loaded(
        unit=unit,
        problem=problem,
        origin=origin,
        days=days,
        technicians={technician.id: technician for technician in technicians},
        shifts=work,
        visits={str(visit.intervention_id): visit for visit in planned},
        placeless=placeless,
        closed=closed,
        estimated_since=estimated_since(problem, spot.id if spot else None),
    )


def planned_visits(
    session: Session,
    unit: BusinessUnit,
    technician_ids: Iterable[int],
    begins_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
) -> list[PlannedVisit]:
    """The visits of `technician_ids` that take time between two instants, in the order they begin.

    A crew is one visit with the seats of those of it who are asked about.
    """
    rows = session.execute(
        select(
            Visit.id,
            Visit.intervention_id,
            Visit.technician_id,
            Visit.begins_at,
            Visit.ends_at,
            Intervention.status,
            Intervention.is_locked,
            Intervention.confirmed_at,
            Intervention.window_begins_at,
            Intervention.window_ends_at,
            Intervention.minutes,
            Intervention.priority,
            Intervention.activity_type_id,
            Intervention.site_id,
            Client.name.label("client_name"),
            Site.latitude,
            Site.longitude,
        )
        .join(Intervention, Intervention.id == Visit.intervention_id)
        .outerjoin(Site, Site.id == Intervention.site_id)
        .join(Client, Client.id == Intervention.client_id)
        .where(
            Visit.technician_id.in_(list(technician_ids)),
            Visit.is_occupying,
            Visit.during(begins_at, ends_at),
            or_(Site.latitude.is_not(None), Intervention.site_id.is_(None)),
            or_(
                Intervention.status.in_((*PLANNED, "completed")),
                and_(Intervention.status == "held", Intervention.held_until > now),
            ),
        )
        .order_by(Visit.begins_at, Visit.id)
    ).all()
    demands = _demands(session, {(row.activity_type_id, row.minutes, row.priority) for row in rows})
    first: dict[int, Row[*tuple[Any, ...]]] = {}
    seats: dict[int, dict[int, Seat]] = {}
    for row in rows:
        first.setdefault(row.intervention_id, row)
        seat = Seat(row.id, row.technician_id, row.begins_at, row.ends_at)
        seats.setdefault(row.intervention_id, {}).setdefault(row.technician_id, seat)
    return [
        PlannedVisit(
            seats=tuple(seats[row.intervention_id].values()),
            intervention_id=row.intervention_id,
            status=row.status,
            is_locked=row.is_locked or row.status not in FREE_TO_MOVE or row.begins_at <= now,
            is_confirmed=row.confirmed_at is not None,
            window=(row.window_begins_at, row.window_ends_at) if row.window_begins_at else None,
            client_name=row.client_name,
            spot=Spot(site_place(row.site_id), row.latitude, row.longitude) if row.site_id is not None else None,
            demand=demands[row.activity_type_id, row.minutes, row.priority],
        )
        for row in first.values()
    ]


def with_visit(loaded: Loaded, visit: solver.Visit) -> solver.Problem:
    """The problem with one more visit, as yet unplanned."""
    return replace(loaded.problem, visits=(*loaded.problem.visits, visit))


def new_visit(
    loaded: Loaded,
    demand: Demand,
    place: str,
    windows: Sequence[tuple[datetime, datetime]],
    visit_id: str = NEW,
) -> solver.Visit:
    """A solver visit for work that is not in the calendar yet; it may begin within any of `windows`."""
    return solver.Visit(
        id=visit_id,
        place=place,
        minutes=demand.minutes,
        windows=tuple(loaded.interval(window) for window in windows),
        skills=demand.skills,
        priority=demand.priority,
        crew=demand.crew,
        before=demand.buffer_before,
        after=demand.buffer_after,
    )


def plan_of(routes: Mapping[str, Sequence[solver.Stop]]) -> solver.Plan:
    """The plan with these stops on each shift, in the order in which they begin."""
    in_order = ((name, sorted(stops, key=lambda stop: stop.begins)) for name, stops in routes.items())
    return solver.Plan(tuple(solver.Route(name, tuple(stops)) for name, stops in in_order))


def pinned(visit: solver.Visit, technician_ids: Sequence[int], begins: int) -> solver.Visit:
    """A visit that keeps exactly these technicians and this start."""
    names = tuple(str(technician_id) for technician_id in technician_ids)
    if len(names) == 1:
        return replace(visit, crew=1, locked=solver.Lock(names[0], begins))
    return replace(visit, crew=len(names), only=names, locked=solver.Lock(begins=begins))


def site_place(site_id: int) -> str:
    """The solver's name of a site."""
    return f"site:{site_id}"


def spot_of(site: Site) -> Spot:
    """The place of a located site."""
    assert site.latitude is not None, "an unlocated site is never planned"
    assert site.longitude is not None, "a site has both coordinates or none"
    return Spot(site_place(site.id), site.latitude, site.longitude)


def spot_for(intervention: Intervention) -> Spot:
    """The place of an intervention at a located site."""
    assert intervention.site is not None, "work without a place is on no tour"
    return spot_of(intervention.site)


def _on_shift(planned: Iterable[PlannedVisit], work: Mapping[str, WorkShift], unit: BusinessUnit) -> list[PlannedVisit]:
    """The visits with the seats of those who work then; without any of them the engine cannot know it."""
    found = []
    for visit in planned:
        seats = tuple(s for s in visit.seats if shift_id(s.technician_id, local_day(s.begins_at, unit.zone)) in work)
        if seats:
            found.append(visit if seats == visit.seats else replace(visit, seats=seats))
    return found


@dataclass(frozen=True, slots=True)
class _Builder:
    session: Session
    unit: BusinessUnit
    origin: datetime
    technicians: Sequence[Technician]
    work: dict[str, WorkShift]
    placeless: Sequence[PlannedVisit]
    now: datetime

    def problem(self, planned: Sequence[PlannedVisit], spot: Spot | None) -> solver.Problem:
        travel = travel_of(self.session, self.unit, self._points(planned, spot))
        return solver.Problem(
            places=travel.places,
            travel=travel.travel,
            traffic=travel.traffic,
            technicians=tuple(self._technician(technician) for technician in self.technicians),
            visits=tuple(self._visit(visit) for visit in planned),
            plan=self._plan(planned),
        )

    def _points(self, planned: Sequence[PlannedVisit], spot: Spot | None) -> dict[str, tuple[float, float]]:
        places = {
            f"home:{technician.id}": (technician.home_latitude, technician.home_longitude)
            for technician in self.technicians
        }
        spots = [visit.spot for visit in planned]
        places.update({there.id: (there.latitude, there.longitude) for there in (*spots, spot) if there is not None})
        return places

    def _technician(self, technician: Technician) -> solver.Technician:
        home = f"home:{technician.id}"
        mine = [(name, shift) for name, shift in self.work.items() if shift.technician_id == technician.id]
        return solver.Technician(
            id=str(technician.id),
            skills={skill.skill.code: skill.level for skill in technician.skills},
            shifts=tuple(
                solver.Shift(
                    id=name,
                    begins=self._minute(shift.begins_at),
                    ends=self._minute(shift.ends_at),
                    start=home,
                    end=home,
                    breaks=tuple(self._break(pause) for pause in pauses_of(shift, self.placeless)),
                )
                for name, shift in mine
            ),
        )

    def _visit(self, visit: PlannedVisit) -> solver.Visit:
        window = self._window(visit)
        assert visit.spot is not None, "a visit without a place is a break"
        found = solver.Visit(
            id=str(visit.intervention_id),
            place=visit.spot.id,
            minutes=visit.demand.minutes,
            windows=(window,),
            skills=visit.demand.skills,
            crew=len(visit.seats),
            priority=visit.demand.priority,
            required=True,
            before=visit.demand.buffer_before,
            after=visit.demand.buffer_after,
            confirmed=visit.is_confirmed,
        )
        begins = self._minute(visit.begins_at)
        # Of a crew, nobody may move without the others: with somebody missing, or outside its promise, it stays.
        is_whole = len(visit.seats) == visit.demand.crew
        is_kept = window[0] <= begins <= window[1]
        is_fixed = not is_whole or (visit.demand.crew > 1 and not is_kept)
        return pinned(found, visit.technician_ids, begins) if visit.is_locked or is_fixed else found

    def _window(self, visit: PlannedVisit) -> tuple[int, int]:
        """When the work may begin: within the promise, and what has not begun never floats into the past."""
        begins = self._minute(visit.begins_at)
        if visit.window is None:
            return begins, begins
        opens, closes = self._minute(visit.window[0]), self._minute(visit.window[1])
        earliest = min(begins, -((self.origin - self.now) // MINUTE))
        return (opens, closes) if visit.is_locked or earliest > closes else (max(opens, earliest), closes)

    def _plan(self, planned: Sequence[PlannedVisit]) -> solver.Plan:
        routes: dict[str, list[solver.Stop]] = {}
        for visit in planned:
            for seat in visit.seats:
                name = shift_id(seat.technician_id, local_day(seat.begins_at, self.unit.zone))
                stop = solver.Stop(str(visit.intervention_id), self._minute(seat.begins_at))
                routes.setdefault(name, []).append(stop)
        return plan_of(routes)

    def _break(self, pause: WorkBreak) -> solver.Break:
        return break_from(pause, self.origin)

    def _minute(self, at: datetime) -> int:
        return int((at - self.origin) // MINUTE)


def _demands(session: Session, kinds: set[tuple[int, int, int]]) -> dict[tuple[int, int, int], Demand]:
    """One demand for each activity type, length and priority: calendars repeat few of them many times."""
    ids = {activity_type_id for activity_type_id, _minutes, _priority in kinds}
    rows = session.scalars(select(ActivityType).where(ActivityType.id.in_(ids)).options(WITH_SKILLS))
    types = {row.id: row for row in rows}
    return {kind: demand_of(types[kind[0]], kind[1], kind[2]) for kind in kinds}


def pauses_of(shift: WorkShift, placeless: Iterable[PlannedVisit], *more: WorkBreak) -> list[WorkBreak]:
    """The breaks of a shift and what is fixed on it: absences, visits without a place, and `more`.

    What touches is one pause, and there are no more of them than the engine takes: of those that are too many the
    nearest become one, and the technician has no time between them.
    """
    engaged = [visit.engaged for visit in placeless if shift.technician_id in visit.technician_ids]
    fixed = _joined(_inside(shift, [*shift.absences, *engaged, *more]), 0)
    while len(fixed) > 1 and len(fixed) + len(shift.breaks) > MOST_BREAKS:
        fixed = _joined(fixed, min(_gap(*pair) for pair in pairwise(fixed)))
    return [*shift.breaks, *fixed]


def break_from(pause: WorkBreak, origin: datetime) -> solver.Break:
    """A break as the engine reads it, in minutes from `origin`."""
    earliest, latest = ((at - origin) // MINUTE for at in (pause.earliest_at, pause.latest_at))
    return solver.Break(int(earliest), int(latest), pause.minutes)


def _inside(shift: WorkShift, pauses: Iterable[WorkBreak]) -> list[WorkBreak]:
    """The parts of fixed pauses that lie in the shift, in the order of the clock."""
    parts = [(max(one.earliest_at, shift.begins_at), min(_end(one), shift.ends_at)) for one in pauses]
    return [_fixed(*part) for part in sorted(parts) if part[0] < part[1]]


def _joined(pauses: Sequence[WorkBreak], up_to: int) -> list[WorkBreak]:
    """Fixed pauses in the order of the clock, those with at most so many minutes between them as one."""
    joined: list[WorkBreak] = []
    for pause in pauses:
        if joined and _gap(joined[-1], pause) <= up_to:
            joined[-1] = _fixed(joined[-1].earliest_at, max(_end(joined[-1]), _end(pause)))
        else:
            joined.append(pause)
    return joined


def _gap(one: WorkBreak, after: WorkBreak) -> int:
    return int((after.earliest_at - _end(one)) // MINUTE)


def _fixed(begins_at: datetime, ends_at: datetime) -> WorkBreak:
    return WorkBreak(begins_at, begins_at, -int((begins_at - ends_at) // MINUTE))


def _end(pause: WorkBreak) -> datetime:
    return pause.earliest_at + pause.minutes * MINUTE
