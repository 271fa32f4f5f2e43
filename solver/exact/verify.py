"""A second opinion on a plan before it is published: the law once more, written from the contract alone.

It shares neither code nor method with `solver.check` and the kernels: who may come is asked of sets, when of a model
of intervals, and drives are measured anew. Both have to agree before anybody is sent out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from solver.exact.verify_times import FixedDay, Work, impossible
from solver.exact.verify_travel import Drive, drives_of, kilometres
from solver.model import MINUTES_PER_DAY, Place, Problem, Shift, Technician, Visit
from solver.plan import Plan, Violation
from solver.territory import Territory

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Seat:
    """One technician at one visit."""

    visit: Visit
    technician: Technician
    shift: Shift
    begins: int

    @property
    def ends(self) -> int:
        return self.begins + self.visit.minutes_by.get(self.technician.id, self.visit.minutes)


def verified(problem: Problem, plan: Plan) -> list[Violation]:
    """What is wrong with a plan in the eyes of the second opinion; empty when it may be published.

    Raises `TimeoutError` when that cannot be told in ten seconds.
    """
    owners = {shift.id: (technician, shift) for technician in problem.technicians for shift in technician.shifts}
    visits = {visit.id: visit for visit in problem.visits}
    found = list(_strangers(plan, owners.keys(), visits.keys()))
    days: dict[str, list[_Seat]] = defaultdict(list)
    for route in plan.routes:
        if route.shift in owners:
            technician, shift = owners[route.shift]
            mine = (
                _Seat(visits[one.visit], technician, shift, one.begins) for one in route.stops if one.visit in visits
            )
            days[shift.id].extend(mine)
    seats = [seat for day in days.values() for seat in day]
    by_visit: dict[str, list[_Seat]] = defaultdict(list)
    for seat in seats:
        by_visit[seat.visit.id].append(seat)
    places = {place.id: place for place in problem.places}
    today = _days_of_today(problem)
    drive = drives_of(problem)
    found += _missing(problem, today.keys(), by_visit.keys())
    found += _crews(by_visit)
    found += _order(by_visit)
    for seat in seats:
        found += _person(places[seat.visit.place], seat)
        found += _lock(seat, today.get(seat.visit.id))
        found += _start(seat)
    busy = [day for day in days.values() if day]
    for day in busy:
        found += _limits(day, drive)
    fixed = [FixedDay(day[0].shift, tuple(map(_work, day))) for day in busy]
    for name in sorted(impossible(fixed, drive, problem.traffic, SECONDS)):
        found.append(Violation("times", f"the drives and breaks of {name} find no time between its visits", shift=name))
    return found


def _strangers(plan: Plan, shifts: Collection[str], visits: Collection[str]) -> Iterator[Violation]:
    """Nothing that the problem does not have, and each shift once."""
    for name, count in Counter(route.shift for route in plan.routes).items():
        if name not in shifts or count > 1:
            yield Violation("shift", f"{name} is planned {count} times, and is not to be", shift=name)
    for route in plan.routes:
        for stop in route.stops:
            if stop.visit not in visits:
                yield Violation("visit", f"{stop.visit} is not to be planned", stop.visit, route.shift)


def _days_of_today(problem: Problem) -> dict[str, int]:
    """The day on which today's plan has each of its visits."""
    days = {shift.id: shift.begins // MINUTES_PER_DAY for one in problem.technicians for shift in one.shifts}
    found: dict[str, int] = {}
    for route in problem.plan.routes:
        for stop in route.stops:
            found.setdefault(stop.visit, days[route.shift])
    return found


def _missing(problem: Problem, today: Collection[str], served: Collection[str]) -> Iterator[Violation]:
    """What has to be served is."""
    needed = {one.id for one in problem.visits if one.required or (one.locked is not None and one.id in today)}
    for name in sorted(needed.difference(served)):
        yield Violation("missing", f"{name} has to be planned", name)


def _crews(by_visit: dict[str, list[_Seat]]) -> Iterator[Violation]:
    """As many people as are needed, nobody twice, all at the same minute."""
    for name, seats in by_visit.items():
        people, starts = {seat.technician.id for seat in seats}, {seat.begins for seat in seats}
        if not len(seats) == len(people) == seats[0].visit.crew or len(starts) != 1:
            words = f"{name} needs {seats[0].visit.crew} people at one time and has {len(people)} at {len(starts)}"
            yield Violation("crew", words, name)


def _order(by_visit: dict[str, list[_Seat]]) -> Iterator[Violation]:
    """What follows something waits for all of it, and not for too long."""
    for name, seats in by_visit.items():
        for rule in seats[0].visit.follows:
            ahead = by_visit.get(rule.visit, [])
            wait = min((seat.begins - before.ends for seat in seats for before in ahead), default=-1)
            patient = rule.most is None or wait <= rule.most
            strange = {seat.technician.id for seat in seats}.isdisjoint(before.technician.id for before in ahead)
            if wait < rule.gap or not patient or (rule.same_technician and strange):
                yield Violation("order", f"{name} does not follow {rule.visit} as it should", name)


def _person(place: Place, seat: _Seat) -> Iterator[Violation]:
    """Somebody who can and may come, inside his area."""
    visit, technician = seat.visit, seat.technician
    able = all(technician.skills.get(skill, 0) >= level for skill, level in visit.skills.items())
    welcome = technician.id in (set(visit.only) or {technician.id}) - set(visit.excluded)
    if not able or not welcome:
        yield Violation("person", f"{technician.id} cannot or may not come to {visit.id}", visit.id, seat.shift.id)
    area = technician.territory
    if area is not None and area.price is None and not _inside(area, (place.latitude, place.longitude)):
        words = f"{visit.id} is outside the area of {technician.id}"
        yield Violation("territory", words, visit.id, seat.shift.id)


def _lock(seat: _Seat, day: int | None) -> Iterator[Violation]:
    """Where and when a lock has it, and on the day on which today's plan has it."""
    lock = seat.visit.locked
    if lock is None:
        return
    if (
        lock.technician not in (None, seat.technician.id)
        or lock.begins not in (None, seat.begins)
        or day not in (None, seat.shift.begins // MINUTES_PER_DAY)
    ):
        yield Violation("lock", f"{seat.visit.id} is locked elsewhere", seat.visit.id, seat.shift.id)


def _start(seat: _Seat) -> Iterator[Violation]:
    """Inside a window and not too early, unless a lock says when."""
    visit = seat.visit
    if visit.locked is not None and visit.locked.begins is not None:
        return
    promised = not visit.windows or any(seat.begins in range(opens, closes + 1) for opens, closes in visit.windows)
    if not promised or seat.begins < (visit.earliest or 0):
        yield Violation("window", f"{visit.id} may not begin at {seat.begins}", visit.id, seat.shift.id)


def _limits(day: list[_Seat], drive: Drive) -> Iterator[Violation]:
    """What the van carries, and the most that a technician does in a shift."""
    shift, technician = day[0].shift, day[0].technician
    stops = [shift.start, *(seat.visit.place for seat in day), shift.end]
    measured = (
        ("load", sum(seat.visit.load for seat in day), shift.capacity),
        ("visits", len(day), technician.most_visits),
        ("minutes of travel", sum(map(drive, stops, stops[1:])), technician.most_travel_minutes),
    )
    for what, has, most in measured:
        if most is not None and has > most:
            yield Violation("limit", f"{shift.id} has {has} {what}, and {most} are the most", shift=shift.id)


def _work(seat: _Seat) -> Work:
    return Work(seat.visit.place, seat.begins - seat.visit.before, seat.ends + seat.visit.after)


def _inside(area: Territory, point: tuple[float, float]) -> bool:
    """Whether an odd number of the polygon's edges pass on one side of the point."""
    if area.centre is not None:
        return kilometres(area.centre, point) <= area.km
    north, east = point
    passed = 0
    for (y1, x1), (y2, x2) in zip(area.polygon, area.polygon[1:] + area.polygon[:1], strict=True):
        side = (x2 - x1) * (north - y1) - (east - x1) * (y2 - y1)
        passed += side > 0 if y1 <= north < y2 else y2 <= north < y1 and side < 0
    return passed % 2 == 1
