"""What an interval of starts costs, and the cheapest of them as candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.cost import cost_there, unevenness
from solver.day import work_of
from solver.days import Days
from solver.plan import Candidate, Cost
from solver.questions import Lines, Question
from solver.reasons import why_here

BANDS = ("green", "orange", "red")
Bands = tuple[int, int]
"""The extra travel minutes up to which a candidate is green and orange."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What each line adds: kilometres (where they have a weight), what is neither travel nor waiting, and all of it."""

    km: NDArray[np.float64]
    other: NDArray[np.float64]
    total: NDArray[np.float64]


def candidates(days: Days, question: Question, found: Lines, limit: int | None, bands: Bands) -> tuple[Candidate, ...]:
    """The cheapest lines as candidates, best first."""
    costs = costs_of(days, question, found)
    best = _best(costs.total, found, limit)
    km = costs.km[best] if days.problem.weights.km else extra_km(days, question.place, found[best])
    parts = zip(km.tolist(), costs.total[best].tolist(), costs.other[best].tolist(), strict=True)
    return tuple(
        _candidate(days, question, line, bands, *cost) for line, cost in zip(found[best].tolist(), parts, strict=True)
    )


def costs_of(days: Days, question: Question, found: Lines) -> Costs:
    """What each line costs when the visit begins as early as it can."""
    weights = days.problem.weights
    other = other_costs(days, question, found[:, 0])
    total = weights.travel_minute * found[:, 5] + weights.waiting * found[:, 6] + other
    km = np.zeros(len(found))
    if weights.km:
        km = extra_km(days, question.place, found)
        total = total + weights.km * km
    return Costs(km, other, total)


def extra_km(days: Days, place: int, found: Lines) -> NDArray[np.float64]:
    """The kilometres that each line adds."""
    rows = days.rows
    before, after = rows.at[found[:, 0], found[:, 1]], rows.at[found[:, 0], found[:, 1] + 1]
    here = np.full(len(found), place)
    drives = days.roads.km_between(np.concatenate((before, here, before)), np.concatenate((here, after, after)))
    there, onwards, direct = drives.reshape(3, -1)
    return np.asarray(there + onwards - np.where(rows.stop_count[found[:, 0]] > 0, direct, 0.0))


def neighbours(days: Days, row: int, gap: int) -> tuple[str | None, str | None]:
    """The visits on either side of a gap."""
    stops = days.stops(row)
    return stops[gap - 1].visit if gap else None, stops[gap].visit if gap < len(stops) else None


def band_of(extra: int, bands: Bands) -> str:
    """The colour of some extra minutes."""
    return BANDS[(extra > bands[0]) + (extra > bands[1])]


def _candidate(
    days: Days, question: Question, line: list[int], bands: Bands, km: float, total: float, other: float
) -> Candidate:
    row, gap, window, earliest, latest, extra, waits = line
    rows = days.rows
    after, before = neighbours(days, row, gap)
    there, onwards = int(question.there[rows.at[row, gap]]), int(question.onwards[rows.at[row, gap + 1]])
    return Candidate(
        technician=rows.technician(row),
        shift=rows.shifts[row].id,
        position=gap,
        begins=(earliest, latest),
        window=question.windows[window] if question.windows else None,
        cost=Cost(extra, km, waits, total, other),
        band=band_of(extra, bands),
        after=after,
        before=before,
        because=why_here(after, before, there, onwards, extra, bands[1]),
    )


def other_costs(days: Days, question: Question, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """What a visit costs on each row beyond travel and waiting: preference, lateness, territory and fairness."""
    visit, weights = question.visit, days.problem.weights
    dear_place = days.rows.territory_has_a_price
    if not (visit.preferred or visit.due is not None or dear_place or weights.fairness):
        return np.zeros(len(rows))
    _, point = days.place(visit.place)
    costs = np.zeros(len(days.rows.shifts))
    for row in np.unique(rows).tolist():
        shift = days.rows.shifts[row]
        costs[row] = cost_there(days.problem, shift, visit, point).sum()
        if weights.fairness:
            worked = int(days.rows.worked[row])
            more = worked + sum(work_of(visit, days.rows.technician(row)))
            costs[row] += weights.fairness * (unevenness(shift, more) - unevenness(shift, worked))
    return costs[rows]


def _best(total: NDArray[np.float64], found: Lines, limit: int | None) -> NDArray[np.int64]:
    """The cheapest lines in a fixed order: by cost, earliest start, row, gap and window."""
    lines = np.arange(len(total))
    if limit is not None and limit < len(total):
        lines = np.flatnonzero(total <= np.partition(total, limit)[limit])
    order = np.lexsort((found[lines, 2], found[lines, 1], found[lines, 0], found[lines, 3], total[lines]))
    return lines[order[:limit]]
