"""One day of a field-service company: skills, promised windows, priorities, and more work than fits, or less."""

from __future__ import annotations

import numpy as np

from benchmarks.cities import CITIES, Dice
from benchmarks.instance import Instance, Json, problem_of, shift_of, visit_of

BEGINS, ENDS = 8 * 60, 17 * 60
LUNCH: Json = {"earliest": 11 * 60 + 30, "latest": 13 * 60 + 30, "minutes": 45}
SKILLS = 6
MINUTES, MINUTES_SHARE = (30, 45, 60, 90, 120), (0.25, 0.25, 0.25, 0.15, 0.10)


def field_day(city: str, seed: int, technicians: int, visits: int, *, lunch: bool) -> Instance:
    """A day on which every technician works from eight to five, from home to home."""
    dice = np.random.default_rng(seed)
    minutes = CITIES[city](dice, technicians, visits)
    length = dice.choice(MINUTES, visits, p=MINUTES_SHARE)
    windows = [_window(dice, int(one)) for one in length]
    priority = dice.choice([1, 2, 3, 5, 10], visits, p=[0.35, 0.25, 0.2, 0.15, 0.05])
    staff = [_technician(number, skills, lunch) for number, skills in enumerate(skills_of(dice, technicians))]
    needed = dice.integers(0, SKILLS, visits)
    work = [
        visit_of(
            f"v{number}",
            f"site{number}",
            int(length[number]),
            [windows[number]],
            skills={str(needed[number]): 1},
            priority=int(priority[number]),
        )
        for number in range(visits)
    ]
    places = [*(f"home{number}" for number in range(technicians)), *(one["place"] for one in work)]
    name = f"{city} {seed}, {technicians}x{visits}, {'lunch' if lunch else 'no break'}"
    return Instance(name, problem_of(places, minutes, staff, work))


def skills_of(dice: Dice, technicians: int) -> list[dict[str, int]]:
    """Two to four of six skills each; every skill is somebody's."""
    found = []
    for number in range(technicians):
        count = int(dice.integers(2, 5))
        learned = dice.choice(SKILLS, count - 1, replace=False).tolist()
        found.append({str(skill): 1 for skill in sorted({number % SKILLS, *learned})})
    return found


def _window(dice: Dice, length: int) -> list[int]:
    """When the work may start: all day for two in five, or in a promise of two to four hours."""
    if dice.random() < 0.4:
        return [BEGINS, ENDS - length]
    wide = int(dice.choice([120, 180, 240]))
    opens = BEGINS + 30 * int(dice.integers(0, (ENDS - BEGINS - wide) // 30 + 1))
    return [opens, min(opens + wide, ENDS) - min(30, length)]


def _technician(number: int, skills: dict[str, int], lunch: bool) -> Json:
    shift = shift_of(f"t{number}-0", BEGINS, ENDS, f"home{number}", [LUNCH] if lunch else [])
    return {"id": f"t{number}", "skills": skills, "shifts": [shift]}
