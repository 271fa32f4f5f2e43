"""What each shift can drive at best, in minutes without its breaks, for the bound.

Breaks are taken out of the day: a visit that begins at a minute begins earlier, by the breaks that may be over, in a
day without them. Which of them are over is forgotten, drives are those of the freest hour, and what the van carries
and the maxima of a shift are left out: all of that can only make routes cheaper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.cost import cost_there
from solver.kernels import pricing as kernels
from solver.kernels.arrays import Floats, Ints
from solver.kernels.pricing import ShiftRoads
from solver.model import Problem, Shift, Visit
from solver.reasons import why_unfit

NEIGHBOURS = 3
"""How many visits near it a visit remembers; 7 raise the bound of a day of 200 visits by 1 % in thrice the time."""


@dataclass(frozen=True, slots=True)
class ShiftVisits:
    """A shift, the visits (positions in the problem) that it may serve, and what each costs there whatever else is."""

    shift: str
    visits: NDArray[np.int64]
    roads: ShiftRoads
    stop_costs: Floats


def roads_of(problem: Problem) -> Iterator[ShiftVisits]:
    """The shifts that can serve anything."""
    index, weights = problem.index, problem.weights
    places = np.array([index.places[visit.place] for visit in problem.visits])
    minutes = index.roads.minutes_table(places).astype(np.int64)
    costs = weights.travel_minute * minutes
    if weights.km:
        costs = costs + weights.km * index.roads.km_table(places)
    memory = _memory(minutes)
    for shift in index.shifts.values():
        pauses = sum(pause.minutes for pause in shift.breaks)
        last = shift.ends + shift.overtime - shift.begins - pauses
        starts = {row: _next_starts(shift, visit, last) for row, visit in _fit(problem, shift)} if last > 0 else {}
        rows = np.array([row for row, minute in starts.items() if minute[0] <= last], np.int64)
        if not len(rows):
            continue
        visits = [problem.visits[row] for row in rows]
        technician = index.technicians[shift.id].id
        square = np.ix_(rows, rows)
        to = [(shift.start, visit.place) for visit in visits]
        back = [(visit.place, shift.end) for visit in visits]
        roads = ShiftRoads(
            last=last,
            regular=shift.ends - shift.begins - pauses,
            overtime=float(weights.overtime),
            minutes_to=np.array([index.minutes(*leg) for leg in to], np.int64),
            cost_to=_cost_of_legs(problem, to),
            minutes_between=np.ascontiguousarray(minutes[square]),
            cost_between=np.ascontiguousarray(costs[square], np.float64),
            minutes_back=np.array([index.minutes(*leg) for leg in back], np.int64),
            cost_back=_cost_of_legs(problem, back),
            next_start=np.array([starts[row] for row in rows.tolist()], np.int64),
            before=np.array([visit.before for visit in visits], np.int64),
            busy=np.array([visit.minutes_with(technician) + visit.after for visit in visits], np.int64),
            memory=np.ascontiguousarray(memory[square]),
        )
        yield ShiftVisits(shift.id, rows, roads, _stop_costs(problem, shift, visits))


def _fit(problem: Problem, shift: Shift) -> Iterator[tuple[int, Visit]]:
    for row, visit in enumerate(problem.visits):
        if why_unfit(problem, shift, visit, problem.index.place(visit.place)) is None:
            yield row, visit


def _memory(minutes: Ints) -> Ints:
    """What labels remember, for the nearest neighbours of every visit."""
    visits = len(minutes)
    away = (minutes + minutes.T).astype(np.float64)
    np.fill_diagonal(away, np.inf)
    near = np.full((visits, NEIGHBOURS), -1, np.int64)
    nearest = np.argsort(away, axis=1, kind="stable")[:, : min(NEIGHBOURS, visits - 1)]
    near[:, : nearest.shape[1]] = nearest
    memory = np.empty((visits, visits, 1 << NEIGHBOURS), np.uint8)
    kernels.fill_memory(near, memory)
    return memory


def _next_starts(shift: Shift, visit: Visit, last: int) -> Ints:
    """The earliest start from each minute on, when breaks take no time; more than `last` where there is none."""
    minutes = np.arange(shift.begins, shift.ends + shift.overtime + 1)
    allowed = np.zeros(len(minutes), np.bool_)
    for opens, closes in visit.allowed or ((shift.begins, int(minutes[-1])),):
        allowed |= (minutes >= opens) & (minutes <= closes)
    since = minutes[allowed] - shift.begins
    most, least = np.zeros_like(since), np.zeros_like(since)
    for pause in shift.breaks:
        most += pause.minutes * (minutes[allowed] >= pause.earliest + pause.minutes)
        least += pause.minutes * (minutes[allowed] > pause.latest)
    # Every minute between the two is a possible start, none where a break has to be over that cannot be: count where
    # such spans begin and end.
    free = least <= most
    edges = np.zeros(len(minutes) + 1, np.int64)
    np.add.at(edges, np.maximum(0, since - most)[free], 1)
    np.add.at(edges, (since - least + 1)[free], -1)
    possible = np.cumsum(edges)[: last + 1] > 0
    at = np.where(possible, np.arange(last + 1), 2 * len(minutes))
    return np.minimum.accumulate(at[::-1])[::-1]


def _cost_of_legs(problem: Problem, legs: Sequence[tuple[str, str]]) -> Floats:
    index, weights = problem.index, problem.weights
    return np.array([weights.travel_minute * index.minutes(*leg) + weights.km * index.km(*leg) for leg in legs])


def _stop_costs(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Floats:
    index, disturbance = problem.index, problem.weights.disturbance
    return np.array(
        [
            float(cost_there(problem, shift, visit, index.place(visit.place)).sum())
            + disturbance * (shift.id not in index.planned.get(visit.id, (shift.id,)))
            for visit in visits
        ]
    )
