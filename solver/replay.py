"""A stream of requests, answered one by one by a policy: what it would have cost, and who would have been lost."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np

from solver.each_day import optimise_each_day
from solver.errors import ProblemError
from solver.model import MINUTES_PER_DAY, Problem, Visit
from solver.offers import Offer, Promises, first_available, least_regret, nearest, promised, shown
from solver.plan import Candidate
from solver.regret import Regret
from solver.slots import Calendar

Policy = Literal["first", "nearest", "regret"]

MOST_CANDIDATES = 60
FEWEST_KNOWN = 30
"""Requests from which on the past says something about the future."""

DAYS_AHEAD = 4
"""Likely visits are those of the requests of this many days."""

TAKES = (0.6, 0.85)
"""Of three slots a client takes the first one in 60 of 100 cases, the second in 25, the third in 15."""


@dataclass(frozen=True, slots=True)
class Request:
    """A client who asks at the minute `asked`; the windows of `visit` are the times at which somebody is there.

    `pick`, from 0 to 1, decides which of the offered slots is taken.
    """

    visit: Visit
    asked: int
    pick: float = 0.0


@dataclass(frozen=True, slots=True)
class Rules:
    """How requests are answered, and how the plan is looked after.

    Every night the coming days that changed get `nightly` iterations of the search for each of their visits, and after
    every `pause` bookings the days that these changed get `daily`; 0 is none. `likely` is the size of the sample behind
    `Regret`.
    """

    policy: Policy = "regret"
    promises: Promises = field(default_factory=Promises)
    nightly: int = 150
    daily: int = 40
    pause: int = 10
    likely: int = 150
    seed: int = 1

    def __post_init__(self) -> None:
        if self.policy not in get_args(Policy):
            raise ProblemError("rules.policy", f"one of {', '.join(get_args(Policy))}")
        for name in ("nightly", "daily", "likely"):
            if getattr(self, name) < 0:
                raise ProblemError(f"rules.{name}", "a whole number from 0")
        for name, value in (("pause", self.pause), ("promises", min(self.promises.minutes, self.promises.step))):
            if value < 1:
                raise ProblemError(f"rules.{name}", "a whole number from 1")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The problem with every booked visit and its plan, the visits without a slot, and the seconds of each answer."""

    problem: Problem
    lost: tuple[str, ...]
    seconds: tuple[float, ...]


def replay(problem: Problem, requests: Iterable[Request], rules: Rules | None = None) -> Outcome:
    """Answer requests in the order in which they were asked, on the empty calendar of a problem.

    Clients are shown three slots at most and take one of them; who can be shown none is lost. A booked visit keeps its
    promise and its day, and may change technician. Equal arguments give equal outcomes, but for the seconds. Raises
    `ProblemError` when visits are planned already or a place is unknown.
    """
    if problem.visits:
        raise ProblemError("visits", "none: a replay begins with an empty calendar")
    run = _Replay(problem, rules or Rules())
    for request in sorted(requests, key=lambda one: one.asked):
        run.answer(request)
    return run.outcome()


def likely_visits(asked: Sequence[Request], today: int, count: int, dice: np.random.Generator) -> list[Visit]:
    """Visits like those that were asked for, as if their clients asked in the coming days with the same freedom."""
    found = []
    for number, ahead in dice.integers(0, (len(asked), DAYS_AHEAD), (count, 2)).tolist():
        request = asked[number]
        later = (today + ahead - request.asked // MINUTES_PER_DAY) * MINUTES_PER_DAY
        windows = tuple((opens + later, closes + later) for opens, closes in request.visit.windows)
        found.append(replace(request.visit, windows=windows))
    return found


class _Replay:
    """The state of a replay."""

    def __init__(self, problem: Problem, rules: Rules) -> None:
        self._problem, self._rules = problem, rules
        self._calendar = Calendar(problem)
        self._regret: Regret | None = None
        self._dice = np.random.default_rng(rules.seed)
        self._asked: list[Request] = []
        self._booked: dict[str, Visit] = {}
        self._lost: list[str] = []
        self._seconds: list[float] = []
        self._today = 0
        self._changed: set[int] = set()
        self._changed_today: set[int] = set()

    def answer(self, request: Request) -> None:
        """Offer slots, and book the one that is taken."""
        today = request.asked // MINUTES_PER_DAY
        if today != self._today:
            self._pass_night(today)
        self._asked.append(request)
        began = time.perf_counter()
        offers = self._offers(request.visit)
        self._seconds.append(time.perf_counter() - began)
        if not offers:
            self._lost.append(request.visit.id)
            return
        choice = sum(request.pick >= share for share in TAKES)
        self._book(request.visit, offers[min(choice, len(offers) - 1)])

    def outcome(self) -> Outcome:
        """What came of it, after one more night."""
        self._pass_night(self._today + 1)
        return Outcome(self._state(), tuple(self._lost), tuple(self._seconds))

    def _offers(self, visit: Visit) -> list[Offer]:
        promises = self._rules.promises
        if self._rules.policy == "first":
            return shown(first_available(self._candidates(visit, None), promises))
        candidates = self._candidates(visit, MOST_CANDIDATES)
        if self._regret is None:
            return shown(nearest(candidates, promises))
        return shown(least_regret(visit, candidates, promises, self._regret))

    def _candidates(self, visit: Visit, limit: int | None) -> Sequence[Candidate]:
        return self._calendar.propose(visit, limit).candidates

    def _book(self, visit: Visit, offer: Offer) -> None:
        chosen, booked = offer.candidate, promised(visit, offer.promise)
        if chosen.crew:
            self._calendar.insert_crew(chosen, booked, max(chosen.begins[0], offer.promise[0]))
        else:
            self._calendar.insert(chosen.shift, chosen.position, booked)
        self._booked[visit.id] = booked
        day = self._problem.index.shifts[chosen.shift].day
        self._changed.add(day)
        self._changed_today.add(day)
        if self._regret is not None:
            for shift in (chosen.shift, *(seat.shift for seat in chosen.crew)):
                self._regret.follow(shift)
        if len(self._booked) % self._rules.pause == 0:
            self._replan({day for day in self._changed if day > self._today}, self._rules.daily)
            self._changed.clear()
            self._look_ahead()

    def _pass_night(self, today: int) -> None:
        """The plan is looked after between the last booking of a day and the first shift of the next one."""
        self._today = today
        self._replan({day for day in self._changed_today if day >= today}, self._rules.nightly)
        self._changed.clear()
        self._changed_today.clear()
        self._look_ahead()

    def _replan(self, days: set[int], iterations: int) -> None:
        if iterations and days:
            plan = optimise_each_day(self._state(), days, iterations, self._rules.seed)
            self._calendar = Calendar(replace(self._state(), plan=plan))

    def _look_ahead(self) -> None:
        if self._rules.policy == "regret" and len(self._asked) >= FEWEST_KNOWN:
            visits = likely_visits(self._asked, self._today, self._rules.likely, self._dice)
            self._regret = Regret(self._calendar, visits)

    def _state(self) -> Problem:
        return replace(self._problem, visits=tuple(self._booked.values()), plan=self._calendar.plan)
