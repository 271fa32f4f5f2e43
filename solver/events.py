"""What upsets a plan: somebody is away, a visit takes longer, something urgent comes in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from solver.errors import ProblemError
from solver.fixed_day import fixed_day, stops_of
from solver.kernels.arrays import NEVER
from solver.model import MINUTES_PER_DAY, Break, Lock, Problem, Shift, Technician, Visit
from solver.validate import MOST_BREAKS


@dataclass(frozen=True, slots=True)
class Absent:
    """A technician is away between two minutes: what he has not begun then is for others."""

    technician: str
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Overrun:
    """The work of a planned visit, which stays where it is, is over at `ends` and not as planned."""

    visit: str
    ends: int


@dataclass(frozen=True, slots=True)
class Emergency:
    """A visit that has to be served: in its windows, or as soon as can be when it has none."""

    visit: Visit


Event = Absent | Overrun | Emergency


def with_event(problem: Problem, event: Event, now: int) -> Problem:
    """The problem as it is once the event is known; today's plan stays in it, even where it cannot be kept.

    Raises `ProblemError` for a technician or visit that is unknown, not planned (`Overrun`) or planned (`Emergency`).
    """
    match event:
        case Absent():
            return _with_absence(problem, event, now)
        case Overrun():
            return _with_longer_work(problem, event)
        case Emergency():
            return _with_more_work(problem, event.visit, now)


def _with_absence(problem: Problem, event: Absent, now: int) -> Problem:
    if event.technician not in {one.id for one in problem.technicians}:
        raise ProblemError("event.technician", f"the id of a technician; {event.technician} is unknown")
    if event.ends <= event.begins:
        raise ProblemError("event.ends", "a minute behind the beginning")
    return replace(
        problem,
        technicians=tuple(
            one if one.id != event.technician else _away(problem, one, event, now) for one in problem.technicians
        ),
    )


def _away(problem: Problem, technician: Technician, event: Absent, now: int) -> Technician:
    return replace(technician, shifts=tuple(_shift_without(problem, one, event, now) for one in technician.shifts))


def _shift_without(problem: Problem, shift: Shift, event: Absent, now: int) -> Shift:
    """A shift on which he is away; what he has begun he ends, and where he cannot stay till then he goes home for the
    day.
    """
    over = shift.ends + shift.overtime
    begins, ends = max(event.begins, shift.begins), min(event.ends, over)
    if begins >= ends:
        return shift
    begun = [stop for stop in stops_of(problem, shift.id) if stop.begins <= now]
    if not begun:
        return replace(shift, breaks=_breaks_with(shift.breaks, begins, ends))
    last = problem.index.visits[begun[-1].visit]
    leaves = begun[-1].begins + last.minutes_with(event.technician) + last.after
    home = problem.traffic.arrival(leaves, problem.index.minutes(last.place, shift.end))
    if leaves >= ends:
        return shift
    ways = [_breaks_with(shift.breaks, max(begins, leaves), ends)]
    if home < over:
        gone = max(begins, home)
        ways += [_breaks_with(shift.breaks, gone, over), (Break(gone, gone, over - gone),)]
    shifts = [replace(shift, breaks=breaks) for breaks in (*ways, ())]
    visits = problem.index.visits
    return next((one for one in shifts if fixed_day(problem, visits, one, begun).works_out()), shifts[-1])


def _breaks_with(breaks: tuple[Break, ...], begins: int, ends: int) -> tuple[Break, ...]:
    """The breaks of a shift with one more absence; it takes in the absences and the breaks that it touches.

    Where there are too many it takes in the nearest one as well: the technician stays away meanwhile.
    """
    left = list(breaks)
    while True:
        touched = [one for one in left if one.earliest <= ends and begins <= one.latest + one.minutes]
        if not touched and len(left) >= MOST_BREAKS:
            touched = [min(left, key=lambda one: (one.earliest == one.latest, _apart(one, begins, ends)))]
        if not touched:
            return (*left, Break(begins, begins, ends - begins))
        for one in touched:
            left.remove(one)
            if one.earliest == one.latest:
                begins, ends = min(begins, one.earliest), max(ends, one.earliest + one.minutes)


def _apart(pause: Break, begins: int, ends: int) -> int:
    return max(pause.earliest - ends, begins - pause.latest - pause.minutes)


def _with_longer_work(problem: Problem, event: Overrun) -> Problem:
    if event.visit not in problem.index.planned:
        raise ProblemError("event.visit", f"the id of a visit that is planned; {event.visit} is not")
    visit = problem.index.visits[event.visit]
    [begins, *_] = [stop.begins for route in problem.plan.routes for stop in route.stops if stop.visit == visit.id]
    if event.ends <= begins:
        raise ProblemError("event.ends", f"a minute behind {begins}, at which the visit begins")
    upset = problem.index.planned[visit.id]
    lock = Lock(problem.index.technicians[upset[0]].id if visit.crew == 1 else None, begins)
    longer = _with_visit(problem, replace(visit, minutes=event.ends - begins, minutes_by={}, locked=lock))
    technicians = (
        replace(
            one,
            shifts=tuple(_stretched(longer, shift, visit.id) if shift.id in upset else shift for shift in one.shifts),
        )
        for one in longer.technicians
    )
    return replace(longer, technicians=tuple(technicians))


def _stretched(problem: Problem, shift: Shift, last: str) -> Shift:
    """A shift as long, and with breaks as late, as what its technician has to finish makes it."""
    stops = stops_of(problem, shift.id)
    stops = stops[: 1 + [stop.visit for stop in stops].index(last)]
    visits = problem.index.visits
    if fixed_day(problem, visits, shift, stops).works_out():
        return shift
    work = visits[last]
    over = stops[-1].begins + work.minutes + work.after
    breaks = (_after(pause, stops[-1].begins, over) for pause in shift.breaks)
    late = replace(shift, overtime=MINUTES_PER_DAY, breaks=tuple(one for one in breaks if one))
    back = fixed_day(problem, visits, late, stops).finish()
    return replace(late, overtime=max(shift.overtime, back - shift.ends)) if back < NEVER else shift


def _after(pause: Break, begins: int, over: int) -> Break | None:
    """What is left of a break when work goes on between two minutes: it comes when there is time, an absence ends."""
    if pause.earliest < pause.latest:
        return replace(pause, latest=max(pause.latest, over + MINUTES_PER_DAY))
    ends = pause.earliest + pause.minutes
    if ends <= begins or pause.earliest >= over:
        return pause
    return Break(over, over, ends - over) if ends > over else None


def _with_more_work(problem: Problem, visit: Visit, now: int) -> Problem:
    if visit.id in problem.index.planned:
        raise ProblemError("event.visit", f"a visit that is not planned; {visit.id} is")
    earliest = max(now, visit.earliest or 0)
    return _with_visit(problem, replace(visit, required=True, locked=None, earliest=earliest))


def _with_visit(problem: Problem, visit: Visit) -> Problem:
    others = tuple(one for one in problem.visits if one.id != visit.id)
    return replace(problem, visits=(*others, visit))
