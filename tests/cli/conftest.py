"""Runs the `fieldsvc` command as a person at a terminal does."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fieldsvc.cli import main

Run = Callable[..., Result]
SECRET = "s" * 32


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is configured, and the folder is empty."""
    for name in [name for name in os.environ if name.startswith("FIELDSVC_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run() -> Run:
    """Runs the command with these words; nothing but a clean exit is let through."""

    def call(*words: object, **environment: str) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words], env=environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def configured(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment names a database that is migrated and empty."""
    monkeypatch.setenv("FIELDSVC_DATABASE_URL", database_url)
    return database_url
