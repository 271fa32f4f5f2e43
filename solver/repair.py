"""Repair: the plan that keeps as many promises as can be when somebody is ill, late, or urgently needed.

What the event makes impossible is taken out, and put back where it does least harm: first that everybody is served
inside his windows, then that the same technicians come, then that they come on the same day, and only then travel.
Visits go in by regret (Potvin and Rousseau, 1993), one that finds no place may push another one on (an ejection chain
of length one: Glover, 1996), and what time is left goes into taking a few out and putting them back.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace

from solver.changes import changes_between
from solver.cost import cost_of
from solver.events import Absent, Emergency, Event, Overrun, with_event
from solver.history import held_at
from solver.model import Problem, Visit
from solver.other_starts import nearest_starts
from solver.plan import Assigned, Change, CostParts, Plan, Reason
from solver.release import released
from solver.repair_bench import Bench
from solver.repair_moves import improve, put_back

SEARCHED = 0.75
"""The share of the time after which the search ends; the reasons and other starts take the rest."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A visit that is served by somebody else or at another minute, is new (no `before`) or not served (no `after`).

    There is one seat for each of its crew. `promise_kept` is whether it is served, and so inside its windows; `reasons`
    say why it is touched.
    """

    visit: str
    before: tuple[Assigned, ...]
    after: tuple[Assigned, ...]
    promise_kept: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Unkept:
    """A visit that nobody can serve any more as it was promised: why, and when somebody could come instead.

    `starts` lie outside its windows, the nearest to them first.
    """

    visit: str
    reasons: tuple[Reason, ...]
    starts: tuple[Assigned, ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """The plan after an event, what it changes, and what it costs before and after.

    `problem` is the one whose law the plan keeps: with the event, with what has begun locked, and with the visits of
    `to_rearrange` free to be left out.
    """

    problem: Problem
    plan: Plan
    touched: tuple[Touched, ...]
    to_rearrange: tuple[Unkept, ...]
    before: CostParts
    after: CostParts
    seconds: float


def repair(problem: Problem, event: Event, *, seconds: float = 1.0, seed: int = 1, now: int) -> Repair:
    """Today's plan after an event, changed as little as can be; `now` is a minute of the problem.

    What has begun does not move, and neither does what is locked; a promise is kept or given back in `to_rearrange`,
    never bent. A day that breaks the law for other reasons stays as it is and takes nothing. The search for less harm
    ends when it finds nothing for a while, or after `seconds`; unless they cut it short, the same seed gives the same
    plan. Raises `ProblemError` for an event that does not fit the problem.
    """
    started = time.perf_counter()
    upset = after_event(problem, event, now)
    plan, lost = released(upset, _shifts_of(upset, event), now)
    pending = lost | {event.visit.id} if isinstance(event, Emergency) else lost
    bench = Bench(upset, plan, pending, _hurried(event), now)
    put_back(bench, started + 0.5 * seconds)
    improve(bench, pending, seed, started + SEARCHED * seconds)
    bench.take_out_followers()
    after = bench.calendar.plan
    unkept = tuple(_unkept(bench, upset.index.visits[name], now) for name in sorted(bench.pending))
    lawful = _without_duty(upset, bench.pending)
    touched = tuple(_touched(problem, event, one) for one in changes_between(upset, problem.plan, after))
    costs = cost_of(problem, problem.plan), cost_of(lawful, after)
    return Repair(lawful, after, touched, unkept, *costs, time.perf_counter() - started)


def after_event(problem: Problem, event: Event, now: int) -> Problem:
    """The problem whose law holds after an event: with it, and with what has begun by `now` locked."""
    return held_at(with_event(problem, event, now), now)


def _shifts_of(problem: Problem, event: Event) -> Collection[str]:
    """The shifts that an event may upset."""
    match event:
        case Absent():
            return [
                shift for shift, technician in problem.index.technicians.items() if technician.id == event.technician
            ]
        case Overrun():
            return problem.index.planned[event.visit]
        case Emergency():
            return ()


def _hurried(event: Event) -> str | None:
    return event.visit.id if isinstance(event, Emergency) and not event.visit.windows else None


def _unkept(bench: Bench, visit: Visit, now: int) -> Unkept:
    locked = visit.locked is not None and visit.locked.technician is not None
    reasons = (Reason("lock", {"visit": visit.id}),) if locked else bench.calendar.why_left_out(visit)
    return Unkept(visit.id, reasons, nearest_starts(bench.calendar, visit, now))


def _without_duty(problem: Problem, names: Collection[str]) -> Problem:
    """The problem in which some visits may be left out."""
    if not names:
        return problem
    free = (replace(visit, required=False, locked=None) if visit.id in names else visit for visit in problem.visits)
    return replace(problem, visits=tuple(free))


def _touched(problem: Problem, event: Event, change: Change) -> Touched:
    reason = _reason(problem, event, change)
    return Touched(change.visit, change.before, change.after, bool(change.after), (reason,))


def _reason(problem: Problem, event: Event, change: Change) -> Reason:
    shifts = {seat.shift for seat in change.before}
    match event:
        case Absent() if event.technician in {problem.index.technicians[shift].id for shift in shifts}:
            return Reason("absent", {"technician": event.technician})
        case Overrun() if shifts & set(problem.index.planned[event.visit]):
            return Reason("overrun", {"visit": event.visit})
        case Emergency() if change.visit == event.visit.id:
            return Reason("emergency")
    return Reason("made_room")
