"""`import clients` reports every bad row with its line, and writes all, the good ones, or nothing."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from fieldsvc.cli import import_clients
from fieldsvc.core.config import Config
from fieldsvc.core.db import sessions
from fieldsvc.domain.clients.models import Client, Site
from tests import make
from tests.cli.conftest import Run

HEADER = "reference,name,category,address,postcode,city,latitude,longitude,email"
GOOD = "A-1,Padaria,shop,Rua da Boavista 453,4050-107,Porto,41.15,-8.61,ana@client.example"
BAD = "A-2,Café,shop,,4050-107,Porto,912,-8.61,ana"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one good and one bad row."""
    path = tmp_path / "clients.csv"
    path.write_text("\n".join((HEADER, GOOD, BAD, "")))
    return path


@pytest.fixture
def porto(engine: Engine, configured: str) -> Engine:
    """A database with the unit `porto`."""
    with sessions(engine).begin() as session:
        make.unit(session, slug="porto", name="Porto Clima")
    return engine


def count(engine: Engine) -> int:
    """How many clients there are."""
    with Session(engine) as session:
        return session.scalar(select(func.count(Client.id))) or 0


def test_one_bad_row_stops_everything_and_every_reason_is_told(run: Run, porto: Engine, file: Path) -> None:
    result = run("import", "clients", file, "--unit", "porto")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "clients.csv: line 3: address: is empty",
        "clients.csv: line 3: latitude: 912 is not between -90 and 90",
        "clients.csv: line 3: email: “ana” is no e-mail address",
        f"Error: Nothing was imported from {file}: 1 row bad. 1 row could be: --skip-bad imports them.",
    ]
    assert count(porto) == 0


def test_skip_bad_imports_the_good_rows(run: Run, porto: Engine, file: Path) -> None:
    result = run("import", "clients", file, "--unit", "porto", "--skip-bad")
    assert result.exit_code == 0
    assert result.stdout == (
        "1 row imported to Porto Clima, 0 located by their address, 0 not located on the map; 1 row bad.\n"
    )
    assert "clients.csv: line 3: address: is empty" in result.stderr
    assert count(porto) == 1


@pytest.mark.parametrize("skip", [[], ["--skip-bad"]])
def test_a_dry_run_writes_nothing(run: Run, porto: Engine, file: Path, skip: list[str]) -> None:
    result = run("import", "clients", file, "--unit", "porto", "--dry-run", *skip)
    assert result.exit_code == (0 if skip else 1)
    assert count(porto) == 0
    file.write_text(f"{HEADER}\n{GOOD}\n")
    result = run("import", "clients", file, "--unit", "porto", "--dry-run", *skip)
    assert result.exit_code == 0
    assert result.stdout == "1 row would be imported, 0 without coordinates; 0 rows bad.\n"
    assert count(porto) == 0


def test_a_second_import_says_that_the_rows_are_there(run: Run, porto: Engine, file: Path) -> None:
    file.write_text(f"{HEADER}\n{GOOD}\n")
    assert run("import", "clients", file, "--unit", "porto").exit_code == 0
    result = run("import", "clients", file, "--unit", "porto")
    assert result.exit_code == 1
    assert "line 2: reference: “A-1” is in this unit already, with the same data" in result.stderr
    assert count(porto) == 1


def test_rows_without_coordinates_are_counted(run: Run, porto: Engine, file: Path) -> None:
    file.write_text(f"{HEADER}\nA-1,Padaria,,Rua 1,,,,,\n")
    result = run("import", "clients", file, "--unit", "porto")
    assert "1 row imported to Porto Clima, 0 located by their address, 1 not located on the map" in result.stdout
    with Session(porto) as session:
        assert session.scalars(select(Site.latitude)).all() == [None]


def test_a_geocoder_that_is_configured_is_asked_before_the_import(
    run: Run, porto: Engine, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Atlas:
        """Knows one street."""

        def __init__(self, _settings: Config) -> None: ...

        def locate(self, address: str) -> tuple[float, float] | None:
            return (41.15, -8.61) if address.startswith("Rua 1") else None

    monkeypatch.setattr(import_clients, "NominatimGeocoder", Atlas)
    file.write_text(f"{HEADER}\nA-1,Padaria,,Rua 1,,,,,\nA-2,Talho,,Rua 2,,,,,\n")
    result = run("import", "clients", file, "--unit", "porto", FIELDSVC_GEOCODER_URL="https://maps.example")
    assert "2 rows imported to Porto Clima, 1 located by their address, 1 not located on the map" in result.stdout


def test_columns_that_are_ignored_are_named(run: Run, porto: Engine, file: Path) -> None:
    file.write_text(f"{HEADER},fax\n{GOOD},1\n")
    result = run("import", "clients", file, "--unit", "porto")
    assert result.exit_code == 0
    assert result.stderr == "clients.csv: nothing is done with the columns fax.\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "clients.csv: line 1: the file is empty"),
        (b"reference,name\nA,B\n", "clients.csv: line 1: columns missing: category, address"),
        (HEADER.encode() + b"\nA-1,Caf\xe9,,Rua,,,,,\n", "Error: Line 2 is not UTF-8: byte 79 of the file is 0xe9"),
        ("reference".encode("utf-16"), "Error: The file is in UTF-16. Save it as CSV in UTF-8."),
        (b"PK\x03\x04\x14\x00\x00", "clients.csv: line 1: columns missing"),
    ],
)
def test_a_file_that_is_no_list_of_clients_is_refused(
    run: Run, porto: Engine, file: Path, content: bytes, words: str
) -> None:
    file.write_bytes(content)
    result = run("import", "clients", file, "--unit", "porto", "--skip-bad")
    assert result.exit_code == 1
    assert result.stderr.startswith(words)


def test_a_file_that_is_not_there_is_one_line(run: Run, porto: Engine) -> None:
    result = run("import", "clients", "nothing.csv", "--unit", "porto")
    assert (result.exit_code, result.stderr) == (1, "Error: No such file or directory: nothing.csv\n")


def test_a_folder_is_no_file(run: Run, porto: Engine, tmp_path: Path) -> None:
    result = run("import", "clients", tmp_path, "--unit", "porto")
    assert (result.exit_code, result.stderr) == (1, f"Error: Is a directory: {tmp_path}\n")


def test_an_unknown_unit_is_one_line(run: Run, porto: Engine, file: Path) -> None:
    result = run("import", "clients", file, "--unit", "lisboa")
    assert (result.exit_code, result.stderr) == (1, "Error: There is no unit named lisboa. There are: porto.\n")


def test_the_unit_must_be_named(run: Run, file: Path) -> None:
    assert run("import", "clients", file).exit_code == 2
