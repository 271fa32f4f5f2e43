"""The databases that tests run on are migrated, apart from each other, and cleaned."""

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsvc.core import migrate


def _tables(connection: sa.Connection) -> set[str]:
    return set(sa.inspect(connection).get_table_names())


def test_database_is_migrated(engine: Engine) -> None:
    assert migrate.head() is not None
    assert migrate.current(engine) == migrate.head()


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_committed_change_reaches_no_other_test(engine: Engine, attempt: int) -> None:
    with engine.begin() as connection:
        assert "left_behind" not in _tables(connection)
        connection.execute(sa.text("CREATE TABLE left_behind (id int)"))


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_session_leaves_nothing_even_when_it_commits(session: Session, attempt: int) -> None:
    assert "left_behind" not in _tables(session.connection())
    session.execute(sa.text("CREATE TABLE left_behind (id int)"))
    session.commit()


def test_session_and_engine_see_the_same_database(session: Session, engine: Engine) -> None:
    session.execute(sa.text("CREATE TABLE seen (id int)"))
    session.commit()
    with engine.connect() as connection:
        assert "seen" in _tables(connection)
