"""Why the days without a candidate have none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from solver.day import work_of
from solver.days import Days
from solver.plan import Reason, Refusal
from solver.questions import ANY_TIME, Question, fit_rows
from solver.reasons import Asked, shortfall, why_not_there, why_unfit

Rows = NDArray[np.int64]


def refusals(days: Days, question: Question, asked: Rows, found: Rows, alone: Mapping[int, int]) -> tuple[Refusal, ...]:
    """Why the rows that were asked, and not `found`, cannot take a visit, and those that were but lack colleagues.

    `alone` says of these how many technicians can begin together. Behind them are the technicians who have no shift on
    one of the days that were asked.
    """
    refused = np.union1d(np.setdiff1d(asked, found), np.array([*alone], np.int64))
    fit = set(fit_rows(days, question.visit, refused).tolist())
    rows = days.rows
    refusals = []
    for row in refused.tolist():
        if row in alone:
            reason, short_by = Reason("crew", {"found": alone[row], "needs": question.visit.crew}), None
        else:
            reason, short_by = _why_not(days, question, row, row in fit)
        shift = rows.shifts[row]
        refusals.append(Refusal(rows.technician(row), shift.id, shift.day, reason, short_by))
    return (*refusals, *_without_shift(days, asked))


def why_left_out(days: Days, question: Question, most: int) -> tuple[Reason, ...]:
    """The reasons of the `most` days that came nearest, or else what all days lack."""
    every = np.arange(len(days.rows.shifts))
    fit = fit_rows(days, question.visit, every).tolist()
    nearest = sorted(fit, key=lambda row: _shortfall(days, question, row))
    reasons: dict[int | str, Reason] = {}
    for row in nearest[:most] or every.tolist():
        reason, _ = _why_not(days, question, row, bool(fit))
        reasons.setdefault(row if fit else reason.code, reason)
    return tuple(reasons.values())[:most] or (Reason("no_shift"),)


def _why_not(days: Days, question: Question, row: int, is_fit: bool) -> tuple[Reason, int | None]:
    rows = days.rows
    if not is_fit:
        return _why_not_fit(days, question, row), None
    if question.windows is None:
        return Reason("order"), None
    if rows.driving_is_limited and _shortfall(days, question, row) <= 0:
        return Reason("maximum_travel", {"most": int(rows.most_driving[row])}), None
    day, _, visits = days.on(row)
    reason, short_by = why_not_there(day, int(rows.bounds[row, 1]), visits, _asked(days, question, row))
    is_tied = reason.code == "window" and question.windows != question.visit.allowed
    return Reason("order") if is_tied else reason, short_by


def _why_not_fit(days: Days, question: Question, row: int) -> Reason:
    rows, visit = days.rows, question.visit
    _, point = days.place(visit.place)
    unfit = why_unfit(days.problem, rows.shifts[row], visit, point)
    if unfit is not None:
        return unfit
    if visit.load > rows.left[row]:
        return Reason("capacity", {"left": int(rows.left[row]), "needs": visit.load})
    if rows.stop_count[row] >= rows.most_stops[row]:
        return Reason("maximum", {"most": int(rows.most_stops[row])})
    return Reason("order")


def _shortfall(days: Days, question: Question, row: int) -> int:
    rows = days.rows
    count, states = rows.stop_count[row] + 1, 1 << rows.break_count[row]
    return shortfall(
        np.ascontiguousarray(rows.leaves[row, :count, :states]),
        np.ascontiguousarray(rows.arrives[row, :count, :states]),
        rows.breaks[row, : rows.break_count[row]],
        days.problem.index.clock,
        _asked(days, question, row),
    )


def _asked(days: Days, question: Question, row: int) -> Asked:
    ahead, behind = days.rows.around(row)
    return Asked(
        np.array(work_of(question.visit, days.rows.technician(row)), np.int64),
        np.array(question.windows or ANY_TIME, np.int64),
        question.there[ahead].astype(np.int64),
        question.onwards[behind].astype(np.int64),
    )


def _without_shift(days: Days, asked: Rows) -> list[Refusal]:
    rows = days.rows
    wanted = {int(day) for day in rows.of_day[asked]}
    working = {(int(owner), int(day)) for owner, day in zip(rows.owner, rows.of_day, strict=True)}
    return [
        Refusal(technician.id, None, day, Reason("no_shift", {"day": day}))
        for day in sorted(wanted)
        for number, technician in enumerate(rows.technicians)
        if (number, day) not in working
    ]
