"""Common starts and people for several visits that need a crew, all at once.

Each seat that a visit could have in a day comes with the minutes between which it fits there and with what it costs.
Which seats, and at which minute they come together, is one choice for all visits: what is best for one may take the
only plumber from another. Source: A. Dohn, E. Kolind and J. Clausen, "The manpower allocation problem with time
windows and job-teaming constraints", Computers & Operations Research 36(4), 2009; solved by OR-Tools CP-SAT.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from solver.exact.libraries import cp_sat, solved

SCALE = 1000
"""Costs are whole thousandths to CP-SAT."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A place for one person's visit in a day as it is: any start from `earliest` to `latest`, at `cost`."""

    technician: str
    shift: str
    earliest: int
    latest: int
    cost: float


@dataclass(frozen=True, slots=True)
class CrewWanted:
    """A visit for `crew` people at one start, out of its `seats`; leaving it out costs `worth`."""

    visit: str
    crew: int
    worth: float
    seats: Sequence[Seat]


@dataclass(frozen=True, slots=True)
class CrewChosen:
    """The start that the chosen seats of a visit share, in minutes."""

    begins: int
    seats: tuple[Seat, ...]


def choose_crews(wanted: Sequence[CrewWanted], seconds: float = 1.0) -> dict[str, CrewChosen]:
    """The crews and starts that cost least together, by visit; visits that are better left out have none.

    A day gives one seat at most, for a seat holds while the rest of its day is as it was; nobody sits twice in a crew.
    Empty when nothing was found in `seconds`.
    """
    model = cp_sat().CpModel()
    cost, by_shift, chosen, starts = [], defaultdict(list), {}, {}
    for visit in wanted:
        served = model.new_bool_var(visit.visit)
        first = min((seat.earliest for seat in visit.seats), default=0)
        last = max((seat.latest for seat in visit.seats), default=0)
        starts[visit.visit] = begins = model.new_int_var(first, last, "begins")
        taken = [model.new_bool_var(seat.shift) for seat in visit.seats]
        chosen[visit.visit] = taken
        by_technician = defaultdict(list)
        for seat, is_taken in zip(visit.seats, taken, strict=True):
            model.add_linear_constraint(begins, seat.earliest, seat.latest).only_enforce_if(is_taken)
            by_technician[seat.technician].append(is_taken)
            by_shift[seat.shift].append(is_taken)
            cost.append(round(SCALE * seat.cost) * is_taken)
        for mine in by_technician.values():
            model.add_at_most_one(mine)
        model.add(sum(taken) == visit.crew * served)
        cost.append(round(SCALE * visit.worth) * (1 - served))
    for seats in by_shift.values():
        model.add_at_most_one(seats)
    model.minimize(sum(cost))
    answer = solved(model, seconds)
    if answer is None:
        return {}
    seated = {
        visit.visit: tuple(
            seat for seat, is_taken in zip(visit.seats, chosen[visit.visit], strict=True) if answer.value(is_taken)
        )
        for visit in wanted
    }
    return {name: CrewChosen(answer.value(starts[name]), seats) for name, seats in seated.items() if seats}
