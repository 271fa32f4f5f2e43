"""Streams of clients who book one by one: what they ask for, when they can be met, and which slot they take.

A city of 40 × 40 km lies at the equator, where a degree is equally long both ways; a drive takes 2.025 minutes a
kilometre (1.35 times the great circle at 40 km/h). Clients ask on ten days for one of the following 2, 5 or 10 days,
and are at home in half of the half-days until then.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from solver import Break, Estimate, Place, Problem, Request, Shift, Technician, Visit
from solver.travel import EARTH_RADIUS_KM

DAY = 1440
BOOKING_DAYS, DAYS = 10, 20
TECHNICIANS, SKILLS = 15, 6
HALF_DAYS = (480, 719), (720, 1020)
CITY_KM = 40.0
MINUTES_PER_KM = 1.35 / 40 * 60

Points: TypeAlias = NDArray[np.float64]


def stream(seed: int, rate: int) -> tuple[Problem, list[Request]]:
    """A unit with an empty calendar, and `rate` requests on each of ten days."""
    dice = np.random.default_rng(seed)
    homes = _points(dice, TECHNICIANS, clustered=0.3)
    skills = [_skills(dice, number) for number in range(TECHNICIANS)]
    points = _points(dice, rate * BOOKING_DAYS, clustered=0.6)
    requests = [_request(dice, number, rate) for number in range(len(points))]
    staff = tuple(_technician(number, known) for number, known in enumerate(skills))
    places = (
        *(_place(f"home-{number}", point) for number, point in enumerate(homes)),
        *(_place(f"at-{number}", point) for number, point in enumerate(points)),
    )
    return Problem(places, Estimate(0, MINUTES_PER_KM), staff, ()), requests


def _points(dice: np.random.Generator, count: int, clustered: float) -> Points:
    """Kilometres east and north, some of them around six centres."""
    centres = dice.uniform(5, CITY_KM - 5, (6, 2))
    points = dice.uniform(0, CITY_KM, (count, 2))
    near = dice.random(count) < clustered
    around = centres[dice.integers(0, len(centres), near.sum())]
    points[near] = np.clip(around + dice.normal(0, 2.5, (near.sum(), 2)), 0, CITY_KM)
    return np.asarray(points.round(3))


def _place(name: str, point: Points) -> Place:
    degree = np.pi / 180 * EARTH_RADIUS_KM
    return Place(name, float(point[1] / degree), float(point[0] / degree))


def _skills(dice: np.random.Generator, number: int) -> set[int]:
    count = int(dice.integers(2, 5))
    return {number % SKILLS, *dice.choice(SKILLS, count - 1, replace=False).tolist()}


def _technician(number: int, skills: set[int]) -> Technician:
    home = f"home-{number}"
    shifts = tuple(
        Shift(f"{number}-{day}", day * DAY + 480, day * DAY + 1020, home, home, (_lunch(day),)) for day in range(DAYS)
    )
    return Technician(str(number), {str(skill): 1 for skill in sorted(skills)}, shifts)


def _lunch(day: int) -> Break:
    return Break(day * DAY + 690, day * DAY + 810, 45)


def _request(dice: np.random.Generator, number: int, rate: int) -> Request:
    today = number // rate
    patience = int(dice.choice((2, 5, 10), p=(0.25, 0.45, 0.30)))
    at_home = dice.random((DAYS, 2)) < 0.5
    at_home[: today + 1] = False
    at_home[today + patience + 1 :] = False
    if not at_home.any():
        at_home[today + 1 + dice.integers(patience), dice.integers(2)] = True
    windows = tuple(
        (day * DAY + HALF_DAYS[half][0], day * DAY + HALF_DAYS[half][1]) for day, half in np.argwhere(at_home).tolist()
    )
    minutes = int(dice.choice((30, 45, 60, 90, 120), p=(0.25, 0.25, 0.25, 0.15, 0.10)))
    skill = str(int(dice.integers(0, SKILLS)))
    visit = Visit(f"visit-{number}", f"at-{number}", minutes, windows, {skill: 1})
    return Request(visit, today * DAY + 480 + number % rate, float(dice.random()))
