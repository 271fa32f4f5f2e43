"""What other orders of a day add to proposals: windows, rescued requests, less travel, and the time they take."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from statistics import fmean, median

from benchmarks.booked_calendar import Booked, place_of, request
from solver import Visit
from solver.plan import Candidate
from solver.questions import Question
from solver.resequence import in_another_order, promising, propose_widely
from solver.slots import USUAL_BANDS

WINDOWS = tuple((opens, opens + 120) for opens in (480, 600, 720, 840, 960))
"""The arrival windows of a day that clients are offered."""


@dataclass(frozen=True, slots=True)
class Resequencing:
    """Windows are technician-days with an arrival window; travel is that of the best candidate of a request."""

    requests: int
    windows: int
    more_windows: int
    without_any: int
    rescued: int
    travel: float
    travel_widely: float
    milliseconds_a_day: float
    milliseconds: float


def measured(calendar: Booked, requests: int = 40, days: int = 5) -> Resequencing:
    """Requests for one of five arrival windows on the last days of a booked calendar, the fullest orders included."""
    total = max(shift.day for technician in calendar.technicians for shift in technician.shifts) + 1
    windows, more, without, rescued = 0, 0, 0, 0
    usual_travel, wide_travel, spent, a_day = [], [], [], []
    for number in range(requests):
        asked = request(calendar.dice, f"wide{number}")
        calendar.calendar.add_place(place_of(calendar.dice, asked.place))
        wanted = range(number % (total - days), number % (total - days) + days)
        asked = replace(
            asked,
            windows=tuple((opens + 1440 * day, closes + 1440 * day) for day in wanted for opens, closes in WINDOWS),
        )
        usual = calendar.calendar.propose(asked).candidates
        began = time.perf_counter()
        propose_widely(calendar.calendar, asked, enough=10**6)
        spent.append(time.perf_counter() - began)
        wide, each = _every_day(calendar, asked, usual)
        a_day += each
        windows += len(_windows(usual))
        more += len(_windows(wide) - _windows(usual))
        without += not usual
        rescued += not usual and bool(wide)
        if usual:
            usual_travel.append(min(one.cost.travel_minutes for one in usual))
            wide_travel.append(min(one.cost.travel_minutes for one in (*usual, *wide)))
    return Resequencing(
        requests, windows, more, without, rescued, round(fmean(usual_travel), 2), round(fmean(wide_travel), 2),
        round(1000 * median(a_day), 3), round(1000 * median(spent), 1),
    )  # fmt: skip


def _every_day(calendar: Booked, asked: Visit, usual: tuple[Candidate, ...]) -> tuple[list[Candidate], list[float]]:
    """What every technician-day allows in another order, and the seconds that each took."""
    days = calendar.calendar
    question = Question.of(days, asked)
    found, spent = [], []
    least = {(one.shift, one.window): one.cost.travel_minutes for one in reversed(usual)}
    for row in promising(days, question, range(len(days.rows.shifts))):
        shift = days.rows.shifts[row]
        began = time.perf_counter()
        for window in asked.windows:
            if window[0] // 1440 == shift.day:
                less_than = least.get((shift.id, window), 10**6)
                found += in_another_order(days, question, row, window, less_than, USUAL_BANDS)
        spent.append(time.perf_counter() - began)
    return found, spent


def _windows(candidates: tuple[Candidate, ...] | list[Candidate]) -> set[tuple[str, tuple[int, int] | None]]:
    return {(one.shift, one.window) for one in candidates}
