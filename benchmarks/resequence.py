"""What other orders of a day, and a short search, add to proposals: `python -m benchmarks.resequence`.

The calendar is booked by clients and then planned anew for some seconds, as every night, so that what is gained is not
the cleaning of a poor plan.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass, replace
from statistics import fmean, median

from benchmarks.booked_calendar import Booked, booked, place_of, request
from solver import Calendar, Estimate, Problem, Visit, openings, optimise, rearrange, warm_everything
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
    rescued_by_search: int
    with_openings: int
    travel: float
    travel_widely: float
    milliseconds_a_day: float
    milliseconds: float
    milliseconds_of_search: float


def measured(calendar: Booked, requests: int = 40, days: int = 5) -> Resequencing:
    """Requests for one of five arrival windows on the last days of a booked calendar, the fullest orders included."""
    total = max(shift.day for technician in calendar.technicians for shift in technician.shifts) + 1
    windows, more, without, rescued, searched, opened = 0, 0, 0, 0, 0, 0
    usual_travel, wide_travel, spent, a_day, searching = [], [], [], [], []
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
        if not usual:
            began = time.perf_counter()
            searched += rearrange(calendar.calendar, asked) is not None
            searching.append(time.perf_counter() - began)
            opened += bool(openings(calendar.calendar, asked))
        else:
            usual_travel.append(min(one.cost.travel_minutes for one in usual))
            wide_travel.append(min(one.cost.travel_minutes for one in (*usual, *wide)))
    return Resequencing(
        requests, windows, more, without, rescued, searched, opened, round(fmean(usual_travel), 2),
        round(fmean(wide_travel), 2), round(1000 * median(a_day), 3), round(1000 * median(spent), 1),
        round(1000 * median(searching), 1) if searching else 0.0,
    )  # fmt: skip


def planned_anew(calendar: Booked, seconds: float) -> Booked:
    """The same promises after a night."""
    visits = tuple(replace(visit, required=True) for visit in calendar.visits)
    today = calendar.calendar.plan
    problem = Problem(calendar.places, Estimate(), calendar.technicians, visits, plan=today)
    return replace(calendar, calendar=Calendar(problem, optimise(problem, seconds=seconds).plan))


def main() -> None:
    warm_everything()
    for visits_a_day in (6, 7, 7.5):
        calendar = planned_anew(booked(20, 10, visits_a_day), 5.0)
        figures = {"technicians": 20, "days": 10, "visits": len(calendar.visits), **asdict(measured(calendar))}
        sys.stdout.write(json.dumps(figures) + "\n")


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


if __name__ == "__main__":
    main()
