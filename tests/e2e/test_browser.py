"""The watch over pages sees what it is there to see, so that a silent browser means a sound page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from tests.e2e.conftest import Axe, OpenPage

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
SOUND = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1></main></html>'


@pytest.fixture
def base_url() -> str:
    """No server: `serve` answers."""
    return "http://127.0.0.1:9"


@pytest.fixture
def serve() -> Callable[[Page, str], None]:
    """Shows `markup` at `/` under a strict policy; any other address is not found."""

    def serve(page: Page, markup: str) -> None:
        def answer(route: Route) -> None:
            if route.request.url.endswith(":9/"):
                route.fulfill(body=markup, content_type="text/html", headers={"Content-Security-Policy": POLICY})
            elif route.request.url.endswith("/broken.js"):
                route.fulfill(body="throw new Error('broken')", content_type="text/javascript")
            else:
                route.fulfill(status=404, body="")

        page.route("**/*", answer)
        page.goto("/")

    return serve


Serve = Callable[[Page, str], None]


def test_a_sound_page_is_no_trouble(page_in_each_look: Page, serve: Serve, axe: Axe) -> None:
    serve(page_in_each_look, SOUND)
    assert axe(page_in_each_look) == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("<script>document.title = 'inline'</script>", "Content Security Policy"),
        ("<p style='color: red'>inline</p>", "Content Security Policy"),
        ("<script src='/broken.js'></script>", "script error: Error: broken"),
        ("<script src='/missing.js'></script>", "404: "),
        ("<img alt='' src='http://stranger.test/a.png'>", "Content Security Policy"),
    ],
)
def test_a_fault_is_recorded(page: Page, serve: Serve, troubles: list[str], fault: str, words: str) -> None:
    serve(page, SOUND.replace("<main>", f"<main>{fault}"))
    page.wait_for_load_state("networkidle")
    assert any(words in trouble for trouble in troubles), troubles
    troubles.clear()


def test_a_request_to_a_stranger_is_recorded(page: Page, troubles: list[str]) -> None:
    page.route("**/*", lambda route: route.fulfill(body=SOUND, content_type="text/html"))
    page.goto("http://stranger.test/")
    assert troubles == ["asks a stranger: http://stranger.test/"]
    troubles.clear()


def test_axe_finds_a_picture_without_words(page: Page, serve: Serve, axe: Axe) -> None:
    serve(page, SOUND.replace("<h1>", "<img src='data:,'><h1>"))
    assert [violation.split()[0] for violation in axe(page)] == ["image-alt"]


def test_a_page_without_scripts_runs_none(open_page: OpenPage, serve: Serve) -> None:
    page = open_page(scripts=False)
    serve(page, SOUND.replace("<main>", "<main><script src='/broken.js'></script>"))
    assert page.title() == "A page"
