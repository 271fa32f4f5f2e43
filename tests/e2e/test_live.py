"""The product that browser tests run against is the whole product, and each test's own."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page

from fieldsvc.core.db import create_engine
from tests.e2e.conftest import Live


def test_it_answers(page: Page) -> None:
    response = page.goto("/")
    assert response is not None
    assert response.ok


@pytest.mark.parametrize("attempt", [1, 2])
def test_what_one_test_writes_no_other_sees(live: Live, attempt: int) -> None:
    engine = create_engine(live.config.database_url)
    with engine.begin() as connection:
        tables = sa.inspect(connection).get_table_names()
        assert "alembic_version" in tables
        assert "left_behind" not in tables
        connection.execute(sa.text("CREATE TABLE left_behind (id int)"))
    engine.dispose()
