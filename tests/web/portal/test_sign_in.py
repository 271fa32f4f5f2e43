import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.notify.models import OutboxMessage
from tests.web.portal import company
from tests.web.portal.company import PORTAL
from tests.web.portal.conftest import sent

OTHER_SITES = ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\tevil", "java:x"]
LINK = r"/portal/\S+/sign-in/link/\S+"


def test_a_page_of_the_portal_asks_who_is_there_and_leads_back_after_the_code(
    browser: FlaskClient, rows: Session
) -> None:
    asked = browser.get(f"{PORTAL}/visits")
    assert asked.status_code == 303
    browser.post(asked.location, data={"identifier": company.EMAIL})
    answer = browser.post(f"{PORTAL}/sign-in/code", data={"code": sent(rows, r"\b\d{6}\b")})
    assert answer.location == f"{PORTAL}/visits"


@pytest.mark.parametrize("identifier", ["stranger@example.com", "+351 919 999 999"])
def test_a_stranger_gets_the_same_answer_and_no_message(browser: FlaskClient, rows: Session, identifier: str) -> None:
    known = browser.post(f"{PORTAL}/sign-in", data={"identifier": company.EMAIL})
    before = rows.scalar(select(func.count()).select_from(OutboxMessage))
    unknown = browser.post(f"{PORTAL}/sign-in", data={"identifier": identifier})
    assert (unknown.status_code, unknown.location) == (known.status_code, known.location)
    assert rows.scalar(select(func.count()).select_from(OutboxMessage)) == before


def test_what_is_neither_an_address_nor_a_number_is_said_at_the_field(browser: FlaskClient) -> None:
    answer = browser.post(f"{PORTAL}/sign-in", data={"identifier": "nonsense"})
    assert answer.status_code == 422
    assert 'value="nonsense"' in answer.text
    assert 'id="identifier-error"' in answer.text


def test_looking_at_a_link_does_not_use_it_and_pressing_its_button_does_once(
    browser: FlaskClient, rows: Session
) -> None:
    browser.post(f"{PORTAL}/sign-in", data={"identifier": company.EMAIL})
    link = sent(rows, LINK)
    for _scanner in range(3):
        assert browser.get(link).status_code == 200
    assert browser.post(link).location == f"{PORTAL}/"
    assert browser.get(f"{PORTAL}/").status_code == 200
    assert browser.post(link).location == f"{PORTAL}/sign-in"


def test_five_wrong_codes_end_the_right_one(browser: FlaskClient, rows: Session) -> None:
    browser.post(f"{PORTAL}/sign-in", data={"identifier": company.EMAIL})
    right = sent(rows, r"\b\d{6}\b")
    wrong = "000000" if right != "000000" else "111111"
    for _try in range(5):
        assert browser.post(f"{PORTAL}/sign-in/code", data={"code": wrong}).status_code == 422
    answer = browser.post(f"{PORTAL}/sign-in/code", data={"code": right})
    assert answer.status_code == 422
    assert "cannot be used any more" in answer.text


def test_signing_out_ends_the_session_on_the_server(marta: FlaskClient) -> None:
    cookie = marta.get_cookie("fieldsvc_portal")
    assert cookie is not None
    marta.post(f"{PORTAL}/sign-out")
    marta.set_cookie("fieldsvc_portal", cookie.value)
    assert marta.get(f"{PORTAL}/").status_code == 303


@pytest.mark.parametrize("elsewhere", OTHER_SITES)
def test_nobody_is_led_to_another_site(browser: FlaskClient, rows: Session, elsewhere: str) -> None:
    browser.post(f"{PORTAL}/sign-in", query_string={"next": elsewhere}, data={"identifier": company.EMAIL})
    answer = browser.post(f"{PORTAL}/sign-in/code", data={"code": sent(rows, r"\b\d{6}\b")})
    assert answer.location == f"{PORTAL}/"
    assert browser.post(f"{PORTAL}/language", data={"locale": "pt-PT", "back": elsewhere}).location == f"{PORTAL}/"


def test_a_language_chosen_before_the_sign_in_is_kept_for_the_messages(browser: FlaskClient, rows: Session) -> None:
    for chosen in ("pt-PT", "en"):
        browser.post(f"{PORTAL}/language", data={"locale": chosen})
        browser.post(f"{PORTAL}/sign-in", data={"identifier": company.EMAIL})
        browser.post(f"{PORTAL}/sign-in/code", data={"code": sent(rows, r"\b\d{6}\b")})
        rows.expire_all()
        assert rows.scalars(select(Contact.locale).where(Contact.email == company.EMAIL)).one() == chosen
        browser.post(f"{PORTAL}/sign-out")
