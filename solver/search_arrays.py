"""A problem and its plan as the arrays of the search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.cost import cost_there, worth
from solver.day import breaks_of, disjoint, work_of
from solver.kernels.arrays import NEVER, Floats, Ints
from solver.kernels.legs import Legs
from solver.kernels.state import Routes, Scratch, Work
from solver.model import Problem, Shift, Technician, Visit
from solver.near import near_visits
from solver.plan import Plan
from solver.reasons import why_unfit
from solver.rows import or_never
from solver.travel import EstimatedRoads

MOST_TABULATED = 2000
"""Places up to which estimated drives are tabulated: beyond, computing one again is faster than reading
memory.
"""

MOST_STOPS = 100


@dataclass(frozen=True, slots=True)
class Search:
    """Everything the kernel works on."""

    work: Work
    routes: Routes
    scratch: Scratch


def search_of(problem: Problem, plan: Plan, seed: int, most_moved: int | None = None) -> Search:
    """The arrays for a problem, beginning at a plan that keeps the law.

    At most `most_moved` visits may leave the shift of today's plan, or more where `plan` has moved more already.
    """
    work = _work(problem)
    position = {visit.id: number for number, visit in enumerate(problem.visits)}
    rows = {name: row for row, name in enumerate(problem.index.shifts)}
    orders: list[list[int]] = [[] for _ in rows]
    for route in plan.routes:
        orders[rows[route.shift]] = [position[stop.visit] for stop in route.stops]
    width = _most_stops(problem, orders)
    states = work.breaks.shape[1]
    routes = _routes(work, orders, width, 1 << states, seed)
    if most_moved is not None:
        already = np.count_nonzero((work.today >= 0) & (routes.where != work.today))
        work = work._replace(most_moved=max(most_moved, int(already)))
    scratch = Scratch(
        legs=np.zeros(width + 1, np.int64),
        busy=np.zeros((width, 3), np.int64),
        first=np.zeros(width, np.int64),
        last=np.zeros(width, np.int64),
        starts=np.zeros((2, 1 << states), np.int64),
        waiting=np.zeros(len(position), np.int64),
        key=np.zeros(len(position)),
    )
    return Search(work, routes, scratch)


def _most_stops(problem: Problem, orders: list[list[int]]) -> int:
    """More stops than a shift can hold, within reason."""
    shortest = min(
        (one.before + min([one.minutes, *one.minutes_by.values()]) + one.after for one in problem.visits), default=1
    )
    longest = max((one.ends + one.overtime - one.begins for one in problem.index.shifts.values()), default=0)
    now = max(map(len, orders), default=0)
    return max(now, min(longest // shortest, len(problem.visits), MOST_STOPS)) + 1


def _routes(work: Work, orders: list[list[int]], width: int, states: int, seed: int) -> Routes:
    rows, visits = len(orders), len(work.place)
    order = np.zeros((rows, width), np.int32)
    stops = np.array([len(one) for one in orders], np.int64)
    where = np.full(visits, -1, np.int64)
    for row, one in enumerate(orders):
        order[row, : len(one)] = one
        where[one] = row
    words = np.random.SeedSequence(seed).generate_state(2)
    return Routes(
        order=order,
        stops=stops,
        where=where,
        paid=_paid(work, where),
        room=np.zeros(rows, np.int64),
        driven=np.zeros(rows, np.int64),
        worked=np.zeros(rows, np.int64),
        over=np.zeros(rows, np.int64),
        leaves=np.full((rows, width + 1, states), NEVER, np.int32),
        arrives=np.full((rows, width + 1, states), -NEVER, np.int32),
        at=np.zeros((rows, width + 2), np.int32),
        soonest=np.zeros((rows, width + 1), np.int32),
        closing=np.zeros((rows, width + 1), np.int32),
        direct=np.zeros((rows, width + 1)),
        sound=np.ones(rows, np.bool_),
        touched=np.zeros(rows, np.bool_),
        stale=np.zeros(rows, np.bool_),
        kept_order=order.copy(),
        kept_stops=stops.copy(),
        kept_where=where.copy(),
        kept_paid=_paid(work, where),
        best_order=order.copy(),
        best_stops=stops.copy(),
        costs=np.zeros(2),
        moved=np.zeros(1, np.int64),
        dice=np.array([words[0] | 1, words[1]], np.int64),
    )


def _paid(work: Work, where: Ints) -> Floats:
    """What each visit that is served costs on its shift."""
    paid = np.zeros(len(where))
    for visit in np.flatnonzero(where >= 0).tolist():
        rows = slice(work.row_first[visit], work.row_first[visit + 1])
        paid[visit] = work.row_cost[rows][work.rows[rows] == where[visit]].sum()
    return paid


def _work(problem: Problem) -> Work:
    visits, shifts = problem.visits, list(problem.index.shifts.values())
    places = problem.index.places
    row_of = {shift.id: row for row, shift in enumerate(shifts)}
    breaks = [breaks_of(shift.breaks) for shift in shifts]
    padded = np.zeros((len(shifts), max(1, max(map(len, breaks), default=0)), 3), np.int64)
    padded[:, :, 0] = 1  # the filling is a break that can never begin
    for row, one in enumerate(breaks):
        padded[row, : len(one)] = one
    days = {day: line for line, day in enumerate(sorted({shift.day for shift in shifts}))}
    windows, first, last = _windows(visits, shifts, days)
    rows = _rows(problem, shifts)
    today = [row_of.get(next(iter(problem.index.planned.get(visit.id, ())), ""), -1) for visit in visits]
    place = np.array([places[visit.place] for visit in visits], np.int64)
    technicians = [problem.index.technicians[shift.id] for shift in shifts]
    busy, pace = _paces(problem, technicians)
    values = np.array([worth(problem, visit) for visit in visits], np.float64)
    return Work(
        clock=problem.index.clock,
        legs=_legs(problem),
        place=place,
        busy=busy,
        windows=windows,
        first=first,
        last=last,
        rows=np.concatenate([np.zeros(0, np.int64), *rows]),
        row_cost=_row_costs(problem, shifts, rows, today),
        row_first=_starts([len(one) for one in rows]),
        worth=values,
        penalty=values.copy(),
        width=np.array([_width(visit) for visit in visits], np.float64),
        frozen=np.array(
            [visit.locked is not None and row >= 0 for visit, row in zip(visits, today, strict=True)], np.bool_
        ),
        load=np.array([visit.load for visit in visits], np.int64),
        today=np.array(today, np.int64),
        near=near_visits(problem.index.roads, place, _open_days(visits, first, last)),
        start=np.array([places[shift.start] for shift in shifts], np.int64),
        end=np.array([places[shift.end] for shift in shifts], np.int64),
        bounds=np.array([(one.begins, one.ends + one.overtime) for one in shifts], np.int64).reshape(-1, 2),
        usual_end=np.array([one.ends for one in shifts], np.int64),
        pace=pace,
        day=np.array([days[shift.day] for shift in shifts], np.int64),
        breaks=padded,
        break_count=np.array([len(one) for one in breaks], np.int64),
        capacity=np.array([or_never(one.capacity) for one in shifts], np.int64),
        most_stops=np.array([or_never(one.most_visits) for one in technicians], np.int64),
        most_driving=np.array([or_never(one.most_travel_minutes) for one in technicians], np.int64),
        overtime=float(problem.weights.overtime),
        fairness=float(problem.weights.fairness),
        most_moved=NEVER,
    )


def _paces(problem: Problem, technicians: list[Technician]) -> tuple[Ints, Ints]:
    """The minutes of every visit for each group of technicians who are equally fast, and the group of each shift."""
    own = sorted({name for visit in problem.visits for name in visit.minutes_by})
    pace = np.array([own.index(one.id) + 1 if one.id in own else 0 for one in technicians], np.int64)
    busy = np.array([[work_of(visit, name) for visit in problem.visits] for name in ("", *own)], np.int64)
    return busy.reshape(1 + len(own), len(problem.visits), 3), pace


def _row_costs(problem: Problem, shifts: list[Shift], rows: list[Ints], today: list[int]) -> Floats:
    """What each visit costs on each of its rows beyond travel: preference, lateness, territory and disturbance."""
    costs = [np.zeros(len(one)) for one in rows]
    priced = any(one.territory is not None and one.territory.price for one in problem.technicians)
    for visit, row, cost, home in zip(problem.visits, rows, costs, today, strict=True):
        if visit.preferred or visit.due is not None or priced:
            place = problem.index.place(visit.place)
            cost += [cost_there(problem, shifts[number], visit, place).sum() for number in row]
        if home >= 0:
            cost[row != home] += problem.weights.disturbance
    return np.concatenate([np.zeros(0), *costs])


def _open_days(visits: tuple[Visit, ...], first: Ints, last: Ints) -> NDArray[np.bool_]:
    """On which days a visit may begin: a line for each visit, a column for each day."""
    anytime = np.array([not visit.allowed for visit in visits], np.bool_)
    return np.asarray((first < last).T | anytime[:, None])


def _starts(counts: list[int]) -> Ints:
    """Where each part begins when parts of these lengths lie behind one another, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def _width(visit: Visit) -> int:
    return sum(closes - opens for opens, closes in visit.allowed) if visit.allowed else NEVER


def _windows(visits: tuple[Visit, ...], shifts: list[Shift], days: dict[int, int]) -> tuple[Ints, Ints, Ints]:
    """All windows behind one another, and which of them matter for each visit on each day."""
    merged = [disjoint(visit.allowed) for visit in visits]
    flat = np.array([window for one in merged for window in one], np.int64).reshape(-1, 2)
    starts = _starts([len(one) for one in merged])
    first = np.zeros((len(days), len(visits)), np.int64)
    last = np.zeros((len(days), len(visits)), np.int64)
    for day, line in days.items():
        begins = min(shift.begins for shift in shifts if shift.day == day)
        ends = max(shift.ends + shift.overtime for shift in shifts if shift.day == day)
        past = _starts((flat[:, 1] < begins).astype(np.int64).tolist())
        open_ = _starts((flat[:, 0] <= ends).astype(np.int64).tolist())
        first[line] = starts[:-1] + past[starts[1:]] - past[starts[:-1]]
        last[line] = starts[:-1] + open_[starts[1:]] - open_[starts[:-1]]
    return flat, first, last


def _rows(problem: Problem, shifts: list[Shift]) -> list[Ints]:
    """The shifts on which each visit may be, drives and the other visits apart."""
    bounds = np.array([(shift.begins, shift.ends + shift.overtime) for shift in shifts], np.int64).reshape(-1, 2)
    fit: dict[object, NDArray[np.bool_]] = {}
    found = []
    fenced = any(one.territory is not None for one in problem.technicians)
    for visit in problem.visits:
        needs = (
            tuple(sorted(visit.skills.items())),
            visit.load,
            visit.id if visit.locked or visit.only or visit.excluded else None,
            visit.place if fenced else None,
        )
        if needs not in fit:
            place = problem.index.place(visit.place)
            fit[needs] = np.array([why_unfit(problem, shift, visit, place) is None for shift in shifts], np.bool_)
        shortest = min([visit.minutes, *visit.minutes_by.values()])
        earliest, latest = bounds[:, 0] + visit.before, bounds[:, 1] - shortest - visit.after
        reached = np.zeros(len(shifts), np.bool_) if visit.allowed else earliest <= latest
        for opens, closes in visit.allowed:
            reached |= np.maximum(earliest, opens) <= np.minimum(latest, closes)
        found.append(np.flatnonzero(reached & fit[needs]))
    return found


def _legs(problem: Problem) -> Legs:
    roads, weights = problem.index.roads, problem.weights
    everywhere = np.arange(len(problem.places))
    minutes, cost = np.zeros((0, 0), np.int32), np.zeros((0, 0), np.float32)
    points, slowness, fixed, per_km = np.zeros((0, 3)), np.zeros(0), 0.0, 0.0
    if isinstance(roads, EstimatedRoads) and len(everywhere) > MOST_TABULATED:
        points, slowness = roads.points, roads.slowness
        fixed, per_km = roads.estimate.fixed_minutes, roads.estimate.minutes_per_km
    else:
        minutes = roads.minutes_table(everywhere)
        cost = np.float32(weights.travel_minute) * minutes
        if weights.km:
            cost += weights.km * roads.km_table(everywhere)
    return Legs(
        minutes,
        cost.astype(np.float32),
        np.ascontiguousarray(minutes.T),
        np.ascontiguousarray(cost.astype(np.float32).T),
        points,
        slowness,
        float(fixed),
        float(per_km),
        float(weights.travel_minute),
        float(weights.km),
    )
