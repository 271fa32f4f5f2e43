"""A made-up company as a SQLite file, for tests that start the product on copies of it."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from fieldsvc.core import clock, db, migrate


class Found(Protocol):
    """Writes a company into an empty database."""

    def __call__(self, session: Session, *, now: datetime) -> object: ...


def made(path: Path, found: Found) -> Path:
    """A migrated database at `path` with the company that `found` writes."""
    engine = db.create_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with db.sessions(engine).begin() as session:
        found(session, now=clock.now())
    engine.dispose()
    return path
