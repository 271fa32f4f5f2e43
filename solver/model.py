"""The problem: places, technicians with their shifts, visits, and what things cost.

All times are whole minutes from the first midnight of the problem; ids are opaque strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from solver.index import Index
from solver.plan import Plan
from solver.territory import Territory
from solver.traffic import Traffic
from solver.travel import Travel
from solver.validate import LATEST_MINUTE, validate

MINUTES_PER_DAY = 1440


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the earth, in degrees.

    `slowness` stretches the estimated minutes per kilometre of its surroundings; 1 is usual.
    """

    id: str
    latitude: float
    longitude: float
    slowness: float = 1.0


@dataclass(frozen=True, slots=True)
class Break:
    """A pause that begins between `earliest` and `latest`; an absence has both equal.

    It needs no place and may be taken before or after a drive, never during a drive or work.
    """

    earliest: int
    latest: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One technician's working interval, from the place `start` to the place `end`.

    `capacity` is what the van carries, in the unit of `Visit.load`; None is no limit. The technician may be back
    up to `overtime` minutes after `ends`, each at the weight `overtime`.
    """

    id: str
    begins: int
    ends: int
    start: str
    end: str
    breaks: tuple[Break, ...] = ()
    capacity: int | None = None
    overtime: int = 0

    @property
    def day(self) -> int:
        """The day on which the shift begins; the first one is 0."""
        return self.begins // MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class Technician:
    """A person with skills (name to level, 1 or more) and shifts that do not overlap.

    `most_visits` and `most_travel_minutes` are the maxima of each shift; None is no limit.
    """

    id: str
    skills: Mapping[str, int] = field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    territory: Territory | None = None
    most_visits: int | None = None
    most_travel_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """What may not change about a visit.

    A locked visit that today's plan serves stays served and stays on its day. `technician` and `begins`,
    where given, hold it there as well. A locked start stands in place of the visit's windows.
    """

    technician: str | None = None
    begins: int | None = None


@dataclass(frozen=True, slots=True)
class Follows:
    """That a visit begins at least `gap` minutes after the work of another one, and at most `most` where given.

    It may not be planned without the other one. With `same_technician` somebody of the other's crew comes again.
    """

    visit: str
    gap: int = 0
    most: int | None = None
    same_technician: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """Work at a place; each window is an interval for the start of the work, and no window is any time.

    The technician is busy at the place `before` minutes ahead of the work and `after` minutes behind it. Not
    serving it costs the weight `unserved` times `priority`; a required visit may not be left out. A visit with a
    `crew` is a stop on that many routes, of different technicians, with one start.

    `minutes_by` holds the minutes of technicians (by id) who need longer or less. Nothing begins before `earliest`;
    each whole day after the one of `due` costs the weight `lateness`. `only` and `excluded` name the technicians who
    may and may not come, `preferred` those without whom it costs the weight `preference`. A `confirmed` appointment
    is one that `optimise` can be told to keep.
    """

    id: str
    place: str
    minutes: int
    windows: tuple[tuple[int, int], ...] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    crew: int = 1
    priority: int = 5
    required: bool = False
    load: int = 0
    locked: Lock | None = None
    before: int = 0
    after: int = 0
    minutes_by: Mapping[str, int] = field(default_factory=dict)
    earliest: int | None = None
    due: int | None = None
    preferred: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    follows: tuple[Follows, ...] = ()
    confirmed: bool = False

    @property
    def allowed(self) -> tuple[tuple[int, int], ...]:
        """The intervals in which the work may start: the windows from `earliest` on, or the locked start alone."""
        if self.locked is not None and self.locked.begins is not None:
            return ((self.locked.begins, self.locked.begins),)
        if self.earliest is None:
            return self.windows
        windows = self.windows or ((0, LATEST_MINUTE),)
        return tuple((max(opens, self.earliest), closes) for opens, closes in windows if closes >= self.earliest)

    def minutes_with(self, technician: str) -> int:
        """How long the work takes a technician."""
        return self.minutes_by.get(technician, self.minutes)


@dataclass(frozen=True, slots=True)
class Weights:
    """What one unit of each thing costs.

    `unserved` is per priority point of a visit left out, `travel_minute` and `waiting` per minute, `km` per
    kilometre, `overtime` per minute after the end of a shift, `lateness` per day after a due date, `preference` per
    technician who is not a preferred one, and `disturbance` per visit that leaves the shift on which today's plan has
    it. `fairness` is per minute of (minutes of work)² / (minutes of the shift), summed over shifts: least when work is
    spread like working time.
    """

    unserved: float = 200
    travel_minute: float = 1
    km: float = 0
    waiting: float = 0
    disturbance: float = 0
    overtime: float = 2
    lateness: float = 0
    preference: float = 0
    fairness: float = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the engine needs to know; `plan` is today's plan.

    Raises `ProblemError` with the path of the first wrong key.
    """

    places: tuple[Place, ...]
    travel: Travel
    technicians: tuple[Technician, ...]
    visits: tuple[Visit, ...]
    weights: Weights = field(default_factory=Weights)
    plan: Plan = field(default_factory=Plan)
    traffic: Traffic = field(default_factory=Traffic)
    index: Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        validate(self)
        object.__setattr__(self, "index", Index.of(self))
