"""One problem to be measured on, in the engine's JSON format: what everybody and the checker reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]
Minutes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Instance:
    """A named problem; `best_known` is the cost of the best plan that anybody has published."""

    name: str
    problem: Json
    best_known: float | None = None


def problem_of(
    places: Iterable[str],
    minutes: Minutes,
    technicians: list[Json],
    visits: list[Json],
    unserved: float = 200,
) -> Json:
    """A problem whose cost is travel minutes, and `unserved` of them per priority point of a visit left out."""
    return {
        "places": [{"id": place, "latitude": 0.0, "longitude": 0.0} for place in places],
        "travel": {"minutes": minutes.tolist()},
        "technicians": technicians,
        "visits": visits,
        "weights": {"unserved": unserved, "travel_minute": 1},
    }


def shift_of(name: str, begins: int, ends: int, home: str, breaks: list[Json], capacity: int | None = None) -> Json:
    """A shift that starts and ends at one place."""
    return {
        "id": name,
        "begins": begins,
        "ends": ends,
        "start": home,
        "end": home,
        "breaks": breaks,
        "capacity": capacity,
    }


def visit_of(
    name: str,
    place: str,
    minutes: int,
    windows: list[list[int]],
    *,
    skills: dict[str, int] | None = None,
    priority: int = 5,
    required: bool = False,
    load: int = 0,
) -> Json:
    """A visit with every key that the peers' adapters read."""
    return {
        "id": name,
        "place": place,
        "minutes": minutes,
        "windows": windows,
        "skills": skills or {},
        "priority": priority,
        "required": required,
        "load": load,
    }
