"""Measures a table: everybody in turn on every instance, on the same machine in the same run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.answers import OURS, Answer, Limit, Solver, Trace, answer_of
from benchmarks.instance import Instance
from benchmarks.tables import Run, Table


@dataclass(frozen=True, slots=True)
class Row:
    """One run of one solver on one instance; without a cost, `words` says why."""

    instance: str
    seconds: float
    solver: str
    spent: float
    words: str = ""
    cost: float | None = None
    travel: int | None = None
    travel_per_visit: float | None = None
    left_out: int | None = None
    gap: float | None = None
    iterations: int | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """Cost over time of one solver on one instance; a solver that is not anytime has one point a run."""

    solver: str
    points: Trace
    is_anytime: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of a table, and the curves of one of its instances."""

    table: Table
    rows: list[Row] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    plotted: str = ""


def measured(table: Table, iterations: int | None) -> Measured:
    """All runs of a table; who begins changes from instance to instance, so that nobody has the cooler processor."""
    rows: list[Row] = []
    plotted, curves = "", []
    for number, make in enumerate(table.makers):
        instance = make()
        answers = list(_run(table, instance, iterations, number))
        rows += [_row(instance, *one) for one in answers]
        if not plotted and table.plotted in instance.name:
            plotted, curves = instance.name, _curves(answers)
    return Measured(table, rows, curves, plotted)


def _run(table: Table, instance: Instance, iterations: int | None, turn: int) -> Iterator[tuple[Run, Solver, Answer]]:
    for run in table.runs:
        first = turn % len(run.solvers)
        for solver in (*run.solvers[first:], *run.solvers[:first]):
            answer = answer_of(solver, instance, Limit(run.seconds, iterations))
            told = f"cost {answer.figures.cost:g}" if answer.figures else answer.words
            sys.stderr.write(f"{table.name}: {instance.name}, {run.seconds:g} s, {solver.name}: {told}\n")
            yield run, solver, answer


def _row(instance: Instance, run: Run, solver: Solver, answer: Answer) -> Row:
    one = answer.figures
    if one is None:
        return Row(instance.name, run.seconds, solver.name, round(answer.seconds, 2), answer.words)
    served = len(instance.problem["visits"]) - one.unserved
    return Row(
        instance.name,
        run.seconds,
        solver.name,
        round(answer.seconds, 2),
        cost=one.cost,
        travel=one.travel,
        travel_per_visit=round(one.travel / served, 3) if served else None,
        left_out=one.unserved,
        gap=round(100 * (one.cost / instance.best_known - 1), 3) if instance.best_known else None,
        iterations=answer.iterations,
    )


def _curves(answers: list[tuple[Run, Solver, Answer]]) -> list[Curve]:
    found: dict[str, Curve] = {}
    for _, solver, answer in sorted(answers, key=lambda one: one[0].seconds):
        if answer.figures is None:
            continue
        end = (answer.seconds, answer.figures.cost)
        if answer.trace:
            found[solver.name] = Curve(solver.name, [*answer.trace, end], is_anytime=True)
        else:
            earlier = found[solver.name].points if solver.name in found else []
            found[solver.name] = Curve(solver.name, [*earlier, end], is_anytime=False)
    return sorted(found.values(), key=lambda curve: (curve.solver != OURS.name, curve.solver))
