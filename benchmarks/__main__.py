"""The measurements of the planning engine and of the pages: `python -m benchmarks [--full]`.

Everything runs one after the other, on one thread. Results are written to `benchmarks/results/` after each table, so
that a run that is broken off keeps what it has.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime

from benchmarks import tables
from benchmarks.booked_calendar import booked
from benchmarks.cities import SEEDS
from benchmarks.instance import Json
from benchmarks.large_calendar import enlarged
from benchmarks.machine import machine
from benchmarks.measure import measured
from benchmarks.nightly import night
from benchmarks.propose import measured as propose
from benchmarks.report import RESULTS, Report, as_markdown, write
from solver import warm_everything

QUICK = ("propose", "nightly", "day", "fits", "several", "solomon", "pages")
NAMES = (*QUICK, "small-day", "homberger", "stream")

BETWEEN = 1.5
"""Seconds between two runs: starting a peer, reading the problem, checking the answer."""

BOOKING, PROPOSING, LARGE, STREAM, PAGES = 10, 10, 60, 1200, 25
"""Seconds of the parts that have no limit, about."""


def main() -> None:
    chosen = _parser().parse_args()
    chosen.tables = chosen.tables or set(NAMES if chosen.full else QUICK)
    wanted = _tables(chosen)
    sys.stderr.write(f"about {_estimate(chosen, wanted):.0f} minutes\n")
    began = datetime.now(UTC)
    warm_everything()
    report = Report(
        _name(chosen),
        {
            **machine(),
            "load": round(os.getloadavg()[0], 1),
            "seeds": chosen.seeds,
            **_limits(chosen),
            "began": f"{began:%F %R} UTC",
        },
    )
    if chosen.tables & {"propose", "nightly"}:
        _calendar(chosen, report)
        write(report)
    for table in wanted:
        report.tables.append(measured(table, chosen.iterations))
        write(report)
    if "stream" in chosen.tables:
        report.stream = _told("stream", "--seeds", chosen.seeds, *([] if chosen.full else ["--quick"]))["rows"]
        write(report)
    if "pages" in chosen.tables:
        report.pages = _told("pages")
    report.made = {**report.made, "minutes": round((datetime.now(UTC) - began).total_seconds() / 60, 1)}
    write(report)
    sys.stdout.write(as_markdown(report))
    sys.stderr.write(f"written to {RESULTS / report.name}.md\n")


def _told(module: str, *options: str) -> Json:
    """What another measurement tells, made in a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.{module}", "--json", *options]
    told: Json = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return told


def _calendar(chosen: argparse.Namespace, report: Report) -> None:
    """The two that work on a booked calendar; proposals first, because the night plans it anew."""
    sys.stderr.write("booking a calendar of 7,000 visits\n")
    calendar = booked(50, 20, 7)
    if "propose" in chosen.tables:
        report.proposals["50 technicians x 20 days x 7 visits"] = propose(calendar, 300)
        if chosen.full:
            report.proposals["500 technicians x 28 days x 7 visits"] = propose(enlarged(calendar, 10, 28), 100)
    if "nightly" in chosen.tables:
        report.night = night(calendar, chosen.seconds or (10 if chosen.full else 5), chosen.iterations)


def _tables(chosen: argparse.Namespace) -> list[tables.Table]:
    offered = tables.full(chosen.seeds) if chosen.full else tables.quick(chosen.seeds)
    wanted = [table for table in offered if table.name in chosen.tables]
    return [table.within(chosen.seconds) if chosen.seconds else table for table in wanted]


def _estimate(chosen: argparse.Namespace, wanted: list[tables.Table]) -> float:
    """How many minutes it will take, about."""
    runs = [(len(table.makers), run.seconds) for table in wanted for run in table.runs for _ in run.solvers]
    seconds = sum(instances * (limit + BETWEEN) for instances, limit in runs)
    if chosen.tables & {"propose", "nightly"}:
        seconds += BOOKING + PROPOSING + (LARGE if chosen.full else 0)
    if "stream" in chosen.tables:
        seconds += STREAM if chosen.full else STREAM / 30
    if "pages" in chosen.tables:
        seconds += PAGES
    return seconds / 60


def _name(chosen: argparse.Namespace) -> str:
    """The name of the files: that of a run with every table is kept for it."""
    words = ["full" if chosen.full else "quick"]
    words += [] if chosen.seeds == "tuning" else [str(chosen.seeds)]
    words += [] if chosen.tables == set(NAMES if chosen.full else QUICK) else sorted(chosen.tables)
    return "-".join(words)


def _limits(chosen: argparse.Namespace) -> dict[str, object]:
    return {name: getattr(chosen, name) for name in ("seconds", "iterations") if getattr(chosen, name)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="every table, for hours")
    parser.add_argument("--tables", type=_names, help=f"with commas: {', '.join(NAMES)}; usually all that are quick")
    parser.add_argument("--seconds", type=float, help="of every run, in place of the tables' own")
    parser.add_argument("--iterations", type=int, help="of this engine, in place of seconds")
    parser.add_argument("--seeds", choices=sorted(SEEDS), default="tuning")
    return parser


def _names(text: str) -> set[str]:
    names = set(text.split(","))
    if names - set(NAMES):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(names - set(NAMES)))}")
    return names


if __name__ == "__main__":
    main()
