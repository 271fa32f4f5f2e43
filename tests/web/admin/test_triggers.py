"""The pages of triggers: nothing typed is lost, and nobody switches one on without seeing what it would have done."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from fieldsvc.domain.catalogue.models import ActivityType, Trigger
from fieldsvc.domain.teams.models import Technician
from tests.web.world import Web

TYPED: dict[str, Any] = {
    "name": "Two days before",
    "event": "clock",
    "amount": "2",
    "span": "days",
    "side": "before",
    "relative_to": "window",
    "activity_type_id": "",
    "conditions": '{"condition": "status_is", "statuses": ["scheduled"]}',
    "repeats": "once",
    "action": "message",
    "kind": "visit_reminder",
}


@pytest.fixture
def web(fresh_web: Web) -> Web:
    return fresh_web


def newest(web: Web) -> Trigger:
    with web.factory() as session:
        return session.scalars(sa.select(Trigger).order_by(Trigger.id.desc())).first() or Trigger()


def technician(web: Web) -> int:
    with web.factory() as session:
        return session.scalars(sa.select(Technician.id).where(Technician.name == "Rui")).one()


def test_a_new_trigger_begins_switched_off_and_its_preview_comes_first(web: Web) -> None:
    browser = web.browser("administrator")
    answer = browser.post("/settings/triggers/new", data=TYPED)
    saved = newest(web)
    assert (answer.status_code, answer.location) == (303, f"/settings/triggers/{saved.id}/switch")
    assert (saved.is_on, saved.relative_to, saved.offset_minutes) == (False, "window", -2 * 24 * 60)
    page = browser.get(answer.location).text
    assert "2 days before the beginning of the arrival window" in page
    assert "In the last 30 days" in page or "in the last 30 days" in page
    browser.post(answer.location, data={"on": "yes"})
    assert newest(web).is_on


def test_the_editor_shows_what_was_saved(web: Web) -> None:
    browser = web.browser("administrator")
    browser.post("/settings/triggers/new", data=TYPED)
    page = browser.get(f"/settings/triggers/{newest(web).id}").text
    assert re.search(r'id="amount"[^>]*value="2"', page)
    for chosen in ("clock", "days", "before", "window", "once", "message", "visit_reminder"):
        assert re.search(rf'<option selected value="{chosen}">', page), chosen
    assert "status is scheduled" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Please give it a name."),
        ({"conditions": "{"}, "conditions"),
        ({"conditions": '{"condition": "full_moon"}'}, "full_moon"),
        ({"action": "webhook", "url": "http://user:pass@10.0.0.1/"}, "Please type a web address"),
        ({"action": "text", "channel": "email", "to": "contact", "subject-en": "x"}, "Please write the text"),
        (
            {"action": "text", "channel": "sms", "to": "contact", "body-en": "Dear\n{client.password}"},
            "Line 2",
        ),
        ({"relative_to": "created"}, "Nobody knows this moment before it comes."),
        ({"amount": "-1"}, ""),
        ({"amount": "9" * 500}, "Please type a whole number."),
        ({"action": "assign", "days": "9" * 500}, "Please type a whole number."),
        ({"activity_type_id": "999999999"}, ""),
    ],
)
def test_what_cannot_work_is_said_and_what_was_typed_stays(web: Web, typed: dict[str, str], words: str) -> None:
    before = web.count(Trigger)
    answer = web.browser("administrator").post("/settings/triggers/new", data={**TYPED, **typed})
    assert answer.status_code in {404, 422}
    assert words in answer.text
    assert web.count(Trigger) == before
    if answer.status_code == 422 and "name" not in typed:
        assert "Two days before" in answer.text


def test_an_older_version_is_refused_with_words(web: Web) -> None:
    browser = web.browser("administrator")
    browser.post("/settings/triggers/new", data=TYPED)
    saved = newest(web)
    address = f"/settings/triggers/{saved.id}"
    assert browser.post(address, data={**TYPED, "version": saved.version, "name": "Mine"}).status_code == 303
    answer = browser.post(address, data={**TYPED, "version": saved.version, "name": "Theirs"})
    assert answer.status_code == 409
    assert newest(web).name == "Mine"
    assert "Somebody else has changed this" in answer.text
    assert 'value="Theirs"' in answer.text, "what was typed stays"
    [version] = re.findall(r'name="version"[^>]* value="(\d+)"', answer.text)
    assert browser.post(address, data={**TYPED, "version": version, "name": "Theirs"}).status_code == 303
    assert newest(web).name == "Theirs"


def test_what_has_left_the_lists_stays_chosen(web: Web) -> None:
    browser = web.browser("administrator")
    kind, colleague = web.belongings["ana"].activity_type, technician(web)
    done = {**TYPED, "event": "intervention.completed", "days": "7", "due_days": "7"}
    assigns = {**done, "action": "assign", "technician_id": colleague}
    creates = {**done, "action": "create", "new_activity_type_id": kind}
    for typed, name in (
        ({**TYPED, "activity_type_id": kind}, "activity_type_id"),
        (assigns, "technician_id"),
        (creates, "new_activity_type_id"),
    ):
        assert browser.post("/settings/triggers/new", data=typed).status_code == 303
        address = f"/settings/triggers/{newest(web).id}"
        with web.factory.begin() as session:
            session.get_one(ActivityType, kind).is_archived = True
            session.get_one(Technician, colleague).is_active = False
        page = browser.get(address).text
        chosen = re.search(rf'<select[^>]* id="{name}".*?</select>', page, re.DOTALL)
        assert chosen is not None
        assert f'<option selected value="{typed[name]}">' in chosen[0]
        with web.factory.begin() as session:
            session.get_one(ActivityType, kind).is_archived = False
            session.get_one(Technician, colleague).is_active = True


def test_the_order_is_kept_and_an_archived_trigger_leaves_the_list(web: Web) -> None:
    browser = web.browser("administrator")
    for name in ("One", "Two"):
        browser.post("/settings/triggers/new", data={**TYPED, "name": name})
    page = browser.get("/settings/triggers").text
    assert page.index(">One<") < page.index(">Two<")
    browser.post("/settings/triggers/order", data={"up": newest(web).id})
    page = browser.get("/settings/triggers").text
    assert page.index(">Two<") < page.index(">One<")
    browser.post(f"/settings/triggers/{newest(web).id}/archive")
    assert ">Two<" not in browser.get("/settings/triggers").text
    assert ">Two<" in browser.get("/settings/triggers?show=archived").text


def test_a_secret_stays_when_the_trigger_is_changed(web: Web) -> None:
    browser = web.browser("administrator")
    call = {**TYPED, "event": "intervention.completed", "action": "webhook", "url": "https://example.com/hook"}
    browser.post("/settings/triggers/new", data=call)
    saved = newest(web)
    page = browser.get(f"/settings/triggers/{saved.id}").text
    secret = saved.parameters["secret"]
    assert secret in page
    browser.post(f"/settings/triggers/{saved.id}", data={**call, "version": saved.version, "secret": secret})
    assert newest(web).parameters["secret"] == secret


def test_names_of_triggers_and_clients_are_shown_as_text(web: Web) -> None:
    browser = web.browser("administrator")
    browser.post("/settings/triggers/new", data={**TYPED, "name": "<script>alert(1)</script>"})
    address = f"/settings/triggers/{newest(web).id}"
    for path in ("/settings/triggers", address, f"{address}/switch"):
        page = browser.get(path).text
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page
