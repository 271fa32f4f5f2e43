"""P26: nothing is written for a request that another site made."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fieldsvc.domain.interventions.models import Intervention
from tests.conftest import NewDatabase
from tests.web.conftest import NewWeb
from tests.web.routes import JSON_ENDPOINTS, NO_TOKEN, WITHOUT_A_FORM, Route, address, routes
from tests.web.world import PASSWORD, Web, made

FORGED = "This page was open for a long time."


@pytest.fixture(scope="module")
def guarded(new_database: NewDatabase) -> Iterator[Web]:
    """The product as it is served."""
    with new_database() as url, made(url, is_guarded=True) as web:
        yield web


def token_of(browser: FlaskClient, path: str = "/staff/sign-in") -> str:
    match = re.search(r'name="csrf-token" content="([^"]+)"', browser.get(path).text)
    assert match is not None
    return match[1]


def posts(web: Web) -> list[Route]:
    found = [route for route in routes(web.app) if route.method == "POST" and route.endpoint != WITHOUT_A_FORM]
    assert len(found) > 25
    return found


def owner_of(route: Route) -> str:
    audiences = {"portal": "ana", "dispatch": "dispatcher", "field": "technician"}
    return audiences.get(route.endpoint.partition(".")[0], "anonymous")


def is_forged(answer: TestResponse) -> bool:
    return answer.status_code == 400 and FORGED in answer.text


def send(browser: FlaskClient, route: Route, path: str, **more: object) -> TestResponse:
    return browser.post(path, **({"json": {}} if route.endpoint in JSON_ENDPOINTS else {}), **more)


def test_a_mail_program_says_without_a_form_that_its_reader_wants_no_more(new_web: NewWeb) -> None:
    web = new_web(is_guarded=True)
    secret = web.belongings["ana"].message_token
    path = f"/messages/{secret}/no-more"

    def wants_no_more() -> bool:
        return "only when it is necessary" in web.browser().get(f"/messages/{secret}").text

    assert web.browser().get(path).location.endswith(f"/messages/{secret}")
    assert web.browser().post(path, data={"wants": "all"}).status_code == 400
    assert not wants_no_more()
    click = {"List-Unsubscribe": "One-Click"}
    for _again in range(2):
        assert web.browser().post(path, data=click).status_code == 200
        assert wants_no_more()
    assert web.browser().post(f"/messages/{NO_TOKEN}/no-more", data=click).status_code == 404


def test_no_post_is_taken_without_the_token_of_the_form(guarded: Web) -> None:
    browsers = {who: guarded.browser(who) for who in ("anonymous", "ana", "dispatcher", "technician")}
    before = guarded.digest()
    for route in posts(guarded):
        path = address(guarded, route, guarded.belongings["ana"])
        browser = browsers[owner_of(route)]
        assert is_forged(send(browser, route, path)), route
        assert is_forged(send(browser, route, path, headers={"X-CSRFToken": "invented"})), route
        assert is_forged(browser.post(path, data='{"version": 1}', content_type="text/plain")), route
        assert is_forged(browser.post(path, data={"csrf_token": ["", "x"]})), route
    assert guarded.digest() == before


def test_every_post_is_taken_with_the_token_in_the_form_or_in_the_header(guarded: Web) -> None:
    """The control of the test above."""
    for route in posts(guarded):
        path = address(guarded, route, guarded.belongings["ana"])
        browser = guarded.browser(owner_of(route))
        assert not is_forged(send(browser, route, path, headers={"X-CSRFToken": token_of(browser)})), route
        assert not is_forged(browser.post(path, data={"csrf_token": token_of(browser)})), route


def test_the_token_of_another_browser_is_refused(guarded: Web) -> None:
    other = token_of(guarded.browser())
    browser = guarded.browser()
    own = token_of(browser)
    sent = {"email": "dora@example.com", "password": PASSWORD}
    assert is_forged(browser.post("/staff/sign-in", data={**sent, "csrf_token": other}))
    assert browser.post("/staff/sign-in", data={**sent, "csrf_token": own}).status_code == 303


def test_a_token_from_before_the_sign_in_is_refused_after_it(guarded: Web) -> None:
    browser = guarded.browser()
    before = token_of(browser)
    browser.post("/staff/sign-in", data={"email": "dora@example.com", "password": PASSWORD, "csrf_token": before})
    assert is_forged(browser.post("/staff/sign-out", data={"csrf_token": before}))
    assert browser.post("/staff/sign-out", data={"csrf_token": token_of(browser)}).status_code == 303


def test_json_in_disguise_is_not_read_even_with_the_token(guarded: Web) -> None:
    browser = guarded.browser("dispatcher")
    sofia = guarded.belongings["sofia"].intervention
    with guarded.factory() as session:
        version = session.get_one(Intervention, sofia).version
    path, body = f"/dispatch/visits/{sofia}/unschedule", f'{{"version": {version}}}'
    headers = {"X-CSRFToken": token_of(browser)}
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = browser.post(path, data=body, content_type=kind, headers=headers)
        assert answer.status_code in {400, 415}, kind
    is_planned = sa.and_(Intervention.id == sofia, Intervention.status == "scheduled")
    assert guarded.count(Intervention, is_planned) == 1
    assert browser.post(path, data=body, content_type="application/json", headers=headers).status_code == 200
    assert guarded.count(Intervention, is_planned) == 0


def test_over_https_a_form_of_another_site_is_refused_even_with_the_token(new_web: NewWeb) -> None:
    web = new_web(public_url="https://fieldsvc.example", is_guarded=True)
    browser = web.app.test_client()
    secure = {"base_url": "https://fieldsvc.example"}
    match = re.search(r'csrf-token" content="([^"]+)"', browser.get("/staff/sign-in", **secure).text)
    assert match is not None
    sent = {"email": "dora@example.com", "password": PASSWORD, "csrf_token": match[1]}
    for site in ("https://evil.test/", "http://fieldsvc.example/", "https://fieldsvc.example.evil.test/", ""):
        answer = browser.post("/staff/sign-in", data=sent, headers={"Referer": site}, **secure)
        assert is_forged(answer), site
    own = {"Referer": "https://fieldsvc.example/staff/sign-in"}
    assert browser.post("/staff/sign-in", data=sent, headers=own, **secure).status_code == 303
