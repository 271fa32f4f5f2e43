"""Crews: when enough different technicians can begin together, and which of them cost least.

A sweep over the beginnings and ends of the intervals of each technician keeps those that are open in order of their
cost (M. I. Shamos and D. Hoey, "Geometric intersection problems", 17th Symposium on Foundations of Computer Science,
1976); between two such minutes nothing changes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge

import numpy as np
from numpy.typing import NDArray

from solver.candidates import Bands, band_of, costs_of, extra_km, neighbours
from solver.days import Days
from solver.plan import Candidate, Cost, Seat
from solver.questions import Lines, Question, wanted_people
from solver.reasons import why_here


@dataclass(frozen=True, slots=True)
class _Choice:
    """The cheapest lines with which a crew can begin from one minute to another; `cost` is that of the first one."""

    cost: float
    begins: int
    ends: int
    lines: tuple[int, ...]


def crew_candidates(
    days: Days, question: Question, found: Lines, limit: int | None, bands: Bands
) -> tuple[Candidate, ...]:
    """The cheapest crew for every minute at which enough technicians can begin together, best first."""
    costs = costs_of(days, question, found)
    choices = [
        choice
        for window in np.unique(found[:, 2]).tolist()
        for choice in _joined(_sweep(days, question, found, costs.total, np.flatnonzero(found[:, 2] == window)))
    ]
    choices.sort(key=lambda one: (one.cost, one.begins, one.lines))
    return tuple(_candidate(days, question, found, costs.other, choice, bands) for choice in choices[:limit])


def too_few(days: Days, question: Question, found: Lines) -> dict[int, int]:
    """How many technicians can begin together with each row that has an interval of starts and lacks colleagues."""
    there = question.visit.crew - question.seats
    together: dict[int, int] = {}
    for window in np.unique(found[:, 2]).tolist():
        lines = found[found[:, 2] == window]
        times = np.unique(lines[:, 3])
        here = (lines[:, 3] <= times[:, None]) & (times[:, None] <= lines[:, 4])
        people = np.array([there + len(np.unique(days.rows.owner[lines[open_, 0]])) for open_ in here])
        for row, open_ in zip(lines[:, 0].tolist(), here.T, strict=True):
            together[row] = max(together.get(row, 0), int(people[open_].max()))
    return {row: most for row, most in together.items() if most < question.visit.crew}


def _sweep(
    days: Days, question: Question, found: Lines, total: NDArray[np.float64], lines: NDArray[np.int64]
) -> Iterator[_Choice]:
    """The choices of one window, from minute to minute at which an interval begins or ends."""
    waiting = days.problem.weights.waiting
    owner = days.rows.owner[found[:, 0]].tolist()
    asked = wanted_people(days, question.visit)
    wanted = None if asked is None else {days.rows.technician_number[name] for name in asked}
    # whoever stands at the door pays for each minute that the crew begins later, and who just set out does not
    waits = (found[:, 1] > 0).tolist()
    keys = (total - waiting * found[:, 3] * (found[:, 1] > 0)).tolist()
    events = sorted({*found[lines, 3].tolist(), *(found[lines, 4] + 1).tolist()})
    begins, ends = _by_minute(lines, found[lines, 3]), _by_minute(lines, found[lines, 4] + 1)
    open_: tuple[list[tuple[float, int]], ...] = [], []
    for number, minute in enumerate(events):
        for line in ends.get(minute, ()):
            those = open_[waits[line]]
            del those[bisect_left(those, (keys[line], line))]
        for line in begins.get(minute, ()):
            insort(open_[waits[line]], (keys[line], line))
        later = ((key + waiting * minute, line) for key, line in open_[1])
        chosen = _cheapest(merge(open_[0], later), owner, question.seats, wanted)
        if chosen:
            cost, these = chosen
            yield _Choice(cost, minute, events[number + 1] - 1, these)


def _cheapest(
    lines: Iterable[tuple[float, int]], owner: list[int], seats: int, wanted: set[int] | None
) -> tuple[float, tuple[int, ...]] | None:
    """The cheapest lines of so many different technicians, one of them `wanted`; None when they are too few."""
    people: set[int] = set()
    chosen: list[tuple[float, int]] = []
    has_wanted = wanted is None
    for cost, line in lines:
        if owner[line] in people:
            continue
        is_wanted = has_wanted or owner[line] in (wanted or ())
        if len(chosen) < seats - 1 or is_wanted:
            people.add(owner[line])
            chosen.append((cost, line))
            has_wanted = is_wanted
        if len(chosen) == seats:
            return sum(cost for cost, _ in chosen), tuple(line for _, line in chosen)
    return None


def _by_minute(lines: NDArray[np.int64], minutes: NDArray[np.int64]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for line, minute in zip(lines.tolist(), minutes.tolist(), strict=True):
        found.setdefault(minute, []).append(line)
    return found


def _joined(choices: Iterator[_Choice]) -> list[_Choice]:
    """Choices of the same lines behind one another as one."""
    joined: list[_Choice] = []
    for one in choices:
        last = joined[-1] if joined else None
        if last is not None and last.ends + 1 == one.begins and set(last.lines) == set(one.lines):
            joined[-1] = _Choice(last.cost, last.begins, one.ends, last.lines)
        else:
            joined.append(one)
    return joined


def _candidate(
    days: Days, question: Question, found: Lines, other: NDArray[np.float64], choice: _Choice, bands: Bands
) -> Candidate:
    lines = found[list(choice.lines)]
    rows = days.rows
    seats = []
    for row, gap in lines[:, :2].tolist():
        after, before = neighbours(days, row, gap)
        seats.append(Seat(rows.technician(row), rows.shifts[row].id, gap, after, before))
    waits = lines[:, 6] + np.where(lines[:, 1] > 0, choice.begins - lines[:, 3], 0)
    row, gap, window, _, _, extra, _ = lines[0].tolist()
    first = seats[0]
    minutes = int(lines[:, 5].sum())
    there, onwards = int(question.there[rows.at[row, gap]]), int(question.onwards[rows.at[row, gap + 1]])
    km = float(extra_km(days, question.place, lines).sum())
    return Candidate(
        technician=first.technician,
        shift=first.shift,
        position=gap,
        begins=(choice.begins, choice.ends),
        window=question.windows[window] if question.windows else None,
        cost=Cost(minutes, km, int(waits.sum()), choice.cost, float(other[list(choice.lines)].sum())),
        band=band_of(minutes, bands),
        after=first.after,
        before=first.before,
        because=why_here(first.after, first.before, there, onwards, extra, bands[1]),
        crew=tuple(seats[1:]),
    )
