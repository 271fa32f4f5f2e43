"""The peers' processes: what comes back, and what is said when nothing does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.answers import (
    NOT_INSTALLED,
    ORTOOLS,
    ORTOOLS_LOCAL_SEARCH,
    PYVRP,
    VROOM,
    Limit,
    Solver,
    answer_of,
    judged,
)
from benchmarks.checker import checked
from benchmarks.field_day import field_day
from benchmarks.peers_process import PROGRAM, PeerFailed, asked, peer_versions

ECHO = (
    "import json, sys; request = json.load(sys.stdin); json.dump({'routes': [], 'seen': request['seed']}, sys.stdout)"
)


def peer(program: str) -> tuple[str, ...]:
    """A peer's process that runs a program of one line."""
    return sys.executable, "-c", program


def test_a_peer_reads_the_request_and_its_reply_comes_back() -> None:
    assert asked({"seed": 7}, 30, peer(ECHO)) == {"routes": [], "seen": 7}


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise SystemExit('out of memory')", "out of memory"),
        ("import os; os.kill(os.getpid(), 9)", "exit code -9"),
        ("print('thinking')", "Expecting value"),
        ("print('[]')", "not an object"),
    ],
)
def test_a_peer_that_breaks_says_why(program: str, words: str) -> None:
    with pytest.raises(PeerFailed, match=words):
        asked({}, 30, peer(program))


def test_a_peer_that_does_not_come_back_is_given_up() -> None:
    with pytest.raises(PeerFailed, match=r"no answer within 0\.5 s"):
        asked({}, 0.5, peer("import time; time.sleep(60)"))


def test_a_missing_environment_has_no_peers(tmp_path: Path) -> None:
    assert peer_versions(tmp_path / "python") == {}
    with pytest.raises(PeerFailed):
        asked({}, 5, (str(tmp_path / "python"),))


def test_a_wrong_answer_has_words_and_no_figures() -> None:
    instance = field_day("clusters", 1, 2, 10, lunch=True)
    every_visit = [visit["id"] for visit in instance.problem["visits"]]
    answer = judged(instance, [{"shift": "t0-0", "visits": every_visit}], 1.0, [(0.5, 12.0)])
    assert answer.figures is None
    assert answer.words.startswith("wrong: ")
    assert answer.trace == []


@pytest.mark.parametrize("solver", [VROOM, PYVRP, *ORTOOLS], ids=lambda solver: solver.name)
@pytest.mark.parametrize("lunch", [True, False])
def test_every_peer_that_is_installed_gives_an_answer_that_is_right(solver: Solver, lunch: bool) -> None:
    if solver.peer not in peer_versions():
        pytest.skip(NOT_INSTALLED)
    answer = answer_of(solver, field_day("clusters", 1, 3, 25, lunch=lunch), Limit(0.5))
    assert answer.words == ""
    assert answer.figures is not None
    assert answer.figures.unserved < 25


def test_the_peers_program_answers_with_routes_that_the_checker_takes() -> None:
    """With the one peer that is in this environment too."""
    instance = field_day("clusters", 1, 3, 12, lunch=True)
    request = {
        "peer": ORTOOLS_LOCAL_SEARCH.peer,
        "settings": dict(ORTOOLS_LOCAL_SEARCH.settings),
        "seconds": 0.3,
        "seed": 1,
        "problem": instance.problem,
    }
    reply = asked(request, 60, (sys.executable, str(PROGRAM)))
    figures = checked(instance.problem, reply["routes"])
    assert figures.unserved < 12
    assert figures.cost == reply["trace"][-1][1]
    assert "ortools" in asked({"peer": None}, 60, (sys.executable, str(PROGRAM)))
