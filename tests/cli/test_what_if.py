"""`whatif` compares rules on the demand of the past, and writes nothing."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from fieldsvc.core.db import create_engine, sessions
from tests import make
from tests.cli.conftest import Run
from tests.make import NOON, TODAY

PERIOD = ("--from", TODAY, "--to", TODAY)


@pytest.fixture
def porto(configured: str) -> str:
    """A unit with one technician, who has four hours on Tuesdays, and six requests of one Monday."""
    engine = create_engine(configured)
    with sessions(engine).begin() as session:
        unit = make.unit(session, slug="porto")
        make.technician(session, unit, name="Ana", hours=(480, 720), weekdays=[1])
        kind = make.activity_type(session, unit, booking_notice_hours=0)
        for number in range(6):
            make.intervention(session, unit, activity_type=kind, now=NOON + timedelta(minutes=number))
    engine.dispose()
    return configured


def content(url: str) -> str:
    """A hash of every row of every table."""
    engine, tables = create_engine(url), MetaData()
    tables.reflect(engine)
    digest = hashlib.sha256()
    with Session(engine) as session:
        for table in tables.sorted_tables:
            digest.update(repr([table.name, *session.execute(select(table).order_by(*table.columns[:1]))]).encode())
    engine.dispose()
    return digest.hexdigest()


def test_both_sides_are_printed(run: Run, porto: str) -> None:
    result = run("whatif", "--unit", "porto", *PERIOD, "--technicians", "+1", "--policy", "first", "--nightly")
    assert result.exit_code == 0, result.output
    lines = {line.split("  ")[0]: line.split()[-2:] for line in result.output.splitlines() if line}
    assert "6 requests from 2026-11-23 to 2026-11-23, booked anew." in result.output
    assert "1 more (home, skills and hours of Ana)" in result.output
    assert lines["lost requests"] == ["3", "0"]
    assert lines["visits"] == ["3", "6"]
    assert lines["km"] == ["10", "20"]
    assert "Ana (copy 1)" in lines


def test_json_has_the_same_figures(run: Run, porto: str) -> None:
    result = run("whatif", "--unit", "porto", *PERIOD, "--technicians", "+1", "--window-minutes", "60", "--json")
    found = json.loads(result.stdout)
    assert (found["requests"], found["not_located"]) == (6, 0)
    assert [found[side]["lost"] for side in ("baseline", "variant")] == [3, 0]
    assert found["variant"]["technicians_like"] == ["Ana"]
    assert found["variant"]["window_minutes"] == 60
    assert [load["technician"] for load in found["variant"]["load"]] == ["Ana", "Ana (copy 1)"]
    assert sum(load["visits"] for load in found["variant"]["load"]) == found["variant"]["visits"] == 6


def test_nothing_is_written(run: Run, porto: str) -> None:
    before = content(porto)
    assert run("whatif", "--unit", "porto", *PERIOD, "--policy", "regret", "--nightly").exit_code == 0
    assert content(porto) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--unit", "lisboa"), "There is no unit named lisboa. There are: porto."),
        (("--unit", "porto", "--from", "2020-01-01", "--to", "2020-01-31"), "Nobody asked for a visit in this period."),
        (("--unit", "porto", "--from", "2026-11-24", "--to", "2026-11-23"), "The period ends before it begins."),
        (("--unit", "porto", *PERIOD, "--technicians", "-1"), "At least one technician has to be left (there are 1)."),
        (("--unit", "porto", "--from", "yesterday"), "'yesterday' does not match the format '%Y-%m-%d'"),
        (("--unit", "porto", "--policy", "best"), "'best' is not one of 'first', 'nearest', 'regret'"),
        (("--unit", "porto", "--window-minutes", "90"), "'90' is not one of '60', '120', '240'"),
        (("--unit", "porto", "--technicians", "many"), "'many' is not a valid integer"),
        ((), "Missing option '--unit'"),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(run: Run, porto: str, words: tuple[object, ...], told: str) -> None:
    result = run("whatif", *words)
    assert result.exit_code != 0
    assert told in result.stderr
    assert "Traceback" not in result.output
