"""P39: the logs say what happened, and nothing of what people are called, where they live or what they typed."""

import json
import logging
import re

import pytest

from fieldsvc.core.logs import where_it_broke
from fieldsvc.domain.clients.models import Client, Contact, Site
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web import access
from fieldsvc.web.access import Who
from fieldsvc.web.session import db
from tests.web.conftest import NewWeb
from tests.web.world import PASSWORD, Web

# What must not be found in any log: each stands for one kind of personal data or secret.
NAME, STREET, EMAIL, PHONE, TYPED = (
    "Canaria Passarinho",
    "Rua do Canário",
    "canary@example.com",
    "+351910101010",
    "PiuPiu",
)
CANARIES = (NAME, STREET, EMAIL, PHONE, "910101010", TYPED, PASSWORD)


def with_canaries(web: Web) -> None:
    with web.factory.begin() as session:
        contact = session.get_one(Contact, web.people["ana"].id)
        contact.name = session.get_one(Client, contact.client_id).name = NAME
        contact.email, contact.phone = EMAIL, PHONE
        visit = session.get_one(Intervention, web.belongings["ana"].intervention)
        session.get_one(Site, visit.site_id).address = STREET


def broken() -> str:
    typed = db().get_one(Contact, 1)
    try:
        raise LookupError(f"nothing is called {typed.name}")
    except LookupError as error:
        raise ValueError(f"invalid literal: {TYPED!r} of {EMAIL}") from error


def refused() -> str:
    db().add(Client(unit_id=1, reference=STREET, name=NAME, created_at=TYPED))
    db().flush()
    return "never seen"


def live_through_it(web: Web) -> set[str]:
    """Sign in and book, with mistakes on the way; the secrets that were given out meanwhile."""
    browser = web.browser()
    portal = "/portal/alfa"
    for identifier in (TYPED, "stranger-" + EMAIL, PHONE, EMAIL):
        browser.post(f"{portal}/sign-in", data={"identifier": identifier})
    browser.post(f"{portal}/sign-in/code", data={"code": TYPED})
    message = web.messages()[-1].text
    secrets = set(re.findall(r"\b\d{6}\b|(?<=/link/)\S+", message))
    code = next(secret for secret in secrets if secret.isdecimal())
    assert browser.post(f"{portal}/sign-in/code", data={"code": code}).status_code == 303
    booking = browser.post(f"{portal}/book", data={"activity_type": "1"}).location.removesuffix("/where")
    new = {"site": "elsewhere", "address": STREET, "city": TYPED, "postcode": TYPED}
    browser.post(f"{booking}/where", data=new)
    browser.post(f"{booking}/where", data={"site": "1"})
    browser.post(f"{booking}/questions", data={"notes": TYPED})
    window = re.findall(r'name="window" value="([^"]+)"', browser.get(f"{booking}/when").text)[0]
    assert browser.post(f"{booking}/hold", data={"window": window}).status_code == 303
    assert browser.post(f"{booking}/confirm").location.endswith("/booked")
    browser.post("/staff/sign-in", data={"email": EMAIL, "password": TYPED})
    browser.post("/staff/sign-in", data={"email": "dora@example.com", "password": PASSWORD})
    browser.get("/dispatch/interventions", query_string={"q": NAME})
    browser.get(f"/questionnaire/{TYPED}")
    browser.get(f"/questionnaire/{web.belongings['ana'].questionnaire}")
    for path in ("/new", "/refused"):
        assert browser.post(f"{path}?q={TYPED}", data={"name": NAME}).status_code == 500
    secrets |= {web.belongings["ana"].questionnaire}
    secrets |= {cookie.value for name in COOKIES if (cookie := browser.get_cookie(name))}
    return secrets


COOKIES = ("fieldsvc_portal", "fieldsvc_staff", "fieldsvc_form")


def test_the_logs_name_no_person_and_no_secret(
    new_web: NewWeb,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    web = new_web()
    with_canaries(web)
    for name, view in (("new", broken), ("refused", refused)):
        monkeypatch.setitem(access.TABLE, (name, "POST"), Who.ANYONE)
        web.app.add_url_rule(f"/{name}", name, view, methods=["POST"])
    secrets = live_through_it(web)
    assert len(secrets) > 4
    written = capfd.readouterr()
    logs = written.out + written.err + caplog.text
    entries = [json.loads(line) for line in written.err.splitlines() if line.startswith("{")]
    assert [entry["event"] for entry in entries] == ["request.failed", "request.failed"], "and the logs are written"
    assert "broken" in entries[0]["exception"], "and say where it broke"
    assert "LookupError" in entries[0]["exception"]
    for canary in (*CANARIES, *secrets):
        assert canary not in logs


def test_an_exception_in_the_log_keeps_its_kind_and_loses_its_words() -> None:
    with pytest.raises(ValueError, match=TYPED) as failure:
        broken_by(TYPED)
    event = where_it_broke(None, "error", {"event": "x", "exc_info": failure.value})
    assert event["exception"].startswith("ValueError")
    assert "broken_by" in event["exception"]
    assert TYPED not in event["exception"]
    assert where_it_broke(None, "info", {"event": "x"}) == {"event": "x"}


def broken_by(text: str) -> int:
    return int(text)
