"""P22–P25: signing in and out through the pages, of clients and of staff."""

import re
import time
from datetime import timedelta
from statistics import median

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fieldsvc.core import clock
from fieldsvc.domain.accounts import passwords
from fieldsvc.domain.accounts.models import OneTimeCode, SignInSession, Staff
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.conftest import NewWeb
from tests.web.routes import NOWHERE, address, routes
from tests.web.world import ANA, PASSWORD, Web

PORTAL = "/portal/alfa"
HOME = f"{PORTAL}/"
BOARD = "/dispatch/board"


def newcomer(web: Web, **values: object) -> Contact:
    """A contact of Ana's client whom nobody has asked for a code yet."""
    with web.factory.begin() as session:
        ana = session.get_one(Contact, web.people["ana"].id)
        return make.contact(session, ana.client, **values)


def ask(browser: FlaskClient, identifier: str | None, **more: str) -> TestResponse:
    return browser.post(f"{PORTAL}/sign-in", data={"identifier": identifier}, query_string=more)


def type_code(browser: FlaskClient, code: str) -> TestResponse:
    return browser.post(f"{PORTAL}/sign-in/code", data={"code": code})


def code_in(web: Web) -> str:
    return found(r"\b\d{6}\b", web.messages()[-1].text)


def link_in(web: Web) -> str:
    return found(r"https?://\S+/sign-in/link/\S+", web.messages()[-1].text)


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, text
    return match[0]


def is_in(browser: FlaskClient, path: str = HOME) -> bool:
    status = browser.get(path).status_code
    assert status in {200, 303, 403, 404}
    return status == 200


def cookie_of(browser: FlaskClient, name: str) -> str:
    cookie = browser.get_cookie(name)
    assert cookie is not None
    return cookie.value


# --- Clients ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["email", "phone"])
def test_a_contact_signs_in_with_the_code_that_was_sent(web: Web, by: str) -> None:
    number = "91" + str(2_000_000 + web.count(Contact))
    identifier = newcomer(web).email if by == "email" else newcomer(web, email=None, phone=f"+351{number}").phone
    browser = web.browser()
    assert ask(browser, identifier).location == f"{PORTAL}/sign-in/code"
    assert (identifier or "") not in browser.get(f"{PORTAL}/sign-in/code").text, "it is masked"
    assert type_code(browser, code_in(web)).location == HOME
    assert is_in(browser)


def test_the_link_is_shown_to_scanners_as_often_as_they_like_and_signs_in_once(web: Web) -> None:
    ask(web.browser(), newcomer(web).email)
    link = link_in(web).removeprefix("http://127.0.0.1:8000")
    for _scanner in range(3):
        scanner = web.browser()
        assert scanner.get(link).status_code == 200
        scanner.head(link)
        assert not is_in(scanner)
    browser = web.browser()
    assert browser.post(link).location == HOME
    assert is_in(browser)
    second = web.browser()
    assert second.post(link).location == f"{PORTAL}/sign-in"
    assert not is_in(second)


def test_another_code_can_be_sent_and_the_one_before_ends(web: Web) -> None:
    browser = web.browser()
    ask(browser, newcomer(web).email)
    first = code_in(web)
    assert browser.post(f"{PORTAL}/sign-in/resend").location == f"{PORTAL}/sign-in/code"
    second = code_in(web)
    if first != second:
        assert type_code(browser, first).status_code == 422
    assert type_code(browser, second).location == HOME


def test_every_wrong_code_is_counted_whatever_it_looks_like(web: Web) -> None:
    browser = web.browser()
    ask(browser, newcomer(web).email)
    right = code_in(web)
    arabic = right.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for number, wrong in enumerate((arabic, "x" * 100_000, "\u202e" + right, "-1", right + "0"), start=1):
        assert type_code(browser, wrong).status_code == 422
        with web.factory() as session:
            newest = sa.select(OneTimeCode.tries).order_by(OneTimeCode.id.desc())
            assert session.scalars(newest).first() == number
    assert type_code(browser, right).status_code == 422
    assert not is_in(browser)


def test_a_code_asked_for_in_one_browser_is_of_no_use_in_another(web: Web) -> None:
    ask(web.browser(), newcomer(web).email)
    other = web.browser()
    assert type_code(other, code_in(web)).location == f"{PORTAL}/sign-in"
    ask(other, "nobody@example.com")
    assert type_code(other, code_in(web)).status_code == 422


def test_a_code_of_one_unit_is_refused_at_the_portal_of_another(web: Web) -> None:
    browser = web.browser()
    ask(browser, newcomer(web).email)
    answer = browser.post("/portal/beta/sign-in/code", data={"code": code_in(web)})
    assert answer.status_code == 422
    assert not is_in(browser, "/portal/beta/")


def test_known_and_unknown_identities_get_the_same_answers(web: Web) -> None:
    phone = newcomer(web, phone="+351910000001").phone
    for known, unknown in ((newcomer(web).email, "nobody@example.com"), (phone, "+351919999999")):
        transcripts = [conversation(web, known), conversation(web, unknown)]
        assert len(transcripts[0]) == 9
        assert transcripts[0] == transcripts[1]


def conversation(web: Web, identifier: str | None) -> list[tuple[int, str | None, str]]:
    """Everything a stranger is told on the way, without what he typed and what is new on each page."""
    browser = web.browser()
    answers = [ask(browser, identifier), browser.get(f"{PORTAL}/sign-in/code")]
    answers += [browser.post(f"{PORTAL}/sign-in/resend"), browser.get(f"{PORTAL}/sign-in/code")]
    answers += [type_code(browser, "not it") for _try in range(5)]
    masked = r"\w•••@example.com|••• ••• \d{3}"
    plain = r'(csrf-token" content|csrf_token" value)="[^"]+"|' + masked
    return [(answer.status_code, answer.location, re.sub(plain, "", answer.text)) for answer in answers]


def test_too_many_codes_are_refused_alike_for_known_and_unknown_identities(web: Web) -> None:
    told = []
    for identifier in (newcomer(web).email, "somebody.else@example.com"):
        browser = web.browser()
        for _time in range(6):
            assert ask(browser, identifier).status_code == 303
        answer = ask(browser, identifier)
        assert ask(web.browser(), identifier).status_code == 429, "another browser does not help"
        told.append((answer.status_code, answer.headers["Retry-After"], found("<h1>.*", answer.text)))
    assert told[0] == told[1]
    assert told[0][:2] == (429, "3600")


# --- Sessions -----------------------------------------------------------------------------------------


def test_a_session_cookie_that_was_there_before_is_not_taken_over(web: Web) -> None:
    browser = web.browser()
    browser.set_cookie("fieldsvc_portal", "chosen-by-an-attacker")
    ask(browser, newcomer(web).email)
    asked = cookie_of(browser, "fieldsvc_form")
    type_code(browser, code_in(web))
    assert cookie_of(browser, "fieldsvc_portal") != "chosen-by-an-attacker"
    attacker = web.browser()
    attacker.set_cookie("fieldsvc_portal", "chosen-by-an-attacker")
    attacker.set_cookie("fieldsvc_form", asked)
    assert not is_in(attacker)


@pytest.mark.parametrize(
    ("who", "page", "out", "name"),
    [
        ("ana", HOME, f"{PORTAL}/sign-out", "fieldsvc_portal"),
        ("dispatcher", BOARD, "/staff/sign-out", "fieldsvc_staff"),
    ],
)
def test_signing_out_ends_the_session_on_the_server(web: Web, who: str, page: str, out: str, name: str) -> None:
    browser, elsewhere = web.browser(who), web.browser(who)
    secret = cookie_of(browser, name)
    assert is_in(browser, page)
    assert browser.post(out).status_code == 303
    assert browser.get_cookie(name) is None
    thief = web.browser()
    thief.set_cookie(name, secret)
    assert not is_in(thief, page)
    assert is_in(elsewhere, page), "his other browser stays signed in"


def test_a_session_ends_when_its_time_is_over(web: Web) -> None:
    for who, page, days in (("ana", HOME, 30), ("dispatcher", BOARD, 0.5)):
        browser = web.browser(who)
        with web.factory() as session:
            newest = session.scalars(sa.select(SignInSession).order_by(SignInSession.id.desc())).first()
        assert newest is not None
        assert newest.expires_at - newest.created_at == timedelta(days=days)
        assert is_in(browser, page)
        over = clock.now() - timedelta(seconds=1)
        web.change(sa.update(SignInSession).where(SignInSession.id == newest.id).values(expires_at=over))
        assert not is_in(browser, page)


def test_the_cookie_of_one_kind_is_of_no_use_as_the_other(web: Web) -> None:
    portal, staff = (
        cookie_of(web.browser("ana"), "fieldsvc_portal"),
        cookie_of(web.browser("dispatcher"), "fieldsvc_staff"),
    )
    browser = web.browser()
    browser.set_cookie("fieldsvc_portal", staff)
    browser.set_cookie("fieldsvc_staff", portal)
    assert not is_in(browser)
    assert not is_in(browser, BOARD)


@pytest.mark.parametrize("cookie", ["", "x", "x" * 4000, "\x00", "é", "' OR 1=1 --"])
def test_a_cookie_that_is_none_signs_nobody_in(web: Web, cookie: str) -> None:
    browser = web.browser()
    for name in ("fieldsvc_portal", "fieldsvc_staff", "fieldsvc_form", "locale", "theme"):
        browser.set_cookie(name, cookie)
    assert not is_in(browser)
    assert not is_in(browser, BOARD)
    assert browser.get(f"{PORTAL}/sign-in").status_code == 200


@pytest.mark.parametrize("key", [b"", b"x", b"only-for-tests-", b"0" * 64])
def test_a_form_cookie_signed_with_another_key_is_ignored(web: Web, key: bytes) -> None:
    ask(web.browser(), newcomer(web).email)
    with web.factory() as session:
        code_id = session.scalar(sa.select(sa.func.max(OneTimeCode.id)))
    asked = {"code_id": code_id, "identity": {"kind": "email", "value": ANA}, "masked": "", "next": None}
    assert type_code(forger(web, web.app.secret_key, asked), "wrong").status_code == 422, "the control"
    assert type_code(forger(web, key, asked), code_in(web)).location == f"{PORTAL}/sign-in"


def forger(web: Web, key: str | bytes | None, asked: dict[str, object]) -> FlaskClient:
    signing = web.app.secret_key
    web.app.secret_key = key or b" "
    serializer = SecureCookieSessionInterface().get_signing_serializer(web.app)
    web.app.secret_key = signing
    assert serializer is not None
    browser = web.browser()
    browser.set_cookie("fieldsvc_form", str(serializer.dumps({"sign_in": asked})))
    return browser


OF_ANA = "WHERE id = (SELECT client_id FROM contact WHERE id = :id)"
UNIT_OF = "WHERE id = (SELECT unit_id FROM people WHERE id = :id)"
ENDINGS = {
    "contact": ("ana", "contact SET is_active = {} WHERE id = :id", "false", "true"),
    "client": ("ana", f"client SET is_active = {{}} {OF_ANA}", "false", "true"),
    "client's portal": ("ana", f"client SET portal_access = {{}} {OF_ANA}", "'off'", "'inherit'"),
    "portal": ("ana", "business_unit SET settings = {} " + UNIT_OF, """'{"is_portal_open": false}'""", "'{}'"),
    "unit of a client": ("ana", "business_unit SET is_active = {} " + UNIT_OF, "false", "true"),
    "unit of staff": ("dispatcher", "business_unit SET is_active = {} " + UNIT_OF, "false", "true"),
    "dispatcher": ("dispatcher", "staff SET is_active = {} WHERE id = :id", "false", "true"),
    "role": ("dispatcher", "staff SET role = {} WHERE id = :id", "'technician'", "'dispatcher'"),
    "technician": ("technician", "staff SET is_active = {} WHERE id = :id", "false", "true"),
    "technician who left": ("technician", "technician SET is_active = {} WHERE staff_id = :id", "false", "true"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_right_that_was_taken_away_is_gone_at_the_next_request(web: Web, ending: str) -> None:
    who, statement, end, again = ENDINGS[ending]
    page = {"ana": HOME, "dispatcher": BOARD, "technician": "/field/"}[who]
    browser = web.browser(who)
    assert is_in(browser, page)
    for value, is_open in ((end, False), (again, True)):
        table = "contact" if who == "ana" else "staff"
        change = "UPDATE " + statement.replace("FROM people", f"FROM {table}").replace("{}", value, 1)
        web.change(sa.text(change).bindparams(id=web.people[who].id))
        assert is_in(browser, page) is is_open


# --- Staff --------------------------------------------------------------------------------------------


def knock(web: Web, email: str, password: str) -> TestResponse:
    return web.browser().post("/staff/sign-in", data={"email": email, "password": password})


def test_staff_sign_in_with_their_password(web: Web) -> None:
    browser = web.browser()
    answer = browser.post("/staff/sign-in", data={"email": " Dora@Example.com ", "password": PASSWORD})
    assert answer.location == BOARD
    assert is_in(browser, BOARD)


def test_unknown_people_and_wrong_passwords_get_the_same_answer(web: Web) -> None:
    with web.factory.begin() as session:
        unit = session.get_one(BusinessUnit, web.people["dispatcher"].unit_id)
        gone = make.staff(session, unit, is_active=False).email
    told = set()
    for email, password in (("dora@example.com", "wrong"), ("nobody@example.com", PASSWORD), (gone, PASSWORD)):
        answer = knock(web, email, password)
        assert PASSWORD not in answer.text
        told.add((answer.status_code, re.sub(r'"[^"]*@[^"]*"|(token" (content|value))="[^"]+"', "", answer.text)))
    assert [status for status, _text in told] == [422]


def test_an_unknown_person_costs_as_long_as_a_wrong_password(
    web: Web, slow_hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", slow_hasher)
    passwords._decoy.cache_clear()
    slow = passwords.hash_of(PASSWORD)
    web.change(sa.update(Staff).where(Staff.email == "dora@example.com").values(password_hash=slow))

    def seconds(email: str) -> float:
        begun = time.perf_counter()
        knock(web, email, "wrong")
        return time.perf_counter() - begun

    knock(web, "nobody@example.com", "wrong")
    pairs = [(seconds("dora@example.com"), seconds("nobody@example.com")) for _round in range(7)]
    known, unknown = (median(side) for side in zip(*pairs, strict=True))
    assert 0.4 < unknown / known < 2.5, (known, unknown)


def test_a_password_of_any_length_is_answered_at_once(web: Web) -> None:
    begun = time.perf_counter()
    assert knock(web, "dora@example.com", "x" * 400_000).status_code == 422
    assert knock(web, "dora@example.com", "x" * 1_000_000).status_code == 413
    assert knock(web, "d" * 400_000, "x").status_code == 422
    assert time.perf_counter() - begun < 3


# --- The way on ---------------------------------------------------------------------------------------

ELSEWHERE = [
    "//evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/\r\n/evil.test",
    "javascript:alert(1)",
    "https://portal.example.com@evil.test",
    "https:evil.test",
    "evil.test",
    "/é",
    " /dispatch/board",
    "",
]


@pytest.mark.parametrize("wanted", [*ELSEWHERE, "/dispatch/interventions?q=boiler"])
def test_signing_in_never_leads_to_another_site(web: Web, wanted: str) -> None:
    is_ours = wanted.startswith("/dispatch/")
    sent = {"email": "dora@example.com", "password": PASSWORD}
    staff = web.browser().post("/staff/sign-in", query_string={"next": wanted}, data=sent)
    assert staff.location == (wanted if is_ours else BOARD)
    browser = web.browser()
    ask(browser, newcomer(web).email, next=wanted)
    assert type_code(browser, code_in(web)).location == (wanted if is_ours else HOME)
    for page, field in (("language", "locale"), ("theme", "theme")):
        answer = web.browser().post(f"{PORTAL}/{page}", data={field: "x", "back": wanted})
        assert answer.location == (wanted if is_ours else HOME)


def test_whatever_name_a_request_gives_the_site_messages_name_the_public_one(new_web: NewWeb) -> None:
    web = new_web(public_url="https://fieldsvc.example")
    for headers in ({"Host": "evil.test"}, {"X-Forwarded-Host": "evil.test"}, {"Forwarded": "host=evil.test"}):
        web.browser().post(f"{PORTAL}/sign-in", data={"identifier": ANA}, headers=headers)
        assert link_in(web).startswith(f"https://fieldsvc.example{PORTAL}/sign-in/link/")
    assert web.count(OutboxMessage, OutboxMessage.kind == "sign_in_code") == 3
    assert "evil" not in "".join(message.text + message.html + message.subject for message in web.messages())


def test_every_page_that_needs_somebody_leads_back_to_itself(web: Web) -> None:
    seen = 0
    for route in routes(web.app):
        path = address(web, route, NOWHERE)
        answer = web.browser().open(path, method=route.method, buffered=True)
        if answer.status_code == 303 and "next=" in (answer.location or ""):
            assert route.method == "GET"
            assert answer.location.endswith("next=" + path)
            seen += 1
    assert seen > 20
