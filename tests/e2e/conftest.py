"""A real browser on a real server: every page is watched, and what it does wrong fails the test.

`page` is a page 1280 pixels wide in light colours on `live`, the product with the demo company:

    def test_the_first_page_greets(page, axe):
        page.goto("/")
        assert axe(page) == []

`open_page(width=390, colours="dark", scripts=False)` opens others; `page_in_each_look` runs the test at
390 and 1280 pixels, light and dark: two of the four in every run, see `LOOKS`. A module that needs no product
overrides `base_url`.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, Response, sync_playwright
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from fieldsvc.app import create_app
from fieldsvc.core.config import Config
from tests.conftest import missing

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_OPTIONS = (
    "--no-sandbox",  # its sandbox refuses to run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

AXE = Path(__file__).parent / "axe/axe.min.js"
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE_RUN = "([root, tags]) => axe.run(root ?? document, {runOnly: tags, resultTypes: ['violations']})"

PHONE = 390
DESK = 1280
HEIGHTS = {PHONE: 844, DESK: 800}
# Two opposite looks show in every run what goes wrong in either width or either colours; `make test-full` has them all.
LOOKS = (
    (PHONE, "dark"),
    (DESK, "light"),
    pytest.param((PHONE, "light"), marks=pytest.mark.full),
    pytest.param((DESK, "dark"), marks=pytest.mark.full),
)

# What a page is made of; data it asks for later may be refused, and that is the page's to handle.
PARTS = {"font", "image", "manifest", "media", "script", "stylesheet"}
LOCAL_SCHEMES = ("data:", "blob:", "about:")

SECRET = "only-for-tests-" * 4

Colours = Literal["light", "dark"]


class OpenPage(Protocol):
    """Opens a watched page of a browser that knows nobody yet."""

    def __call__(
        self, *, width: int = DESK, colours: Colours = "light", scripts: bool = True, locale: str = "en-GB"
    ) -> Page: ...


class Axe(Protocol):
    """Gives the accessibility rules that a page (or the part at a selector) breaks, each with its places."""

    def __call__(self, page: Page, part: str | None = None) -> list[str]: ...


@dataclass(frozen=True)
class Live:
    """A product that answers at `url`, on a demo company of the test's own."""

    url: str
    config: Config


# --- The server ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def demo_database(shared_folder: Path) -> Path:
    """The demo company as a SQLite file, made once for all workers; copy it before writing."""
    made = shared_folder / "demo.db"
    with _alone(shared_folder / "demo.lock"):
        if not made.exists():
            _make_demo(shared_folder / "demo-in-the-making.db").rename(made)
    return made


@pytest.fixture
def live(demo_database: Path, tmp_path: Path) -> Iterator[Live]:
    """The product on a copy of the demo company."""
    database = shutil.copyfile(demo_database, tmp_path / "demo.db")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = Config(
            database_url=f"sqlite:///{database}",
            secret_key=SECRET,
            is_demo=True,
            public_url=url,
            run_worker=False,
            rate_limits=False,
        )
        app = create_app(config)
        server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Live(url, config)
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["fieldsvc"].engine.dispose()


@pytest.fixture
def rows(live: Live) -> Iterator[Session]:
    """The database of the running product."""
    engine = create_engine(live.config.database_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def base_url(live: Live) -> str:
    """What addresses such as `/portal` are relative to."""
    return live.url


def _make_demo(database: Path) -> Path:
    command = [str(Path(sys.executable).with_name("fieldsvc")), "demo", "--no-serve"]
    environment = {
        **os.environ,
        "FIELDSVC_DATABASE_URL": f"sqlite:///{database}",
        "FIELDSVC_DATA": str(database.parent / "demo-data"),
        "FIELDSVC_SECRET_KEY": SECRET,
    }
    subprocess.run(command, env=environment, check=True)
    return database


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# --- The browser --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; other tests call something else a browser."""
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        missing("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def troubles() -> Iterator[list[str]]:
    """What the pages of this test did wrong; a test that means to cause some clears the list."""
    recorded: list[str] = []
    yield recorded
    assert not recorded, "the browser complained:\n" + "\n".join(recorded)


@pytest.fixture
def open_page(chromium: Browser, base_url: str, troubles: list[str]) -> Iterator[OpenPage]:
    """Opens watched pages; each has cookies of its own."""
    with ExitStack() as contexts:

        def open_page(
            *, width: int = DESK, colours: Colours = "light", scripts: bool = True, locale: str = "en-GB"
        ) -> Page:
            context = chromium.new_context(
                base_url=base_url,
                viewport={"width": width, "height": HEIGHTS.get(width, HEIGHTS[DESK])},
                color_scheme=colours,
                java_script_enabled=scripts,
                has_touch=width == PHONE,
                locale=locale,
            )
            contexts.callback(context.close)
            page = context.new_page()
            _watch(page, base_url, troubles)
            return page

        yield open_page


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page 1280 pixels wide in light colours."""
    return open_page()


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def page_in_each_look(open_page: OpenPage, request: pytest.FixtureRequest) -> Page:
    """A page of a phone and of a desk, in light and in dark colours."""
    width, colours = request.param
    return open_page(width=width, colours=colours)


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Checks a page with axe-core: `assert axe(page) == []`."""
    script = AXE.read_text(encoding="utf-8")

    def run(page: Page, part: str | None = None) -> list[str]:
        page.evaluate(script)  # the debugger's door: the page's own policy does not apply
        found = page.evaluate(AXE_RUN, [part, AXE_TAGS])
        return [_in_words(violation) for violation in found["violations"]]

    return run


def _in_words(violation: dict[str, object]) -> str:
    nodes = violation["nodes"]
    assert isinstance(nodes, list)
    places = ", ".join(str(node["target"]) for node in nodes[:5])
    return f"{violation['id']} ({violation['impact']}): {violation['help']} at {places}"


def _watch(page: Page, base_url: str, troubles: list[str]) -> None:
    """Record script errors, breaches of the content security policy, and parts that do not arrive."""

    def on_error(error: Error) -> None:
        troubles.append(f"script error: {error.stack or error}")

    def on_console(message: ConsoleMessage) -> None:
        # Chromium also says this of a page that answers 422; broken parts are seen below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            troubles.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((base_url, *LOCAL_SCHEMES)):
            troubles.append(f"asks a stranger: {request.url}")

    def on_response(response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type in PARTS):
            troubles.append(f"{response.status}: {response.url}")

    def on_failure(request: Request) -> None:
        if request.resource_type in PARTS and request.failure != "net::ERR_ABORTED":
            troubles.append(f"did not arrive ({request.failure}): {request.url}")

    page.on("pageerror", on_error)
    page.on("console", on_console)
    page.on("request", on_request)
    page.on("response", on_response)
    page.on("requestfailed", on_failure)
