"""The list and the record of clients, for staff."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from fieldsvc.domain.accounts.models import SignInSession
from fieldsvc.domain.clients.models import Client, Contact, PermanentCode, Site
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.world import Web

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def own(fresh_web: Web) -> Web:
    return fresh_web


@pytest.fixture
def dora(own: Web) -> FlaskClient:
    return own.browser("dispatcher")


def client_of(web: Web, who: str = "ana") -> Client:
    with web.factory() as session:
        return session.get_one(Client, web.belongings[who].client)


def edit(web: Web, browser: FlaskClient, **values: Any) -> Any:
    shown = client_of(web)
    typed = {"name": shown.name, "reference": shown.reference, "kind": shown.kind, "is_active": "y"}
    return browser.post(f"/dispatch/clients/{shown.id}/edit", data={**typed, "version": shown.version, **values})


# --- The list -----------------------------------------------------------------------------------------


def test_the_list_shows_the_clients_of_the_unit_and_finds_them(own: Web, dora: FlaskClient) -> None:
    page = dora.get("/dispatch/clients").text
    assert "Client of ana" in page
    assert "Client of bela" not in page
    found = dora.get("/dispatch/clients", query_string={"q": "SOFIA@example"}).text
    assert "Client of sofia" in found
    assert "Client of ana" not in found
    assert "Nothing found" in dora.get("/dispatch/clients", query_string={"q": "%"}).text


def test_the_portal_of_many_is_changed_after_a_confirmation_that_counts_them(own: Web, dora: FlaskClient) -> None:
    ana, sofia = own.browser("ana"), own.browser("sofia")
    asked = dora.post("/dispatch/clients/portal", data={"all": "y", "access": "off"})
    assert "Change the portal of 2 clients?" in asked.text
    assert ana.get("/portal/alfa/").status_code == 200, "asked is not done"
    done = dora.post("/dispatch/clients/portal", data={"all": "y", "access": "off", "confirmed": "y"})
    assert done.status_code == 303
    assert [browser.get("/portal/alfa/").status_code for browser in (ana, sofia)] == [303, 303], "at the next request"
    with own.factory() as session:
        bela = session.get_one(Client, own.belongings["bela"].client)
        assert bela.portal_access == "inherit", "another unit"
    [change] = re.findall(r'name="change" value="(\d+)"', dora.get(done.location).text)
    assert dora.post("/dispatch/clients/portal/undo", data={"change": change}).status_code == 303
    assert [browser.get("/portal/alfa/").status_code for browser in (ana, sofia)] == [200, 200]


def test_only_those_that_are_ticked_change(own: Web, dora: FlaskClient) -> None:
    chosen = own.belongings["sofia"].client
    foreign = own.belongings["bela"].client
    typed = {"client": [chosen, foreign], "access": "off", "confirmed": "y"}
    assert dora.post("/dispatch/clients/portal", data=typed).status_code == 303
    with own.factory() as session:
        by_id = dict(session.execute(sa.select(Client.id, Client.portal_access)).all())
    assert by_id == {own.belongings["ana"].client: "inherit", chosen: "off", foreign: "inherit"}


@pytest.mark.parametrize("typed", [{}, {"access": "maybe", "all": "y"}, {"access": "off"}, {"client": "x"}])
def test_a_change_of_nobody_or_to_nothing_is_refused(web: Web, typed: dict[str, str]) -> None:
    assert web.browser("dispatcher").post("/dispatch/clients/portal", data=typed).status_code == 422


# --- The record ---------------------------------------------------------------------------------------


def test_the_record_says_who_may_sign_in_and_which_level_decides(own: Web, dora: FlaskClient) -> None:
    path = f"/dispatch/clients/{own.belongings['ana'].client}"
    page = dora.get(path).text
    assert "Ana can sign in" in page
    assert "Follows the unit." in page
    version = client_of(own).version
    assert dora.post(f"{path}/portal", data={"access": "off", "version": version}).status_code == 303
    page = dora.get(path).text
    assert "Ana cannot sign in" in page
    assert "Switched off for this client." in page
    own.change(sa.update(BusinessUnit).where(BusinessUnit.slug == "alfa").values(settings={"is_portal_open": False}))
    assert "is closed for everybody" in dora.get(path).text


def test_facts_and_fields_of_ones_own_are_kept(own: Web, dora: FlaskClient) -> None:
    lines = {"custom-name": ["Contract", "", "Boiler"], "custom-value": ["gold", "lost", SCRIPT]}
    assert edit(own, dora, name=f"Ana {SCRIPT}", category="VIP", **lines).status_code == 303
    assert client_of(own).custom == {"Contract": "gold", "Boiler": SCRIPT}
    page = dora.get(f"/dispatch/clients/{client_of(own).id}").text
    assert SCRIPT not in page
    assert "Contract" in page


def test_a_stale_edit_is_refused_and_keeps_what_was_typed(own: Web, dora: FlaskClient) -> None:
    old = client_of(own).version
    assert edit(own, dora, category="first").status_code == 303
    answer = edit(own, dora, category="second", version=old)
    assert answer.status_code == 409
    assert 'value="second"' in answer.text
    assert client_of(own).category == "first"
    [version] = re.findall(r'name="version" type="hidden" value="(\d+)"', answer.text)
    assert edit(own, dora, category="second", version=version).status_code == 303


def test_a_version_that_is_missing_changes_nothing(own: Web, dora: FlaskClient) -> None:
    assert edit(own, dora, category="x", version="").status_code == 428
    assert client_of(own).category == ""


def test_a_client_a_person_and_a_site_are_added_by_hand(own: Web, dora: FlaskClient) -> None:
    added = dora.post("/dispatch/clients/new", data={"name": "New one", "kind": "individual", "is_active": "y"})
    client_id = int(added.location.rsplit("/", 1)[1])
    person = {"name": "Nora", "email": "NORA@example.com", "role": "all", "is_active": "y", "version": 1}
    assert dora.post(f"/dispatch/clients/{client_id}/contacts/new", data=person).status_code == 303
    place = {"address": "Street 9", "latitude": "41.2", "longitude": "-8.6", "version": 2}
    assert dora.post(f"/dispatch/clients/{client_id}/sites/new", data=place).status_code == 303
    with own.factory() as session:
        assert session.scalars(sa.select(Contact).where(Contact.name == "Nora")).one().email == "nora@example.com"
        assert session.scalars(sa.select(Site).where(Site.address == "Street 9")).one().is_located
    page = dora.get(f"/dispatch/clients/{client_id}").text
    assert "nora@example.com" in page
    assert "Located" in page


def test_an_e_mail_that_somebody_has_is_refused_with_his_name(own: Web, dora: FlaskClient) -> None:
    client_id = own.belongings["sofia"].client
    typed = {"name": "Twin", "email": "ana@example.com", "role": "all", "is_active": "y", "version": 1}
    answer = dora.post(f"/dispatch/clients/{client_id}/contacts/new", data=typed)
    assert answer.status_code == 422
    assert "This is already how Ana of Client of ana signs in." in answer.text


def test_who_left_is_out_at_the_next_request(own: Web, dora: FlaskClient) -> None:
    ana = own.browser("ana")
    assert ana.get("/portal/alfa/").status_code == 200
    path = f"/dispatch/contacts/{own.belongings['ana'].contact}"
    typed = {"name": "Ana", "email": "ana@example.com", "role": "all", "version": client_of(own).version}
    assert dora.post(path, data=typed).status_code == 303
    assert ana.get("/portal/alfa/").status_code == 303
    assert own.count(SignInSession) > 0


def test_a_role_narrows_what_is_seen_at_the_next_request(own: Web, dora: FlaskClient) -> None:
    with own.factory.begin() as session:
        rui = make.contact(session, session.get_one(Client, own.belongings["ana"].client), email="rui2@example.com")
        own.people["rui"] = type(own.people["ana"])("contact", rui.id, rui.unit_id)
    browser, visit = own.browser("rui"), f"/portal/alfa/visits/{own.belongings['ana'].intervention}"
    assert browser.get(visit).status_code == 200
    typed = {"name": "Rui", "email": "rui2@example.com", "role": "own", "is_active": "y"}
    path = f"/dispatch/contacts/{own.people['rui'].id}"
    assert dora.post(path, data={**typed, "version": client_of(own).version}).status_code == 303
    assert browser.get(visit).status_code == 404


def test_the_number_of_queries_of_the_list_does_not_grow(own: Web, dora: FlaskClient) -> None:
    few = statements(own, dora)
    with own.factory.begin() as session:
        unit = session.scalars(sa.select(BusinessUnit).where(BusinessUnit.slug == "alfa")).one()
        for _number in range(20):
            client = make.client(session, unit)
            make.contact(session, client)
            make.site(session, client)
    assert statements(own, dora) == few


def statements(web: Web, browser: FlaskClient) -> int:
    """How many statements the list takes."""
    engine, sent = web.app.extensions["fieldsvc"].engine, []

    def note(*_arguments: object) -> None:
        sent.append(1)

    sa.event.listen(engine, "before_cursor_execute", note)
    assert browser.get("/dispatch/clients").status_code == 200
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(sent)


# --- Permanent codes ----------------------------------------------------------------------------------


@pytest.fixture
def with_codes(own: Web) -> Web:
    settings = {"sign_in_by_permanent_code": True}
    own.change(sa.update(BusinessUnit).where(BusinessUnit.slug == "alfa").values(settings=settings))
    return own


def made(web: Web, browser: FlaskClient) -> str:
    """A new permanent code of Ana, as the page shows it."""
    answer = browser.post(f"/dispatch/contacts/{web.belongings['ana'].contact}/permanent-codes")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    [code] = re.findall(r"data-permanent-code>([A-Z0-9-]+)<", answer.text)
    return str(code)


def test_a_permanent_code_is_shown_once_and_signs_in_without_scripts(with_codes: Web, dora: FlaskClient) -> None:
    code = made(with_codes, dora)
    record = dora.get(f"/dispatch/clients/{with_codes.belongings['ana'].client}").text
    assert code not in record
    assert f"ends in {code[-2:]}" in record
    browser = with_codes.browser()
    assert "permanent code" not in browser.get("/portal/alfa/sign-in").text
    browser.post("/portal/alfa/sign-in", data={"identifier": "ana@example.com"})
    page = browser.get("/portal/alfa/sign-in/code").text
    assert "Six-digit code, or your permanent code" in page
    assert 'maxlength="6"' not in page
    assert browser.post("/portal/alfa/sign-in/code", data={"code": code.lower()}).location == "/portal/alfa/"
    assert browser.get("/portal/alfa/").status_code == 200


def test_a_revoked_code_is_a_wrong_code_in_the_same_words(with_codes: Web, dora: FlaskClient) -> None:
    code = made(with_codes, dora)
    with with_codes.factory() as session:
        row = session.scalars(sa.select(PermanentCode).order_by(PermanentCode.id.desc()).limit(1)).one()
    path = f"/dispatch/contacts/{row.contact_id}/permanent-codes/{row.id}/revoke"
    assert dora.post(path).status_code == 303
    answers = []
    for identifier, typed in (("ana@example.com", code), ("ana@example.com", "0"), ("nobody@example.com", code)):
        browser = with_codes.browser()
        browser.post("/portal/alfa/sign-in", data={"identifier": identifier})
        answers.append(browser.post("/portal/alfa/sign-in/code", data={"code": typed}))
    assert [answer.status_code for answer in answers] == [422] * 3
    assert all("You have 4 more tries" in answer.text for answer in answers)


def test_where_the_unit_takes_none_no_code_is_made(own: Web, dora: FlaskClient) -> None:
    answer = dora.post(f"/dispatch/contacts/{own.belongings['ana'].contact}/permanent-codes")
    assert answer.status_code == 409
    assert "switched off for this unit" in answer.text


def test_nobody_makes_or_revokes_the_code_of_another_unit(with_codes: Web) -> None:
    foreign = with_codes.browser("dispatcher_b")
    ana = with_codes.belongings["ana"]
    assert foreign.post(f"/dispatch/contacts/{ana.contact}/permanent-codes").status_code == 404
    path = f"/dispatch/contacts/{ana.contact}/permanent-codes/{ana.permanent_code}/revoke"
    assert foreign.post(path).status_code == 404
