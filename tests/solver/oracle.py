"""The starts of a visit by brute force: every minute of a day as one bit of a whole number.

It knows nothing of earliest or latest times: it asks of every minute, place in the order and set of breaks
taken whether the technician can be there then, forwards from the beginning of the shift and backwards from
its end.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from solver import Problem, Shift, Visit


def brute_starts(problem: Problem, shift: Shift, order: list[Visit], asked: int) -> set[int]:
    """Every minute at which stop number `asked` can begin while the whole day is kept."""
    day = _Day(problem, shift, order)
    forwards, backwards = day.forwards(), day.backwards()
    visit = order[asked]
    found = 0
    for taken in range(day.states):
        arrived = forwards[asked, taken] << visit.before
        leaves = backwards[asked + 1, taken] >> (visit.minutes + visit.after)
        found |= arrived & leaves & day.allowed(visit)
    return {minute for minute in range(day.horizon) if found >> minute & 1}


class _Day:
    def __init__(self, problem: Problem, shift: Shift, order: list[Visit]) -> None:
        self.problem, self.shift, self.order = problem, shift, order
        self.horizon = shift.ends + 1
        self.every = (1 << self.horizon) - 1
        self.states = 1 << len(shift.breaks)
        self.places = [shift.start, *(visit.place for visit in order), shift.end]

    def allowed(self, visit: Visit) -> int:
        if not visit.allowed:
            return self.every
        return reduce(or_, (self.span(opens, closes) for opens, closes in visit.allowed))

    def leg(self, gap: int) -> int:
        return self.problem.index.minutes(self.places[gap], self.places[gap + 1])

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
            times = [one << self.leg(gap) & self.every for one in self.idle(times)]
            times = self.idle(times)
            for taken, one in enumerate(times):
                found[gap, taken] = one
            if gap < len(self.order):
                visit = self.order[gap]
                busy = visit.minutes + visit.after
                times = [(one << visit.before & self.allowed(visit)) << busy & self.every for one in times]
        return found

    def backwards(self) -> dict[tuple[int, int], int]:
        """Minutes at which one can leave towards stop k and finish the day, by gap and breaks taken."""
        found = {}
        times = [0] * self.states
        times[-1] = 1 << self.shift.ends
        for gap in reversed(range(len(self.order) + 1)):
            times = self.idle_back(times)
            times = self.idle_back([one >> self.leg(gap) for one in times])
            for taken, one in enumerate(times):
                found[gap, taken] = one
            if gap > 0:
                visit = self.order[gap - 1]
                starts = [one >> (visit.minutes + visit.after) & self.allowed(visit) for one in times]
                times = [one >> visit.before for one in starts]
        return found
