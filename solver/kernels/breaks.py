"""Taking breaks in idle time: the two closures on which every exact test stands.

`breaks` is an array of (earliest, latest, minutes), one row per break of the shift. Being somewhere earlier,
or being allowed to be there later, is never worse, because waiting is always possible; so one time per subset
is exact.
"""

from __future__ import annotations

from solver.kernels.arrays import NEVER, Ints
from solver.kernels.compiling import kernel


@kernel
def take_breaks(ready: Ints, breaks: Ints) -> None:
    """Lower `ready[taken]` to the earliest minute at which one can be ready here with those breaks taken."""
    for taken in range(ready.shape[0]):
        now = ready[taken]
        if now >= NEVER:
            continue
        for number in range(breaks.shape[0]):
            bit = 1 << number
            if taken & bit == 0:
                begins = max(now, breaks[number, 0])
                ends = begins + breaks[number, 2]
                if begins <= breaks[number, 1] and ends < ready[taken | bit]:
                    ready[taken | bit] = ends


@kernel
def leave_room(latest: Ints, breaks: Ints) -> None:
    """Raise `latest[taken]` to the latest minute from which the day still works out, taking more breaks here."""
    for taken in range(latest.shape[0] - 1, -1, -1):
        for number in range(breaks.shape[0]):
            bit = 1 << number
            if taken & bit == 0:
                begins = min(breaks[number, 1], latest[taken | bit] - breaks[number, 2])
                if begins >= breaks[number, 0] and begins > latest[taken]:
                    latest[taken] = begins


@kernel
def drive(ready: Ints, minutes: int, breaks: Ints) -> None:
    """Move `ready` from one place to the next; breaks are taken ahead of the drive, behind it, or not at all."""
    take_breaks(ready, breaks)
    for taken in range(ready.shape[0]):
        if ready[taken] < NEVER:
            ready[taken] += minutes
    take_breaks(ready, breaks)


@kernel
def drive_back(latest: Ints, minutes: int, breaks: Ints) -> None:
    """Move `latest` from a place back to the one before: the mirror of `drive`."""
    leave_room(latest, breaks)
    for taken in range(latest.shape[0]):
        if latest[taken] > -NEVER:
            latest[taken] -= minutes
    leave_room(latest, breaks)
