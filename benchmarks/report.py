"""What was measured, as JSON for programs and as Markdown for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import stream
from benchmarks.goals import Reached, reached
from benchmarks.instance import Json
from benchmarks.measure import Measured, Row
from benchmarks.nightly import Night
from benchmarks.plot import as_svg
from benchmarks.propose import Milliseconds

RESULTS = Path(__file__).parent / "results"
NIGHT_GOAL = 32
PROPOSE_GOALS = "Goals for the 8 best places: 50 technicians x 20 days 0.15 / 0.30 ms, 500 x 28 days 5 ms."


@dataclass(slots=True)
class Report:
    """One run of the benchmarks: how it was made, and what it found so far."""

    name: str
    made: Mapping[str, object]
    tables: list[Measured] = field(default_factory=list)
    proposals: dict[str, dict[str, Milliseconds]] = field(default_factory=dict)
    night: Night | None = None
    stream: list[Json] = field(default_factory=list)
    """The rows of `benchmarks.stream`."""
    pages: Json = field(default_factory=dict)
    """What `benchmarks.pages` tells."""

    def goals(self) -> list[Reached]:
        """The goals of all tables."""
        return [reached(one.table.name, goal, one.rows) for one in self.tables for goal in one.table.goals]


def write(report: Report, folder: Path = RESULTS) -> None:
    """Write `<name>.json`, `<name>.md` and a plot for each table."""
    folder.mkdir(exist_ok=True)
    (folder / f"{report.name}.json").write_text(as_json(report), encoding="utf-8")
    (folder / f"{report.name}.md").write_text(as_markdown(report), encoding="utf-8")
    for one in report.tables:
        if one.curves:
            picture = as_svg(f"{one.plotted}: cost over time", one.curves)
            (folder / _plot_name(report, one)).write_text(picture, encoding="utf-8")


def as_json(report: Report) -> str:
    """Everything, each run on one line."""
    head = {
        "name": report.name,
        "made": report.made,
        "propose_ms": report.proposals,
        "night": asdict(report.night) if report.night else None,
        "stream": report.stream,
        "pages": report.pages,
    }
    lists = {
        "goals": [
            {"table": one.table, **asdict(one.goal, dict_factory=_brief), "value": one.value, "of": one.of}
            for one in report.goals()
        ],
        "rows": [
            {"table": one.table.name, **asdict(row, dict_factory=_brief)} for one in report.tables for row in one.rows
        ],
    }
    parts = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
    for name, many in lists.items():
        parts.append(f' "{name}": [\n  ' + ",\n  ".join(json.dumps(one) for one in many) + "\n ]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _brief(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object without what is empty, and solvers by their names."""
    return {
        name: [one["name"] for one in value] if name == "against" else value
        for name, value in pairs
        if value not in (None, "", ())
    }


def as_markdown(report: Report) -> str:
    """The goals, then every table."""
    parts = [f"# Measured: {report.name}", _lines(f"- {name}: {value}" for name, value in report.made.items())]
    if report.tables:
        goals = [
            (
                one.table,
                f"{one.goal.words}, {one.goal.seconds:g} s",
                "" if one.value is None else f"{one.value:.3f}",
                f"≤ {one.goal.at_most:g}",
                one.words,
                one.of,
            )
            for one in report.goals()
        ]
        parts += ["## Goals", _table(("table", "figure", "measured", "goal", "", "instances"), goals)]
    for name, figures in report.proposals.items():
        rows = [(what, f"{middle:g}", f"{high:g}") for what, (middle, high) in figures.items()]
        parts += [f"## Propose: {name}", _table(("one call, ms", "p50", "p95"), rows), PROPOSE_GOALS]
    if report.night:
        parts += ["## Nightly re-planning", _night(report.night)]
    for one in report.tables:
        parts += [f"## {one.table.title}", _rows(one.rows) if one.rows else "The instances are not on this machine."]
        if one.curves:
            parts.append(f"![Cost over time of {one.plotted}]({_plot_name(report, one)})")
    if report.stream:
        parts += ["## Booking stream", stream.as_markdown([stream.Row(**row) for row in report.stream]).rstrip()]
    if report.pages:
        parts += ["## Pages", _pages(report.pages)]
    return "\n\n".join(parts) + "\n"


def _rows(rows: Sequence[Row]) -> str:
    """One line an instance and limit, one column a solver; what is no figure says why."""
    solvers = list(dict.fromkeys(row.solver for row in rows))
    lines: dict[tuple[str, float], dict[str, str]] = {}
    for row in rows:
        lines.setdefault((row.instance, row.seconds), {})[row.solver] = _cell(row)
    found = [
        (instance, f"{seconds:g}", *(cells.get(one, "") for one in solvers))
        for (instance, seconds), cells in lines.items()
    ]
    return _table(("instance", "s", *solvers), found)


def _cell(row: Row) -> str:
    if row.cost is None:
        return row.words
    if row.gap is not None:
        return f"{row.gap:.2f} %"
    return f"{row.cost:g}" + (f" ({row.left_out} left out)" if row.left_out else "")


def _night(night: Night) -> str:
    if night.saved is None:
        return f"{night.visits} promised visits: {night.words}"
    return (
        f"{night.visits} promised visits planned anew in {night.seconds:.1f} s, every promise kept: travel "
        f"{night.before} → {night.after} minutes, {night.saved:.1f} % saved (goal {NIGHT_GOAL} % in 10 s)."
    )


def _pages(pages: Json) -> str:
    rows = [
        (name, one["p50"], one["p95"], one["queries"])
        for name, one in pages.items()
        if isinstance(one, dict) and "p95" in one
    ]
    return _table(("page, ms", "p50", "p95", "queries"), rows)


def _plot_name(report: Report, one: Measured) -> str:
    return f"{report.name}-{one.table.name}.svg"


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return _lines("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
