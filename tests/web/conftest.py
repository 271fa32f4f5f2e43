"""The product with two companies, on both engines. One company serves the tests of a module, one after the other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DATABASES, NewDatabase, parameters
from tests.web.world import Web, made, opened

NewWeb = Callable[..., Web]


# --- What every run needs -----------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave pages on PostgreSQL to `make test-full`: what they ask of it is tested on both engines below `web`.

    A page whose answer the database itself decides says so with `both_engines` and stays in every run.
    """
    here = Path(__file__).parent
    for item in items:
        is_repeated = item.path.is_relative_to(here) and parameters(item).get("database") == "postgresql"
        if is_repeated and not item.get_closest_marker("both_engines"):
            item.add_marker("full")


# --- Products -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Which engine the tests of a module run on, first one and then the other."""
    return str(request.param)


@pytest.fixture(scope="module")
def new_database(database: str, request: pytest.FixtureRequest) -> NewDatabase:
    """Makes databases of this engine."""
    new: NewDatabase = request.getfixturevalue(f"new_{database}")
    return new


@pytest.fixture(scope="module")
def web(new_database: NewDatabase) -> Iterator[Web]:
    """The product, without forgery checks, so that a test posts what it means."""
    with new_database() as url, opened(url) as web:
        yield web


@pytest.fixture
def fresh_web(new_database: NewDatabase) -> Iterator[Web]:
    """The product with companies that nobody has touched."""
    with new_database() as url, opened(url) as web:
        yield web


@pytest.fixture
def new_web(new_database: NewDatabase) -> Iterator[NewWeb]:
    """Makes a product for one test alone, with the settings and the routes it wants."""
    with ExitStack() as stack:

        def new(**settings: Any) -> Web:
            url = stack.enter_context(new_database())
            return stack.enter_context(made(url, **settings))

        yield new
