"""`solver.kernels.regret.cheapest_in_day` in NumPy, without compiling anything."""

from __future__ import annotations

import numpy as np

from solver.gaps_numpy import starts_in_gaps
from solver.kernels.arrays import NEVER, Floats, Ints


def cheapest_in_day(
    bounds: Ints,
    places: Ints,
    direct: Floats,
    leaves: Ints,
    arrives: Ints,
    breaks: Ints,
    clock: Ints,
    there: Ints,
    onwards: Ints,
    there_cost: Floats,
    onwards_cost: Floats,
    may: Ints,
    work: Ints,
    windows: Ints,
    first: Ints,
    lost: float,
    starts: Ints,
    found: Floats,
) -> None:
    """Fill `found` with the least cost of adding each visit to a day, or `lost` where it does not fit for less."""
    extra = there_cost[:, places[:-1]] + onwards_cost[:, places[1:]] - direct
    drives, further = there[:, places[:-1]], onwards[:, places[1:]]
    soonest, latest = leaves.min(axis=1), arrives.max(axis=1)
    possible = soonest + drives + further + work.sum(axis=1)[:, None] <= latest
    visits, in_gaps = np.nonzero(possible & (extra < lost) & may[:, None])
    pauses = np.broadcast_to(breaks, (len(visits), *breaks.shape))
    minutes = drives[visits, in_gaps], further[visits, in_gaps]
    begins, ends = starts_in_gaps(leaves[in_gaps], arrives[in_gaps], *minutes, pauses, clock, work[visits])
    fits = np.zeros(len(visits), np.bool_)
    counts = np.diff(first)
    for number in range(int(counts.max(initial=0))):
        has = counts[visits] > number
        line = windows[np.where(has, first[visits] + number, 0)]
        opens, closes = line[:, :1], line[:, 1:]
        fits |= has & (np.maximum(begins, opens) <= np.minimum(ends, closes)).any(axis=1)
    fits |= (counts[visits] == 0) & ((begins <= ends) & (begins < NEVER)).any(axis=1)
    found[:] = lost
    np.minimum.at(found, visits[fits], extra[visits, in_gaps][fits])
