"""Which visits lie near one another and can change places: those that the search removes together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.kernels.arrays import Ints
from solver.travel import Roads

NEIGHBOURS = 200
MOST_TABULATED = 2000
"""Visits up to which their drives are tabulated at once."""


def near_visits(roads: Roads, place: NDArray[np.int64], days: NDArray[np.bool_]) -> Ints:
    """The nearest visits of each visit by the drive to them, itself first; all have a day in common with it.

    `place` is the place of each visit, and `days` has a line of open days for each. Lines are filled up with the visit
    itself.
    """
    near = np.repeat(np.arange(len(place), dtype=np.int32)[:, None], min(len(place), NEIGHBOURS), axis=1)
    patterns, pattern_of = np.unique(days, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        members = np.flatnonzero(pattern_of.ravel() == number)
        others = np.flatnonzero((days & pattern).any(axis=1))
        if len(others):
            _fill(near, roads, place, members, others)
    return near


def _fill(near: Ints, roads: Roads, place: NDArray[np.int64], members: Ints, others: Ints) -> None:
    table = roads.minutes_table(place[others]) if len(others) <= MOST_TABULATED else None
    row_of = {int(other): row for row, other in enumerate(others)}
    count = min(len(others), near.shape[1])
    for visit in members.tolist():
        here = row_of[visit]
        drives = roads.minutes_around(int(place[visit]))[1][place[others]] if table is None else table[here].copy()
        drives[here] = -1
        close = np.argpartition(drives, count - 1)[:count] if count < len(others) else np.arange(len(others))
        near[visit, :count] = others[close[np.argsort(drives[close], kind="stable")]]
