"""Products that stay for the whole run while the databases at their addresses come and go.

Making one costs a tenth of a second, and what it has to learn before it is quick (its statements) as much again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask

from fieldsvc.app import create_app
from fieldsvc.core import links
from fieldsvc.core.config import Config

KEY = "only-for-tests-" * 4


@contextmanager
def product(database_url: str) -> Iterator[Flask]:
    """The product on the database that is now at this address; a test leaves the product as it was."""
    app = _made(database_url)
    links.set_base(app.extensions["fieldsvc"].config.public_url)  # there is one for all products of a process
    yield app
    app.extensions["fieldsvc"].engine.dispose()


@cache
def _made(database_url: str) -> Flask:
    app = create_app(Config(database_url=database_url, secret_key=KEY, run_worker=False, rate_limits=False))
    app.config["WTF_CSRF_ENABLED"] = False
    return app
