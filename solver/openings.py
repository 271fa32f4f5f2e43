"""The smallest changes that would open a place for a visit: another start, overtime, a colleague's visit, a level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from solver.candidates import candidates
from solver.day import Day, Windows
from solver.model import Visit
from solver.one_gap import lines_on
from solver.plan import Candidate, Reason, Refusal
from solver.questions import Question
from solver.schedule import starts_of
from solver.slots import USUAL_BANDS, Calendar

MOST_MINUTES = 120
"""A change of more minutes is not a small one."""

MOST_DAYS = 12
"""Of each kind, the technician-days that came nearest are looked at."""

MINUTE_OFF, MINUTE_OF_ANOTHER, LEVEL = 1.0, 2.0, 30.0
"""What a change counts beside the cost of the candidate: a minute outside the windows of the visit or of another one,
and a level too low. Overtime has a weight of its own."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A change that makes room: with it, `candidate` is one of `visit`, which is the visit as changed.

    `because` has the code and the minutes of the change. Where another visit has to move, `moved` is that visit with
    the windows that it would need, and `moved_to` its start. `price` is the cost of the candidate and of the change.
    """

    because: Reason
    candidate: Candidate
    begins: int
    visit: Visit
    price: float
    moved: Visit | None = None
    moved_to: int | None = None


def openings(calendar: Calendar, visit: Visit, most: int = 3) -> tuple[Opening, ...]:
    """The smallest changes that would open a place for a visit that is not planned: `most` of each kind, cheapest
    first.

    Another start, within two hours of its windows; overtime where the shift allows it; another visit that moves out of
    its own window; a level lower. Crews only begin earlier or later. No opening breaks a lock or an order.
    """
    refused = calendar.why_not(visit)
    kinds = [_other_starts(calendar, visit, refused), _lower_levels(calendar, visit, refused)]
    if visit.crew == 1:
        with calendar.held_for(visit):
            question = Question.of(calendar, visit)
            kinds += [list(_overtime(calendar, question, refused)), list(_moves(calendar, question, refused))]
    best = [one for kind in kinds for one in sorted(kind, key=lambda one: one.price)[:most]]
    return tuple(sorted(best, key=lambda one: one.price))


def _other_starts(calendar: Calendar, visit: Visit, refused: Sequence[Refusal]) -> list[Opening]:
    """Starts a little outside the windows; one for each technician-day that was refused."""
    if not visit.windows or (visit.locked is not None and visit.locked.begins is not None):
        return []
    wider = replace(visit, windows=_widened(visit.windows, MOST_MINUTES))
    if not wider.allowed:
        return []
    found: dict[str, Opening] = {}
    shifts = [one.shift for one in refused if one.shift]
    for one in calendar.propose(wider, shifts=shifts).candidates:
        off, begins, instead, window = min(_nearest(one.begins, window) for window in visit.windows)
        opening = Opening(
            Reason(
                "starts_earlier" if begins < instead else "starts_later",
                {"begins": begins, "instead": instead, "minutes": off},
            ),
            one,
            begins,
            replace(visit, windows=((min(begins, window[0]), max(begins, window[1])),)),
            one.cost.total + MINUTE_OFF * off,
        )
        if off and (one.shift not in found or opening.price < found[one.shift].price):
            found[one.shift] = opening
    return list(found.values())


def _nearest(begins: tuple[int, int], window: tuple[int, int]) -> tuple[int, int, int, tuple[int, int]]:
    """The minutes between an interval of starts and a window, the nearest start, the edge of the window, the window."""
    if begins[1] < window[0]:
        return window[0] - begins[1], begins[1], window[0], window
    return max(0, begins[0] - window[1]), max(begins[0], window[0]), window[1], window


def _lower_levels(calendar: Calendar, visit: Visit, refused: Sequence[Refusal]) -> list[Opening]:
    """Technicians who are one level short in one skill."""
    found = []
    for skill, needs in visit.skills.items():
        lower = replace(visit, skills={**visit.skills, skill: needs - 1})
        short = {"skill": skill, "has": needs - 1, "needs": needs}
        shifts = [one.shift for one in refused if one.shift and one.reason == Reason("level", short)]
        reason = Reason("lower_level", short)
        for one in calendar.propose(lower, shifts=shifts).candidates if shifts and visit.crew == 1 else ():
            found.append(Opening(reason, one, one.begins[0], lower, one.cost.total + LEVEL))
    return found


def _overtime(calendar: Calendar, question: Question, refused: Sequence[Refusal]) -> Iterator[Opening]:
    """Days that would have room when they ended later: the place that needs the least of it."""
    weight, visit = calendar.problem.weights.overtime, question.visit
    for row in _nearest_rows(calendar, refused, "overtime"):
        today, _, visits = calendar.on(row)
        longer = replace(today, ends=int(calendar.rows.bounds[row, 1]))
        found = []
        for line in lines_on(calendar, question, row, longer):
            order = [*visits[: line[1]], visit, *visits[line[1] :]]
            fixed = calendar.day_with(row, order, {visit.id: ((line[3], line[3]),)})
            minutes = fixed.finish() - today.ends
            one = _candidate(calendar, question, [*line[:4], line[3], *line[5:]])
            found.append((one.cost.total + weight * minutes, minutes, one))
        price, minutes, one = min(found, key=lambda part: part[:2])
        yield Opening(Reason("with_overtime", {"minutes": minutes}), one, one.begins[0], visit, price)


def _moves(calendar: Calendar, question: Question, refused: Sequence[Refusal]) -> Iterator[Opening]:
    """Days that would have room when one other visit began a little outside its windows."""
    for row in _nearest_rows(calendar, refused, "promise"):
        today, stops, visits = calendar.on(row)
        code = next(one.reason for one in refused if one.shift == calendar.rows.shifts[row].id)
        other = next(one for one in visits if one.id == code.parameters["visit"])
        if other.id in calendar.ties.placed:
            continue
        least = _least_move(calendar, question, row, today, visits, other)
        if least is None:
            continue
        moved = replace(other, windows=_widened(other.windows, least))
        day = replace(calendar.day_with(row, visits, {other.id: moved.allowed}), ends=today.ends)
        wishes = {stop.visit: stop.begins for stop in stops}
        lines = lines_on(calendar, question, row, day)
        one = min((_candidate(calendar, question, line) for line in lines), key=lambda one: one.cost.total)
        order = [*visits[: one.position], question.visit, *visits[one.position :]]
        windows: dict[str, Windows] = {
            question.visit.id: ((one.begins[0], one.begins[0]),),
            other.id: moved.allowed,
        }
        starts = starts_of(calendar.day_with(row, order, windows), [wishes.get(visit.id) for visit in order])
        if starts is not None:
            to = starts[order.index(other)]
            price = one.cost.total + MINUTE_OF_ANOTHER * least
            reason = Reason("visit_moves", {"visit": other.id, "minutes": least})
            yield Opening(reason, one, one.begins[0], question.visit, price, moved, to)


def _least_move(
    calendar: Calendar, question: Question, row: int, today: Day, visits: Sequence[Visit], other: Visit
) -> int | None:
    """By how many minutes the windows of another visit have to grow on both sides; found by bisection."""

    def has_room(minutes: int) -> bool:
        moved = replace(other, windows=_widened(other.windows, minutes))
        day = replace(calendar.day_with(row, visits, {other.id: moved.allowed}), ends=today.ends)
        return bool(lines_on(calendar, question, row, day))

    if not has_room(MOST_MINUTES):
        return None
    low, high = 0, MOST_MINUTES
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if has_room(middle) else (middle, high)
    return high


def _widened(windows: Windows, minutes: int) -> Windows:
    return tuple((max(0, opens - minutes), closes + minutes) for opens, closes in windows)


def _nearest_rows(calendar: Calendar, refused: Sequence[Refusal], code: str) -> list[int]:
    """The rows refused for one reason that lack the fewest minutes, of those that lack few."""
    near = [one for one in refused if one.reason.code == code and one.shift and (one.short_by or 0) <= MOST_MINUTES]
    near.sort(key=lambda one: one.short_by or 0)
    return [calendar.row(one.shift) for one in near[:MOST_DAYS] if one.shift]


def _candidate(calendar: Calendar, question: Question, line: list[int]) -> Candidate:
    return candidates(calendar, question, np.array([line], np.int64), None, USUAL_BANDS)[0]
