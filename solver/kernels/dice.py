"""Random numbers that are the same on every machine and however the work is cut into pieces."""

from __future__ import annotations

import math

from solver.kernels.arrays import Ints
from solver.kernels.compiling import kernel

MASK = (1 << 32) - 1


@kernel
def uniform(dice: Ints) -> float:
    """A number in [0, 1): Marsaglia's 32-bit xorshift added to a linear congruence, so that the period is
    2^64.
    """
    bits = dice[0]
    bits ^= (bits << 13) & MASK
    bits ^= bits >> 17
    bits ^= (bits << 5) & MASK
    dice[0] = bits
    dice[1] = (dice[1] * 1664525 + 1013904223) & MASK
    both: float = ((bits + dice[1]) & MASK) / 4294967296.0
    return both


@kernel
def below(dice: Ints, bound: int) -> int:
    """A whole number from 0 to bound - 1."""
    return int(uniform(dice) * bound)


@kernel
def trials_until(dice: Ints, log_of_failure: float) -> int:
    """How many trials fail before the first that succeeds; the logarithm is that of the chance to fail."""
    return int(math.log(1.0 - uniform(dice)) / log_of_failure)
