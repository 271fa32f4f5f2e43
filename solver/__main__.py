"""The engine on the command line: `python -m solver optimise|propose|check problem.json …`, and `warm`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from solver.check import check
from solver.errors import ProblemError
from solver.json_format import (
    Json,
    plan_from_json,
    problem_from_json,
    proposal_to_json,
    read_json,
    result_to_json,
    violations_to_json,
)
from solver.optimise import optimise
from solver.slots import propose
from solver.warming import warm_everything

USUAL_SECONDS = 5.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 is good, 1 a plan that breaks the law, 2 a problem that is not well formed."""
    chosen = _parser().parse_args(arguments)
    try:
        answer, code = chosen.run(chosen)
        text = json.dumps(answer, indent=1, ensure_ascii=False) + "\n"
        if chosen.output is None:
            sys.stdout.write(text)
        else:
            chosen.output.write_text(text, encoding="utf-8")
    except (ProblemError, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}\n".replace("\n", " ").rstrip() + "\n")
        return 2
    return int(code)


def _optimise(chosen: argparse.Namespace) -> tuple[Json, int]:
    problem = problem_from_json(_read(chosen.problem))
    seconds = USUAL_SECONDS if chosen.seconds is None and chosen.iterations is None else chosen.seconds
    result = optimise(
        problem,
        seconds=seconds,
        iterations=chosen.iterations,
        seed=chosen.seed,
        engine=chosen.engine,
        most_touched=chosen.most_touched,
        keep_confirmed=chosen.keep_confirmed,
        bound_seconds=chosen.bound_seconds,
    )
    return result_to_json(result), 0


def _propose(chosen: argparse.Namespace) -> tuple[Json, int]:
    problem = problem_from_json(_read(chosen.problem))
    if chosen.visit not in problem.index.visits:
        raise ProblemError("--visit", f"the id of a visit; {chosen.visit} is unknown")
    proposal = propose(problem, problem.index.visits[chosen.visit], chosen.limit, reasons=True)
    return proposal_to_json(proposal), 0


def _check(chosen: argparse.Namespace) -> tuple[Json, int]:
    problem = problem_from_json(_read(chosen.problem))
    plan = problem.plan if chosen.plan is None else plan_from_json(_read(chosen.plan))
    violations = check(problem, plan)
    return violations_to_json(violations), 1 if violations else 0


def _warm(chosen: argparse.Namespace) -> tuple[Json, int]:
    began = time.perf_counter()
    compiled = warm_everything()
    return {"compiled": compiled, "seconds": round(time.perf_counter() - began, 1)}, 0


def _read(path: Path) -> Json:
    return read_json(path.read_text(encoding="utf-8"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m solver", description=__doc__)
    commands = parser.add_subparsers(required=True)
    warming = commands.add_parser("warm", help="compile everything now, so that nobody waits later")
    warming.set_defaults(run=_warm, output=None)
    for name, run, words in (
        ("optimise", _optimise, "plan many visits at once"),
        ("propose", _propose, "say where one visit fits"),
        ("check", _check, "say what is wrong with a plan"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run)
        command.add_argument("problem", type=Path)
        command.add_argument("-o", "--output", type=Path, help="a file instead of standard output")
        if name == "optimise":
            command.add_argument("--seconds", type=_positive, help=f"{USUAL_SECONDS:g} unless --iterations is given")
            command.add_argument("--iterations", type=_count)
            command.add_argument("--seed", type=_count, default=1)
            command.add_argument("--engine", choices=("search", "ortools"), default="search")
            command.add_argument("--most-touched", type=_count, help="visits of the plan that may move elsewhere")
            command.add_argument("--keep-confirmed", action="store_true", help="leave confirmed visits where they are")
            command.add_argument("--bound-seconds", type=_positive, default=0.0, help="more, for a lower bound")
        elif name == "propose":
            command.add_argument("--visit", required=True)
            command.add_argument("--limit", type=_count)
        else:
            command.add_argument("plan", type=Path, nargs="?", help="the plan in the problem unless given")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1e9:
        raise ValueError(text)
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError(text)
    return value


if __name__ == "__main__":
    sys.exit(main())
