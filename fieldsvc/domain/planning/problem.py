"""Turns rows into a solver problem and back: the only file that knows both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import and_, or_, select
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


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit that takes a technician's time, with what the law says about it."""

    visit_id: int
    intervention_id: int
    technician_id: int
    begins_at: datetime
    ends_at: datetime
    status: str
    is_locked: bool
    window: tuple[datetime, datetime] | None
    client_name: str
    site_id: int
    latitude: float
    longitude: float
    demand: Demand


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


def demand_of(activity_type: ActivityType, minutes: int | None = None, priority: int | None = None) -> Demand:
    """What an intervention of this type asks of a technician."""
    return Demand(
        minutes=minutes or activity_type.minutes,
        buffer_before=activity_type.buffer_before_minutes,
        buffer_after=activity_type.buffer_after_minutes,
        skills={need.skill.code: need.level for need in activity_type.skills},
        priority=priority or activity_type.priority,
    )


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
    planned = [
        visit
        for visit in planned_visits(session, unit, ids, origin, until, now=now)
        if visit.intervention_id not in set(without)
    ]
    on_shift = [v for v in planned if shift_id(v.technician_id, local_day(v.begins_at, unit.zone)) in work]
    problem = _Builder(session, unit, origin, technicians, work, now).problem(on_shift, spot)
    return Loaded(
        unit=unit,
        problem=problem,
        origin=origin,
        days=days,
        technicians={technician.id: technician for technician in technicians},
        shifts=work,
        visits={str(visit.intervention_id): visit for visit in planned},
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
    """The visits of `technician_ids` that take time between two instants, in the order they begin."""
    rows = session.execute(
        select(
            Visit.id,
            Visit.intervention_id,
            Visit.technician_id,
            Visit.begins_at,
            Visit.ends_at,
            Intervention.status,
            Intervention.is_locked,
            Intervention.window_begins_at,
            Intervention.window_ends_at,
            Intervention.minutes,
            Intervention.priority,
            Intervention.activity_type_id,
            Client.name.label("client_name"),
            Site.id.label("site_id"),
            Site.latitude,
            Site.longitude,
        )
        .join(Intervention, Intervention.id == Visit.intervention_id)
        .join(Site, Site.id == Intervention.site_id)
        .join(Client, Client.id == Intervention.client_id)
        .where(
            Visit.technician_id.in_(list(technician_ids)),
            Visit.is_occupying,
            Visit.begins_at < ends_at,
            Visit.ends_at > begins_at,
            Site.latitude.is_not(None),
            or_(
                Intervention.status.in_((*PLANNED, "completed")),
                and_(Intervention.status == "held", Intervention.held_until > now),
            ),
        )
        .order_by(Visit.begins_at, Visit.id)
    ).all()
    demands = _demands(session, {(row.activity_type_id, row.minutes, row.priority) for row in rows})
    return [
        PlannedVisit(
            visit_id=row.id,
            intervention_id=row.intervention_id,
            technician_id=row.technician_id,
            begins_at=row.begins_at,
            ends_at=row.ends_at,
            status=row.status,
            is_locked=row.is_locked or row.status not in FREE_TO_MOVE or row.begins_at <= now,
            window=(row.window_begins_at, row.window_ends_at) if row.window_begins_at else None,
            client_name=row.client_name,
            site_id=row.site_id,
            latitude=row.latitude,
            longitude=row.longitude,
            demand=demands[row.activity_type_id, row.minutes, row.priority],
        )
        for row in rows
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
        before=demand.buffer_before,
        after=demand.buffer_after,
    )


def site_place(site_id: int) -> str:
    """The solver's name of a site."""
    return f"site:{site_id}"


def spot_of(site: Site) -> Spot:
    """The place of a located site."""
    assert site.latitude is not None, "an unlocated site is never planned"
    assert site.longitude is not None, "a site has both coordinates or none"
    return Spot(site_place(site.id), site.latitude, site.longitude)


@dataclass(frozen=True, slots=True)
class _Builder:
    session: Session
    unit: BusinessUnit
    origin: datetime
    technicians: Sequence[Technician]
    work: dict[str, WorkShift]
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
        places.update({site_place(visit.site_id): (visit.latitude, visit.longitude) for visit in planned})
        if spot is not None:
            places[spot.id] = (spot.latitude, spot.longitude)
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
                    breaks=tuple(self._break(pause) for pause in _pauses(shift)),
                )
                for name, shift in mine
            ),
        )

    def _visit(self, visit: PlannedVisit) -> solver.Visit:
        begins = self._minute(visit.begins_at)
        return solver.Visit(
            id=str(visit.intervention_id),
            place=site_place(visit.site_id),
            minutes=visit.demand.minutes,
            windows=(self._window(visit),),
            skills=visit.demand.skills,
            priority=visit.demand.priority,
            required=True,
            locked=solver.Lock(str(visit.technician_id), begins) if visit.is_locked else None,
            before=visit.demand.buffer_before,
            after=visit.demand.buffer_after,
        )

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
            name = shift_id(visit.technician_id, local_day(visit.begins_at, self.unit.zone))
            stop = solver.Stop(str(visit.intervention_id), self._minute(visit.begins_at))
            routes.setdefault(name, []).append(stop)
        return solver.Plan(tuple(solver.Route(name, tuple(stops)) for name, stops in routes.items()))

    def _break(self, pause: WorkBreak) -> solver.Break:
        return solver.Break(self._minute(pause.earliest_at), self._minute(pause.latest_at), pause.minutes)

    def _minute(self, at: datetime) -> int:
        return int((at - self.origin) // MINUTE)


def _demands(session: Session, kinds: set[tuple[int, int, int]]) -> dict[tuple[int, int, int], Demand]:
    """One demand for each activity type, length and priority: calendars repeat few of them many times."""
    ids = {activity_type_id for activity_type_id, _minutes, _priority in kinds}
    rows = session.scalars(select(ActivityType).where(ActivityType.id.in_(ids)).options(WITH_SKILLS))
    types = {row.id: row for row in rows}
    return {kind: demand_of(types[kind[0]], kind[1], kind[2]) for kind in kinds}


def _pauses(shift: WorkShift) -> list[WorkBreak]:
    """The breaks and absences of a shift, no more than the engine takes: nearest absences become one, he stays away."""
    absences = list(shift.absences)
    while len(absences) > 1 and len(absences) + len(shift.breaks) > MOST_BREAKS:
        gaps = [later.earliest_at - _end(earlier) for earlier, later in pairwise(absences)]
        place = gaps.index(min(gaps))
        first, second = absences[place : place + 2]
        minutes = (_end(second) - first.earliest_at) // MINUTE
        absences[place : place + 2] = [WorkBreak(first.earliest_at, first.latest_at, minutes)]
    return [*shift.breaks, *absences]


def _end(absence: WorkBreak) -> datetime:
    return absence.earliest_at + absence.minutes * MINUTE
