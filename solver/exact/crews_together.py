"""Crews that no plan has yet, given their people and starts all at once instead of one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from solver.cost import worth
from solver.exact.crews import CrewWanted, Seat, choose_crews
from solver.model import Problem, Visit
from solver.plan import Candidate, Plan
from solver.slots import Calendar

MOST_SEATS = 60
"""For each visit, the cheapest ones."""


def with_crews(problem: Problem, plan: Plan, crews: Sequence[Visit]) -> Plan:
    """A lawful plan with those of some crew visits that it can take; none of them is in it yet.

    A seat holds while the rest of its day is as it was, so a crew whose people are no longer free is left out.
    """
    calendar = Calendar(problem, plan)
    offers = {visit.id: _seats(calendar, visit) for visit in crews}
    wanted = [CrewWanted(visit.id, visit.crew, worth(problem, visit), tuple(offers[visit.id])) for visit in crews]
    for name, chosen in choose_crews(wanted).items():
        visit = problem.index.visits[name]
        try:
            for seat in chosen.seats:
                calendar.insert(seat.shift, offers[name][seat].position, visit, chosen.begins)
        except ValueError:
            if any(stop.visit == name for route in calendar.plan.routes for stop in route.stops):
                calendar.remove(name)
    return calendar.plan


def _seats(calendar: Calendar, visit: Visit) -> dict[Seat, Candidate]:
    """Where one of the crew could be, and when."""
    alone = replace(visit, crew=1)
    return {
        Seat(one.technician, one.shift, *one.begins, one.cost.total): one
        for one in calendar.propose(alone, MOST_SEATS).candidates
    }
