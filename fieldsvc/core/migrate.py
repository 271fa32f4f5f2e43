"""Brings a database to a revision, up or down, with Alembic."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from fieldsvc.core.resources import folder


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply every migration up to `revision`; one that is applied already is passed over."""
    with _migrating(engine) as connection:
        settings = _settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back down to `revision` (`base` for all of them)."""
    with _migrating(engine) as connection:
        settings = _settings()
        settings.attributes["connection"] = connection
        command.downgrade(settings, revision)


def current(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision that came with the product."""
    return ScriptDirectory.from_config(_settings()).get_current_head()


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """One transaction for everything.

    SQLite changes a table by building it anew, which rows that point to the old one forbid; so it looks at foreign
    keys once, at the end (https://www.sqlite.org/lang_altertable.html, section 7).
    """
    with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        driver = connection.connection.dbapi_connection
        assert driver is not None, "a connection that was just opened"
        if is_sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if is_sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                    raise RuntimeError(f"rows point nowhere after the migration: {lost[:5]}")
        finally:
            if is_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")


def _settings() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(folder("migrations")))
    settings.set_main_option("path_separator", "os")
    return settings
