"""The tables of plans: which instances, who plans them in how many seconds, and what is to be reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from benchmarks.answers import ORTOOLS, ORTOOLS_LOCAL_SEARCH, OURS, PYVRP, VROOM, Solver
from benchmarks.cities import SEEDS, present
from benchmarks.field_day import field_day
from benchmarks.instance import Instance
from benchmarks.several_days import several_days
from benchmarks.vrptw import SUBSET, names, vrptw

Makers = tuple[Callable[[], Instance], ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Who plans in how many seconds; they alternate, instance by instance."""

    seconds: float
    solvers: tuple[Solver, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure of this engine that is to be reached.

    `figure` is divided by that of the best of `against`, instance by instance, and the median counts; with nobody to
    divide by, it is the mean gap to the best known cost in per cent.
    """

    words: str
    seconds: float
    at_most: float
    against: tuple[Solver, ...] = ()
    figure: str = "cost"


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `makers` make its instances, one at a time; none where their data is not on this machine."""

    name: str
    title: str
    makers: Makers
    runs: tuple[Run, ...]
    goals: tuple[Goal, ...] = ()
    plotted: str = ""
    """The plot of cost over time is of the first instance with these words in its name."""

    def within(self, seconds: float) -> Table:
        """The same with other seconds for everybody."""
        solvers = tuple(dict.fromkeys(solver for run in self.runs for solver in run.solvers))
        goals = tuple(replace(goal, seconds=seconds) for goal in self.goals)
        return replace(self, runs=(Run(seconds, solvers),), goals=goals)


def quick(seeds: str) -> tuple[Table, ...]:
    """A look at every table; all but the last two in two minutes."""
    seconds = 3.0
    everybody = (OURS, VROOM, PYVRP, ORTOOLS_LOCAL_SEARCH)
    return (
        day(days(seeds, ((25, 200),), (True,), 1), (Run(seconds, everybody),), (_against_vroom(seconds, 0.80),)),
        fits(days(seeds, ((25, 120),), (True,), 1), (Run(seconds, (OURS, VROOM)),), seconds),
        several(seeds, 1, 10.0),
        solomon(SUBSET, (Run(seconds, (OURS, PYVRP)),), seconds),
        small_day(days(seeds, ((10, 80),), (True,), 1), (Run(seconds, everybody),)),
        larger((Run(seconds, (OURS, PYVRP)),), seconds),
    )


def full(seeds: str) -> tuple[Table, ...]:
    """Every table of `docs/benchmarks.md`."""
    both = True, False
    runs = (
        Run(5, (OURS, VROOM, PYVRP)),
        Run(10, (OURS, *ORTOOLS)),
        Run(30, (OURS, VROOM, PYVRP)),
    )
    goals = (
        _against_vroom(5, 0.80),
        Goal("cost / the best of OR-Tools", 10, 0.65, ORTOOLS),
        _against_vroom(30, 0.75),
    )
    everybody = (Run(10, (OURS, VROOM, PYVRP, ORTOOLS_LOCAL_SEARCH)),)
    return (
        day(days(seeds, ((50, 400), (25, 200)), both, 4), runs, goals),
        small_day(days(seeds, ((10, 80),), both, 4), runs),
        fits(days(seeds, ((25, 120), (50, 240)), (True,), 4), (Run(5, (OURS, VROOM, PYVRP)),), 5),
        several(seeds, 3, 60.0),
        solomon(names("solomon"), everybody, 10),
        larger(everybody, 10),
    )


def day(makers: Makers, runs: tuple[Run, ...], goals: tuple[Goal, ...]) -> Table:
    """One day with more work than fits."""
    return Table("day", "A day with more work than fits: cost", makers, runs, goals, "lunch")


def small_day(makers: Makers, runs: tuple[Run, ...]) -> Table:
    """The same for a few technicians: no goal, because everybody has time enough."""
    return Table("small-day", "A small day with more work than fits: cost", makers, runs, (), "lunch")


def fits(makers: Makers, runs: tuple[Run, ...], seconds: float) -> Table:
    """One day on which everything fits, so that only travel is left to save."""
    goal = Goal("travel per visit / VROOM x5", seconds, 0.90, (VROOM,), "travel_per_visit")
    return Table("fits", "A day on which everything fits: cost", makers, runs, (goal,), "lunch")


def several(seeds: str, count: int, seconds: float) -> Table:
    """Thirty technicians over ten days: 300 routes."""
    makers = tuple(partial(several_days, city, seed, 30, 10, 900) for city, seed in _seeds(seeds, count))
    goal = Goal("travel per visit / VROOM x5", seconds, 0.82, (VROOM,), "travel_per_visit")
    return Table("several", "Several days: cost", makers, (Run(seconds, (OURS, VROOM)),), (goal,), "days")


def solomon(chosen: tuple[str, ...] | list[str], runs: tuple[Run, ...], seconds: float) -> Table:
    """Solomon's instances of 100 customers."""
    there = set(names("solomon"))
    makers = tuple(partial(vrptw, name) for name in chosen if name in there)
    goal = Goal("mean gap to the best known distance, %", seconds, 0.30)
    return Table("solomon", "Solomon, 100 customers: gap to the best known distance", makers, runs, (goal,), "R208")


def larger(runs: tuple[Run, ...], seconds: float) -> Table:
    """Three of Gehring and Homberger's instances of 200 customers."""
    makers = tuple(partial(vrptw, name) for name in names("gh"))
    goal = Goal("mean gap to the best known distance, %", seconds, 1.2)
    title = "Gehring and Homberger, 200 customers: gap to the best known distance"
    return Table("homberger", title, makers, runs, (goal,), "RC2_2_3")


def days(seeds: str, sizes: tuple[tuple[int, int], ...], lunches: tuple[bool, ...], count: int) -> Makers:
    """Makers of days for the first seeds of a set: every size, with and without a lunch break."""
    return tuple(
        partial(field_day, city, seed, technicians, visits, lunch=lunch)
        for technicians, visits in sizes
        for lunch in lunches
        for city, seed in _seeds(seeds, count)
    )


def _seeds(seeds: str, count: int) -> list[tuple[str, int]]:
    return [(city, seed) for city, seed in SEEDS[seeds] if present(city)][:count]


def _against_vroom(seconds: float, at_most: float) -> Goal:
    return Goal("cost / VROOM x5", seconds, at_most, (VROOM,))
