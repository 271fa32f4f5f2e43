"""A large unit's warm calendar, out of a small one's, without hours of booking."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.booked_calendar import Booked, shift_of
from solver import Calendar, Estimate, Place, Plan, Problem, Route, Stop, Technician, Visit

STEP = 0.024
Served = list[tuple[Visit, Place, int]]


def enlarged(small: Booked, times: int, days: int) -> Booked:
    """A unit of so many times the technicians, each copy of the small one two kilometres further east.

    Its drives are those of the small one and its days repeat them, so that it is as full.
    """
    patterns = _patterns(small)
    homes = {place.id: place for place in small.places}
    staff, visits, places, routes = [], [], [], []
    for number in range(times):
        east = STEP * number
        for technician in small.technicians:
            name = f"{technician.id}/{number}"
            home = _further_east(homes[technician.shifts[0].start], f"home of {name}", east)
            shifts = tuple(shift_of(f"{name}-{day}", home.id, day) for day in range(days))
            staff.append(Technician(name, technician.skills, shifts))
            places.append(home)
            for day, shift in enumerate(shifts):
                pattern = technician.shifts[day % len(technician.shifts)]
                later = shift.begins - pattern.begins
                served = [_moved(one, f"/{number}-{day}", later, east) for one in patterns.get(pattern.id, [])]
                visits += [visit for visit, _, _ in served]
                places += [place for _, place, _ in served]
                routes.append(Route(shift.id, tuple(Stop(visit.id, begins) for visit, _, begins in served)))
    problem = Problem(tuple(places), Estimate(), tuple(staff), tuple(visits), plan=Plan(tuple(routes)))
    return Booked(Calendar(problem), problem.technicians, problem.visits, problem.places, small.dice)


def _patterns(small: Booked) -> dict[str, Served]:
    """What each shift of the small unit serves: the visits, their places and their starts."""
    places = {place.id: place for place in small.places}
    visits = {visit.id: visit for visit in small.visits}
    return {
        route.shift: [(visits[stop.visit], places[visits[stop.visit].place], stop.begins) for stop in route.stops]
        for route in small.calendar.plan.routes
    }


def _moved(served: tuple[Visit, Place, int], ending: str, later: int, east: float) -> tuple[Visit, Place, int]:
    """A visit of another day and copy, its names with another ending."""
    visit, place, begins = served
    there = _further_east(place, place.id + ending, east)
    windows = tuple((opens + later, closes + later) for opens, closes in visit.windows)
    return replace(visit, id=visit.id + ending, place=there.id, windows=windows), there, begins + later


def _further_east(place: Place, name: str, degrees: float) -> Place:
    return Place(name, place.latitude, place.longitude + degrees)
