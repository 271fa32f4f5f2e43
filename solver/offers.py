"""Which slots a client is shown: arrival windows, each with who would come, ordered by a policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from solver.model import Visit
from solver.plan import Candidate
from solver.regret import WEIGHT, Regret

Window = tuple[int, int]

WEIGHED = 12
"""The cheapest candidates whose regret is looked at."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A window that can be promised and the candidate behind it; the least score is offered first."""

    candidate: Candidate
    promise: Window
    score: float


@dataclass(frozen=True, slots=True)
class Promises:
    """Arrival windows of some `minutes` that begin every `step` minutes while a client can be met."""

    minutes: int = 120
    step: int = 60

    def around(self, candidate: Candidate) -> list[Window]:
        """Every window in which a candidate may begin; the last ones end when the client is no longer there."""
        opens, closes = candidate.window or candidate.begins
        first, last = candidate.begins
        low = max(0, -(-(first - opens - self.minutes) // self.step))
        starts = range(opens + low * self.step, last + 1, self.step)
        return [(start, min(start + self.minutes, closes)) for start in starts]

    def earliest(self, candidate: Candidate) -> Window:
        """The last one to open by the earliest start of a candidate."""
        opens, closes = candidate.window or candidate.begins
        start = opens + (candidate.begins[0] - opens) // self.step * self.step
        return start, min(start + self.minutes, closes)


def first_available(candidates: Iterable[Candidate], promises: Promises) -> list[Offer]:
    """The earliest start first, wherever the technician comes from."""
    return [Offer(one, promises.earliest(one), one.begins[0]) for one in candidates]


def nearest(candidates: Iterable[Candidate], promises: Promises) -> list[Offer]:
    """The least marginal cost first."""
    return [Offer(one, promises.earliest(one), one.cost.total) for one in candidates]


def least_regret(visit: Visit, candidates: Sequence[Candidate], promises: Promises, regret: Regret) -> list[Offer]:
    """The least sum of marginal cost and regret first, over all the windows that could be promised.

    The window matters as much as the technician: one at the edge of a free half-day leaves room for another visit.
    """
    cheapest = sorted(candidates, key=lambda one: one.cost.total)[:WEIGHED]
    return [
        Offer(one, promise, one.cost.total + WEIGHT * regret.of(promised(visit, promise), one.shift, one.position))
        for one in cheapest
        for promise in promises.around(one)
    ]


def promised(visit: Visit, promise: Window) -> Visit:
    """The visit with nothing but its promise, which has to be kept."""
    return replace(visit, windows=(promise,), required=True)


def shown(offers: Iterable[Offer], most: int = 3) -> list[Offer]:
    """The best offers, each window once."""
    best: dict[Window, Offer] = {}
    for offer in sorted(offers, key=lambda one: one.score):
        best.setdefault(offer.promise, offer)
    return list(best.values())[:most]
