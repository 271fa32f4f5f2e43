"""The JSON contract: what is read, what is written, and what is refused by its path."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from solver import CostParts, Plan, Problem, ProblemError
from solver.__main__ import main
from solver.json_format import plan_from_json, plan_to_json, problem_from_json, read_json

FIXTURE = Path(__file__).parents[2] / "fixtures" / "solver" / "two_technicians.json"


def fixture() -> Any:
    return json.loads(FIXTURE.read_text(encoding="utf-8"))


def set_at(value: Any, keys: tuple[str | int, ...], new: object) -> Any:
    changed = deepcopy(value)
    inner = changed
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = new
    return changed


@pytest.mark.parametrize(
    ("keys", "new", "path"),
    [
        (("extra",), 1, "extra"),
        (("places", 0, "latitude"), 91, "places[0].latitude"),
        (("places", 0, "longitude"), "west", "places[0].longitude"),
        (("places", 1, "id"), "depot", "places[1].id"),
        (("places", 1, "id"), "", "places[1].id"),
        (("places",), {}, "places"),
        (("travel", "estimate", "minutes_per_km"), -1, "travel.estimate.minutes_per_km"),
        (("travel",), {"minutes": [[0]]}, "travel.minutes"),
        (("travel",), {"minutes": [[0, "far"]]}, "travel.minutes[0][1]"),
        (("travel",), {}, "travel"),
        (("technicians", 0, "skills", "gas"), 0, "technicians[0].skills.gas"),
        (("technicians", 0, "skills", "gas"), 1.5, "technicians[0].skills.gas"),
        (("technicians", 1, "id"), "ana", "technicians[1].id"),
        (("technicians", 0, "shifts", 0, "ends"), 400, "technicians[0].shifts[0].ends"),
        (("technicians", 0, "shifts", 0, "start"), "moon", "technicians[0].shifts[0].start"),
        (("technicians", 0, "shifts", 1, "begins"), 900, "technicians[0].shifts[1]"),
        (("technicians", 0, "shifts", 0, "breaks", 0, "minutes"), 0, "technicians[0].shifts[0].breaks[0].minutes"),
        (("technicians", 0, "shifts", 0, "breaks", 0, "latest"), 700, "technicians[0].shifts[0].breaks[0].latest"),
        (
            ("technicians", 0, "shifts", 0, "breaks"),
            [{"earliest": 500, "latest": 600, "minutes": 5}] * 9,
            "technicians[0].shifts[0].breaks",
        ),
        (("visits", 0, "windows", 1), [700, 600], "visits[0].windows[1]"),
        (("visits", 0, "windows", 1), [700], "visits[0].windows[1]"),
        (("visits", 0, "windows", 1), [-5, 600], "visits[0].windows[1]"),
        (("visits", 3, "minutes"), -30, "visits[3].minutes"),
        (("visits", 3, "minutes"), True, "visits[3].minutes"),
        (("visits", 3, "minutes"), 10**12, "visits[3].minutes"),
        (("visits", 3, "place"), "moon", "visits[3].place"),
        (("visits", 3, "crew"), 101, "visits[3].crew"),
        (("visits", 3, "crew"), 0, "visits[3].crew"),
        (("visits", 3, "minutes_by"), {"nobody": 30}, "visits[3].minutes_by.nobody"),
        (("visits", 3, "minutes_by"), {"ana": 0}, "visits[3].minutes_by.ana"),
        (("visits", 3, "only"), ["nobody"], "visits[3].only[0]"),
        (("visits", 3, "excluded"), ["nobody"], "visits[3].excluded[0]"),
        (("visits", 3, "preferred"), ["ana", "nobody"], "visits[3].preferred[1]"),
        (("visits", 3, "due"), -1, "visits[3].due"),
        (("visits", 3, "earliest"), 20_000_000, "visits[3].earliest"),
        (("visits", 3, "follows"), [{"visit": "nothing"}], "visits[3].follows[0].visit"),
        (("visits", 3, "follows"), [{"visit": "meter", "gap": -5}], "visits[3].follows[0].gap"),
        (("visits", 3, "follows"), [{"visit": "meter", "gap": 5, "most": 4}], "visits[3].follows[0].most"),
        (("visits", 3, "follows"), [{"visit": "leak"}], "visits[3].follows"),
        (("technicians", 0, "territory"), {"km": 5}, "technicians[0].territory"),
        (("technicians", 0, "territory"), {"centre": [91, -8], "km": 5}, "technicians[0].territory.centre.latitude"),
        (("technicians", 0, "territory"), {"polygon": [[1, 1], [1, 2]]}, "technicians[0].territory.polygon"),
        (("technicians", 0, "most_visits"), -1, "technicians[0].most_visits"),
        (("technicians", 0, "shifts", 0, "overtime"), -1, "technicians[0].shifts[0].overtime"),
        (("places", 0, "slowness"), 0, "places[0].slowness"),
        (("traffic",), {"speeds": [1.0, 0.0]}, "traffic.speeds[1]"),
        (("traffic",), {"speeds": [1.0] * 7}, "traffic.speeds"),
        (("visits", 3, "required"), 1, "visits[3].required"),
        (("visits", 3, "colour"), "red", "visits[3].colour"),
        (("visits", 4, "locked", "technician"), "nobody", "visits[4].locked.technician"),
        (("visits", 4, "id"), "leak", "visits[4].id"),
        (("weights", "unserved"), -1, "weights.unserved"),
        (("weights", "beauty"), 1, "weights.beauty"),
        (("plan", "routes", 0, "shift"), "night", "plan.routes[0].shift"),
        (("plan", "routes", 0, "stops", 1, "visit"), "boiler", "plan.routes[0].stops[1].visit"),
        (("plan", "routes", 0, "stops", 1, "visit"), "ghost", "plan.routes[0].stops[1].visit"),
    ],
)
def test_a_wrong_problem_is_refused_with_the_path_of_the_key(
    keys: tuple[str | int, ...], new: object, path: str
) -> None:
    with pytest.raises(ProblemError) as refused:
        problem_from_json(set_at(fixture(), keys, new))
    assert refused.value.path == path
    assert refused.value.expected


def test_a_missing_key_is_named() -> None:
    wrong = fixture()
    del wrong["visits"][2]["place"]
    with pytest.raises(ProblemError, match=r"visits\[2\]\.place"):
        problem_from_json(wrong)


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"places": NaN}', "[" * 100_000, '{"a": 1e999}', "[]", "null"])
def test_what_is_no_problem_at_all_is_refused(text: str) -> None:
    with pytest.raises(ProblemError):
        problem_from_json(read_json(text))


def test_missing_keys_have_defaults() -> None:
    assert isinstance(problem_from_json({}), Problem)
    assert problem_from_json({}).plan == Plan()


def test_a_plan_survives_the_way_out_and_back() -> None:
    plan = problem_from_json(fixture()).plan
    assert plan_from_json(plan_to_json(plan)) == plan_from_json({"plan": plan_to_json(plan)}) == plan


def test_the_command_line_optimises_checks_and_proposes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = tmp_path / "plan.json"
    assert main(["optimise", str(FIXTURE), "--iterations", "300", "--seed", "7", "-o", str(answer)]) == 0
    result = json.loads(answer.read_text(encoding="utf-8"))
    assert result["seed"] == 7
    assert result["iterations"] == 300
    assert [one["visit"] for one in result["unserved"]] == ["lift"]
    assert result["unserved"][0]["reasons"][0]["code"] == "skill"
    assert set(result["cost"]) == {field.name for field in fields(CostParts)} | {"total"}
    assert main(["check", str(FIXTURE), str(answer)]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["propose", str(FIXTURE), "--visit", "meter", "--limit", "2"]) == 0
    proposal = json.loads(capsys.readouterr().out)
    assert len(proposal["candidates"]) == 2
    assert {"technician", "shift", "position", "begins", "window", "cost", "band", "after", "before", "because"} <= set(
        proposal["candidates"][0]
    )


def test_a_plan_that_breaks_the_law_is_listed_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(FIXTURE)]) == 1
    (violation,) = json.loads(capsys.readouterr().out)
    assert violation["kind"] == "required"
    assert violation["visit"] == "leak"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((("visits", 3, "minutes"), -30), "visits[3].minutes: a whole number from 1 to 10000000"),
        ((("visits", 3, "id"), "a\nb"), "plan"),
    ],
)
def test_a_wrong_problem_ends_with_2_and_one_line(
    change: tuple[tuple[str | int, ...], object], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "problem.json"
    wrong.write_text(json.dumps(set_at(fixture(), *change)), encoding="utf-8")
    code = main(["optimise", str(wrong), "--iterations", "1"])
    if expected == "plan":
        assert code == 0
        return
    assert code == 2
    assert capsys.readouterr().err == expected + "\n"


def test_an_unknown_visit_or_file_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["propose", str(FIXTURE), "--visit", "nothing"]) == 2
    assert main(["check", str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 2
