"""P19–P21: who may what, over all routes; what belongs to somebody else does not exist."""

import re
from collections import Counter

import pytest
from werkzeug.test import TestResponse

from fieldsvc.web import access
from fieldsvc.web.access import Who
from tests.web.conftest import NewWeb
from tests.web.routes import NOWHERE, OF_EVERYBODY, Route, address, ask, routes
from tests.web.world import CONTACTS, EVERYBODY, Web

OPEN, SIGN_IN, FORBIDDEN, MISSING = "open", "asked to sign in", "forbidden", "missing"
OF_ALFA = {"ana", "sofia"}


MAY = {
    Who.DISPATCHER: {"dispatcher", "administrator"},
    Who.ADMINISTRATOR: {"administrator"},
    Who.TECHNICIAN: {"technician"},
}


def outcome(answer: TestResponse) -> str:
    """What became of somebody at a door."""
    assert answer.status_code < 500, answer.text
    if answer.status_code == 303 and re.search(r"/sign-in\?next=|/sign-in$", answer.location):
        return SIGN_IN
    return {403: FORBIDDEN, 404: MISSING}.get(answer.status_code, OPEN)


def expected(route: Route, who: str) -> str:
    """What the rules of the house say of Ana's things in unit alfa."""
    rule = access.TABLE[route.endpoint, route.method]
    if rule is Who.DEMO:
        return MISSING
    if rule is Who.CONTACT:
        if who not in OF_ALFA:
            return SIGN_IN
        return MISSING if who != "ana" and route.names_an_object else OPEN
    if rule in access.STAFF:
        if route.endpoint == "dispatch.undo" and who.startswith(("dispatcher", "administrator")):
            return MISSING  # nobody has done anything yet
        if who in {"anonymous", *CONTACTS}:
            return SIGN_IN
        role = who.removesuffix("_b")
        if rule is Who.TECHNICIAN and route.names_an_object and role == "technician":
            return MISSING  # the visit is cancelled by then, or somebody else's
        if role not in MAY[rule]:
            return FORBIDDEN
        return MISSING if who.endswith("_b") and role != "technician" and route.names_an_object else OPEN
    return OPEN


# Leads to a sign-in page by its nature, whoever asks.
LEADS_TO_SIGN_IN = {
    ("portal.sign_in_code", "GET"),
    ("portal.sign_in_code", "POST"),
    ("portal.sign_in_link", "POST"),
    ("portal.resend", "POST"),
    ("portal.sign_out", "POST"),
    ("staff.sign_out", "POST"),
    ("guest.change_visit", "POST"),
}


# The owners are the last to come in: what they do changes what the others find.
OWNERS_LAST = (
    "anonymous",
    "bela",
    "administrator_b",
    "dispatcher_b",
    "technician_b",
    "sofia",
    "dispatcher",
    "ana",
    "technician",
    "administrator",
)


def test_every_route_has_a_line_and_every_line_a_route(web: Web) -> None:
    found = {(route.endpoint, route.method) for route in routes(web.app)}
    assert len(found) > 60
    assert found - set(access.TABLE) == set(), "routes without a line"
    assert set(access.TABLE) - found == set(), "lines without a route"


def test_a_route_without_a_line_is_refused_to_everybody(new_web: NewWeb) -> None:
    web = new_web()
    web.app.add_url_rule("/new", "new", lambda: "never seen", methods=["GET", "POST"])
    for who in EVERYBODY:
        for method in ("GET", "HEAD", "POST"):
            assert web.browser(who).open("/new", method=method).status_code == 403, who


def test_a_line_opens_a_route_and_only_its_own_method(new_web: NewWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    web = new_web()
    web.app.add_url_rule("/new", "new", lambda: "seen", methods=["GET", "POST"])
    monkeypatch.setitem(access.TABLE, ("new", "GET"), Who.ANYONE)
    assert web.browser().get("/new").text == "seen"
    assert web.browser().post("/new").status_code == 403


def test_everybody_gets_in_where_the_table_says_and_nowhere_else(web: Web) -> None:
    seen: Counter[str] = Counter()
    wrong = {}
    browsers = {who: web.browser(who) for who in OWNERS_LAST}
    assert set(browsers) == set(EVERYBODY)
    for route in routes(web.app):
        path = address(web, route, web.belongings["ana"])
        for who, browser in browsers.items():
            if (route.endpoint, route.method) in LEADS_TO_SIGN_IN:
                continue
            found = outcome(ask(browser, route, path))
            seen[found] += 1
            if found != expected(route, who):
                wrong[who, route.endpoint, route.method] = found
    assert wrong == {}
    assert min(seen[found] for found in (OPEN, SIGN_IN, FORBIDDEN, MISSING)) > 30, seen


def test_what_belongs_to_somebody_else_answers_like_what_does_not_exist(web: Web) -> None:
    compared = 0
    theirs = web.belongings["sofia"]
    for who in ("ana", "bela", "administrator_b", "technician_b"):
        browser = web.browser(who)
        slug = "beta" if who == "bela" else "alfa"
        for route in routes(web.app):
            rule = access.TABLE[route.endpoint, route.method]
            is_theirs = (rule is Who.CONTACT) == (who in CONTACTS)
            names_an_object = route.names_an_object or (who == "bela" and route.endpoint in OF_EVERYBODY)
            if not names_an_object or not is_theirs or (rule is Who.TECHNICIAN) != (who == "technician_b"):
                continue
            answers = [ask(browser, route, address(web, route, things, slug=slug)) for things in (theirs, NOWHERE)]
            assert [answer.status_code for answer in answers] == [404, 404], (who, route)
            assert plain(answers[0]) == plain(answers[1]), (who, route)
            compared += 1
    assert compared > 40


def test_what_belongs_to_somebody_else_is_there_for_its_owner(web: Web) -> None:
    """The control of the test above: the same addresses, asked by those they belong to."""
    for who, rule in (("sofia", Who.CONTACT), ("dispatcher", Who.DISPATCHER), ("technician", Who.TECHNICIAN)):
        browser = web.browser(who)
        for route in routes(web.app):
            if route.names_an_object and access.TABLE[route.endpoint, route.method] is rule and route.method == "GET":
                answer = ask(browser, route, address(web, route, web.belongings["sofia"]))
                assert answer.status_code in {200, 303}, (who, route)


@pytest.mark.both_engines
def test_knocking_at_closed_doors_writes_nothing(web: Web) -> None:
    browsers = {who: web.browser(who) for who in EVERYBODY}
    before = web.digest()
    knocked = 0
    for who, browser in browsers.items():
        for route in routes(web.app):
            if route.method == "POST" and expected(route, who) != OPEN:
                ask(browser, route, address(web, route, web.belongings["ana"]))
                knocked += 1
    assert knocked > 100
    assert web.digest() == before


NO_ROW = ("0", "-1", str(2**31 - 1), str(2**31), str(2**63 - 1), str(2**63), "9" * 30)
NO_NUMBER = ("1 OR 1=1", "1%00", "0x1", "1e3", "null", "%F0%9F%98%80", "..%2f1")


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("who", "places"),
    [
        ("ana", ["/portal/alfa/visits/", "/portal/alfa/book/{}/when"]),
        ("dispatcher", ["/dispatch/interventions/", "/dispatch/plans/"]),
    ],
)
def test_what_cannot_be_the_number_of_a_row_is_not_found(web: Web, who: str, places: list[str]) -> None:
    browser = web.browser(who)
    for text in NO_ROW + NO_NUMBER:
        for place in places:
            path = place.format(text) if "{}" in place else place + text
            assert browser.get(path).status_code == 404, path


def test_other_methods_are_refused_without_an_error_of_ours(web: Web) -> None:
    before = web.digest()
    browser = web.browser()
    for method in ("OPTIONS", "TRACE", "PROPFIND", "PUT", "DELETE", "PATCH"):
        for route in routes(web.app):
            answer = browser.open(address(web, route, web.belongings["ana"]), method=method)
            allowed = {200, 303, 403, 404, 405} if method == "OPTIONS" else {405}
            assert answer.status_code in allowed, (method, route, answer.status_code)
    assert web.digest() == before


def test_a_wrong_method_is_answered_with_the_right_ones(web: Web) -> None:
    answer = web.browser().put("/staff/sign-in")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_the_demos_pages_exist_only_in_the_demo(web: Web) -> None:
    assert web.browser().get("/demo/outbox").status_code == 404


def test_an_extra_field_changes_nothing(web: Web) -> None:
    browser = web.browser("ana")
    theirs = web.people["bela"]
    answer = browser.post(
        "/portal/alfa/book",
        data={"activity_type": "1", "unit_id": theirs.unit_id, "contact_id": theirs.id, "client_id": theirs.id},
    )
    assert answer.status_code == 303
    draft = answer.location.split("/")[-2]
    assert web.browser("bela").get(f"/portal/beta/book/{draft}/where").status_code == 404
    assert browser.get(f"/portal/alfa/book/{draft}/where").status_code == 200


def plain(answer: TestResponse) -> str:
    """The page without what is new on every page."""
    return re.sub(r'(csrf-token" content|csrf_token" value)="[^"]+"', "", answer.text)
