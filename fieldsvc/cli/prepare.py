"""Opens the database that a command works on, and prepares a new one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import solver
from fieldsvc.core import config, db, migrate
from fieldsvc.core.config import Config
from fieldsvc.core.errors import Misconfigured, NotFound
from fieldsvc.domain.units.find import active
from fieldsvc.domain.units.models import BusinessUnit


@click.command()
def init() -> None:
    """Create or upgrade the database, and compile the planning engine."""
    with engine_of(config_for_data()) as engine:
        upgrade(engine)
        click.echo(f"The database is ready: {engine.url.render_as_string(hide_password=True)}")
    warm()


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision; a new SQLite file gets its folder."""
    path = sqlite_file(engine)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(engine)


def warm() -> None:
    """Compile the planning engine now, so that nobody waits for it later."""
    if not solver.warm_everything():
        click.echo("The planning engine runs without compiled code: its cache folder cannot be written.", err=True)


def config_for_data() -> Config:
    """The configuration for commands that only need the data, so that a secret may be missing.

    Where no database is named, the one of a demo that was started in this folder is meant.
    """
    environment = dict(os.environ)
    if not environment.get("FIELDSVC_DATABASE_URL") and (config.data_directory() / "fieldsvc.db").exists():
        environment["FIELDSVC_DATA"] = str(config.data_directory())
    if not environment.get("FIELDSVC_SECRET_KEY"):
        environment["FIELDSVC_SECRET_KEY"] = "-" * 32  # signs nothing here
    return config.read(environment)


def is_demo() -> bool:
    """Whether a demo was started in this folder: it has kept a secret of its own there."""
    return not os.environ.get("FIELDSVC_SECRET_KEY") and (config.data_directory() / "secret_key").exists()


@contextmanager
def engine_of(settings: Config) -> Iterator[Engine]:
    """The engine of the configured database, closed after the block. Raises `Misconfigured`."""
    try:
        engine = db.create_engine(settings.database_url)
    except ValueError as refusal:
        raise Misconfigured(f"FIELDSVC_DATABASE_URL is no address of a database: {refusal}.") from refusal
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def opened(settings: Config) -> Iterator[Session]:
    """A session that only reads, on a database that is up to date. Raises `Misconfigured`."""
    with engine_of(settings) as engine:
        require_ready(engine)
        with db.sessions(engine)() as session:
            session.connection(execution_options=db.READ_ONLY)
            yield session


def unit_named(session: Session, slug: str) -> BusinessUnit:
    """The unit with this slug. Raises `NotFound` with the slugs that there are."""
    known = active(session)
    for unit in known:
        if unit.slug == slug:
            return unit
    slugs = ", ".join(unit.slug for unit in known) or "none yet"
    raise NotFound(f"There is no unit named {slug}. There are: {slugs}.")


def require_ready(engine: Engine) -> None:
    """Refuse a database that is not there, or is not at the newest revision."""
    revision = revision_of(engine)
    if revision is None:
        place = engine.url.render_as_string(hide_password=True)
        raise Misconfigured(f"There is no data at {place} yet. Run fieldsvc init, or fieldsvc demo.")
    if revision != migrate.head():
        raise Misconfigured(f"The database is at revision {revision}, not {migrate.head()}. Run fieldsvc init.")


def revision_of(engine: Engine) -> str | None:
    """The revision the database is at; None for one that is empty or not there, and then none is made."""
    path = sqlite_file(engine)
    return migrate.current(engine) if path is None or path.exists() else None


def sqlite_file(engine: Engine) -> Path | None:
    """The file of an SQLite database; None for one in memory or on a server."""
    url = engine.url
    is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    return Path(str(url.database)) if is_file else None
