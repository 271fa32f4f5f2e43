"""This engine against its peers while its search is being changed: `python -m benchmarks.compare --seconds 5`.

The peers' answers are kept in `benchmarks/.cache` by instance, seconds and version, so that only this engine runs.
For developers: figures that are published come from `make bench-full`, where everybody runs side by side.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import mean, median

from benchmarks import tables
from benchmarks.answers import ORTOOLS, OURS, PYVRP, VROOM, Answer, Limit, Solver, answer_of
from benchmarks.checker import Figures
from benchmarks.cities import SEEDS
from benchmarks.instance import Instance
from benchmarks.peers_process import peer_versions
from benchmarks.vrptw import SUBSET
from solver import warm_everything

CACHE = Path(__file__).parent / ".cache"
PEERS = {"vroom": (VROOM,), "pyvrp": (PYVRP,), "ortools": ORTOOLS}


def main() -> None:
    chosen = _parser().parse_args()
    peers = [solver for name in filter(None, chosen.peers.split(",")) for solver in PEERS[name]]
    if not chosen.only_peers:
        warm_everything()
    ratios: dict[str, list[float]] = {}
    for name in chosen.tables.split(","):
        for make in TABLES[name](chosen):
            compare(make(), peers, chosen, ratios)
    for name, values in ratios.items():
        print(f"{name}: median {median(values):.3f}, mean {mean(values):.3f} of {len(values)}")


def compare(
    instance: Instance, peers: list[Solver], chosen: argparse.Namespace, ratios: dict[str, list[float]]
) -> None:
    """Print everybody's cost on one instance, and note how this engine's relates to the others'.

    On a busy machine this engine gets less than a whole core, and the remembered answers may have had one.
    """
    print(instance.name, f"{chosen.seconds:g} s", flush=True)
    ours = None
    if not chosen.only_peers:
        wall, processor = time.perf_counter(), time.process_time()
        ours = answer_of(OURS, instance, Limit(chosen.seconds, chosen.iterations, chosen.seed))
        share = (time.process_time() - processor) / (time.perf_counter() - wall)
        print(_line(OURS, ours, instance), f" {ours.iterations} iterations, {share:.0%} of a core", flush=True)
    for peer in peers:
        theirs = remembered(peer, instance, chosen.seconds)
        print(_line(peer, theirs, instance), flush=True)
        if ours and ours.figures and theirs.figures:
            ratios.setdefault(f"cost / {peer.name}", []).append(ours.figures.cost / theirs.figures.cost)
        if theirs.figures and instance.best_known:
            ratios.setdefault(f"gap % of {peer.name}", []).append(_gap(theirs.figures, instance.best_known))
    if ours and ours.figures and instance.best_known:
        ratios.setdefault("gap % of fieldsvc", []).append(_gap(ours.figures, instance.best_known))


def remembered(solver: Solver, instance: Instance, seconds: float) -> Answer:
    """A peer's answer, from the cache where it is there."""
    version = peer_versions().get(solver.peer or "", "")
    text = json.dumps([instance.problem, solver.name, dict(solver.settings), version, seconds], sort_keys=True)
    file = CACHE / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"
    if file.exists():
        kept = json.loads(file.read_text())
        return Answer(Figures(**kept["figures"]) if kept["figures"] else None, kept["words"], kept["seconds"])
    answer = answer_of(solver, instance, Limit(seconds))
    CACHE.mkdir(exist_ok=True)
    kept = {"solver": solver.name, "instance": instance.name, "limit": seconds, "version": version, **asdict(answer)}
    file.write_text(json.dumps(kept))
    return answer


def _days(chosen: argparse.Namespace, *, lunch: bool) -> tables.Makers:
    sizes = [tuple(int(word) for word in size.split("x")) for size in chosen.sizes.split(",")]
    return tables.days(chosen.seeds, tuple((one, other) for one, other in sizes), (lunch,), chosen.count)


def _solomon(chosen: argparse.Namespace) -> tables.Makers:
    return tables.solomon(chosen.instances.split(",") if chosen.instances else SUBSET, (), 0).makers


TABLES: dict[str, Callable[[argparse.Namespace], tables.Makers]] = {
    "day": lambda chosen: _days(chosen, lunch=True),
    "day-no-break": lambda chosen: _days(chosen, lunch=False),
    "fits": lambda chosen: tables.days(chosen.seeds, ((25, 120),), (True,), chosen.count),
    "several": lambda chosen: tables.several(chosen.seeds, chosen.count, 0).makers,
    "solomon": _solomon,
    "homberger": lambda _chosen: tables.larger((), 0).makers,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", default="day", help=f"with commas: {', '.join(TABLES)}")
    parser.add_argument("--sizes", default="25x200", help="of day: technicians x visits, with commas")
    parser.add_argument("--instances", default="", help="of solomon, with commas; usually six spread ones")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--iterations", type=int, help="for this engine, in place of seconds")
    parser.add_argument("--seed", type=int, default=1, help="of this engine's search")
    parser.add_argument("--seeds", choices=sorted(SEEDS), default="tuning")
    parser.add_argument("--count", type=int, default=3, help="how many of the seeds")
    parser.add_argument("--peers", default="vroom", help=f"with commas: {', '.join(PEERS)}; empty for none")
    parser.add_argument("--only-peers", action="store_true", help="fill the cache, without this engine")
    return parser


def _gap(figures: Figures, best_known: float) -> float:
    return 100 * (figures.cost / best_known - 1)


def _line(solver: Solver, answer: Answer, instance: Instance) -> str:
    if answer.figures is None:
        return f"  {solver.name:<30} {answer.words}"
    one = answer.figures
    gap = f"  gap {_gap(one, instance.best_known):.2f} %" if instance.best_known else ""
    return (
        f"  {solver.name:<30} cost {one.cost:>7g}  travel {one.travel:>6}  left out {one.unserved:>3} "
        f"({one.points} points)  {answer.seconds:.1f} s{gap}"
    )


if __name__ == "__main__":
    main()
