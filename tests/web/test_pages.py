"""Every page, crawled by everybody who may read it: reading writes nothing, and nothing on it can run by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fieldsvc.domain.booking.models import Offer
from fieldsvc.web.security import CONTENT_SECURITY_POLICY
from fieldsvc.web.session import db
from tests.conftest import NewDatabase
from tests.web.conftest import NewWeb
from tests.web.inline import inline
from tests.web.routes import address, ask, routes
from tests.web.world import PASSWORD, Web, made

READERS = ("anonymous", "ana", "dispatcher", "technician")

# A page that shows times notes afterwards what it has shown, as an access log notes that it was asked for (RFC 9110,
# section 9.2.1): nobody asked for the note, and nobody is answerable for it. Nothing else is written by reading.
WRITTEN_BY_READING = {"offer"}

# A unit's colour and its logo are nobody's secret, and stand on each of its pages.
SAME_FOR_EVERYBODY = {"/portal/alfa/theme.css", "/portal/alfa/logo.png"}

# As the design says it, word for word.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# What somebody sent us: stricter still.
POLICY_OF_FILES = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class Crawl:
    """Every answer to every GET and HEAD of every reader, and the database before and after."""

    answers: dict[tuple[str, str, str], TestResponse]
    before: str
    after: str
    offers_logged: int

    @property
    def pages(self) -> dict[tuple[str, str, str], TestResponse]:
        """The answers that are pages."""
        return {key: answer for key, answer in self.answers.items() if answer.mimetype == "text/html" and answer.text}


@pytest.fixture(scope="module")
def crawl(new_database: NewDatabase) -> Iterator[Crawl]:
    """A walk through the whole demo, as it is served over HTTPS."""
    with (
        new_database() as url,
        made(url, is_guarded=True, is_demo=True, public_url="https://fieldsvc.example") as web,
    ):
        browsers = {who: web.browser(who) for who in READERS}
        before = web.digest(without=WRITTEN_BY_READING)
        offers = web.count(Offer)
        answers = {}
        for who, browser in browsers.items():
            for route in routes(web.app):
                if route.method == "GET":
                    path = address(web, route, web.belongings["ana"])
                    answers[who, "GET", path] = ask(browser, route, path)
                    answers[who, "HEAD", path] = browser.head(path)
        yield Crawl(answers, before, web.digest(without=WRITTEN_BY_READING), web.count(Offer) - offers)


@pytest.mark.both_engines
def test_reading_writes_nothing(crawl: Crawl) -> None:
    assert sum(answer.status_code == 200 for answer in crawl.answers.values()) > 100
    assert crawl.after == crawl.before


@pytest.mark.both_engines
def test_the_only_thing_that_reading_writes_is_what_was_shown(crawl: Crawl) -> None:
    assert crawl.offers_logged > 0


@pytest.mark.both_engines
def test_the_crawl_would_notice_a_page_that_writes(new_web: NewWeb) -> None:
    """The control of the test above."""
    web = new_web()
    before = web.digest()

    def writes() -> str:
        db().connection().exec_driver_sql("UPDATE contact SET name = 'Somebody else'")
        db().commit()
        return "written"

    web.app.view_functions["welcome"] = writes
    assert web.browser().get("/").text == "written"
    assert web.digest() != before


@pytest.mark.both_engines
def test_what_a_reading_request_changes_is_not_kept(new_web: NewWeb) -> None:
    web = new_web()
    before = web.digest()

    def changes() -> str:
        db().connection().exec_driver_sql("UPDATE contact SET name = 'Somebody else'")
        return "changed"

    web.app.view_functions["welcome"] = changes
    assert web.browser().get("/").text == "changed"
    assert web.digest() == before


@pytest.mark.both_engines
def test_no_page_is_an_error_of_ours(crawl: Crawl) -> None:
    assert {key: answer.status for key, answer in crawl.answers.items() if answer.status_code >= 500} == {}


def test_every_answer_has_the_headers(crawl: Crawl) -> None:
    assert CONTENT_SECURITY_POLICY == POLICY
    seen = 0
    for (who, method, path), answer in crawl.answers.items():
        policies = {POLICY} if answer.mimetype == "text/html" else {POLICY, POLICY_OF_FILES}
        assert answer.headers["Content-Security-Policy"] in policies, (who, method, path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "same-origin", path
        if path.startswith("/static/"):
            continue  # the same for everybody, and kept by browsers
        assert answer.headers["Strict-Transport-Security"].startswith("max-age="), path
        if path in SAME_FOR_EVERYBODY and answer.status_code == 200:
            assert answer.headers["Cache-Control"] == "public, max-age=300", path
            continue
        assert answer.headers["Cache-Control"] in {"no-store", "private, no-cache"}, path
        seen += 1
    assert seen > 150


def test_no_page_has_a_script_a_style_or_a_handler_of_its_own(crawl: Crawl) -> None:
    read = 0
    for key, answer in crawl.pages.items():
        assert inline(answer.text) == [], key
        read += 1
    assert read > 40


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<script type="module">import "/x.js"</script>',
        '<p style="color: red">',
        "<style>p {}</style>",
        '<img src="x" onerror="alert(1)">',
        '<p hx-on::click="alert(1)">',
        '<a href="javascript:alert(1)">',
        '<img src="https://evil.example/pixel">',
        '<form action="//evil.example">',
    ],
)
def test_such_a_page_would_be_noticed(text: str) -> None:
    assert len(inline(text)) == 1


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(new_web: NewWeb) -> None:
    for address_, is_secure in (("https://fieldsvc.example", True), ("http://127.0.0.1:8000", False)):
        web = new_web(public_url=address_)
        cookies = all_cookies(web)
        assert {cookie.partition("=")[0] for cookie in cookies} == {
            "fieldsvc_form",
            "fieldsvc_portal",
            "fieldsvc_staff",
            "locale",
            "theme",
        }
        for cookie in cookies:
            parts = {part.strip().lower() for part in cookie.split(";")}
            assert {"httponly", "samesite=lax", "path=/"} <= parts, cookie
            assert ("secure" in parts) is is_secure, cookie


def test_without_https_no_browser_is_told_to_insist_on_it(web: Web) -> None:
    assert "Strict-Transport-Security" not in web.browser().get("/").headers


def all_cookies(web: Web) -> list[str]:
    """Every cookie the product ever sets."""
    from_portal = portal_cookies(web, web.browser())
    staff = web.browser().post("/staff/sign-in", data={"email": "dora@example.com", "password": PASSWORD})
    return from_portal + set_cookies(staff)


def portal_cookies(web: Web, browser: FlaskClient) -> list[str]:
    found = []
    for path, form in (
        ("/portal/alfa/language", {"locale": "pt-PT"}),
        ("/portal/alfa/theme", {"theme": "dark"}),
        ("/portal/alfa/sign-in", {"identifier": "ana@example.com"}),
    ):
        found += set_cookies(browser.post(path, data=form))
    code = re.search(r"\b\d{6}\b", web.messages()[-1].text)
    assert code is not None
    return found + set_cookies(browser.post("/portal/alfa/sign-in/code", data={"code": code[0]}))


def set_cookies(answer: TestResponse) -> list[str]:
    assert answer.status_code == 303
    return [cookie for cookie in answer.headers.getlist("Set-Cookie") if "Expires=Thu, 01 Jan 1970" not in cookie]
