"""Databases for every test: a fresh one costs milliseconds, and each test runs on both engines.

Ask for `session` to call services: nothing stays. Ask for `engine` or `database_url` to open several
connections or to start another process: the database is then the test's own. A test that holds for one
engine only says so:

    @pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NoReturn

import hypothesis
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsvc.core import migrate
from fieldsvc.core.db import create_engine, sessions
from tests import postgres_server

DATABASES = ("sqlite", "postgresql")
MARKED_BY_FIXTURE = {"browser": "browser", "postgres": "postgres"}

# A busy machine is slow, not wrong.
hypothesis.settings.register_profile("patient", deadline=None, print_blob=True)
hypothesis.settings.load_profile("patient")

# Makes a migrated database, gives its address, and takes it away after the block.
NewDatabase = Callable[[], AbstractContextManager[str]]


# --- What may not be skipped --------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a browser or PostgreSQL after what they ask for."""
    for item in items:
        for fixture, mark in MARKED_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
        if _parameters(item).get("database") == "postgresql":
            item.add_marker("postgres")


def missing(reason: str) -> NoReturn:
    """There is no browser or no server: the test is skipped, or has failed under `FIELDSVC_REQUIRE_ALL=1`."""
    is_needed = os.environ.get("FIELDSVC_REQUIRE_ALL") == "1"
    (pytest.fail if is_needed else pytest.skip)(reason)


def _parameters(item: pytest.Item) -> dict[str, object]:
    return item.callspec.params if hasattr(item, "callspec") else {}


# --- Databases ----------------------------------------------------------------------------------------


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Which engine the test runs on: `sqlite` or `postgresql`."""
    return str(request.param)


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty, migrated database of the test's own."""
    new_database: NewDatabase = request.getfixturevalue(f"new_{database}")
    with new_database() as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a database of the test's own."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(database: str, request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session whose work is rolled back at the end, commits included.

    It is on `engine` in a test that asks for that too; there, commits are real.
    """
    if "engine" in request.fixturenames:
        with sessions(request.getfixturevalue("engine"))() as own:
            yield own
        return
    shared: Engine = request.getfixturevalue(f"shared_{database}")
    with shared.connect() as connection:
        transaction = connection.begin()
        with sessions(shared)(bind=connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


@pytest.fixture(scope="session")
def shared_sqlite(new_sqlite: NewDatabase) -> Iterator[Engine]:
    """The one SQLite database of this run that nobody commits to."""
    yield from _engine_on(new_sqlite)


@pytest.fixture(scope="session")
def shared_postgresql(new_postgresql: NewDatabase) -> Iterator[Engine]:
    """The one PostgreSQL database of this run that nobody commits to."""
    yield from _engine_on(new_postgresql)


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Makes SQLite databases by copying a migrated file."""
    folder = tmp_path_factory.mktemp("sqlite")
    template = folder / "migrated.db"
    _migrate(f"sqlite:///{template}")
    numbers = itertools.count(1)

    @contextmanager
    def new() -> Iterator[str]:
        path = folder / f"test{next(numbers)}.db"
        shutil.copyfile(template, path)
        yield f"sqlite:///{path}"
        for file in folder.glob(f"{path.name}*"):  # the write-ahead log beside it too
            file.unlink()

    return new


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """A running PostgreSQL server, thrown away at the end."""
    try:
        with postgres_server.running() as server:
            yield server
    except postgres_server.Unavailable as reason:
        missing(str(reason))


@pytest.fixture(scope="session")
def new_postgresql(postgres: postgres_server.Server) -> NewDatabase:
    """Makes PostgreSQL databases by cloning a migrated one."""
    postgres.execute("CREATE DATABASE migrated")
    _migrate(postgres.url("migrated"))
    numbers = itertools.count(1)

    @contextmanager
    def new() -> Iterator[str]:
        name = f"test{next(numbers)}"
        postgres.execute(f"CREATE DATABASE {name} TEMPLATE migrated STRATEGY FILE_COPY")
        yield postgres.url(name)
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return new


def _migrate(url: str) -> None:
    engine = create_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


def _engine_on(new_database: NewDatabase) -> Iterator[Engine]:
    with new_database() as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()
