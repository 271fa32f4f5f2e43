"""What a good choice of slots is worth: `python -m benchmarks.stream [--quick] [--json]`.

The same streams of clients are answered by several policies, and once by somebody who knew everything beforehand: the
clairvoyant, this engine and, where the peers are installed, VROOM. Policies differ in what they show; clients take the
first, second or third of the three slots they are shown in 60, 25 and 15 of 100 cases, drawn beforehand and equal for
all.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean, median

from benchmarks.answers import OURS, Limit
from benchmarks.clairvoyant import CLAIRVOYANTS, clairvoyant_of, instance_of
from benchmarks.machine import machine
from benchmarks.stream_requests import stream
from solver import Rules, check, loads, replay, warm_everything

POLICIES = {
    "first available": Rules("first", nightly=0, daily=0),
    "nearest": Rules("nearest", nightly=0, daily=0),
    "regret": Rules("regret", nightly=0, daily=0),
    "regret + nightly": Rules("regret", daily=0),
    "regret + nightly + every 10 bookings": Rules("regret"),
}
QUICK = {
    name: replace(rules, nightly=rules.nightly // 8, daily=rules.daily // 8)
    for name, rules in POLICIES.items()
    if name != "regret"
}
"""An eighth of the search."""

SEEDS = {"tuning": (1, 2), "acceptance": (101, 102)}
RATES = (70, 85, 100)
"""Requests a day for 15 technicians: some time is left, little is, and none."""

GOAL, SERVED_GOAL = 1.60, 98.5


@dataclass(frozen=True, slots=True)
class Row:
    """One policy on one stream; `ratio` is travel per visit over this engine's clairvoyant's."""

    policy: str
    rate: int
    seed: int
    served_percent: float
    travel_per_visit: float
    ratio: float
    decision_ms: float | None


def main() -> None:
    """Measure and print."""
    chosen = _parser().parse_args()
    warm_everything()
    streams = [(85, 1)] if chosen.quick else [(rate, seed) for rate in RATES for seed in SEEDS[chosen.seeds]]
    policies = QUICK if chosen.quick else POLICIES
    seconds = chosen.seconds or (8.0 if chosen.quick else 60.0)
    rows = []
    for rate, seed in streams:
        sys.stderr.write(f"{rate} requests a day, seed {seed}\n")
        rows += list(measured(rate, seed, policies, seconds))
    if chosen.json:
        json.dump({"made": machine(), "rows": [asdict(row) for row in rows]}, sys.stdout, indent=1)
    else:
        sys.stdout.write(as_markdown(rows))


def measured(rate: int, seed: int, policies: Mapping[str, Rules], seconds: float) -> Iterator[Row]:
    """Every policy on one stream, and the clairvoyants, who have some seconds each."""
    problem, requests = stream(seed, rate)
    instance = instance_of(f"stream {seed} of {rate} a day", problem, requests)
    known = {one.name: clairvoyant_of(one, instance, Limit(seconds, seed=seed)) for one in CLAIRVOYANTS}
    _, best = known[OURS.name]
    for name, rules in policies.items():
        outcome = replay(problem, requests, rules)
        if check(outcome.problem, outcome.problem.plan):
            raise RuntimeError(f"{name}, seed {seed}: the plan breaks the law")
        served = len(outcome.problem.visits)
        per_visit = sum(load.travel_minutes for load in loads(outcome.problem)) / served
        took = 1000 * median(outcome.seconds)
        yield Row(name, rate, seed, 100 * served / len(requests), per_visit, per_visit / best, took)
    for name, (share, per_visit) in known.items():
        if share > 0:
            yield Row(f"clairvoyant, {name}, {seconds:g} s", rate, seed, 100 * share, per_visit, per_visit / best, None)


def as_markdown(rows: Sequence[Row]) -> str:
    """A table with the means over all streams, then every stream."""
    lines = ["| policy | served | minutes a visit | / clairvoyant | decision |", "|---|---|---|---|---|"]
    for name in dict.fromkeys(row.policy for row in rows):
        mine = [row for row in rows if row.policy == name]
        served, minutes, ratio = (
            fmean(getattr(row, column) for row in mine) for column in ("served_percent", "travel_per_visit", "ratio")
        )
        times = [row.decision_ms for row in mine if row.decision_ms is not None]
        took = f"{fmean(times):.1f} ms" if times else ""
        lines.append(f"| {name} | {served:.2f} % | {minutes:.2f} | {ratio:.3f} | {took} |")
    streams = dict.fromkeys((row.rate, row.seed) for row in rows)
    means = ", ".join(f"{rate} requests a day with seed {seed}" for rate, seed in streams)
    lines += ["", f"Goal: at most {GOAL:.2f} with {SERVED_GOAL} % served. Means over {means}.", ""]
    for row in rows:
        told = f"{row.served_percent:.2f} % served, {row.travel_per_visit:.2f} minutes a visit, {row.ratio:.3f}"
        lines.append(f"- {row.rate} a day, seed {row.seed}, {row.policy}: {told}")
    return "\n".join([*lines, ""])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stream", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one stream, less search and a clairvoyant in a hurry")
    parser.add_argument("--seeds", choices=sorted(SEEDS), default="tuning")
    parser.add_argument("--seconds", type=float, help="of the clairvoyant")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    main()
