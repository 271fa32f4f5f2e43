"""Room for one more visit by a short search of whole days: for a dispatcher, or a waiting list.

Each of the best days becomes a small problem: the technicians for whom the visit is the shortest detour, everything
that they serve now, and the visit. A few hundredths of a second of ruin and recreate (`solver.kernels.search`) from
today's plan either find a place for it, others changing technicians inside their promises, or do not.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from solver.changes import assigned
from solver.cost import REQUIRED, cost_of
from solver.day import work_of
from solver.days import Days
from solver.kernels.arrays import NEVER
from solver.model import Lock, Problem, Shift, Technician, Visit
from solver.plan import Change, Plan, Route, Stop
from solver.questions import Question, fit_rows, wanted_people
from solver.run_search import Limits, searched
from solver.slots import Calendar
from solver.travel import Matrix
from solver.validate import LATEST_MINUTE

MOST_ROWS = 16
"""Technicians of a day who may exchange visits."""

UNSERVED, PLANNED, ASKED = 200.0, 1000, 1
"""The weight and the priorities of the small problem: to leave out a planned visit is never worth it."""


Names = dict[str, str]
"""The visit of each stop of the small problem."""


@dataclass(frozen=True, slots=True)
class Rearranged:
    """The routes of one day with room for the visit, what changes for whom, and what it costs more than today."""

    day: int
    routes: tuple[Route, ...]
    changes: tuple[Change, ...]
    extra_cost: float


def rearrange(
    calendar: Calendar,
    visit: Visit,
    *,
    seconds: float = 0.2,
    iterations: int | None = None,
    most_days: int = 3,
    most_moved: int | None = 8,
    seed: int = 1,
) -> Rearranged | None:
    """The cheapest way to serve a visit by changing one of the `most_days` best days, or None when none is found.

    Nobody else is left out or changes day; promises, locks, crews and visits in order stay as they are, and at most
    `most_moved` visits change technician. `seconds` are shared by the days, each of which is left as soon as there is
    room; with `iterations` for each instead, the same seed gives the same answer. Book it with `Calendar.rearrange`.
    Visits with a crew are not looked at.
    """
    ends = time.perf_counter() + seconds
    question = Question.of(calendar, visit)
    if visit.crew > 1 or question.windows is None:
        return None
    with calendar.held_for(visit):
        days = _best_days(calendar, question)[:most_days]
    tried = []
    for number, (day, rows) in enumerate(days):
        now = time.perf_counter()
        if iterations is None and now >= ends:
            break
        problem, names = _small_problem(calendar, question, rows)
        limits = Limits(None, iterations) if iterations else _until_served(now + (ends - now) / (len(days) - number))
        plan, _ = searched(problem, problem.plan, limits, seed, most_moved)
        if sum(len(route.stops) for route in plan.routes) == len(problem.visits):
            tried.append(_rearranged(calendar, question, day, rows, problem, plan, names))
    return min(tried, key=lambda one: one.extra_cost, default=None)


def _until_served(ends: float) -> Limits:
    """The limits of a search that is over when nothing is left out, or at a time."""
    least = UNSERVED * REQUIRED * ASKED
    costs: list[float] = []
    return Limits(
        max(0.0, ends - time.perf_counter()),
        None,
        cancelled=lambda: bool(costs) and costs[-1] < least,
        progress=lambda run: costs.append(run.cost),
    )


def _best_days(calendar: Calendar, question: Question) -> list[tuple[int, list[int]]]:
    """Days on which somebody may come, each with the rows to search, the one that lacks least first."""
    rows = calendar.rows
    every = np.arange(len(rows.shifts))
    lacks = _detours_and_lacks(calendar, question)
    fit = fit_rows(calendar, question.visit, every)
    if question.windows:
        spans = rows.bounds[fit]
        meets = [(spans[:, 0] <= closes) & (opens <= spans[:, 1]) for opens, closes in question.windows]
        fit = fit[np.any(meets, axis=0)]
    best: dict[int, list[int]] = {}
    for row in fit[np.argsort(lacks[fit], kind="stable")].tolist():
        best.setdefault(int(rows.of_day[row]), []).append(row)
    found = []
    for day, first in best.items():
        same = every[rows.of_day == day]
        others = [row for row in same[np.argsort(lacks[same], kind="stable")].tolist() if row not in first]
        chosen = first[: MOST_ROWS // 2] + others
        found.append((day, sorted([*chosen, *first[MOST_ROWS // 2 :]][:MOST_ROWS])))
    return found


def _detours_and_lacks(days: Days, question: Question) -> NDArray[np.int64]:
    """For each row the shortest detour to the visit, and the minutes that its work and drives are too long by."""
    rows = days.rows
    detours = question.there[rows.at[:, :-1]] + question.onwards[rows.at[:, 1:]] - rows.direct
    is_gap = np.arange(detours.shape[1]) <= rows.stop_count[:, None]
    shortest = np.where(is_gap, detours, NEVER).min(axis=1, initial=NEVER)
    busy = np.array([sum(work_of(question.visit, one.id)) for one in rows.technicians], np.int64)[rows.owner]
    needed = rows.worked + rows.driven + rows.breaks[:, :, 2].sum(axis=1) + busy + shortest
    return np.asarray(shortest + np.maximum(0, needed - (rows.bounds[:, 1] - rows.bounds[:, 0])), np.int64)


def _rearranged(
    calendar: Calendar, question: Question, day: int, rows: Sequence[int], problem: Problem, plan: Plan, names: Names
) -> Rearranged:
    """What a search found, in the words of the calendar."""
    extra = cost_of(problem, plan).total - cost_of(_without(problem, question.visit), problem.plan).total
    found = {route.shift: route for route in plan.routes}
    shifts = [calendar.rows.shifts[row].id for row in rows]
    routes = tuple(
        Route(shift, tuple(Stop(names[stop.visit], stop.begins) for stop in found.get(shift, Route(shift)).stops))
        for shift in shifts
    )
    before = tuple(Route(shift, tuple(calendar.on(row)[1])) for shift, row in zip(shifts, rows, strict=True))
    return Rearranged(day, routes, tuple(_changes(before, routes)), extra)


def _without(problem: Problem, visit: Visit) -> Problem:
    return replace(problem, visits=tuple(one for one in problem.visits if one.id != visit.id))


def _small_problem(calendar: Calendar, question: Question, rows: Sequence[int]) -> tuple[Problem, Names]:
    """Some rows and the visit as a problem without ties, and the visits of its stops.

    Whatever has a crew or an order is locked where it is.
    """
    names: Names = {question.visit.id: question.visit.id}
    visits, routes = [_asked(question, wanted_people(calendar, question.visit))], []
    shifts: dict[int, list[Shift]] = {}
    for row in rows:
        shifts.setdefault(int(calendar.rows.owner[row]), []).append(calendar.rows.shifts[row])
        here = []
        for stop, visit in zip(*calendar.on(row)[1:], strict=True):
            name, planned = visit.id, replace(visit, required=True, priority=PLANNED, follows=())
            if visit.id in calendar.ties.placed:
                technician = calendar.rows.technician(row)
                name = f"{visit.id}\n{technician}"  # no id of the problem's own can stand here by chance
                planned = replace(planned, id=name, crew=1, locked=Lock(technician, stop.begins))
            names[name] = visit.id
            visits.append(planned)
            here.append(Stop(name, stop.begins))
        routes.append(Route(calendar.rows.shifts[row].id, tuple(here)))
    technicians = [replace(calendar.rows.technicians[one], shifts=tuple(those)) for one, those in shifts.items()]
    return _problem(calendar, technicians, visits, routes), names


def _asked(question: Question, people: Collection[str] | None) -> Visit:
    """The visit as one without ties, for those who may come and when they may."""
    visit = question.visit
    only = visit.only if people is None else tuple(sorted(set(people) & set(visit.only or people)))
    windows = tuple((max(0, opens), min(closes, LATEST_MINUTE)) for opens, closes in question.windows or ())
    return replace(visit, windows=windows, earliest=None, only=only, follows=(), required=True, priority=ASKED)


def _problem(
    calendar: Calendar, technicians: Sequence[Technician], visits: Sequence[Visit], routes: Sequence[Route]
) -> Problem:
    """A problem with the places that it needs and the drives between them."""
    ends = [place for one in technicians for shift in one.shifts for place in (shift.start, shift.end)]
    places = [calendar.place(name) for name in dict.fromkeys([*ends, *(visit.place for visit in visits)])]
    positions = np.array([position for position, _ in places])
    known = {one.id for one in technicians}
    return Problem(
        places=tuple(place for _, place in places),
        travel=Matrix(calendar.roads.minutes_table(positions), calendar.roads.km_table(positions)),
        technicians=tuple(technicians),
        visits=tuple(_among(visit, known) for visit in visits),
        weights=replace(calendar.problem.weights, unserved=UNSERVED),
        plan=Plan(tuple(routes)),
        traffic=calendar.problem.traffic,
    )


def _among(visit: Visit, technicians: set[str]) -> Visit:
    """The visit when there are no other technicians."""
    return replace(
        visit,
        only=tuple(one for one in visit.only if one in technicians),
        excluded=tuple(one for one in visit.excluded if one in technicians),
        preferred=tuple(one for one in visit.preferred if one in technicians),
        minutes_by={name: minutes for name, minutes in visit.minutes_by.items() if name in technicians},
    )


def _changes(before: Sequence[Route], after: Sequence[Route]) -> Iterator[Change]:
    """What becomes of each visit that is not where it was, at the time at which it was."""
    then, now = assigned(before), assigned(after)
    for name in sorted(now):
        if then.get(name) != now[name]:
            yield Change(name, then.get(name, ()), now[name])
