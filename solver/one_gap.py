"""The starts of a visit on a day that is not as the calendar holds it: in another order, or with a rule left aside."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from solver.day import Day, disjoint, work_of
from solver.days import Days
from solver.kernels import gaps
from solver.kernels.arrays import NEVER, Ints
from solver.questions import ANY_TIME, Question


def starts_in(
    days: Days, question: Question, row: int, day: Day, position: int, window: tuple[int, int] | None
) -> Iterator[tuple[int, int, int]]:
    """The intervals of starts ahead of one stop of a day: first, last, and the minutes of waiting at the first."""
    leaves, arrives = day.tables()
    there, onwards = int(question.there[day.places[position]]), int(question.onwards[day.places[position + 1]])
    work = np.array(work_of(question.visit, days.rows.technician(row)), np.int64)
    starts = np.empty((2, leaves.shape[1]), np.int64)
    gaps.starts_in_gap(leaves, arrives, position, there, onwards, day.breaks, day.clock, work, starts)
    opens, closes = window or ANY_TIME[0]
    pairs = [(max(first, opens), min(last, closes)) for first, last in starts.T.tolist()]
    for first, last in disjoint((first, last) for first, last in pairs if first <= last):
        yield first, last, _waits(starts, first) if position else 0


def lines_on(days: Days, question: Question, row: int, day: Day) -> list[list[int]]:
    """Every interval of starts on a day with the usual stops in the usual order, as `solver.questions.Lines`."""
    direct = day.legs.tolist() if len(day.work) else [0]
    lines = []
    for gap in range(len(day.legs)):
        extra = int(question.there[day.places[gap]]) + int(question.onwards[day.places[gap + 1]]) - direct[gap]
        for number, window in enumerate(question.windows or (None,)):
            for first, last, waits in starts_in(days, question, row, day, gap, window):
                lines.append([row, gap, number, first, last, extra, waits])
    return lines


def _waits(starts: Ints, begins: int) -> int:
    return min((begins - int(first) for first, last in starts.T.tolist() if first <= begins <= last), default=NEVER)
