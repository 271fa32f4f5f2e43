"""A run in slices: each has its share of the limits, and reports as a part of the whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from solver.run_search import Limits, Progress

Report = Callable[[Progress], None]


def whole_run(report: Report | None, started: float, cost: float) -> Report | None:
    """Reports with the clock of the whole run and the least cost so far, which is `cost` at first."""
    if report is None:
        return None
    best = cost

    def told(run: Progress) -> None:
        nonlocal best
        best = min(best, run.cost)
        report(replace(run, seconds=time.perf_counter() - started, cost=best))

    return told


def slice_of(limits: Limits, share: float, behind: float, count: int = 0, more: float = 0.0) -> Limits:
    """A share of a run, `behind` of which is done with `count` iterations; its plans cost `more` in the whole."""
    report = limits.progress

    def told(run: Progress) -> None:
        assert report is not None
        report(Progress(run.seconds, count + run.iterations, run.cost + more, behind + share * run.done))

    return Limits(
        None if limits.seconds is None else limits.seconds * share,
        None if limits.iterations is None else max(1, round(limits.iterations * share)),
        limits.cancelled,
        None if report is None else told,
    )
