"""The demo company, made once for all tests that look at it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.db import create_engine, sessions
from fieldsvc.demo.fill import fill
from fieldsvc.domain.units.models import BusinessUnit
from tests.conftest import DATABASES, NewDatabase

# A Wednesday at work: some visits of the day are over, some are under way, some are to come.
MID_MORNING = datetime(2026, 4, 15, 9, 40, tzinfo=UTC)


@pytest.fixture(scope="session", params=DATABASES)
def filled_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database with the demo company as it is on Wednesday morning; nobody writes to it."""
    new_database: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    with new_database() as url:
        engine = create_engine(url)
        with sessions(engine).begin() as session:
            fill(session, now=MID_MORNING)
        engine.dispose()
        yield url


@pytest.fixture
def demo(filled_url: str) -> Iterator[Session]:
    """A session on the demo company, rolled back at the end."""
    engine = create_engine(filled_url)
    with sessions(engine)() as session:
        yield session
    engine.dispose()


@pytest.fixture
def porto(demo: Session) -> BusinessUnit:
    """The unit of the demo."""
    return demo.scalars(select(BusinessUnit)).one()
