"""One day, optimised: read in a transaction, computed without one.

Locked visits and holds never move, promised visits stay in their arrival windows, and a technician-day that breaks
the law as it is planned is left alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

import solver
from fieldsvc.core.dates import at_wall_time, local
from fieldsvc.core.errors import PlanRefused
from fieldsvc.core.text import together
from fieldsvc.domain.interventions import find
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning.board_cards import planned_rows, types_of
from fieldsvc.domain.planning.models import DraftPlan
from fieldsvc.domain.planning.problem import Loaded, demand_for, load, new_visit, pinned, spot_for
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.units.models import BusinessUnit

SECONDS = 5.0
TAKEN_UP_BEFORE = timedelta(days=7)
CHANGED_TECHNICIAN = 5.0
"""Minutes of travel that have to be saved before a visit changes its technician."""

Json = dict[str, Any]
Seats = Sequence[solver.Assigned]


@dataclass(frozen=True, slots=True)
class Card:
    """What a change says of its intervention, and the version that was read."""

    version: int
    reference: str
    client: str
    activity: dict[str, str]


@dataclass(frozen=True, slots=True)
class DayProblem:
    """One day as it was read: `whole` has everything on it, `asked` what the optimiser may touch."""

    day: date
    loaded: Loaded
    whole: solver.Problem
    asked: solver.Problem
    cards: Mapping[str, Card]
    unscheduled: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an optimisation would change, and what that saves."""

    changes: list[Json]
    summary: Json


def read(session: Session, draft_id: int, *, now: datetime) -> DayProblem:
    """Everything the computation needs."""
    plan = session.get_one(DraftPlan, draft_id)
    unit = session.get_one(BusinessUnit, plan.unit_id)
    return _read(session, unit, plan.day_on, now=now)


def compute(
    asked: DayProblem,
    *,
    seconds: float | None = SECONDS,
    iterations: int | None = None,
    seed: int = 1,
    report: Callable[[int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Outcome:
    """The best plan of the day that the time allows, beginning from the one there is. Touches no database.

    Raises `PlanRefused` when the optimiser gives back what the law forbids.
    """
    result = solver.optimise(
        asked.asked,
        seconds=seconds,
        iterations=iterations,
        seed=seed,
        progress=_throttled(report) if report else None,
        cancelled=is_cancelled,
    )
    violations = solver.check(asked.asked, result.plan)
    if violations:
        raise PlanRefused("The optimised plan breaks the law.", [violation.words for violation in violations])
    known = {shift.id for technician in asked.asked.technicians for shift in technician.shifts}
    untouched = tuple(route for route in asked.whole.plan.routes if route.shift not in known)
    after = solver.Plan((*result.plan.routes, *untouched))
    changes = _changes(asked, after)
    return Outcome(changes, _summary(asked, after, changes))


def _throttled(report: Callable[[int], None]) -> Callable[[solver.Progress], None]:
    """Tell each tenth once: every report is a write."""
    told = 0

    def tell(run: solver.Progress) -> None:
        nonlocal told
        percent = int(run.done * 10) * 10
        if percent > told:
            told = percent
            report(percent)

    return tell


# --- From rows to the problem -------------------------------------------------------------------------


def _read(session: Session, unit: BusinessUnit, day: date, *, now: datetime) -> DayProblem:
    types = types_of(session, unit)
    loaded = load(session, unit, teams.active(session, unit.id), [day], now=now)
    unplanned = [one for one in find.unplanned(session, unit) if _may_be_taken_up(one, day)]
    begins_at, ends_at = (at_wall_time(day + timedelta(days=n), 0, unit.zone) for n in (0, 1))
    cards = {
        str(row.id): Card(row.version, row.reference, row.client, types[row.activity_type_id].title)
        for row in planned_rows(session, unit, begins_at, ends_at, now=now)
    }
    cards.update({str(one.id): card(one) for one in unplanned})
    located = [one for one in unplanned if is_located(one)]
    whole = with_optional(loaded, located, (max(begins_at, now), ends_at))
    return DayProblem(day, loaded, whole, _askable(loaded, whole), cards, len(unplanned))


def _may_be_taken_up(intervention: Intervention, day: date) -> bool:
    """A client who asked for a call is called first, and what is due much later leaves the day to what is not."""
    if intervention.status != "unscheduled":
        return False
    return intervention.due_on is None or intervention.due_on <= day + TAKEN_UP_BEFORE


def is_located(intervention: Intervention) -> bool:
    """Whether it is at a site on the map; people, and not the optimiser, give their time to what has no place."""
    return intervention.site is not None and intervention.site.is_located


def card(intervention: Intervention) -> Card:
    """What a change says of an intervention that has no time yet."""
    return Card(
        version=intervention.version,
        reference=intervention.reference,
        client=intervention.client.name,
        activity=intervention.activity_type.title,
    )


def with_optional(
    loaded: Loaded, interventions: Iterable[Intervention], window: tuple[datetime, datetime]
) -> solver.Problem:
    """The day with unscheduled interventions, each of which may begin at any time of it, or not be served."""
    rounded = window[0] + (loaded.origin - window[0]) % timedelta(minutes=1)
    places = {place.id: place for place in loaded.problem.places}
    optional = []
    for one in interventions:
        spot = spot_for(one)
        places[spot.id] = solver.Place(spot.id, spot.latitude, spot.longitude)
        optional.append(new_visit(loaded, demand_for(one), spot.id, [(rounded, window[1])], str(one.id)))
    return replace(
        loaded.problem,
        places=tuple(places.values()),
        visits=(*loaded.problem.visits, *optional),
        weights=replace(loaded.problem.weights, disturbance=CHANGED_TECHNICIAN),
    )


def _askable(loaded: Loaded, whole: solver.Problem) -> solver.Problem:
    """The part the optimiser may touch: no broken days, and holds locked where they are."""
    violations = solver.check(whole, whole.plan)
    apart = {violation.visit for violation in violations if violation.shift is None}
    broken = {violation.shift for violation in violations}
    broken |= {route.shift for route in whole.plan.routes for stop in route.stops if stop.visit in apart}
    routes = tuple(route for route in whole.plan.routes if route.shift not in broken)
    here = {stop.visit for route in routes for stop in route.stops}
    elsewhere = {stop.visit for route in whole.plan.routes if route.shift in broken for stop in route.stops}
    return replace(
        whole,
        technicians=tuple(
            replace(one, shifts=tuple(shift for shift in one.shifts if shift.id not in broken))
            for one in whole.technicians
        ),
        visits=tuple(
            _who_is_left(loaded, visit, routes) if visit.id in elsewhere else held_still(loaded, visit)
            for visit in whole.visits
            if visit.id in here or visit.id not in elsewhere
        ),
        plan=solver.Plan(routes),
    )


def _who_is_left(loaded: Loaded, visit: solver.Visit, routes: Iterable[solver.Route]) -> solver.Visit:
    """A crew's visit on the days of those whose day is not broken: it stays, and they with it."""
    shifts = [route.shift for route in routes for stop in route.stops if stop.visit == visit.id]
    crew = [loaded.shifts[shift].technician_id for shift in shifts]
    return pinned(visit, crew, loaded.minute(loaded.visits[visit.id].begins_at))


def held_still(loaded: Loaded, visit: solver.Visit) -> solver.Visit:
    """A visit as it is, but a hold is locked where it is."""
    planned = loaded.visits.get(visit.id)
    if planned is None or planned.status != "held":
        return visit
    return pinned(visit, planned.technician_ids, loaded.minute(planned.begins_at))


# --- From the plan to words ---------------------------------------------------------------------------


def _changes(asked: DayProblem, after: solver.Plan) -> list[Json]:
    """Every visit that goes to somebody else, to another time, or is new; by the new time."""
    before, then = seats_in(asked.whole.plan), seats_in(after)
    moved = [visit for visit, seats in then.items() if before.get(visit) != seats]
    moved.sort(key=lambda visit: (then[visit][0].begins, visit))
    return [_change(asked, visit, before.get(visit), then[visit]) for visit in moved]


def seats_in(plan: solver.Plan) -> dict[str, tuple[solver.Assigned, ...]]:
    """Where each visit is: one seat for each who comes, in the order of the shifts."""
    found: dict[str, tuple[solver.Assigned, ...]] = {}
    for route in sorted(plan.routes, key=lambda route: route.shift):
        for stop in route.stops:
            found[stop.visit] = (*found.get(stop.visit, ()), solver.Assigned(route.shift, stop.begins))
    return found


def _change(asked: DayProblem, visit: str, before: Seats | None, after: Seats) -> Json:
    card, planned = asked.cards[visit], asked.loaded.visits.get(visit)
    window = planned.window if planned else None
    begins_at = asked.loaded.at(after[0].begins)
    return {
        "intervention": int(visit),
        "version": card.version,
        "reference": card.reference,
        "client": card.client,
        "activity": card.activity,
        "before": place_words(asked.loaded, before) if before else None,
        "after": place_words(asked.loaded, after),
        "promise_touched": window is not None and not window[0] <= begins_at <= window[1],
    }


def place_words(loaded: Loaded, seats: Seats) -> Json:
    """Who comes and a planned start, as a change says them."""
    crew = [loaded.technicians[loaded.shifts[seat.shift].technician_id] for seat in seats]
    begins_at = loaded.at(seats[0].begins)
    clock = local(begins_at, loaded.unit.zone)
    return {
        "technicians": [technician.id for technician in crew],
        "technician_name": together([technician.name for technician in crew]),
        "begins": clock.hour * 60 + clock.minute,
        "begins_at": begins_at.isoformat(),
    }


def _summary(asked: DayProblem, after: solver.Plan, changes: list[Json]) -> Json:
    added = sum(change["before"] is None for change in changes)
    before, then = totals(asked.whole, asked.whole.plan), totals(asked.whole, after)
    return {
        "before": {**before, "unscheduled": asked.unscheduled},
        "after": {**then, "unscheduled": asked.unscheduled - added},
        "saved_minutes": before["travel_minutes"] - then["travel_minutes"],
        "promises_touched": sum(change["promise_touched"] for change in changes),
        "left_alone": _left_alone(asked),
    }


def _left_alone(asked: DayProblem) -> list[str]:
    """The technicians whose day breaks the law as it is planned: somebody has to look at it first."""
    known = {shift.id for technician in asked.asked.technicians for shift in technician.shifts}
    broken = [work.technician_id for name, work in asked.loaded.shifts.items() if name not in known]
    return sorted(asked.loaded.technicians[technician_id].name for technician_id in broken)


def totals(problem: solver.Problem, plan: solver.Plan) -> Json:
    """Travel, distance and the number of visits of a plan."""
    legs: list[tuple[str, str]] = []
    for route in plan.routes:
        shift = problem.index.shifts[route.shift]
        places = [problem.index.visits[stop.visit].place for stop in route.stops]
        legs += list(pairwise([shift.start, *places, shift.end])) if places else []
    return {
        "travel_minutes": sum(problem.index.minutes(*leg) for leg in legs),
        "km": round(sum(problem.index.km(*leg) for leg in legs), 1),
        "visits": len(plan.served),
    }
