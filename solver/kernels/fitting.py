"""Whether a visit fits into a gap with the whole day kept: yes or no, where the search needs no more."""

from __future__ import annotations

from solver.kernels.arrays import Ints
from solver.kernels.compiling import kernel
from solver.kernels.day import next_start
from solver.kernels.gaps import starts_in_gap


@kernel
def fits(
    leaves: Ints,
    arrives: Ints,
    gap: int,
    there: int,
    onwards: int,
    breaks: Ints,
    clock: Ints,
    work: Ints,
    windows: Ints,
    first: int,
    last: int,
    starts: Ints,
) -> bool:
    """For any number of breaks; the arguments are those of `starts_in_gap`, and `windows[first:last]` the visit's."""
    starts_in_gap(leaves, arrives, gap, there, onwards, breaks, clock, work, starts)
    for taken in range(1 << breaks.shape[0]):
        if next_start(starts[0, taken], windows, first, last) <= starts[1, taken]:
            return True
    return False
