"""Whether the drives and breaks of days find their time between visits whose starts are given.

Every day becomes a row of intervals that do not overlap: the work where the plan has it, each drive somewhere in its
gap, each break somewhere in its range. A day is kept or not, and as many as can be are kept.
Source: P. Laborie, J. Rogerie, P. Shaw and P. Vilím, "IBM ILOG CP optimizer for scheduling", Constraints 23, 2018
(optional intervals); solved by OR-Tools CP-SAT.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from solver.exact.libraries import cp_sat, solved
from solver.exact.verify_travel import Drive, arrivals
from solver.model import Shift
from solver.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Work:
    """Minutes at a place, buffers included, that the plan has fixed."""

    place: str
    comes: int
    leaves: int


@dataclass(frozen=True, slots=True)
class FixedDay:
    """A shift and its work in the order of the plan."""

    shift: Shift
    work: tuple[Work, ...]

    @property
    def over(self) -> int:
        """The last minute of the shift, overtime included."""
        return self.shift.ends + self.shift.overtime

    @property
    def gaps(self) -> list[tuple[Work, Work]]:
        """Each time between two works, or between a work and an end of the shift."""
        start = Work(self.shift.start, self.shift.begins, self.shift.begins)
        return list(pairwise([start, *self.work, Work(self.shift.end, self.over, self.over)]))


def impossible(days: Iterable[FixedDay], drive: Drive, traffic: Traffic, seconds: float) -> set[str]:
    """The shifts whose drives and breaks find no time; raises `TimeoutError` when that cannot be told in `seconds`."""
    model = cp_sat().CpModel()
    kept, broken = {}, set()
    for day in days:
        if any(before.leaves > after.comes for before, after in day.gaps):
            broken.add(day.shift.id)
        else:
            kept[day.shift.id] = _row_of_intervals(model, day, drive, traffic)
    model.maximize(sum(kept.values()))
    answer = solved(model, seconds, probing=0)
    if answer is None or answer.best_objective_bound > answer.objective_value + 0.5:
        raise TimeoutError("the plan could not be verified in time")
    return broken | {shift for shift, is_kept in kept.items() if not answer.value(is_kept)}


def _row_of_intervals(model: Any, day: FixedDay, drive: Drive, traffic: Traffic) -> Any:
    kept, breaks = model.new_bool_var(day.shift.id), day.shift.breaks
    intervals = [
        model.new_fixed_size_interval_var(work.comes, work.leaves - work.comes, f"work at {work.place}")
        for work in day.work
    ]
    for before, after in day.gaps:
        # Who has no break to take leaves at once: nobody arrives earlier by leaving later.
        paused = any(pause.earliest < after.comes and before.leaves < pause.latest + pause.minutes for pause in breaks)
        last = after.comes if paused else before.leaves
        durations = _durations(traffic, before.leaves, last, drive(before.place, after.place))
        leaves = model.new_int_var(before.leaves, last, "leaves")
        took = model.new_int_var(min(durations), max(durations), "minutes of the drive")
        model.add_element(leaves - before.leaves, durations, took)
        arrives = model.new_int_var(before.leaves, after.comes, "arrives")
        intervals.append(model.new_optional_interval_var(leaves, took, arrives, kept, "drive"))
    for pause in breaks:
        begins = model.new_int_var(pause.earliest, pause.latest, "break begins")
        model.add(begins >= day.shift.begins).only_enforce_if(kept)
        model.add(begins + pause.minutes <= day.over).only_enforce_if(kept)
        intervals.append(model.new_optional_interval_var(begins, pause.minutes, begins + pause.minutes, kept, "break"))
    model.add_no_overlap(intervals)
    return kept


def _durations(traffic: Traffic, first: int, last: int, minutes: int) -> list[int]:
    """The minutes of a drive for each minute of departure."""
    leaves = range(first, last + 1)
    return [arrives - left for left, arrives in zip(leaves, arrivals(traffic, first, last, minutes), strict=True)]
