"""Engine, sessions and column types; SQLite and PostgreSQL behave alike from here on."""

import json
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, Dialect, Engine, MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from fieldsvc.core import write_queue

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# A read on SQLite begins deferred; everything else takes the write lock first, because a transaction
# that reads and then writes fails at once when another one wrote in between.
READ_ONLY = {"sqlite_begin": "DEFERRED"}

Json = JSON().with_variant(JSONB(), "postgresql")


def _as_json(value: Any) -> str:
    """JSON as people typed it, so that a search finds é in it on SQLite too."""
    return json.dumps(value, ensure_ascii=False)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no zone; SQLite keeps UTC without its offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back UTC on both engines."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        datetime: Instant(),
        date: sa.Date(),
        dict[str, Any]: Json,
        dict[str, str]: Json,
        dict[str, int]: Json,
        list[Any]: Json,
        list[str]: Json,
        str: sa.Text(),
    }


def create_engine(url: str) -> Engine:
    """An engine for `url`, with the settings each database needs."""
    if url.startswith("sqlite"):
        engine = sa.create_engine(
            url,
            hide_parameters=True,
            json_serializer=_as_json,
            pool_size=20,
            max_overflow=80,
            connect_args={"timeout": 30},
        )
        event.listen(engine, "connect", _set_up_sqlite)
        write_queue.install(engine)
        return engine
    return sa.create_engine(
        url,
        hide_parameters=True,  # what people typed does not belong into errors and logs
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"prepare_threshold": None, "connect_timeout": 3},
    )


def sessions(engine: Engine) -> sessionmaker[Session]:
    """A factory of sessions that keep their objects readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: `write_queue` does
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
