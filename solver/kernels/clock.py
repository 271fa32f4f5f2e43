"""Arrivals and departures on roads that are slower at some hours: `solver.traffic` for the kernels.

`clock` is the progress from midnight to each minute of a day, or empty when roads are equally fast all day.
"""

from __future__ import annotations

from solver.kernels.arrays import Ints
from solver.kernels.compiling import kernel

DAY = 1440
WHOLE = 1000


@kernel
def arrival(leaves: int, minutes: int, clock: Ints) -> int:
    """The earliest arrival of a drive that leaves at a minute."""
    if clock.shape[0] == 0:
        return leaves + minutes
    goal = clock[leaves % DAY] + int(minutes) * WHOLE
    whole = clock[DAY]
    days, rest = goal // whole, goal % whole
    low, high = 0, DAY
    while low < high:
        middle = (low + high) // 2
        if clock[middle] < rest:
            low = middle + 1
        else:
            high = middle
    return int((leaves // DAY + days) * DAY + low)


@kernel
def departure(arrives: int, minutes: int, clock: Ints) -> int:
    """The latest departure of a drive that arrives by a minute."""
    if clock.shape[0] == 0:
        return arrives - minutes
    goal = clock[arrives % DAY] - int(minutes) * WHOLE
    whole = clock[DAY]
    days, rest = goal // whole, goal % whole
    low, high = 0, DAY
    while low < high:
        middle = (low + high + 1) // 2
        if clock[middle] <= rest:
            low = middle
        else:
            high = middle - 1
    return int((arrives // DAY + days) * DAY + low)
