"""What would have been: the demand of some weeks, booked anew by other rules on an empty copy of the calendar.

Nothing is written. What a client would have accepted is not stored; each is taken to have been free in the half of the
day that was promised to him (all day where nothing was), on every day from the booking notice to the day he took, his
due date, or a week later, whichever is last. The slots shown and the one taken are those of `solver.replay`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import cycle
from statistics import median

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

import solver
from fieldsvc.core.dates import at_wall_time, local, local_day
from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.models import ActivityType, ActivityTypeSkill
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning.optimise_day import is_located
from fieldsvc.domain.planning.problem import Loaded, Spot, demand_for, load, new_visit, spot_for
from fieldsvc.domain.planning.travel.of_unit import travel_of
from fieldsvc.domain.planning.windows import Promises, Window
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from solver.model import MINUTES_PER_DAY
from solver.replay import Policy

PATIENCE = timedelta(days=7)
MIDDAY = 13 * 60
WHOLE_DAY = solver.Promises(MINUTES_PER_DAY, MINUTES_PER_DAY)
"""Windows are given one by one, by the unit's grid: none is cut further."""

LEFT_OUT = ("held", "cancelled")

NIGHTLY = 150
"""Iterations of the search for each visit of a day that changed."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What is different: so many technicians more or less, the width of arrival windows, who is offered what."""

    technicians: int = 0
    width: int | None = None
    policy: Policy = "nearest"
    nightly: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of it; `changed_like` names the technicians who were copied or left out."""

    variant: Variant
    changed_like: tuple[str, ...]
    visits: int
    lost: int
    travel_minutes: int
    km: float
    loads: tuple[solver.Load, ...]

    @property
    def travel_per_visit(self) -> float:
        """Minutes on the road for each visit; 0 without visits."""
        return self.travel_minutes / self.visits if self.visits else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The demand of a period under the rules of today and under others.

    `not_located` could not be replayed; `names` are those of the technicians by the engine's id.
    """

    first: date
    last: date
    requests: int
    not_located: int
    baseline: Figures
    variant: Figures
    names: Mapping[str, str]


def compare(
    session: Session, unit: BusinessUnit, first: date, last: date, variant: Variant, *, now: datetime
) -> Comparison:
    """Replay what clients asked for from `first` to `last`, both included, as things are and under a variant.

    Raises `Invalid` for a period that ends before it begins, or when nobody would be left; `NotFound` when nobody asked
    for anything.
    """
    if last < first:
        raise Invalid(_("The period ends before it begins."))
    technicians = teams.active(session, unit.id)
    if len(technicians) + variant.technicians < 1:
        words = _("At least one technician has to be left (there are %(count)s).", count=len(technicians))
        raise Invalid(words)
    asked = _asked(session, unit, first, last)
    located = [one for one in asked if is_located(one)]
    if not located:
        raise NotFound(_("Nobody asked for a visit in this period. Choose another one."))
    usual = Variant()
    baseline_windows = _wanted(unit, technicians, located, usual.width)
    windows = _wanted(unit, technicians, located, variant.width)
    first_day, last_day = _span(unit, located, [*baseline_windows, *windows])
    loaded = load(session, unit, technicians, _days(first_day, last_day), now=now)
    problem = _emptied(session, loaded, [spot_for(one) for one in located])
    baseline = _replayed(problem, _requests(loaded, located, baseline_windows), len(located), usual, ())
    like = _average(baseline.loads, abs(variant.technicians))
    other = _staffed(problem, like, variant.technicians)
    return Comparison(
        first=first,
        last=last,
        requests=len(located),
        not_located=len(asked) - len(located),
        baseline=baseline,
        variant=_replayed(other, _requests(loaded, located, windows), len(located), variant, like),
        names={str(one.id): one.name for one in technicians},
    )


def _asked(session: Session, unit: BusinessUnit, first: date, last: date) -> list[Intervention]:
    """What was asked for in a period and not cancelled, in the order in which it was."""
    rows = (
        select(Intervention)
        .where(
            Intervention.unit_id == unit.id,
            Intervention.created_at >= at_wall_time(first, 0, unit.zone),
            Intervention.created_at < at_wall_time(last + timedelta(days=1), 0, unit.zone),
            Intervention.status.not_in(LEFT_OUT),
        )
        .options(
            joinedload(Intervention.site),
            joinedload(Intervention.activity_type)
            .selectinload(ActivityType.skills)
            .joinedload(ActivityTypeSkill.skill),
        )
        .order_by(Intervention.created_at, Intervention.id)
    )
    return list(session.scalars(rows))


def _wanted(
    unit: BusinessUnit, technicians: Sequence[Technician], asked: Iterable[Intervention], width: int | None
) -> list[list[Window]]:
    """The arrival windows that each client would have accepted."""
    grids: dict[tuple[date, Promises], list[Window]] = {}
    found = []
    for one in asked:
        promises = Promises(width) if width else Promises.of(one.activity_type)
        earliest_at = one.created_at + timedelta(hours=one.activity_type.booking_notice_hours)
        windows = []
        for day in _days(local_day(earliest_at, unit.zone), _last_day(unit, one)):
            if (day, promises) not in grids:
                grids[day, promises] = promises.on(technicians, day, unit.zone)
            grid = grids[day, promises]
            windows += [window for window in grid if window[0] >= earliest_at and _is_free(unit, one, window)]
        found.append(windows)
    return found


def _span(unit: BusinessUnit, asked: Sequence[Intervention], wanted: Iterable[Sequence[Window]]) -> tuple[date, date]:
    """The first and the last day that matter."""
    days = [local_day(window[0], unit.zone) for windows in wanted for window in windows]
    days.append(local_day(asked[0].created_at, unit.zone))
    return min(days), max(days)


def _last_day(unit: BusinessUnit, asked: Intervention) -> date:
    """The last day on which a client would have accepted a visit."""
    notice = timedelta(hours=asked.activity_type.booking_notice_hours)
    days = [local_day(asked.created_at + notice + PATIENCE, unit.zone)]
    if asked.window_begins_at is not None:
        days.append(local_day(asked.window_begins_at, unit.zone))
    if asked.due_on is not None:
        days.append(asked.due_on)
    return max(days)


def _is_free(unit: BusinessUnit, asked: Intervention, window: Window) -> bool:
    """Whether a window lies in the half of the day that was promised to the client, by the middles of both."""
    if asked.window_begins_at is None or asked.window_ends_at is None:
        return True
    promised = _half(unit, (asked.window_begins_at, asked.window_ends_at))
    return promised * _half(unit, window) >= 0


def _half(unit: BusinessUnit, window: Window) -> int:
    """Less than 0 for a morning, more for an afternoon, and 0 for what lies across."""
    middle = local(window[0] + (window[1] - window[0]) / 2, unit.zone)
    return middle.hour * 60 + middle.minute - MIDDAY


def _requests(
    loaded: Loaded, asked: Sequence[Intervention], wanted: Sequence[Sequence[Window]]
) -> list[solver.Request]:
    """What is replayed; chance decides beforehand which of the slots each client takes."""
    picks = np.random.default_rng(1).random(len(asked)).tolist()
    found = []
    for one, windows, pick in zip(asked, wanted, picks, strict=True):
        if windows:
            visit = new_visit(loaded, demand_for(one), spot_for(one).id, windows, one.reference)
            found.append(solver.Request(visit, loaded.minute(one.created_at), pick))
    return found


def _emptied(session: Session, loaded: Loaded, spots: Iterable[Spot]) -> solver.Problem:
    """The loaded days with nothing planned, and with these places known."""
    points = {place.id: (place.latitude, place.longitude) for place in loaded.problem.places}
    points.update({spot.id: (spot.latitude, spot.longitude) for spot in spots})
    travel = travel_of(session, loaded.unit, points)
    return replace(loaded.problem, places=travel.places, travel=travel.travel, visits=(), plan=solver.Plan())


def _average(loads: Sequence[solver.Load], count: int) -> tuple[str, ...]:
    """The ids of the technicians who are busy like the average, nearest to it first, as often as needed."""
    middle = median(load.share for load in loads)
    nearest = sorted(loads, key=lambda load: abs(load.share - middle))
    return tuple(load.technician for load, _number in zip(cycle(nearest), range(count), strict=False))


def _staffed(problem: solver.Problem, like: Sequence[str], more: int) -> solver.Problem:
    """The problem without these technicians, or with a copy of each of them: home, skills, shifts and absences."""
    if more < 0:
        staff = tuple(one for one in problem.technicians if one.id not in like)
        return replace(problem, technicians=staff)
    known = {one.id: one for one in problem.technicians}
    copies = tuple(_copy(known[name], number) for number, name in enumerate(like, start=1))
    return replace(problem, technicians=(*problem.technicians, *copies))


def _copy(technician: solver.Technician, number: int) -> solver.Technician:
    shifts = tuple(replace(shift, id=f"{shift.id}+{number}") for shift in technician.shifts)
    return replace(technician, id=f"{technician.id}+{number}", shifts=shifts)


def _replayed(
    problem: solver.Problem, requests: Sequence[solver.Request], asked: int, variant: Variant, like: tuple[str, ...]
) -> Figures:
    night = NIGHTLY if variant.nightly else 0
    outcome = solver.replay(problem, requests, solver.Rules(variant.policy, WHOLE_DAY, nightly=night, daily=0))
    driven = tuple(solver.loads(outcome.problem))
    visits = len(outcome.problem.visits)
    return Figures(
        variant=variant,
        changed_like=like,
        visits=visits,
        lost=asked - visits,
        travel_minutes=sum(load.travel_minutes for load in driven),
        km=sum(load.km for load in driven),
        loads=driven,
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
