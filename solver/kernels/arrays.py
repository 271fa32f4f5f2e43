"""The arrays that the kernels share."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[Any]
"""Whole minutes, positions or counts: int32 in tables, int64 in scratch space."""

Floats: TypeAlias = NDArray[np.floating[Any]]

NEVER = 1 << 29
"""A minute that is not reached; sums with it stay inside int32."""
