"""Where everything is required, no browser and no server is a failure; other reasons to skip stay what they are."""

import shutil

import pytest

from tests import conftest, postgres_server
from tests.e2e import conftest as e2e_conftest

pytest_plugins = ["pytester"]

NEEDS_ITS_FIXTURE = "def test_needs({fixture}): ..."
NEEDS_A_FILE = """
import pytest

@pytest.mark.skipif(True, reason="needs ../shared/data")
def test_needs({fixture}): ...
"""


@pytest.fixture(params=["chromium", "postgres"])
def fixture(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a test asks for, on a machine without it."""

    def running() -> None:
        raise postgres_server.Unavailable("no binaries")

    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(postgres_server, "running", running)
    return str(request.param)


@pytest.mark.parametrize(
    ("required", "module", "outcome"),
    [
        pytest.param("1", NEEDS_ITS_FIXTURE, {"errors": 1}, id="missing where all is required"),
        pytest.param("", NEEDS_ITS_FIXTURE, {"skipped": 1}, id="missing"),
        pytest.param("1", NEEDS_A_FILE, {"skipped": 1}, id="another reason where all is required"),
    ],
)
def test_only_a_missing_browser_or_server_is_a_failure(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    fixture: str,
    required: str,
    module: str,
    outcome: dict[str, int],
) -> None:
    monkeypatch.setenv("FIELDSVC_REQUIRE_ALL", required)
    pytester.makepyfile(module.format(fixture=fixture))
    result = pytester.runpytest(plugins=[conftest, e2e_conftest])
    result.assert_outcomes(**outcome)
