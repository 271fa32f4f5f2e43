"""What the engine answers with: plans, proposals, results, and what is wrong with a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from solver.words import words_of


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit on a route; `begins` is the minute at which the work starts."""

    visit: str
    begins: int


@dataclass(frozen=True, slots=True)
class Route:
    """The stops of one shift, in the order in which they are driven."""

    shift: str
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """At most one route per shift; a shift without a route is an empty day."""

    routes: tuple[Route, ...] = ()

    @property
    def served(self) -> frozenset[str]:
        """The ids of all visits that are planned."""
        return frozenset(stop.visit for route in self.routes for stop in route.stops)


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of a plan; `minutes` says by how much, where that has a meaning."""

    kind: str
    words: str
    visit: str | None = None
    shift: str | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A machine code and its parameters, for the caller to translate; `words` says it in English."""

    code: str
    parameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The reason as one English sentence."""
        return words_of(self.code, self.parameters)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one more visit adds to a day; `total` weighs the parts by the problem's weights.

    `other` is already weighted: preference, lateness, territory and fairness together.
    """

    travel_minutes: int
    km: float
    waiting_minutes: int
    total: float
    other: float = 0.0


@dataclass(frozen=True, slots=True)
class Seat:
    """The place of one of a crew: ahead of stop number `position` of a shift, between two visits."""

    technician: str
    shift: str
    position: int
    after: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place in one day where a visit fits, with every start at which it does.

    Any start from `begins[0]` to `begins[1]`, both included, keeps the law. `position` is the index among the
    stops of the shift, `after` and `before` are the visits on either side, and `window` is the one of the
    visit's windows in which the starts lie (None when it has none). A crew has the other seats in `crew`, and the cost
    of all of them. A candidate that changes the order of the day has all of its stops in `order`, as they are when the
    visit begins at `begins[0]`.
    """

    technician: str
    shift: str
    position: int
    begins: tuple[int, int]
    window: tuple[int, int] | None
    cost: Cost
    band: str
    after: str | None
    before: str | None
    because: Reason
    crew: tuple[Seat, ...] = ()
    order: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a technician cannot take a visit on a day, and by how many minutes it fails where that has a
    meaning.
    """

    technician: str
    shift: str | None
    day: int
    reason: Reason
    short_by: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a visit fits, best first, and (when asked) why it fits nowhere else."""

    candidates: tuple[Candidate, ...]
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A visit that a plan leaves out, and why."""

    visit: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CostParts:
    """What a plan costs, each part already weighted."""

    unserved: float
    travel: float
    km: float
    waiting: float
    disturbance: float
    overtime: float = 0.0
    lateness: float = 0.0
    preference: float = 0.0
    territory: float = 0.0
    fairness: float = 0.0

    @property
    def total(self) -> float:
        """The sum of the parts: what the optimiser makes small."""
        return float(sum(getattr(self, field.name) for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Assigned:
    """One of the shifts on which a visit is, and when it begins."""

    shift: str
    begins: int


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a visit: one seat for each of its crew, none where it is not planned."""

    visit: str
    before: tuple[Assigned, ...]
    after: tuple[Assigned, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What the optimiser found, and with how much work.

    `before` is the cost of what is lawful of today's plan. `possible` is the cost of the best plan found without the
    budget of changes, where there is one. `bound` is below every lawful plan's cost, where it was asked for.
    """

    plan: Plan
    unserved: tuple[Unplanned, ...]
    cost: CostParts
    seconds: float
    seed: int
    iterations: int
    before: CostParts
    changes: tuple[Change, ...] = ()
    possible: float | None = None
    bound: float | None = None

    @property
    def gap(self) -> float | None:
        """The share of the cost that a better plan could save at most."""
        if self.bound is None:
            return None
        return (self.cost.total - self.bound) / self.cost.total if self.cost.total else 0.0
