"""The starts of a visit by brute force: every minute of a day as one bit of a whole number.

It knows nothing of earliest or latest times: it asks of every minute, place in the order and set of breaks
taken whether the technician can be there then, forwards from the beginning of the shift and backwards from
its end.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from operator import or_

from solver import Lock, Place, Problem, Shift, Territory, Visit


def brute_starts(problem: Problem, shift: Shift, order: list[Visit], asked: int) -> set[int]:
    """Every minute at which stop number `asked` can begin while the whole day is kept."""
    day = _Day(problem, shift, order)
    forwards, backwards = day.forwards(), day.backwards()
    visit = order[asked]
    found = 0
    for taken in range(day.states):
        arrived = forwards[asked, taken] << visit.before
        leaves = backwards[asked + 1, taken] >> (day.work(visit) + visit.after)
        found |= arrived & leaves & day.allowed(visit)
    return {minute for minute in range(day.horizon) if found >> minute & 1}


def brute_finish(problem: Problem, shift: Shift, fixed: list[tuple[Visit, int]]) -> int:
    """The first minute at which a day with these starts can be over, every break taken; -1 where it cannot."""
    order = [replace(visit, locked=Lock(begins=begins)) for visit, begins in fixed]
    day = _Day(problem, shift, order)
    ends = day.forwards()[len(order), day.states - 1]
    return (ends & -ends).bit_length() - 1


class _Day:
    def __init__(self, problem: Problem, shift: Shift, order: list[Visit]) -> None:
        self.problem, self.shift, self.order = problem, shift, order
        self.technician = problem.index.technicians[shift.id].id
        self.ends = shift.ends + shift.overtime
        self.horizon = self.ends + 1
        self.every = (1 << self.horizon) - 1
        self.states = 1 << len(shift.breaks)
        self.places = [shift.start, *(visit.place for visit in order), shift.end]

    def allowed(self, visit: Visit) -> int:
        if not visit.allowed:
            return self.every
        return reduce(or_, (self.span(opens, closes) for opens, closes in visit.allowed))

    def work(self, visit: Visit) -> int:
        return visit.minutes_with(self.technician)

    def driven(self, gap: int, leaves: int) -> int:
        """The minutes at which a drive arrives that leaves at any of these."""
        minutes = self.problem.index.minutes(self.places[gap], self.places[gap + 1])
        if not self.problem.traffic.speeds:
            return leaves << minutes & self.every
        arrivals = (self.problem.traffic.arrival(minute, minutes) for minute in self.minutes_of(leaves))
        return reduce(or_, (1 << minute for minute in arrivals), 0) & self.every

    def driven_back(self, gap: int, arrives: int) -> int:
        """The minutes at which a drive can leave that may arrive at any of these."""
        minutes = self.problem.index.minutes(self.places[gap], self.places[gap + 1])
        if not self.problem.traffic.speeds:
            return arrives >> minutes
        leaves = range(self.shift.begins, self.horizon)
        good = (minute for minute in leaves if arrives >> self.problem.traffic.arrival(minute, minutes) & 1)
        return reduce(or_, (1 << minute for minute in good), 0)

    def minutes_of(self, times: int) -> list[int]:
        return [minute for minute in range(self.shift.begins, self.horizon) if times >> minute & 1]

    def idle(self, times: list[int]) -> list[int]:
        """All minutes reachable by waiting and taking breaks at one place."""
        times = list(times)
        for taken in range(self.states):
            times[taken] = self.wait(times[taken])
            for number, pause in enumerate(self.shift.breaks):
                if not taken >> number & 1:
                    begins = times[taken] & self.span(pause.earliest, pause.latest)
                    times[taken | 1 << number] |= begins << pause.minutes & self.every
        return times

    def idle_back(self, times: list[int]) -> list[int]:
        times = list(times)
        for taken in reversed(range(self.states)):
            for number, pause in enumerate(self.shift.breaks):
                if not taken >> number & 1:
                    begins = times[taken | 1 << number] >> pause.minutes
                    times[taken] |= begins & self.span(pause.earliest, pause.latest)
            times[taken] = self.wait_back(times[taken])
        return times

    def wait(self, times: int) -> int:
        """Every minute from the first one on."""
        return self.every & -(times & -times)

    def wait_back(self, times: int) -> int:
        """Every minute up to the last one."""
        return (1 << times.bit_length()) - 1

    def span(self, first: int, last: int) -> int:
        """The bits from one minute to another, both included."""
        return self.every & ((1 << last + 1) - (1 << first)) if first <= last else 0

    def forwards(self) -> dict[tuple[int, int], int]:
        """Minutes at which one can stand at stop k, work not begun, by stop and breaks taken."""
        found = {}
        times = [0] * self.states
        times[0] = 1 << self.shift.begins
        for gap in range(len(self.order) + 1):
            times = [self.driven(gap, one) for one in self.idle(times)]
            times = self.idle(times)
            for taken, one in enumerate(times):
                found[gap, taken] = one
            if gap < len(self.order):
                visit = self.order[gap]
                busy = self.work(visit) + visit.after
                times = [(one << visit.before & self.allowed(visit)) << busy & self.every for one in times]
        return found

    def backwards(self) -> dict[tuple[int, int], int]:
        """Minutes at which one can leave towards stop k and finish the day, by gap and breaks taken."""
        found = {}
        times = [0] * self.states
        times[-1] = 1 << self.ends
        for gap in reversed(range(len(self.order) + 1)):
            times = self.idle_back(times)
            times = self.idle_back([self.driven_back(gap, one) for one in times])
            for taken, one in enumerate(times):
                found[gap, taken] = one
            if gap > 0:
                visit = self.order[gap - 1]
                starts = [one >> (self.work(visit) + visit.after) & self.allowed(visit) for one in times]
                times = [one >> visit.before for one in starts]
        return found


def in_territory(area: Territory, place: Place) -> bool:
    """Whether a place lies in a territory: by the angle under which it sees the polygon, or the chord to the centre."""
    if area.centre is not None:
        return chord_km(area.centre, (place.latitude, place.longitude)) <= area.km
    seen = [complex(longitude - place.longitude, latitude - place.latitude) for latitude, longitude in area.polygon]
    turned = sum(
        math.atan2((one.conjugate() * two).imag, (one.conjugate() * two).real)
        for one, two in pairwise([*seen, seen[0]])
    )
    return round(turned / math.tau) % 2 == 1


def chord_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres on a sphere as large as the earth, from the straight line through it."""
    points = []
    for latitude, longitude in (one, other):
        north, east = math.radians(latitude), math.radians(longitude)
        points.append((math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)))
    return 2 * 6371.0088 * math.asin(min(1.0, math.dist(*points) / 2))
