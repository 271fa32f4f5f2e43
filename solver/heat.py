"""How hot the search begins, and how cold it ends: by the length of a drive, whatever it is counted in."""

from __future__ import annotations

import numpy as np

from solver.kernels.arrays import Floats
from solver.kernels.state import Routes

CROWDED = 10.0, 0.1
"""In drives of the first plan, when visits are left out: to change one for another costs a few of them."""

FITTING = 1.0, 0.02
"""The same when everything is served and only drives are to be shortened."""

WARM = 0.1
"""Of the first heat, when today's plan serves most visits: what is good in it is kept."""


def heat_of(routes: Routes, *, crowded: bool, warm: bool) -> Floats:
    """The first and the last temperature, as costs."""
    used = routes.stops > 0
    gaps = np.arange(routes.direct.shape[1]) <= routes.stops[:, None]
    drives = int(routes.stops[used].sum() + used.sum())
    drive = float(routes.direct[gaps].sum()) / drives if drives else 1.0
    first, last = CROWDED if crowded else FITTING
    return np.array([max(first * WARM, last) if warm else first, last]) * (drive or 1.0)
