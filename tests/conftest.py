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
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NoReturn, Protocol

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsvc.core import clock, migrate
from fieldsvc.core.db import create_engine, sessions
from fieldsvc.domain.accounts import passwords
from tests import postgres_server

DATABASES = ("sqlite", "postgresql")
MARKED_BY_FIXTURE = {"chromium": "browser", "postgres": "postgres"}

# A busy machine is slow, not wrong.
hypothesis.settings.register_profile("patient", deadline=None, print_blob=True)
hypothesis.settings.load_profile("patient")

# Makes a migrated database, gives its address, and takes it away after the block.
NewDatabase = Callable[[], AbstractContextManager[str]]

# Makes a copy of a SQLite file, gives its address, and takes it away after the block.
CopyOf = Callable[[Path], AbstractContextManager[str]]


class Found(Protocol):
    """Writes a company into an empty database."""

    def __call__(self, session: Session, *, now: datetime) -> object: ...


# The SQLite file with the company that a function writes, made once; copy it before writing.
CompanyFile = Callable[[Found], Path]


# --- What every test would pay for ---------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same for all its processes."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session", autouse=True)
def templates_are_compiled_once(shared_folder: Path) -> Iterator[None]:
    """A product compiles its templates when it shows them first; the next product of this run finds them compiled."""
    compiled = shared_folder / "templates"
    compiled.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", FileSystemBytecodeCache(str(compiled)))
        yield


@pytest.fixture(scope="session", autouse=True)
def slow_hasher() -> Iterator[PasswordHasher]:
    """The product's own way to keep passwords, slow on purpose; unless a test puts it back, a quick one stands in."""
    with pytest.MonkeyPatch.context() as patch:
        slow = passwords._hasher
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield slow


# --- What may not be skipped --------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a browser or PostgreSQL after what they ask for."""
    for item in items:
        for fixture, mark in MARKED_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
        if parameters(item).get("database") == "postgresql":
            item.add_marker("postgres")


def missing(reason: str) -> NoReturn:
    """There is no browser or no server: the test is skipped, or has failed under `FIELDSVC_REQUIRE_ALL=1`."""
    is_needed = os.environ.get("FIELDSVC_REQUIRE_ALL") == "1"
    (pytest.fail if is_needed else pytest.skip)(reason)


def parameters(item: pytest.Item) -> dict[str, object]:
    """What a test was given to run with, by name."""
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


class Names:
    """Names of databases; one that is free again is used again, so that what knows its address may stay."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._free: list[str] = []

    @contextmanager
    def one(self) -> Iterator[str]:
        """A name for as long as the block lasts."""
        name = self._free.pop() if self._free else f"test{next(self._numbers)}"
        yield name
        self._free.append(name)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows; copy it before writing."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def company_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> CompanyFile:
    """Makes companies as SQLite files."""
    folder = tmp_path_factory.mktemp("companies")
    made: dict[Found, Path] = {}

    def company_file(found: Found) -> Path:
        if found not in made:
            made[found] = shutil.copyfile(migrated_file, folder / f"company{len(made)}.db")
            _fill(made[found], found)
        return made[found]

    return company_file


@pytest.fixture(scope="session")
def copy_of(tmp_path_factory: pytest.TempPathFactory) -> CopyOf:
    """Makes SQLite databases by copying a file."""
    folder = tmp_path_factory.mktemp("sqlite")
    names = Names()

    @contextmanager
    def copy_of(file: Path) -> Iterator[str]:
        with names.one() as name:
            path = folder / f"{name}.db"
            shutil.copyfile(file, path)
            yield f"sqlite:///{path}"
            for left in folder.glob(f"{path.name}*"):  # the write-ahead log beside it too
                left.unlink()

    return copy_of


@pytest.fixture(scope="session")
def new_sqlite(copy_of: CopyOf, migrated_file: Path) -> NewDatabase:
    """Makes empty, migrated SQLite databases."""
    return partial(copy_of, migrated_file)


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
    names = Names()

    @contextmanager
    def new() -> Iterator[str]:
        with names.one() as name:
            postgres.execute(f"CREATE DATABASE {name} TEMPLATE migrated STRATEGY FILE_COPY")
            yield postgres.url(name)
            postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return new


def _migrate(url: str) -> None:
    engine = create_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


def _fill(file: Path, found: Found) -> None:
    engine = create_engine(f"sqlite:///{file}")
    with sessions(engine).begin() as session:
        found(session, now=clock.now())
    engine.dispose()


def _engine_on(new_database: NewDatabase) -> Iterator[Engine]:
    with new_database() as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()
