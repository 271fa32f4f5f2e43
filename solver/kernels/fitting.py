"""Whether a visit fits into a gap with the whole day kept: yes or no, where the search needs no more."""

from __future__ import annotations

from solver.kernels.arrays import Ints
from solver.kernels.compiling import inlined, kernel
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
    work: Ints,
    windows: Ints,
    first: int,
    last: int,
    starts: Ints,
) -> bool:
    """For any number of breaks; the arguments are those of `starts_in_gap`, and `windows[first:last]` the visit's."""
    starts_in_gap(leaves, arrives, gap, there, onwards, breaks, work, starts)
    for taken in range(1 << breaks.shape[0]):
        if next_start(starts[0, taken], windows, first, last) <= starts[1, taken]:
            return True
    return False


@inlined
def fits_with_one_break(
    leaves_open: int,
    leaves_taken: int,
    arrives_open: int,
    arrives_taken: int,
    there: int,
    onwards: int,
    begins: int,
    ends: int,
    minutes: int,
    before: int,
    busy: int,
    windows: Ints,
    first: int,
    last: int,
) -> bool:
    """The same for one break or none, without arrays: most shifts have one, and this is the innermost step.

    `open` and `taken` are the states of the break, which begins between `begins` and `ends`; `busy` are the minutes
    from the start of the work until the technician leaves.
    """
    start = max(leaves_open, begins)
    taken = min(leaves_taken, start + minutes) if start <= ends else leaves_taken
    still_open = leaves_open + there
    taken += there
    start = max(still_open, begins)
    taken = min(taken, start + minutes) if start <= ends else taken
    start = min(ends, arrives_taken - minutes)
    latest_open = max(arrives_open, start) if start >= begins else arrives_open
    latest_open -= onwards
    latest_taken = arrives_taken - onwards
    start = min(ends, latest_taken - minutes)
    latest_open = max(latest_open, start) if start >= begins else latest_open
    return (
        next_start(still_open + before, windows, first, last) <= latest_open - busy
        or next_start(taken + before, windows, first, last) <= latest_taken - busy
    )
