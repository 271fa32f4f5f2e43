import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.dispatch import company
from tests.web.dispatch.conftest import SignedIn

PAGES = (
    "/dispatch/board",
    "/dispatch/changes",
    "/dispatch/interventions",
    "/dispatch/interventions/1",
    "/dispatch/satisfaction",
)


def test_a_dispatcher_begins_with_the_board_and_a_technician_with_his_day(app: Flask) -> None:
    for email, first_page in ((company.DISPATCHER, "/dispatch/board"), (company.TECHNICIAN, "/field/")):
        form = {"email": f" {email.upper()} ", "password": company.PASSWORD}
        assert app.test_client().post("/staff/sign-in", data=form).location == first_page


@pytest.mark.parametrize("email", [company.DISPATCHER, "nobody@example.com", ""])
def test_a_wrong_password_and_an_unknown_person_get_no_session(app: Flask, email: str) -> None:
    browser = app.test_client()
    answer = browser.post("/staff/sign-in", data={"email": email, "password": "wrong"})
    assert answer.status_code == 422
    assert "fieldsvc_staff" not in str(answer.headers)
    assert browser.get("/dispatch/board").location.startswith("/staff/sign-in?next=")


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
def test_signing_in_never_leads_to_another_site(app: Flask, wanted: str) -> None:
    form = {"email": company.DISPATCHER, "password": company.PASSWORD}
    answer = app.test_client().post("/staff/sign-in", query_string={"next": wanted}, data=form)
    assert answer.location == "/dispatch/board"


def test_the_page_that_was_asked_for_comes_after_signing_in(app: Flask) -> None:
    browser = app.test_client()
    wanted = "/dispatch/interventions?q=hotel"
    form = {"email": company.DISPATCHER, "password": company.PASSWORD}
    assert browser.post(browser.get(wanted).location, data=form).location == wanted


def test_a_session_that_was_ended_opens_nothing(lucia: FlaskClient) -> None:
    cookie = lucia.get_cookie("fieldsvc_staff")
    assert cookie is not None
    lucia.post("/staff/sign-out")
    lucia.set_cookie("fieldsvc_staff", cookie.value)
    assert lucia.get("/dispatch/board").status_code == 303


def test_a_technician_sees_no_page_of_the_dispatchers(signed_in: SignedIn) -> None:
    rui = signed_in(company.TECHNICIAN)
    assert {rui.get(page).status_code for page in PAGES} == {403}


def test_a_dispatcher_has_no_day_of_his_own(lucia: FlaskClient) -> None:
    assert lucia.get("/field/").status_code == 403
