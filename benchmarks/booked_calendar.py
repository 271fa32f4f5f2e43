"""A warm calendar of promised visits, booked one by one at the cheapest place of a half-day that the client names."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from solver import Break, Calendar, Candidate, Estimate, Place, Problem, Shift, Technician, Visit

SKILLS = 6
CENTRE = 41.15, -8.61
KILOMETRE = 1 / 111.2
HALF_DAYS = (480, 719), (720, 1019)
ASKED = 8
"""How many half-days a client tries, one after the other, before he gives up."""


@dataclass(frozen=True, slots=True)
class Booked:
    """The calendar, everything that was promised in it, and the dice to go on with."""

    calendar: Calendar
    technicians: tuple[Technician, ...]
    visits: tuple[Visit, ...]
    places: tuple[Place, ...]
    dice: random.Random


def booked(technicians: int, days: int, visits_a_day: float, seed: int = 1) -> Booked:
    """A calendar booked until it holds so many promised visits a day and technician, or takes no more."""
    dice = random.Random(seed)
    homes = tuple(place_of(dice, f"home{number}") for number in range(technicians))
    staff = tuple(_technician(dice, number, home, days) for number, home in enumerate(homes))
    calendar = Calendar(Problem(homes, Estimate(), staff, ()))
    visits: list[Visit] = []
    sites: list[Place] = []
    refused = 0
    while len(visits) < technicians * days * visits_a_day and refused < 1000:
        asked = request(dice, f"v{len(visits) + refused}")
        site = place_of(dice, asked.place)
        calendar.add_place(site)
        chosen = _chosen(calendar, asked, days, dice)
        if chosen is None:
            refused += 1
            continue
        begins = chosen.begins[0]
        promised = replace(asked, windows=(_promise(begins, dice),))
        calendar.insert(chosen.shift, chosen.position, promised, begins)
        visits.append(promised)
        sites.append(site)
    return Booked(calendar, staff, tuple(visits), (*homes, *sites), dice)


def _chosen(calendar: Calendar, asked: Visit, days: int, dice: random.Random) -> Candidate | None:
    """The cheapest place on the first half-day on which there is one."""
    for _ in range(ASKED):
        midnight = 1440 * dice.randrange(days)
        opens, closes = dice.choice(HALF_DAYS)
        there = replace(asked, windows=((midnight + opens, midnight + closes),))
        candidates = calendar.propose(there, limit=1).candidates
        if candidates:
            return candidates[0]
    return None


def _promise(begins: int, dice: random.Random) -> tuple[int, int]:
    """Two to four hours around a start, on the half hour."""
    opens = begins - begins % 30 - 30 * dice.randrange(3)
    return opens, max(begins, opens + dice.choice((90, 150, 210)))


def request(dice: random.Random, name: str) -> Visit:
    """Work that a client asks for, at any time."""
    minutes = dice.choices((30, 45, 60, 90, 120), (35, 30, 25, 7, 3))[0]
    return Visit(name, f"at-{name}", minutes, (), {str(dice.randrange(SKILLS)): 1})


def place_of(dice: random.Random, name: str) -> Place:
    """A point of a round city; four in five are within 14 km of its centre."""
    north, east = dice.gauss(0, 8), dice.gauss(0, 8)
    return Place(name, CENTRE[0] + north * KILOMETRE, CENTRE[1] + east * KILOMETRE * 1.33)


def _technician(dice: random.Random, number: int, home: Place, days: int) -> Technician:
    skills = {number % SKILLS, *dice.sample(range(SKILLS), dice.randint(1, 3))}
    shifts = tuple(shift_of(f"t{number}-{day}", home.id, day) for day in range(days))
    return Technician(f"t{number}", {str(skill): 1 for skill in sorted(skills)}, shifts)


def shift_of(name: str, home: str, day: int) -> Shift:
    """A day from eight to five, with a lunch break."""
    begins = 1440 * day + 480
    return Shift(name, begins, begins + 540, home, home, (Break(begins + 210, begins + 330, 45),))
