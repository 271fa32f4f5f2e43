"""Administrators say what messages say, see it filled in, and see what became of every message."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from fieldsvc.core.audit import AuditEntry
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify import texts
from fieldsvc.domain.notify.kinds import KINDS
from fieldsvc.domain.notify.models import MessageText, OutboxMessage
from tests.web.inline import inline
from tests.web.world import Web

HOSTILE = Path("/work/shared/design/hostile_inputs.json")
EDITOR = "/settings/messages/visit_booked/en"
LOG = "/settings/message-log"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def web(fresh_web: Web) -> Web:
    return fresh_web


@pytest.fixture
def alda(web: Web) -> FlaskClient:
    return web.browser("administrator")


UNTOUCHED = texts.version_of(texts.Texts())


def words(**parts: str) -> dict[str, str]:
    typed = {"subject": "Booked", "body": "Come on {intervention.day}", "sms": "Booked", "do": "save"}
    return {"version": UNTOUCHED, **typed, **parts}


def change_ana(web: Web, **values: Any) -> None:
    web.change(sa.update(Contact).where(Contact.id == web.people["ana"].id).values(**values))


# --- The words ----------------------------------------------------------------------------------------


def test_every_kind_has_a_page_in_every_language(web: Web, alda: FlaskClient) -> None:
    listed = alda.get("/settings/messages").text
    for kind in KINDS.values():
        path = f"/settings/messages/{kind.name}/fr"
        assert (f"/settings/messages/{kind.name}/en" in listed) == kind.has_own_page
        answer = alda.get(path)
        assert answer.status_code == (200 if kind.has_own_page else 404)
        assert inline(answer.text) == []


def test_own_words_are_kept_shown_and_taken_back(web: Web, alda: FlaskClient) -> None:
    assert alda.post(EDITOR, data=words()).location == EDITOR
    assert "Come on {intervention.day}" in alda.get(EDITOR).text
    assert "Yours in: English" in alda.get("/settings/messages").text
    assert web.count(AuditEntry, AuditEntry.action == "message_text.changed") == 1
    assert alda.post(f"{EDITOR}/reset").location == EDITOR
    assert "Come on {intervention.day}" not in alda.get(EDITOR).text
    assert web.count(MessageText) == 0


def test_who_saw_older_words_is_told_and_can_decide(web: Web, alda: FlaskClient) -> None:
    assert alda.post(EDITOR, data=words(subject="Mine")).status_code == 303
    answer = alda.post(EDITOR, data=words(subject="Theirs"))
    assert answer.status_code == 409
    assert "Somebody else has changed this page in the meantime." in answer.text
    assert 'value="Theirs"' in answer.text
    assert 'value="Mine"' in alda.get(EDITOR).text
    [version] = re.findall(r'name="version"[^>]* value="(\w+)"', answer.text)
    assert alda.post(EDITOR, data=words(subject="Theirs", version=version)).status_code == 303
    assert alda.post(EDITOR, data=words(version="")).status_code == 428


def test_a_wrong_code_is_refused_at_its_place_and_nothing_typed_is_lost(web: Web, alda: FlaskClient) -> None:
    answer = alda.post(EDITOR, data=words(body="Hello\n{client.nmae} & <b>more</b>", sms="{sign_in.code}"))
    assert answer.status_code == 422
    assert "Line 2, column 1: there is no code {client.nmae}. Did you mean {client.name}?" in answer.text
    assert "Line 1, column 1: the code {sign_in.code} has no meaning in this text." in answer.text
    assert 'id="body-error"' in answer.text
    assert "{client.nmae} &amp; &lt;b&gt;more&lt;/b&gt;</textarea>" in answer.text
    assert web.count(MessageText) == 0


def test_the_page_shows_the_words_filled_in_without_a_script(web: Web, alda: FlaskClient) -> None:
    answer = alda.post(EDITOR, data=words(do="preview", sms="{unit.name}: €"))
    assert answer.status_code == 200
    assert re.search(r"<p>Come on \w+ \d+ \w+</p>", answer.text)
    assert '<p class="bubble">Alfa: €</p>' in answer.text
    assert "8 characters · 1 SMS" in answer.text
    assert web.count(MessageText) == 0


def test_a_test_goes_to_oneself_at_once_and_changes_nothing(web: Web, alda: FlaskClient) -> None:
    assert "A test is on its way to alda@example.com." in alda.post(EDITOR, data=words(do="test")).text
    message = web.messages()[-1]
    assert (message.kind, message.recipient, message.subject) == ("test", "alda@example.com", "Test: Booked")
    assert (message.state, message.not_before_at, message.contact_id) == ("queued", None, None)
    assert web.count(MessageText) == 0
    assert alda.post(EDITOR, data=words(do="test", body="{no.code}")).status_code == 422


@pytest.mark.parametrize(
    "path", ["/settings/messages/trigger/en", "/settings/messages/x/en", "/settings/messages/questionnaire/xx"]
)
def test_what_is_no_kind_or_no_language_has_no_page(alda: FlaskClient, path: str) -> None:
    assert alda.get(path).status_code == 404
    assert alda.post(path, data=words()).status_code == 404


@pytest.mark.skipif(not HOSTILE.exists(), reason="the list of hostile inputs is not part of the product")
def test_hostile_templates_are_refused_or_shown_as_text(web: Web, alda: FlaskClient) -> None:
    templates = [*json.loads(HOSTILE.read_text())["message_templates"], "{client.name}" * 10_000, SCRIPT]
    for text in templates:
        [version] = re.findall(r'name="version"[^>]* value="(\w+)"', alda.get(EDITOR).text)
        answer = alda.post(EDITOR, data=words(subject=text[:300], body=text, sms=text[:300], version=version))
        assert answer.status_code in {303, 422}, text
        preview = alda.post(EDITOR, data=words(do="preview", subject=text[:300], body=text, sms=text[:300])).text
        assert [found for found in inline(preview) if not found.startswith("input value")] == []
        assert SCRIPT not in preview
        assert "only-for-tests" not in preview, "the secret of the installation"


def test_values_of_a_hostile_client_are_text_in_the_preview(web: Web, alda: FlaskClient) -> None:
    with web.factory.begin() as session:
        for contact in session.scalars(sa.select(Contact)):
            contact.name = f"{SCRIPT}{{unit.name}} javascript:alert(1)"
    page = alda.post(EDITOR, data=words(do="preview", body="{contact.name}", sms="{contact.name}")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{unit.name} javascript:alert(1)" in page
    assert SCRIPT not in page
    assert 'href="javascript' not in page


# --- The preview of any editor ------------------------------------------------------------------------


def preview(browser: FlaskClient, *texts: dict[str, str], **asked: Any) -> str:
    answer = browser.post("/settings/texts/preview", json={"place": "visit", "texts": texts, **asked})
    assert answer.status_code == 200
    return answer.text


def test_a_preview_is_made_with_the_visit_one_chooses(web: Web, alda: FlaskClient) -> None:
    with web.factory() as session:
        visit = session.get_one(Intervention, web.belongings["sofia"].done)
    text = {"label": "Help", "target": "text", "text": "{intervention.reference}: {client.name}", "locale": "en"}
    assert f"{visit.reference}: Client of sofia" in preview(alda, text, about=visit.reference)
    assert "No visit has the number nowhere." in preview(alda, text, about="nowhere")


def test_a_preview_says_what_could_not_be_saved(alda: FlaskClient) -> None:
    shown = preview(alda, {"text": "{outcome.result}", "target": "text"}, place="home")
    assert "Line 1, column 1: the code {outcome.result} has no meaning in this text." in shown


def test_nothing_of_another_unit_can_be_seen_by_a_preview(web: Web, alda: FlaskClient) -> None:
    with web.factory.begin() as session:
        visit = session.get_one(Intervention, web.belongings["bela"].intervention)
        visit.reference = "B-1"
    assert "No visit has the number B-1." in preview(alda, {"text": "{client.name}"}, about="B-1")
    assert alda.get("/settings/texts/interventions?q=B-1").json == []
    assert "Client of bela" not in alda.get("/settings/texts/interventions").text


def test_visits_for_a_preview_are_found_by_client(alda: FlaskClient) -> None:
    found = alda.get("/settings/texts/interventions", query_string={"q": "sofia"}).json
    assert found
    assert all("Client of sofia · Boiler service" in one["words"] for one in found)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        '{"texts": 1}',
        '{"texts": [1, null, []]}',
        '{"texts": [{"text": [], "target": {}, "locale": 7}], "place": [], "about": {}}',
    ],
)
def test_a_preview_of_nonsense_is_no_error_of_ours(alda: FlaskClient, body: str) -> None:
    answer = alda.post("/settings/texts/preview", data=body, content_type="application/json")
    assert answer.status_code in {200, 422}


def test_the_list_of_codes_knows_the_questions_of_the_unit(web: Web, alda: FlaskClient) -> None:
    page = alda.get(EDITOR).text
    assert 'data-code="intervention.arrival_window"' in page
    assert 'data-code="sign_in.code"' not in page
    assert 'data-code="sign_in.code"' in alda.get("/settings/messages/sign_in_code/en").text


# --- The log ------------------------------------------------------------------------------------------


def logged(web: Web, **values: Any) -> int:
    with web.factory.begin() as session:
        message = session.get_one(OutboxMessage, web.belongings["ana"].message)
        for name, value in values.items():
            setattr(message, name, value)
    return web.belongings["ana"].message


def test_the_log_says_what_became_of_a_message_and_why(web: Web, alda: FlaskClient) -> None:
    number = logged(web, state="failed", error="550 no such user <b>", attempts=3)
    assert "550 no such user &lt;b&gt;" in alda.get(LOG).text
    page = alda.get(f"{LOG}/{number}").text
    assert "It could not be sent." in page
    assert "We look forward to seeing you." in page
    logged(web, state="suppressed", reason="opted_out", error="")
    assert "The reader wants no messages that are not necessary." in alda.get(f"{LOG}/{number}").text


def test_the_log_shows_no_code_and_no_link_that_lets_somebody_in(web: Web, alda: FlaskClient) -> None:
    web.browser().post("/portal/alfa/sign-in", data={"identifier": "ana@example.com"})
    message = web.messages()[-1]
    code = re.findall(r"\b\d{6}\b", message.subject)[0]
    token = message.text.partition("/link/")[2].split()[0]
    pages = alda.get(LOG).text + alda.get(f"{LOG}/{message.id}").text + alda.get(LOG, query_string={"q": code}).text
    assert "Sign-in code" in pages
    assert f">{code}" not in pages
    assert f"{code} is" not in pages
    assert token not in pages
    assert alda.post(f"{LOG}/{message.id}/resend").status_code == 409
    number = logged(web, text="See http://x/visit/SECRET-TOKEN")
    assert "SECRET-TOKEN" not in alda.get(f"{LOG}/{number}").text


def test_a_message_is_sent_again_and_stopped(web: Web, alda: FlaskClient) -> None:
    number = web.belongings["ana"].message
    again = alda.post(f"{LOG}/{number}/resend")
    assert again.status_code == 303
    assert "The first message" in alda.get(again.location).text
    assert alda.post(f"{again.location}/stop").status_code == 303
    assert "Somebody of your company stopped it before it was sent." in alda.get(again.location).text
    assert alda.post(f"{again.location}/stop").status_code == 409


def test_the_log_is_filtered_by_its_address(web: Web, alda: FlaskClient) -> None:
    logged(web, state="failed")
    assert "1 message<" in alda.get(f"{LOG}?state=failed&channel=email&kind=visit_reminder&days=7&q=ana").text
    assert "Nothing found" in alda.get(f"{LOG}?state=queued").text
    visit = web.belongings["ana"].intervention
    assert "1 message<" in alda.get(f"{LOG}?intervention={visit}").text
    for strange in ("state=x&kind=y&days=x", "page=-1", "page=99999999999", "intervention=99999999999", "client=x"):
        assert alda.get(f"{LOG}?{strange}").status_code == 200


# --- The reader ---------------------------------------------------------------------------------------


def test_a_reader_says_that_he_wants_no_more_and_may_change_his_mind(web: Web) -> None:
    browser, path = web.browser(), f"/messages/{web.belongings['ana'].message_token}"
    before = web.digest()
    assert "Do you want these messages?" in browser.get(path).text
    assert web.digest() == before, "mail programs open links by themselves"
    assert browser.post(path, data={"wants": "necessary"}).location == path
    assert web.count(Contact, Contact.has_opted_out.is_(True)) == 1
    assert "only when it is necessary" in browser.get(path).text
    browser.post(path, data={"wants": "all"})
    assert web.count(Contact, Contact.has_opted_out.is_(True)) == 0


def test_a_link_of_nobody_leads_nowhere(web: Web) -> None:
    browser = web.browser()
    for token in ("x", "%", "a" * 500, web.belongings["ana"].message_token.upper()):
        assert browser.get(f"/messages/{token}").status_code == 404
        assert browser.post(f"/messages/{token}").status_code == 404
    change_ana(web, is_active=False)
    assert browser.get(f"/messages/{web.belongings['ana'].message_token}").status_code == 404
