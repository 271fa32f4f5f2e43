"""What is learned from drives: areas and hours are found, waits are not mistaken for drives, few drives say nothing."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fieldsvc.domain.planning.travel.factors import Factors, Legs
from fieldsvc.domain.planning.travel.fit import FEWEST_LEGS, FIXED_MINUTES, MINUTES_PER_KM, learn

DATA = Path(__file__).resolve().parents[4].parent / "shared" / "data"
USUAL = Factors(2.0, 1.6)
EARTH_KM = 6371.0088
LUNCH_FREE_HOURS = (8 * 60, 18 * 60)

Numbers = NDArray[np.float64]


def kilometres(origins: Numbers, destinations: Numbers) -> Numbers:
    """Great-circle kilometres, pair by pair."""
    (phi, lam), (psi, mu) = np.radians(origins).T, np.radians(destinations).T
    half = np.sin((phi - psi) / 2) ** 2 + np.cos(phi) * np.cos(psi) * np.sin((lam - mu) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(half)))


def with_waits(minutes: Numbers, random: np.random.Generator, share: float = 0.35) -> Numbers:
    """What closed visits show of drives: 10 % noise, and for a share of them a wait of 15 minutes on average."""
    waits = np.where(random.random(len(minutes)) < share, random.exponential(15, len(minutes)), 0)
    return np.asarray(minutes * random.lognormal(0, 0.1, len(minutes)) + waits)


class Flat:
    """Drives between random points of a town of 20 × 20 km, of which the truth is known."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.random = np.random.default_rng(seed)
        corner, size = np.array([41.0, -8.6]), np.array([0.18, 0.24])
        self.origins: Numbers = corner + size * self.random.random((count, 2))
        self.destinations: Numbers = corner + size * self.random.random((count, 2))
        self.km = kilometres(self.origins, self.destinations)
        self.leaves = self.random.integers(*LUNCH_FREE_HOURS, count).astype(np.float64)

    def legs(self, minutes: Numbers) -> Legs:
        return Legs(minutes, self.km, self.leaves, self.origins, self.destinations)


def error(factors: Factors, legs: Legs) -> float:
    """The mean absolute error in minutes."""
    return float(np.mean(np.abs(factors.minutes(legs) - legs.minutes)))


def test_the_plain_factors_are_found_under_waits() -> None:
    town = Flat(2000)
    found = learn(town.legs(with_waits(4 + 2.2 * town.km, town.random)), USUAL)
    assert found.fixed_minutes == pytest.approx(4, abs=0.7)
    assert found.minutes_per_km == pytest.approx(2.2, abs=0.1)
    assert found.legs == 2000


def test_an_hour_of_traffic_is_found_and_the_others_are_left_alone() -> None:
    town = Flat(4000)
    is_rush = (town.leaves >= 8 * 60) & (town.leaves < 10 * 60)
    found = learn(town.legs(with_waits((3 + 2 * town.km) * np.where(is_rush, 1.6, 1), town.random)), USUAL)
    assert len(found.speeds) == 24
    assert max(found.speeds) == 1.0
    assert found.speeds[8:10] == pytest.approx([1 / 1.6] * 2, abs=0.08)
    assert min(found.speeds[10:18]) > 0.9


def test_hours_that_are_alike_have_no_profile() -> None:
    town = Flat(4000)
    assert learn(town.legs((3 + 2 * town.km) * town.random.lognormal(0, 0.1, 4000)), USUAL).speeds == ()


def test_a_slow_centre_is_found() -> None:
    town = Flat(3000)
    centre = np.array([41.09, -8.48])
    is_in = [np.all(np.abs(places - centre) < (0.03, 0.04), axis=1) for places in (town.origins, town.destinations)]
    slow = 1 + (is_in[0] * 0.8 + is_in[1] * 0.8) / 2
    found = learn(town.legs(with_waits(2 + 1.6 * town.km * slow, town.random)), USUAL)
    assert found.slowness_at(*centre) > 1.4 * found.slowness_at(41.01, -8.59)


def test_a_few_absurd_drives_move_nothing() -> None:
    town = Flat(500)
    minutes = (3 + 2 * town.km) * town.random.lognormal(0, 0.1, 500)
    before = learn(town.legs(minutes), USUAL)
    absurd = minutes.copy()
    absurd[::20] = 180
    after = learn(town.legs(absurd), USUAL)
    assert np.max(np.abs(after.minutes(town.legs(minutes)) - before.minutes(town.legs(minutes)))) < 2
    assert error(after, town.legs(minutes)) < 1.1 * error(before, town.legs(minutes))


@pytest.mark.parametrize("count", [0, 1, FEWEST_LEGS - 1])
def test_from_few_drives_nothing_is_learned(count: int) -> None:
    town = Flat(count)
    assert learn(town.legs(10 + 5 * town.km), USUAL) is USUAL


def test_an_area_with_one_drive_stays_as_usual() -> None:
    town = Flat(300)
    minutes = 2 + 1.6 * town.km
    lonely = np.array([[41.5, -8.1]])
    town.origins = np.vstack([town.origins, lonely])
    town.destinations = np.vstack([town.destinations, lonely + 0.05])
    town.km = kilometres(town.origins, town.destinations)
    town.leaves = np.append(town.leaves, 600.0)
    found = learn(town.legs(np.append(minutes, 3 * (2 + 1.6 * town.km[-1]))), USUAL)
    assert found.slowness_at(41.5, -8.1) == pytest.approx(1, abs=0.1)


def test_what_explains_unseen_drives_no_better_is_not_taken() -> None:
    town = Flat(200)
    assert learn(town.legs(2 + 1.6 * town.km), USUAL) is USUAL


@pytest.mark.parametrize(("fixed", "per_km"), [(0, 0), (200, 50), (0, 0.01)])
def test_nonsense_is_kept_in_sane_bounds(fixed: float, per_km: float) -> None:
    town = Flat(400)
    found = learn(town.legs(fixed + per_km * town.km), USUAL)
    assert FIXED_MINUTES[0] <= found.fixed_minutes <= FIXED_MINUTES[1]
    assert MINUTES_PER_KM[0] <= found.minutes_per_km <= MINUTES_PER_KM[1]
    assert 0.5 <= found.slowness_at(*town.origins[0]) <= 2.5
    assert all(0 < speed <= 1 for speed in found.speeds)


# --- Real roads ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def porto() -> tuple[Numbers, Numbers]:
    """500 places and the minutes between them."""
    if not DATA.exists():
        pytest.skip("needs ../shared/data")
    with (DATA / "porto_sites.csv").open(encoding="utf-8") as file:
        places = [(float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(file)]
    return np.array(places), np.load(DATA / "porto_roads.npz")["duration_s"] / 60


@pytest.mark.parametrize("seed", [11, 12])
@pytest.mark.parametrize(("count", "share"), [(400, 0.35), (3000, 0.35), (3000, 0.6)])
def test_held_out_drives_of_porto_are_estimated_better(
    porto: tuple[Numbers, Numbers], seed: int, count: int, share: float
) -> None:
    """Learned between 300 places, measured on every drive between the 200 others."""
    places, minutes = porto
    random = np.random.default_rng(seed)
    order = random.permutation(len(places))
    seen, held_out = order[:300], order[300:]

    def legs(origins: NDArray[np.int64], destinations: NDArray[np.int64], drives: Numbers) -> Legs:
        leaves = random.uniform(*LUNCH_FREE_HOURS, len(drives))
        ends = places[origins], places[destinations]
        return Legs(drives, kilometres(*ends), leaves, *ends)

    pairs = random.choice(seen, (2, count))
    pairs = pairs[:, pairs[0] != pairs[1]]
    made = legs(pairs[0], pairs[1], with_waits(minutes[pairs[0], pairs[1]], random, share))
    rows, columns = (grid.ravel() for grid in np.meshgrid(held_out, held_out))
    rows, columns = rows[rows != columns], columns[rows != columns]
    true = legs(rows, columns, minutes[rows, columns])

    found = learn(made, USUAL)
    one_place = np.zeros((len(made), 2))
    without_areas = replace(learn(replace(made, origins=one_place, destinations=one_place), USUAL), slowness={})
    by_mistake = np.linalg.lstsq(np.column_stack([np.ones(len(made)), made.km]), made.minutes, rcond=None)[0]
    figures = {
        "settings": error(USUAL, true),
        "learned": error(found, true),
        "without areas": error(without_areas, true),
        "least squares": error(Factors(*by_mistake), true),
    }
    print({name: round(value, 3) for name, value in figures.items()})
    assert figures["learned"] < 0.93 * figures["settings"]
    assert figures["learned"] < figures["without areas"]
    assert figures["learned"] < figures["least squares"]
