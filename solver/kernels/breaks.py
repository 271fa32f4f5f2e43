"""Taking breaks in idle time: the two closures on which every exact test stands.

`breaks` is an array of (earliest, latest, minutes), one row per break of the shift. The times lie in one line of a
table, one column per subset of breaks. Being somewhere earlier, or being allowed to be there later, is never worse,
because waiting is always possible; so one time per subset is exact.
"""

from __future__ import annotations

from solver.kernels.arrays import NEVER, Ints
from solver.kernels.clock import arrival, departure
from solver.kernels.compiling import kernel


@kernel
def take_breaks(ready: Ints, line: int, breaks: Ints) -> None:
    """Lower `ready[line, taken]` to the earliest minute at which one can be ready here with those breaks taken."""
    for taken in range(1 << breaks.shape[0]):
        now = ready[line, taken]
        if now >= NEVER:
            continue
        for number in range(breaks.shape[0]):
            bit = 1 << number
            if taken & bit == 0:
                begins = max(now, breaks[number, 0])
                ends = begins + breaks[number, 2]
                if begins <= breaks[number, 1] and ends < ready[line, taken | bit]:
                    ready[line, taken | bit] = ends


@kernel
def leave_room(latest: Ints, line: int, breaks: Ints) -> None:
    """Raise `latest[line, taken]` to the last minute from which the day works out, taking more breaks here."""
    for taken in range((1 << breaks.shape[0]) - 1, -1, -1):
        for number in range(breaks.shape[0]):
            bit = 1 << number
            if taken & bit == 0:
                begins = min(breaks[number, 1], latest[line, taken | bit] - breaks[number, 2])
                if begins >= breaks[number, 0] and begins > latest[line, taken]:
                    latest[line, taken] = begins


@kernel
def drive(ready: Ints, line: int, minutes: int, breaks: Ints, clock: Ints) -> None:
    """Move `ready` from one place to the next; breaks are taken ahead of the drive, behind it, or not at all."""
    take_breaks(ready, line, breaks)
    for taken in range(1 << breaks.shape[0]):
        if ready[line, taken] < NEVER:
            ready[line, taken] = arrival(ready[line, taken], minutes, clock)
    take_breaks(ready, line, breaks)


@kernel
def drive_back(latest: Ints, line: int, minutes: int, breaks: Ints, clock: Ints) -> None:
    """Move `latest` from a place back to the one before: the mirror of `drive`."""
    leave_room(latest, line, breaks)
    for taken in range(1 << breaks.shape[0]):
        if latest[line, taken] > -NEVER:
            latest[line, taken] = departure(latest[line, taken], minutes, clock)
    leave_room(latest, line, breaks)
