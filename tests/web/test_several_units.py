"""CD-04: people whom several units know sign in at one address and choose the unit after the code."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from fieldsvc.core import clock
from fieldsvc.domain.clients import permanent_codes
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.kept import KEY
from tests.web.test_sign_in import code_in
from tests.web.world import Web


def somebody(web: Web, *units: str) -> str:
    """The e-mail of a person whom these units know."""
    email = f"well-known-{web.count(Contact)}@example.com"
    with web.factory.begin() as session:
        for slug in units:
            unit = session.scalars(sa.select(BusinessUnit).where(BusinessUnit.slug == slug)).one()
            make.contact(session, make.client(session, unit), email=email)
    return email


def typed(web: Web, identifier: str) -> FlaskClient:
    """A browser in which somebody typed who he is, and then the code."""
    browser = web.browser()
    assert browser.post("/portal/", data={"identifier": identifier}).location == "/portal/code"
    assert identifier not in browser.get("/portal/code").text, "it is masked"
    return browser


def is_in(browser: FlaskClient, slug: str) -> bool:
    return browser.get(f"/portal/{slug}/").status_code == 200


def test_who_is_known_to_one_unit_is_there_at_once(web: Web) -> None:
    browser = typed(web, somebody(web, "beta"))
    assert browser.post("/portal/code", data={"code": code_in(web)}).location == "/portal/beta/"
    assert is_in(browser, "beta")


def test_who_is_known_to_several_chooses_after_the_code_and_not_before(web: Web) -> None:
    browser = typed(web, somebody(web, "alfa", "beta"))
    assert browser.get("/portal/choose").location == "/portal/"
    assert browser.post("/portal/choose", data={"unit": "beta"}).location == "/portal/"
    assert browser.post("/portal/code", data={"code": code_in(web)}).location == "/portal/choose"
    assert not is_in(browser, "alfa")
    page = browser.get("/portal/choose").text
    assert "Alfa" in page
    assert "Beta" in page
    assert browser.post("/portal/choose", data={"unit": "beta"}).location == "/portal/beta/"
    assert is_in(browser, "beta")
    assert not is_in(browser, "alfa")
    assert browser.get("/portal/choose").location == "/portal/", "one code opens one door"


@pytest.mark.parametrize("unit", ["gamma", "", "../beta"])
def test_another_door_than_those_that_are_open_is_not_chosen(web: Web, unit: str) -> None:
    browser = typed(web, somebody(web, "alfa", "beta"))
    browser.post("/portal/code", data={"code": code_in(web)})
    assert browser.post("/portal/choose", data={"unit": unit}).status_code == 200


def test_a_right_that_is_taken_away_while_one_chooses_is_gone(web: Web) -> None:
    email = somebody(web, "alfa", "beta")
    browser = typed(web, email)
    browser.post("/portal/code", data={"code": code_in(web)})
    beta = sa.select(BusinessUnit.id).where(BusinessUnit.slug == "beta").scalar_subquery()
    web.change(sa.update(Contact).where(Contact.email == email, Contact.unit_id == beta).values(is_active=False))
    assert browser.post("/portal/choose", data={"unit": "beta"}).status_code == 200
    assert browser.post("/portal/choose", data={"unit": "alfa"}).location == "/portal/alfa/"


def test_the_time_to_choose_ends(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = typed(web, somebody(web, "alfa", "beta"))
    browser.post("/portal/code", data={"code": code_in(web)})
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert browser.post("/portal/choose", data={"unit": "beta"}).location == "/portal/"


def test_a_stranger_is_told_the_same_and_gets_nothing(web: Web) -> None:
    known, before = typed(web, somebody(web, "alfa")), len(web.messages())
    stranger = typed(web, "nobody-at-all@example.com")
    assert len(web.messages()) == before
    answers = [browser.post("/portal/code", data={"code": "000000"}) for browser in (known, stranger)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("You have 4 more tries" in answer.text for answer in answers)


def test_a_permanent_code_of_one_unit_opens_no_other(web: Web) -> None:
    email = somebody(web, "alfa", "beta")
    with web.factory.begin() as session:
        unit = session.scalars(sa.select(BusinessUnit).where(BusinessUnit.slug == "alfa")).one()
        before, unit.settings = unit.settings, {**unit.settings, "sign_in_by_permanent_code": True}
        contact = session.scalars(sa.select(Contact).where(Contact.email == email, Contact.unit_id == unit.id)).one()
        made = permanent_codes.make(session, KEY, unit, contact, actor=make.DISPATCHER, now=clock.now())
    browser = typed(web, email)
    assert browser.post("/portal/code", data={"code": made.code}).status_code == 422
    web.change(sa.update(BusinessUnit).where(BusinessUnit.slug == "alfa").values(settings=before))


@pytest.mark.parametrize("identifier", ["", "nonsense", "a@b", "x" * 100_000, "+9990000000000000", "<script>"])
def test_what_is_neither_an_address_nor_a_number_is_refused_with_words(web: Web, identifier: str) -> None:
    answer = web.browser().post("/portal/", data={"identifier": identifier})
    assert answer.status_code == 422
    assert "Please type" in answer.text
