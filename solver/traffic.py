"""How drives stretch with the time of day, such that who leaves later never arrives earlier.

Progress on the road is summed up minute by minute, as by S. Ichoua, M. Gendreau and J.-Y. Potvin, "Vehicle dispatching
with time-dependent travel times", European Journal of Operational Research 144(2), 2003: a drive is over when the
progress since its departure has reached its length. The earliest arrival and the latest departure are then exact
inverses of each other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, repeat

DAY = 1440
WHOLE = 1000
"""Progress of one minute on the freest road; speeds are rounded to thousandths."""

SLOWEST = 0.1


@dataclass(frozen=True)
class Traffic:
    """The speed on the roads in equally long slices of the day, relative to the freest one (0.1 to 1); none: always 1.

    The minutes of a drive from place to place are those at speed 1.
    """

    speeds: tuple[float, ...] = ()

    @cached_property
    def progress(self) -> tuple[int, ...]:
        """Progress from midnight to each minute of the day, both midnights included; empty when speed is always 1."""
        if all(speed == 1 for speed in self.speeds):
            return ()
        minutes = DAY // len(self.speeds)
        steps = chain.from_iterable(repeat(round(WHOLE * speed), minutes) for speed in self.speeds)
        return tuple(accumulate(steps, initial=0))

    def arrival(self, leaves: int, minutes: int) -> int:
        """The earliest arrival of a drive of some minutes that leaves at a minute."""
        if not self.progress:
            return leaves + minutes
        day, minute = divmod(leaves, DAY)
        days, rest = divmod(self.progress[minute] + minutes * WHOLE, self.progress[-1])
        return (day + days) * DAY + bisect_left(self.progress, rest)

    def departure(self, arrives: int, minutes: int) -> int:
        """The latest departure of a drive of some minutes that arrives by a minute."""
        if not self.progress:
            return arrives - minutes
        day, minute = divmod(arrives, DAY)
        days, rest = divmod(self.progress[minute] - minutes * WHOLE, self.progress[-1])
        return (day + days) * DAY + bisect_right(self.progress, rest) - 1
