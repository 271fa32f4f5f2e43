"""Where technicians live and clients are, and how long the drives between them take.

A city gives whole minutes between homes and sites, homes first. `clusters` is the one to tune on; the others are kept
apart for acceptance, so that no constant fits one map.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.instance import Minutes

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
Dice = np.random.Generator
Points = NDArray[np.float64]
City = Callable[[Dice, int, int], Minutes]


def clusters(dice: Dice, homes: int, sites: int) -> Minutes:
    """A square of 40 km with six dense quarters, at 40 km/h and 1.35 km of road a kilometre."""
    points = np.vstack([_in_quarters(dice, homes, 0.3), _in_quarters(dice, sites, 0.6)]).round(3)
    return np.ceil(_apart(points) * 1.35 / 40 * 60 - 1e-9).astype(np.int64)


def _in_quarters(dice: Dice, count: int, share: float) -> Points:
    middles = dice.uniform(5, 35, (6, 2))
    points = dice.uniform(0, 40, (count, 2))
    inside = dice.random(count) < share
    number = int(inside.sum())
    spread = middles[dice.integers(0, 6, number)] + dice.normal(0, 2.5, (number, 2))
    points[inside] = np.clip(spread, 0, 40)
    return points


def two_towns(dice: Dice, homes: int, sites: int) -> Minutes:
    """A large and a small town 45 km apart with villages along the road; a longer drive is a faster one."""
    count = homes + sites
    kind = dice.choice(3, count, p=(0.55, 0.3, 0.15))
    spread = dice.normal(0, 1, (count, 2))
    along = np.column_stack([dice.uniform(0, 45, count), np.zeros(count)])
    points = np.where(
        kind[:, None] == 0, 6 * spread, np.where(kind[:, None] == 1, (45, 0) + 3.5 * spread, along + 2 * spread)
    )
    km = _apart(points)
    return np.ceil(np.where(km > 0, 3 + 1.8 * np.minimum(km, 6) + 0.85 * np.maximum(km - 6, 0), 0)).astype(np.int64)


def porto(dice: Dice, homes: int, sites: int) -> Minutes:
    """Real addresses and the minutes of the real roads between them, one-way streets included."""
    roads = _porto_minutes()
    chosen = dice.choice(len(roads), homes + sites, replace=homes + sites > len(roads))
    return np.asarray(roads[np.ix_(chosen, chosen)])


@cache
def _porto_minutes() -> Minutes:
    with np.load(SHARED / "porto_roads.npz") as roads:
        return np.asarray(np.ceil(roads["duration_s"] / 60), dtype=np.int64)


def _apart(points: Points) -> Points:
    return np.asarray(np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1)))


CITIES: dict[str, City] = {"clusters": clusters, "two-towns": two_towns, "porto": porto}

SEEDS = {
    "tuning": tuple(("clusters", seed) for seed in (1, 2, 3, 4)),
    "acceptance": (("two-towns", 102), ("porto", 103), ("clusters", 101), ("porto", 104)),
}


def present(city: str) -> bool:
    """Whether the data of a city is on this machine."""
    return city != "porto" or (SHARED / "porto_roads.npz").exists()
