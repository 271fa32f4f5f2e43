"""Several days at once: every client is at home on some half-days of some days, and all the work fits."""

from __future__ import annotations

import numpy as np

from benchmarks.cities import CITIES, Dice
from benchmarks.field_day import BEGINS, ENDS, LUNCH, MINUTES, MINUTES_SHARE, SKILLS, skills_of
from benchmarks.instance import Instance, Json, problem_of, shift_of, visit_of

NOON = 12 * 60
DAY = 24 * 60


def several_days(city: str, seed: int, technicians: int, days: int, visits: int) -> Instance:
    """A period in which each visit may be made on some of the days, in the morning, the afternoon or both."""
    dice = np.random.default_rng(seed)
    minutes = CITIES[city](dice, technicians, visits)
    staff = [_technician(number, skills, days) for number, skills in enumerate(skills_of(dice, technicians))]
    work = [
        visit_of(
            f"v{number}",
            f"site{number}",
            int(dice.choice(MINUTES, p=MINUTES_SHARE)),
            _half_days(dice, days),
            skills={str(dice.integers(0, SKILLS)): 1},
        )
        for number in range(visits)
    ]
    places = [*(f"home{number}" for number in range(technicians)), *(one["place"] for one in work)]
    name = f"{city} {seed}, {technicians} technicians, {days} days, {visits} visits"
    return Instance(name, problem_of(places, minutes, staff, work))


def _half_days(dice: Dice, days: int) -> list[list[int]]:
    """Half of the half-days between the booking and a limit of two, five or ten days."""
    patience = min(days, int(dice.choice([2, 5, 10], p=[0.25, 0.45, 0.30])))
    first = int(dice.integers(0, days - patience + 1))
    halves = [(day, half) for day in range(first, first + patience) for half in (0, 1)]
    free = [one for one in halves if dice.random() < 0.5] or [halves[int(dice.integers(len(halves)))]]
    ends = ((BEGINS, NOON - 1), (NOON, ENDS))
    return [[day * DAY + ends[half][0], day * DAY + ends[half][1]] for day, half in free]


def _technician(number: int, skills: dict[str, int], days: int) -> Json:
    shifts = [
        shift_of(f"t{number}-{day}", day * DAY + BEGINS, day * DAY + ENDS, f"home{number}", [_lunch(day)])
        for day in range(days)
    ]
    return {"id": f"t{number}", "skills": skills, "shifts": shifts}


def _lunch(day: int) -> Json:
    return {**LUNCH, "earliest": LUNCH["earliest"] + day * DAY, "latest": LUNCH["latest"] + day * DAY}
