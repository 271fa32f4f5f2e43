"""Propose widely: where one more visit fits when the stops of a day may change places, every promise kept.

Insertion keeps the order of a day. Where that gives no good candidate, the days with the shortest detours are put into
the shortest order that has room for the visit (`solver.kernels.resequence`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from solver.candidates import Bands, band_of, other_costs
from solver.day import Day, Windows, work_of
from solver.days import Days
from solver.kernels import resequence as kernels
from solver.kernels.arrays import NEVER
from solver.model import Visit
from solver.one_gap import starts_in
from solver.plan import Candidate, Cost, Proposal, Reason, Stop
from solver.questions import Question, fit_rows
from solver.schedule import starts_of
from solver.slots import USUAL_BANDS, Calendar
from solver.travel import Roads

MOST_STOPS = 12
"""Stops of a day, the new one included, up to which it is re-sequenced."""

LABELS = (1 << 12, 1 << 15, 1 << 18)
"""How many beginnings of orders are kept; a day that needs more keeps its order."""


def propose_widely(
    calendar: Calendar,
    visit: Visit,
    limit: int | None = None,
    shifts: Collection[str] | None = None,
    *,
    bands: Bands = USUAL_BANDS,
    enough: int = 1,
    most_days: int = 24,
) -> Proposal:
    """`Calendar.propose`, and with fewer than `enough` green candidates also what other orders of the days allow.

    The `most_days` technician-days with the shortest detours are looked at. A candidate in another order has `order`,
    less travel than every one of the same shift and window in the usual order, and is booked by `insert_crew`. Crews,
    and days of more than `MOST_STOPS` stops, keep to the usual order.
    """
    usual = calendar.propose(visit, None, shifts, bands=bands).candidates
    question = Question.of(calendar, visit)
    if sum(one.band == "green" for one in usual) >= enough or question.seats > 1 or question.windows is None:
        return Proposal(usual[:limit])
    asked = range(len(calendar.rows.shifts)) if shifts is None else {calendar.row(shift) for shift in shifts}
    found = list(usual)
    with calendar.held_for(visit):
        for row in promising(calendar, question, asked)[:most_days]:
            shift = calendar.rows.shifts[row].id
            for window in _on_shift(calendar, row, question.windows):
                here = [one.cost.travel_minutes for one in usual if one.shift == shift and one.window == window]
                found += in_another_order(calendar, question, row, window, min(here, default=NEVER), bands)
    found.sort(key=lambda one: (one.cost.total, one.begins, one.shift, one.position))
    return Proposal(tuple(found[:limit]))


def _on_shift(days: Days, row: int, windows: Windows) -> list[tuple[int, int] | None]:
    """The windows that meet a shift; None stands for any time."""
    begins, ends = days.rows.bounds[row]
    return [(opens, closes) for opens, closes in windows if opens <= ends and begins <= closes] if windows else [None]


def promising(days: Days, question: Question, asked: Collection[int]) -> list[int]:
    """The rows that could have time for a visit in some order, those with the shortest detour first."""
    rows, visit = days.rows, question.visit
    fit = fit_rows(days, visit, np.array(sorted(asked), np.int64))
    fit = fit[(rows.stop_count[fit] > 0) & (rows.stop_count[fit] < MOST_STOPS)]
    busy = np.array([sum(work_of(visit, one.id)) for one in rows.technicians], np.int64)[rows.owner[fit]]
    paused = rows.breaks[fit, :, 2].sum(axis=1)
    has_time = rows.worked[fit] + busy + paused <= rows.bounds[fit, 1] - rows.bounds[fit, 0]
    if question.windows:
        meets = [(rows.bounds[fit, 0] <= closes) & (opens <= rows.bounds[fit, 1]) for opens, closes in question.windows]
        has_time &= np.any(meets, axis=0)
    fit = fit[has_time]
    detours = question.there[rows.at[fit, :-1]] + question.onwards[rows.at[fit, 1:]] - rows.direct[fit]
    is_gap = np.arange(detours.shape[1]) <= rows.stop_count[fit][:, None]
    shortest = np.where(is_gap, detours, NEVER).min(axis=1, initial=NEVER)
    return [int(row) for row in fit[np.argsort(shortest, kind="stable")]]


def in_another_order(
    days: Days, question: Question, row: int, window: tuple[int, int] | None, less_than: int, bands: Bands
) -> Iterator[Candidate]:
    """The starts of a visit in one of its windows on a day in its shortest order, with fewer extra minutes than a
    number; none when there is no such order.
    """
    today, _, visits = days.on(row)
    if not today.works_out():
        return
    visit = question.visit
    windows: Windows = () if window is None else (window,)
    held = days.partners_on(row, visit)
    day = replace(days.day_with(row, [*visits, visit], {**held, visit.id: windows}), ends=today.ends)
    most = min(int(days.rows.most_driving[row]), int(days.rows.driven[row]) + less_than - 1)
    order = shortest_order(day, days.roads, most)
    if order is not None:
        around = [[*visits, visit][number] for number in order]
        yield from _candidates(days, question, row, around, window, bands)


def shortest_order(day: Day, roads: Roads, most: int = NEVER) -> list[int] | None:
    """The positions of a day's stops in the shortest order that keeps its windows and breaks.

    None when no order of at most `most` minutes of driving does, or when there are too many beginnings to compare.
    """
    count = len(day.work)
    minutes = roads.minutes_table(np.array([*day.places[1:-1], day.places[0], day.places[-1]])).astype(np.int64)
    apart = np.where(np.eye(count + 2, dtype=np.bool_), NEVER, minutes)
    least = np.append(apart[: count + 1, :count].min(axis=0), minutes[:count, count + 1].min())
    order = np.zeros(count, np.int64)
    for size in LABELS:
        following, ahead, stop, driven = np.empty((4, size), np.int64)
        leaves = np.empty((size, 1 << len(day.breaks)), np.int64)
        heads = np.full(count << count, -1, np.int64)
        total = kernels.shortest_order(
            day.begins, day.ends, day.breaks, day.clock, minutes, day.work, day.windows, day.first, least, most,
            kernels.Labels(heads, following, ahead, stop, driven, leaves), order,
        )  # fmt: skip
        if total != kernels.TOO_MANY:
            return None if total == kernels.NONE else [int(stop) for stop in order]
    return None


def _candidates(
    days: Days, question: Question, row: int, order: Sequence[Visit], window: tuple[int, int] | None, bands: Bands
) -> Iterator[Candidate]:
    """A candidate for each separate interval of starts of the visit in this order of the day."""
    visit, rows, weights = question.visit, days.rows, days.problem.weights
    today, stops, _ = days.on(row)
    position = order.index(visit)
    others = [one for one in order if one is not visit]
    places = [days.place(one.place)[0] for one in order]
    drives = list(pairwise([today.places[0], *places, today.places[-1]]))
    extra = sum(days.roads.minutes(*drive) for drive in drives) - int(rows.driven[row])
    km = _km(days, drives) - _km(days, list(pairwise(today.places)))
    other = float(other_costs(days, question, np.array([row]))[0])
    wishes = {stop.visit: stop.begins for stop in stops}
    held = days.partners_on(row, visit)
    usual = replace(days.day_with(row, others, held), ends=today.ends)
    for first, last, waits in starts_in(days, question, row, usual, position, window):
        fixed = days.day_with(row, order, {**held, visit.id: ((first, first),)})
        starts = starts_of(fixed, [wishes.get(one.id) for one in order]) or []
        total = weights.travel_minute * extra + weights.km * km + weights.waiting * waits + other
        yield Candidate(
            technician=rows.technician(row),
            shift=rows.shifts[row].id,
            position=position,
            begins=(first, last),
            window=window,
            cost=Cost(extra, km, waits, total, other),
            band=band_of(extra, bands),
            after=others[position - 1].id if position else None,
            before=others[position].id if position < len(others) else None,
            because=Reason("reordered", {"minutes": extra}),
            order=tuple(Stop(one.id, start) for one, start in zip(order, starts, strict=True)),
        )


def _km(days: Days, drives: Sequence[tuple[int, int]]) -> float:
    return sum(days.roads.km(*drive) for drive in drives)
