"""P11: a refusal is a page in the reader's language or JSON, nothing of the request is kept, and the rest goes on."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fieldsvc.core import audit
from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.errors import Unavailable
from fieldsvc.domain.clients import portal_sign_in
from fieldsvc.domain.clients.portal_sign_in import Identity
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.web import access
from fieldsvc.web.access import Who
from fieldsvc.web.security import CONTENT_SECURITY_POLICY
from fieldsvc.web.session import db, now
from tests import postgres_server
from tests.web.conftest import NewWeb
from tests.web.kept import KEY
from tests.web.world import ANA, PASSWORD, Web

JSON = {"Accept": "application/json"}


@pytest.fixture
def route(monkeypatch: pytest.MonkeyPatch) -> Callable[[Web, Callable[[], str]], None]:
    """Adds a route /new that anybody may use."""

    def add(web: Web, view: Callable[[], str]) -> None:
        for method in ("GET", "POST"):
            monkeypatch.setitem(access.TABLE, ("new", method), Who.ANYONE)
        web.app.add_url_rule("/new", "new", view, methods=["GET", "POST"])

    return add


AddRoute = Callable[[Web, Callable[[], str]], None]


def broken() -> str:
    raise LookupError("a mistake of ours")


def unavailable() -> str:
    raise Unavailable


# --- Every status -------------------------------------------------------------------------------------


def ask_for(web: Web, status: int, browser: FlaskClient, **more: object) -> TestResponse:
    """An answer of this status, really brought about."""
    visit = f"/dispatch/visits/{web.belongings['ana'].intervention}"
    asks: dict[int, Callable[[], TestResponse]] = {
        400: lambda: browser.post("/staff/sign-in", data={"email": "\x00"}, **more),
        403: lambda: browser.get("/dispatch/board", **more),
        404: lambda: browser.get("/nothing/here", **more),
        405: lambda: browser.get("/staff/sign-out", **more),
        409: lambda: browser.post(visit + "/lock", json={"version": 9999, "locked": True}, **more),
        413: lambda: browser.post("/staff/sign-in", data={"email": "x" * 600_000}, **more),
        415: lambda: browser.post(visit + "/lock", data="{}", content_type="text/plain", **more),
        422: lambda: browser.post(visit + "/move", json={"version": 1}, **more),
        428: lambda: browser.post(visit + "/lock", json={"locked": True}, **more),
        500: lambda: browser.get("/new", **more),
    }
    return asks[status]()


WHO = {403: "technician", 409: "dispatcher", 415: "dispatcher", 422: "dispatcher", 428: "dispatcher"}
TITLES = {
    400: "This could not be understood",
    403: "This is not open to you",
    404: "There is nothing here",
    405: "This page cannot be opened this way",
    413: "This is too large",
    500: "Something broke on our side",
}


@pytest.mark.parametrize("status", sorted(TITLES))
def test_a_refusal_is_a_page_in_the_readers_language(new_web: NewWeb, route: AddRoute, status: int) -> None:
    web = new_web()
    route(web, broken)
    seen = []
    for locale in ("en", "pt-PT", "pt-BR", "fr"):
        browser = web.browser(WHO.get(status, "anonymous"))
        browser.set_cookie("locale", locale)
        answer = ask_for(web, status, browser)
        assert (answer.status_code, answer.mimetype) == (status, "text/html")
        assert f'lang="{locale}"' in answer.text
        seen.append(heading(answer))
    assert seen[0] == TITLES[status]
    assert seen[0] not in seen[1:], "it is translated"


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 415, 422, 428, 500])
def test_a_script_that_asks_gets_json_with_words(new_web: NewWeb, route: AddRoute, status: int) -> None:
    web = new_web()
    route(web, broken)
    answer = ask_for(web, status, web.browser(WHO.get(status, "anonymous")), headers=JSON)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert answer.json is not None
    assert len(answer.json["error"]) > 5
    assert ("current" in answer.json) is (status == 409)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_the_language_is_the_readers_and_not_that_of_the_request_before(new_web: NewWeb) -> None:
    web = new_web(is_guarded=True)
    portuguese, english = web.browser(), web.browser()
    portuguese.set_cookie("locale", "pt-PT")
    for path in ("/staff/sign-in", "/portal/nowhere/", "/portal/alfa/sign-in"):
        assert 'lang="pt-PT"' in portuguese.post(path).text, "refused before anything is known of the reader"
        assert 'lang="en"' in english.post(path).text
    portuguese.get("/portal/nowhere/")
    assert "There is no such address here." in english.get("/portal/nowhere/").text
    assert "There is no such address here." not in portuguese.get("/portal/nowhere/").text


def test_people_are_refused_in_their_own_language(fresh_web: Web) -> None:
    web = fresh_web
    web.change(sa.text("UPDATE staff SET locale = 'pt-BR'"))
    refused = web.browser("technician").get("/dispatch/board")
    assert 'lang="pt-BR"' in refused.text
    assert 'href="/field/"' in refused.text, "with the way back to his own page"
    assert 'lang="en"' in web.browser().get("/nothing").text
    assert 'lang="pt-PT"' in web.browser().get("/nothing", headers={"Accept-Language": "pt, en;q=0.5"}).text


def heading(answer: TestResponse) -> str:
    found = re.search("<h1>(.*?)</h1>", answer.text)
    assert found is not None
    return found[1]


# --- Nothing stays ------------------------------------------------------------------------------------


def write_much() -> None:
    """A code, a message with its job, an audit entry and a changed row."""
    unit = db().scalars(sa.select(BusinessUnit).order_by(BusinessUnit.id)).first()
    assert unit is not None
    portal_sign_in.request_code(db(), KEY, unit, Identity("email", ANA), now=now(), locale="en")
    audit.record(db(), "unit.changed", unit, actor=audit.SYSTEM, now=now())
    unit.name = "Another name"
    db().flush()


@pytest.mark.both_engines
@pytest.mark.parametrize("failure", [broken, unavailable])
def test_a_view_that_fails_leaves_nothing_behind(new_web: NewWeb, route: AddRoute, failure: Callable[[], str]) -> None:
    web = new_web()

    def view() -> str:
        write_much()
        return failure()

    route(web, view)
    before = web.digest()
    answer = web.browser().post("/new")
    assert answer.status_code == (503 if failure is unavailable else 500)
    assert web.digest() == before


@pytest.mark.both_engines
def test_a_view_that_returns_leaves_everything(new_web: NewWeb, route: AddRoute) -> None:
    """The control of the test above."""
    web = new_web()

    def view() -> str:
        write_much()
        return "done"

    route(web, view)
    assert web.browser().post("/new").text == "done"
    assert (
        web.count(OutboxMessage, OutboxMessage.kind == "sign_in_code"),
        web.count(AuditEntry, AuditEntry.action == "unit.changed"),
    ) == (1, 1)


@pytest.mark.both_engines
def test_a_race_that_the_schema_stops_at_the_commit_is_a_conflict(new_web: NewWeb, route: AddRoute) -> None:
    web = new_web()

    def view() -> str:
        write_much()
        db().add(BusinessUnit(slug="alfa", name="The same address", zone="UTC"))
        g.sign_in = "staff", "a secret that nobody may get"
        return "never seen"

    route(web, view)
    before = web.digest()
    answer = web.browser().post("/new")
    assert answer.status_code == 409
    assert "Somebody else has just changed this" in answer.text
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "nobody may get" not in str(answer.headers)
    assert web.digest() == before


@pytest.mark.both_engines
def test_of_two_who_change_a_row_at_once_the_second_is_told(new_web: NewWeb, route: AddRoute) -> None:
    web = new_web()

    def view() -> str:
        row = db().get_one(Intervention, web.belongings["ana"].intervention)
        db().connection().exec_driver_sql(f"UPDATE intervention SET version = 99 WHERE id = {row.id}")
        row.notes = "Too late"
        return "never seen"

    route(web, view)
    answer = web.browser().post("/new")
    assert answer.status_code == 409
    assert "Somebody else has just changed this" in answer.text
    assert web.count(Intervention, Intervention.notes == "Too late") == 0


# --- The database is down -----------------------------------------------------------------------------


@contextmanager
def down(web: Web, request: pytest.FixtureRequest) -> Iterator[None]:
    """The database does not answer inside the block; the pool still has connections that were good."""
    engine = web.app.extensions["fieldsvc"].engine
    name = str(engine.url.database)
    if engine.dialect.name == "sqlite":
        engine.dispose()
        file = Path(name)
        file.rename(f"{name}.away")
        file.mkdir()  # what SQLite cannot open
        yield
        file.rmdir()
        Path(f"{name}.away").rename(name)
        return
    server: postgres_server.Server = request.getfixturevalue("postgres")
    server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
    server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    yield
    server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")


PAGES = {
    "anonymous": ["/", "/health", "/portal/alfa/sign-in"],
    "ana": ["/portal/alfa/", "/portal/alfa/visits"],
    "dispatcher": ["/dispatch/board", "/dispatch/interventions"],
    "technician": ["/field/"],
}


@pytest.mark.both_engines
def test_without_its_database_the_product_says_so_and_recovers_by_itself(
    fresh_web: Web, request: pytest.FixtureRequest
) -> None:
    web = fresh_web
    browsers = {who: web.browser(who) for who in PAGES}
    asked = [(who, path) for who, paths in PAGES.items() for path in paths]
    assert {browsers[who].get(path).status_code for who, path in asked} == {200}
    with down(web, request):
        begun = time.perf_counter()
        for who, path in asked:
            answer = browsers[who].get(path)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30"), path
            assert "We cannot reach our data right now." in answer.text
        sent = {"email": "dora@example.com", "password": PASSWORD}
        assert browsers["anonymous"].post("/staff/sign-in", data=sent).status_code == 503
        refused = browsers["dispatcher"].get("/dispatch/changes", headers=JSON)
        assert (refused.status_code, refused.mimetype) == (503, "application/json")
        assert browsers["anonymous"].get("/static/favicon.svg", buffered=True).status_code == 200
        assert time.perf_counter() - begun < 3 * (len(asked) + 2)
    assert {browsers[who].get(path).status_code for who, path in asked} == {200}


@pytest.mark.both_engines
@pytest.mark.parametrize("who", ["ana", "dispatcher", "technician"])
def test_a_database_that_goes_away_in_the_middle_of_a_request_is_answered_for(
    new_web: NewWeb, request: pytest.FixtureRequest, who: str
) -> None:
    web = new_web()
    page, view = {
        "ana": ("/portal/alfa/", "portal.home"),
        "dispatcher": ("/dispatch/satisfaction", "dispatch.satisfaction"),
        "technician": ("/field/", "field.day"),
    }[who]
    original = web.app.view_functions[view]
    outage = ExitStack()

    def cut_off(**_arguments: object) -> str:
        outage.enter_context(down(web, request))
        db().execute(sa.text("SELECT 1 FROM a_table_that_went_away"))
        return "never seen"

    browser = web.browser(who)
    browser.set_cookie("locale", "pt-PT")
    web.app.view_functions[view] = cut_off
    with outage:
        answer = browser.get(page)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert 'lang="pt-PT"' in answer.text
    web.app.view_functions[view] = original
    assert browser.get(page).status_code == 200
