"""Opens the database that a command works on, and prepares a new one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

import solver
from fieldsvc.core import config, db, migrate
from fieldsvc.core.config import Config
from fieldsvc.core.errors import Misconfigured


@click.command()
def init() -> None:
    """Create or upgrade the database, and compile the planning engine."""
    settings = config_for_data()
    engine = db.create_engine(settings.database_url)
    upgrade(engine)
    engine.dispose()
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
    if not solver.warm():
        click.echo("The planning engine runs without compiled code: its cache folder cannot be written.", err=True)


def config_for_data() -> Config:
    """The configuration for commands that only need the data, so that a secret may be missing."""
    environment = dict(os.environ)
    if has_demo():
        environment["FIELDSVC_DATA"] = str(config.data_directory())
    if not environment.get("FIELDSVC_SECRET_KEY"):
        environment["FIELDSVC_SECRET_KEY"] = "-" * 32  # signs nothing here
    return config.read(environment)


def has_demo() -> bool:
    """Whether nothing is configured and a demo was started in this folder: then its database is meant."""
    is_configured = os.environ.get("FIELDSVC_DATABASE_URL") or os.environ.get("FIELDSVC_DATA")
    return not is_configured and (config.data_directory() / "fieldsvc.db").exists()


@contextmanager
def opened(settings: Config, *, read_only: bool = False) -> Iterator[Session]:
    """A session on a database that is up to date; what it did is committed at the end. Raises `Misconfigured`."""
    engine = db.create_engine(settings.database_url)
    require_ready(engine)
    with db.sessions(engine).begin() as session:
        if read_only:
            session.connection(execution_options=db.READ_ONLY)
        yield session
    engine.dispose()


def require_ready(engine: Engine) -> None:
    """Refuse a database that is not there, or is not at the newest revision."""
    path = sqlite_file(engine)
    if path is not None and not path.exists():
        raise Misconfigured(f"There is no database at {path} yet. Run fieldsvc init, or fieldsvc demo.")
    revision = migrate.current(engine)
    if revision != migrate.head():
        raise Misconfigured(f"The database is at revision {revision}, not {migrate.head()}. Run fieldsvc init.")


def sqlite_file(engine: Engine) -> Path | None:
    """The file of an SQLite database; None for one in memory or on a server."""
    url = make_url(engine.url)
    is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    return Path(str(url.database)) if is_file else None
