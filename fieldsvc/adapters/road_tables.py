"""Reads tables of numbers out of the answers of road services, and trusts none of them."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldsvc.domain.geo.roads import RoadsSilent

MOST = 4e9


def numbers(rows: Any, height: int, width: int) -> NDArray[np.float64]:
    """A table of this size of numbers from 0; null is NaN. Raises `RoadsSilent` for anything else."""
    if not isinstance(rows, list) or len(rows) != height:
        raise RoadsSilent(f"the answer has no table of {height} rows")
    table = np.empty((height, width))
    for position, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != width:
            raise RoadsSilent(f"row {position} of the answer has not {width} cells")
        table[position] = [_number(cell) for cell in row]
    return table


def _number(cell: Any) -> float:
    if cell is None:
        return math.nan
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not 0 <= cell <= MOST:
        raise RoadsSilent(f"the answer has {str(cell)[:40]!r} where a number belongs")
    return float(cell)
