"""`demo` shows a company that is made up, `slots` and `doctor` look at it; and it touches nobody else's data."""

import json
import socket
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsvc.core.db import sessions
from tests import make
from tests.cli.conftest import Run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of its own for the demo's data."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def demo(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the demo was prepared; it is made once and nobody spoils it."""
    monkeypatch.chdir(folder)
    result = run("demo", "--no-serve")
    assert result.exit_code == 0
    return folder


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def clients_in(folder: Path) -> int:
    """How many clients the demo's database has."""
    connection = sqlite3.connect(folder / "data" / "fieldsvc.db")
    [(count,)] = connection.execute("SELECT count(*) FROM client")
    connection.close()
    return int(count)


def slots_of(run: Run, *words: object) -> dict[str, Any]:
    """What `slots --json` prints for an annual boiler service."""
    result = run("slots", "--unit", "porto", "--activity", "boiler-service", "--json", *words)
    assert result.exit_code == 0
    data: dict[str, Any] = json.loads(result.stdout)
    return data


# --- demo ---------------------------------------------------------------------------------------------


def test_a_second_start_keeps_the_data(run: Run, demo: Path) -> None:
    again = run("demo", "--no-serve")
    assert (again.exit_code, "Making" in again.output) == (0, False)
    assert clients_in(demo) == 150
    assert (demo / "data" / "secret_key").stat().st_mode & 0o077 == 0


def test_reset_puts_the_company_back_to_its_first_day(run: Run, demo: Path) -> None:
    connection = sqlite3.connect(demo / "data" / "fieldsvc.db")
    with connection:
        connection.execute("UPDATE client SET name = 'Somebody else'")
    connection.close()
    result = run("demo", "--no-serve", "--reset")
    assert (result.exit_code, "Making the demo company" in result.output) == (0, True)
    connection = sqlite3.connect(demo / "data" / "fieldsvc.db")
    assert connection.execute("SELECT count(*) FROM client WHERE name = 'Somebody else'").fetchall() == [(0,)]
    triggers = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchall()
    connection.close()
    assert triggers == [(2,)]
    assert run("doctor").exit_code == 0


@pytest.mark.parametrize("words", [[], ["--reset"]])
def test_the_demo_refuses_a_database_that_belongs_to_somebody(
    run: Run, engine: Engine, configured: str, words: list[str]
) -> None:
    with sessions(engine).begin() as session:
        make.unit(session, slug="lisboa", name="Lisboa Clima")
    result = run("demo", "--no-serve", *words)
    assert result.exit_code == 1
    assert "This database belongs to Lisboa Clima: the demo needs one of its own." in result.stderr
    with Session(engine) as session:
        assert session.connection().exec_driver_sql("SELECT slug FROM business_unit").all() == [("lisboa",)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_demo_can_live_on_a_server_and_start_over_there(run: Run, engine: Engine, configured: str) -> None:
    assert run("demo", "--no-serve").exit_code == 0
    assert run("demo", "--no-serve", "--reset").exit_code == 0
    assert run("doctor").exit_code == 0


def test_the_demo_can_live_in_another_folder(
    run: Run, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIELDSVC_DATA", str(demo / "data"))
    assert run("demo", "--no-serve").output == "The demo is ready. Start it with: fieldsvc demo\n"
    assert run("doctor").exit_code == 0
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("words", [["demo"], ["demo", "--reset"]])
def test_a_port_in_use_is_said_before_anything_is_made(
    run: Run, tmp_path: Path, taken_port: int, words: list[str]
) -> None:
    result = run(*words, "--port", taken_port)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: Port {taken_port} is in use. Stop what runs there, or choose another one")
    assert not (tmp_path / "data" / "fieldsvc.db").exists()


def test_a_host_that_does_not_exist_is_one_line(run: Run) -> None:
    result = run("demo", "--host", "nowhere.invalid", "--port", "8765")
    assert (result.exit_code, result.stderr) == (1, "Error: There is no host named nowhere.invalid here.\n")


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_a_usage_error(run: Run, port: str) -> None:
    assert run("demo", "--port", port).exit_code == 2


def test_a_data_folder_that_cannot_be_made_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    result = run("demo", "--no-serve")
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1


# --- slots --------------------------------------------------------------------------------------------


def test_slots_come_as_json_the_cheapest_first(run: Run, demo: Path) -> None:
    data = slots_of(run, "--site", "C-1001")
    assert len(data["slots"]) >= 10
    costs = [slot["cost"]["total"] for slot in data["slots"]]
    assert costs == sorted(costs)
    for slot in data["slots"]:
        begins, (opens, closes) = slot["begins"], slot["window"]
        assert datetime.fromisoformat(opens) <= datetime.fromisoformat(begins) <= datetime.fromisoformat(closes)
        assert datetime.fromisoformat(begins).tzinfo is not None
        assert slot["band"] in {"green", "orange", "red"}
        assert slot["technician"]
        assert slot["because"]
    assert all(refused["because"] and refused["reason"] for refused in data["refused"])


def test_each_window_is_offered_once(run: Run, demo: Path) -> None:
    windows = [tuple(slot["window"]) for slot in slots_of(run, "--site", "C-1001")["slots"]]
    assert len(windows) == len(set(windows))


def test_slots_can_be_asked_for_a_point_on_the_map_and_fewer_days(run: Run, demo: Path) -> None:
    near = slots_of(run, "--lat", "41.15", "--lon", "-8.61", "--days", "7")
    assert 0 < len(near["slots"]) < len(slots_of(run, "--lat", "41.15", "--lon", "-8.61")["slots"])


def test_slots_are_printed_for_people_too(run: Run, demo: Path) -> None:
    result = run("slots", "--unit", "porto", "--activity", "boiler-service", "--site", "C-1001")
    assert result.exit_code == 0
    assert " at " in result.stdout.splitlines()[0]


def test_a_place_that_nobody_reaches_has_no_slot_and_says_why(run: Run, demo: Path) -> None:
    data = slots_of(run, "--lat", "38.72", "--lon", "-9.14")  # Lisbon
    assert data["slots"] == []
    assert {"travel"} <= {refused["reason"] for refused in data["refused"]}
    result = run("slots", "--unit", "porto", "--activity", "boiler-service", "--lat", "38.72", "--lon", "-9.14")
    assert result.stdout.startswith("There is no slot.")


@pytest.mark.parametrize(
    "place",
    ["", "--lat 41", "--lon -8", "--site C-1001 --lat 41 --lon -8", "--lat 91 --lon 0", "--lat nan --lon 0"],
)
def test_slots_need_one_place(run: Run, place: str) -> None:
    assert run("slots", "--unit", "porto", "--activity", "boiler-service", *place.split()).exit_code == 2


@pytest.mark.parametrize(
    ("unit", "activity", "site", "words"),
    [
        ("lisboa", "boiler-service", "C-1001", "There is no unit named lisboa. There are: porto."),
        ("porto", "dance", "C-1001", "There is no activity type with the reference dance."),
        ("porto", "boiler-service", "C-0", "There is no site with the reference C-0."),
    ],
)
def test_what_is_not_there_is_named(run: Run, demo: Path, unit: str, activity: str, site: str, words: str) -> None:
    result = run("slots", "--unit", unit, "--activity", activity, "--site", site)
    assert (result.exit_code, result.stderr) == (1, f"Error: {words}\n")


# --- doctor -------------------------------------------------------------------------------------------


def test_the_doctor_finds_the_demo_well(run: Run, demo: Path) -> None:
    result = run("doctor", "--json")
    data = json.loads(result.stdout)
    assert (result.exit_code, data["ok"]) == (0, True)
    assert {"configuration", "engine", "double_booking", "travel_time"} <= {check["check"] for check in data["checks"]}


def test_the_doctor_finds_a_broken_promise(run: Run, demo: Path) -> None:
    connection = sqlite3.connect(demo / "data" / "fieldsvc.db")
    first = "(SELECT min(id) FROM intervention WHERE status = 'scheduled')"
    later = "window_begins_at = datetime(window_begins_at, ?), window_ends_at = datetime(window_ends_at, ?)"
    move = f"UPDATE intervention SET {later} WHERE id = {first}"
    with connection:
        connection.execute(move, ("+9 hours", "+9 hours"))
    try:
        result = run("doctor")
    finally:
        with connection:
            connection.execute(move, ("-9 hours", "-9 hours"))
        connection.close()
    assert result.exit_code == 1
    assert "WRONG Every planned start lies in the promised arrival window. (1 not)" in result.stdout


def test_the_doctor_names_what_is_not_configured(run: Run, configured: str) -> None:
    result = run("doctor", "--json")
    data = json.loads(result.stdout)
    assert (result.exit_code, data["ok"]) == (1, False)
    [wrong] = [check for check in data["checks"] if not check["ok"]]
    assert wrong["check"] == "configuration"
    assert "FIELDSVC_SECRET_KEY is not set" in wrong["examples"][0]


def test_the_doctor_of_an_installation_that_is_ready_finds_nothing(run: Run, configured: str) -> None:
    assert run("doctor", FIELDSVC_SECRET_KEY="s" * 32).exit_code == 0
