"""Instants are aware and UTC on both engines, errors show no values, and writers of one process queue up."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from fieldsvc.core import write_queue
from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.db import READ_ONLY, create_engine, sessions
from fieldsvc.core.errors import Unavailable
from tests.make import NOON


def entry(at: datetime, action: str = "x.y") -> AuditEntry:
    return AuditEntry(at=at, actor_kind="system", action=action, object_kind="x", object_id=1)


# --- Instants -----------------------------------------------------------------------------------------


def test_a_naive_instant_is_refused(session: Session) -> None:
    session.add(entry(NOON.replace(tzinfo=None)))
    with pytest.raises(StatementError, match="needs a zone"):
        session.flush()


def test_a_naive_instant_is_refused_in_a_question_too(session: Session) -> None:
    with pytest.raises(StatementError, match="needs a zone"):
        session.scalars(sa.select(AuditEntry).where(AuditEntry.at > NOON.replace(tzinfo=None))).all()


@pytest.mark.parametrize("hours", [-11, 0, 5.5, 14])
def test_an_instant_comes_back_in_utc_whatever_zone_it_went_in_with(session: Session, hours: float) -> None:
    at = NOON.replace(microsecond=123_456).astimezone(timezone(timedelta(hours=hours)))
    row = entry(at)
    session.add(row)
    session.flush()
    session.expire(row)
    assert row.at == at
    assert row.at.tzinfo is UTC or row.at.utcoffset() == timedelta(0)
    assert session.scalars(sa.select(AuditEntry).where(AuditEntry.at == at)).one() is row


def test_no_instant_is_no_instant(session: Session) -> None:
    assert session.scalar(sa.select(sa.func.max(AuditEntry.at))) is None


def test_an_error_does_not_say_what_was_to_be_written(session: Session) -> None:
    row = entry(NOON, action="canary")
    row.object_kind = None  # type: ignore[assignment]
    session.add(row)
    with pytest.raises(DBAPIError) as failure:
        session.flush()
    assert "INSERT INTO audit_entry" in str(failure.value)
    assert "canary" not in str(failure.value).partition("[SQL")[2]


# --- Writers at once ----------------------------------------------------------------------------------


def count_up(engine: Engine, rounds: int) -> int:
    """Read a number and write the next one, in one transaction; how often that was refused."""
    refused = 0
    for _round in range(rounds):
        with engine.connect() as connection:
            try:
                seen = connection.exec_driver_sql("SELECT n FROM counter").scalar_one()
                connection.exec_driver_sql(f"UPDATE counter SET n = {seen + 1}")
                connection.commit()
            except DBAPIError:
                refused += 1
    return refused


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_writers_of_one_process_queue_up_and_none_is_lost(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE counter AS SELECT 0 AS n")
    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(lambda _number: count_up(engine, 12), range(8)))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT n FROM counter").scalar_one() == 96
    assert sum(refused) == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_the_queue_writers_that_begin_by_reading_refuse_each_other(database_url: str) -> None:
    """The control of the test above."""
    engine = sa.create_engine(database_url, connect_args={"timeout": 0.1})
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("CREATE TABLE counter AS SELECT 0 AS n")
    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(lambda _number: count_up(engine, 12), range(8)))
    with engine.connect() as connection:
        counted = connection.exec_driver_sql("SELECT n FROM counter").scalar_one()
    engine.dispose()
    assert sum(refused) > 0 or counted < 96


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_readers_do_not_wait_for_a_writer(engine: Engine) -> None:
    with sessions(engine)() as writer, sessions(engine)() as reader:
        writer.add(entry(NOON))
        writer.flush()
        begun = time.perf_counter()
        reader.connection(execution_options=READ_ONLY)
        assert reader.scalars(sa.select(AuditEntry)).all() == []
        assert time.perf_counter() - begun < 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("ending", ["commit", "rollback", "close"])
def test_the_turn_is_given_back_however_a_transaction_ends(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(write_queue, "LONGEST_WAIT_SECONDS", 0.2)
    first = engine.connect()
    first.exec_driver_sql("SELECT 1")
    with engine.connect() as second, pytest.raises(Unavailable):
        second.exec_driver_sql("SELECT 1")
    getattr(first, ending)()
    with engine.connect() as second:
        assert second.exec_driver_sql("SELECT 1").scalar_one() == 1
    first.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_turn_is_given_back_by_a_transaction_that_could_not_begin(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_queue, "LONGEST_WAIT_SECONDS", 1)
    other_process = create_engine(database_url)
    with other_process.connect() as locked:
        locked.exec_driver_sql("SELECT 1")
        with engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA busy_timeout=50")  # type: ignore[union-attr]
            with pytest.raises(DBAPIError, match="locked"):
                connection.exec_driver_sql("SELECT 1")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    other_process.dispose()
