"""`init` prepares a database; what is missing or does not fit is said in one line."""

from pathlib import Path

import pytest

from fieldsvc.core import migrate
from fieldsvc.core.db import create_engine
from tests.cli.conftest import SECRET, Run


def one_line(text: str) -> str:
    """The only line of an error."""
    [line] = text.strip().splitlines()
    return line


def test_init_makes_the_database_and_its_folder(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/folder/fieldsvc.db"
    result = run("init", FIELDSVC_DATABASE_URL=url)
    assert (result.exit_code, "The database is ready" in result.output) == (0, True)
    engine = create_engine(url)
    assert migrate.current(engine) == migrate.head()
    engine.dispose()


def test_init_on_a_ready_database_changes_nothing(run: Run, configured: str) -> None:
    assert run("init").exit_code == 0
    assert run("init").exit_code == 0


@pytest.mark.parametrize("command", [["init"], ["run"], ["worker"], ["doctor"]])
def test_without_configuration_the_variable_is_named(run: Run, command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert "FIELDSVC_DATABASE_URL is not set" in result.output


@pytest.mark.parametrize("command", [["run"], ["worker"]])
def test_serving_needs_a_secret(run: Run, configured: str, command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert "FIELDSVC_SECRET_KEY is not set" in one_line(result.stderr)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://host/db", "FIELDSVC_DATABASE_URL must begin with sqlite:/// or postgresql://"),
        ("sqlite:///nowhere/fieldsvc.db", "There is no data at sqlite:///nowhere/fieldsvc.db yet. Run fieldsvc init"),
        ("sqlite:////proc/fieldsvc.db", "There is no data at sqlite:////proc/fieldsvc.db yet"),
        ("postgresql://127.0.0.1:1/fieldsvc", "The database refuses: connection failed"),
        ("postgresql://:port/fieldsvc", "FIELDSVC_DATABASE_URL is no address of a database"),
    ],
)
@pytest.mark.parametrize("command", [["run"], ["import", "clients", "clients.csv", "--unit", "porto"]])
def test_a_database_that_cannot_be_used_is_one_line(
    run: Run, tmp_path: Path, command: list[str], url: str, words: str
) -> None:
    (tmp_path / "clients.csv").write_text("reference,name,category,address,postcode,city,latitude,longitude\n")
    result = run(*command, FIELDSVC_DATABASE_URL=url, FIELDSVC_SECRET_KEY=SECRET)
    assert result.exit_code == 1
    assert one_line(result.stderr).startswith(f"Error: {words}")


def test_a_database_that_was_not_upgraded_says_what_to_do(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    engine = create_engine(url)
    migrate.upgrade(engine, "0001")
    engine.dispose()
    result = run("run", FIELDSVC_DATABASE_URL=url, FIELDSVC_SECRET_KEY=SECRET)
    assert result.exit_code == 1
    assert "The database is at revision 0001" in one_line(result.stderr)
    assert "Run fieldsvc init" in result.stderr


def test_a_database_of_a_newer_version_is_left_alone(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    engine = create_engine(url)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'f00d'")
    engine.dispose()
    result = run("init", FIELDSVC_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "The database does not fit this version of fieldsvc" in one_line(result.stderr)


def test_a_file_that_is_no_database_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("This is a letter, not a database. " * 50)
    result = run("init", FIELDSVC_DATABASE_URL=f"sqlite:///{tmp_path}/x.db")
    assert result.exit_code == 1
    assert one_line(result.stderr) == "Error: The database refuses: file is not a database"


def test_an_unknown_command_is_a_usage_error(run: Run) -> None:
    assert run("fly").exit_code == 2


def test_the_version_is_told(run: Run) -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.output.startswith("fieldsvc ")
