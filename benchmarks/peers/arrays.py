"""What every adapter needs of a problem: its shifts in a row, the drives as an array, who can do what."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]
Minutes = NDArray[np.int64]
Trace = list[tuple[float, float]]
Answer = tuple[list[Json], Trace]


def shifts_of(problem: Json) -> list[Json]:
    """All shifts, each with the skills of its technician."""
    return [{**shift, "skills": one["skills"]} for one in problem["technicians"] for shift in one["shifts"]]


def drives_of(problem: Json) -> tuple[Minutes, dict[str, int]]:
    """Minutes from place to place, and the number of each place."""
    rows = {place["id"]: number for number, place in enumerate(problem["places"])}
    return np.array(problem["travel"]["minutes"], np.int64), rows


def able(shift: Json, visit: Json) -> bool:
    """Whether the technician of a shift has the skills of a visit."""
    return all(shift["skills"].get(name, 0) >= level for name, level in visit.get("skills", {}).items())


def worth(problem: Json, visit: Json) -> int:
    """What leaving a visit out costs."""
    return int(problem["weights"]["unserved"] * visit["priority"])


def route(shift: Json, visits: list[str]) -> Json:
    """One route of the answer."""
    return {"shift": shift["id"], "visits": visits}
