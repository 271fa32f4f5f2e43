"""The product with two companies, on both engines. One company serves the tests of a module, one after the other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.conftest import DATABASES, NewDatabase
from tests.web.world import Web, made, opened

NewWeb = Callable[..., Web]


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
