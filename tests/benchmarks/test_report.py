"""What the results say."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.answers import NOT_INSTALLED, ORTOOLS, OURS, PYVRP, VROOM
from benchmarks.goals import reached
from benchmarks.measure import Curve, Measured, Row
from benchmarks.nightly import Night
from benchmarks.plot import as_svg
from benchmarks.report import Report, as_markdown, write
from benchmarks.tables import Goal, Run, Table

AGAINST_VROOM = Goal("cost / VROOM x5", 5, 0.8, (VROOM,))
TABLE = Table("day", "A day", (), (Run(5, (OURS, VROOM)),), (AGAINST_VROOM,))


def row(instance: str, solver: str, cost: float | None, seconds: float = 5, words: str = "") -> Row:
    return Row(instance, seconds, solver, seconds, words, cost, travel=10, left_out=2)


def test_a_missing_peer_says_how_to_get_it_and_nothing_is_reached() -> None:
    rows = [row("one", OURS.name, 70), row("one", VROOM.name, None, words=NOT_INSTALLED)]
    text = as_markdown(Report("quick", {"cores": 2}, [Measured(TABLE, rows)]))
    assert "| one | 5 | 70 (2 left out) | not installed (make peers) |" in text
    assert "| day | cost / VROOM x5, 5 s |  | ≤ 0.8 | not measured | 0 |" in text


def test_a_goal_is_the_median_over_the_instances() -> None:
    rows = [row(name, OURS.name, cost) for name, cost in (("a", 50), ("b", 80), ("c", 90))]
    rows += [row(name, VROOM.name, 100) for name in "abc"]
    rows += [row("a", VROOM.name, 1, seconds=30)]
    assert reached("day", AGAINST_VROOM, rows).value == pytest.approx(0.8)
    assert reached("day", AGAINST_VROOM, rows).words == "reached"
    assert reached("day", Goal("", 5, 0.79, (VROOM,)), rows).words == "**not reached**"


def test_a_goal_against_several_is_against_the_best_of_each_instance() -> None:
    goal = Goal("cost / the best of OR-Tools", 10, 0.65, ORTOOLS)
    theirs = [row("a", one.name, cost, 10) for one, cost in zip(ORTOOLS, (90, 80, 99), strict=True)]
    rows = [row("a", OURS.name, 60, 10), *theirs]
    assert reached("day", goal, rows).value == pytest.approx(0.75)


def test_a_wrong_answer_of_ours_reaches_no_goal() -> None:
    rows = [row("a", OURS.name, 10), row("b", OURS.name, None, words="wrong: visit v1 twice")]
    rows += [row(name, VROOM.name, 100) for name in "ab"]
    assert reached("day", AGAINST_VROOM, rows).value is None
    assert "wrong: visit v1 twice" in as_markdown(Report("quick", {}, [Measured(TABLE, rows)]))


def test_a_gap_is_the_mean_over_the_instances() -> None:
    rows = [Row(name, 10, OURS.name, 10, cost=1, gap=gap) for name, gap in (("R101", 0.2), ("R102", 0.6))]
    assert reached("solomon", Goal("mean gap", 10, 0.3), rows).value == pytest.approx(0.4)


def test_a_broken_promise_of_the_night_is_shown_as_wrong() -> None:
    text = as_markdown(
        Report("quick", {}, night=Night(100, 5.0, 10, 500, None, "wrong: visit v3 is required and left out"))
    )
    assert "100 promised visits: wrong: visit v3 is required and left out" in text
    assert "30.0 % saved" in as_markdown(Report("quick", {}, night=Night(100, 5.0, 10, 500, 350)))


def test_results_are_written_as_json_markdown_and_pictures(tmp_path: Path) -> None:
    curves = [
        Curve(OURS.name, [(0.1, 90.0), (1.0, 75.0), (5.0, 70.0)], is_anytime=True),
        Curve(VROOM.name, [(4.0, 80.0)], is_anytime=False),
        Curve(PYVRP.name, [(0.2, 900.0), (5.0, 85.0)], is_anytime=True),
    ]
    rows = [row("one", OURS.name, 70), row("one", VROOM.name, 100)]
    write(Report("full", {"cores": 2}, [Measured(TABLE, rows, curves, "one")]), tmp_path)
    read = json.loads((tmp_path / "full.json").read_text())
    assert read["goals"] == [
        {
            "table": "day",
            "words": "cost / VROOM x5",
            "seconds": 5,
            "at_most": 0.8,
            "against": ["VROOM x5"],
            "figure": "cost",
            "value": 0.7,
            "of": 1,
        }
    ]
    assert [one["cost"] for one in read["rows"]] == [70, 100]
    assert "](full-day.svg)" in (tmp_path / "full.md").read_text()
    picture = (tmp_path / "full-day.svg").read_text()
    words = [text.text for text in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert {OURS.name, VROOM.name, PYVRP.name, "one: cost over time"} <= set(words)


def test_names_in_a_picture_do_not_lie_on_one_another() -> None:
    curves = [Curve(f"peer {number}", [(1.0, 100.0 + number / 10)], is_anytime=False) for number in range(4)]
    texts = ElementTree.fromstring(as_svg("close", curves)).iter("{http://www.w3.org/2000/svg}text")
    heights = sorted(float(text.attrib["y"]) for text in texts if (text.text or "").startswith("peer"))
    assert all(below - above >= 15 for above, below in pairwise(heights))
