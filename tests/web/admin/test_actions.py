"""Administrators shape portal actions, try them before they are saved, and simulate them; clients then find them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from fieldsvc.domain.catalogue.models import ActivityType, Form, PortalAction
from fieldsvc.domain.interventions.models import Intervention
from tests.web.inline import inline
from tests.web.world import Web

HOSTILE = Path("/work/shared/design/hostile_inputs.json")
SCRIPT = "<script>alert(1)</script>"
TOMORROW = {"condition": "notice_hours", "hours": 24}


@pytest.fixture
def web(fresh_web: Web) -> Web:
    return fresh_web


@pytest.fixture
def alda(web: Web) -> FlaskClient:
    return web.browser("administrator")


def work_of(web: Web) -> int:
    """The activity type of Ana's visit."""
    with web.factory() as session:
        return session.get_one(Intervention, web.belongings["ana"].intervention).activity_type_id


def list_of(web: Web) -> str:
    return f"/settings/activity-types/{work_of(web)}/actions"


def actions_of(web: Web, kind: str) -> list[PortalAction]:
    with web.factory() as session:
        rows = sa.select(PortalAction).where(PortalAction.activity_type_id == work_of(web), PortalAction.kind == kind)
        return list(session.scalars(rows.order_by(PortalAction.id)))


def editor_of(web: Web, kind: str = "cancel") -> str:
    return f"/settings/actions/{actions_of(web, kind)[0].id}"


def sent(web: Web, kind: str = "cancel", **values: Any) -> dict[str, Any]:
    """The form of an action as a browser sends it, with some values changed."""
    tree = json.dumps(values.pop("conditions", {}))
    return {
        "version": actions_of(web, kind)[0].version,
        "label-en": "Give it up",
        "icon": "x",
        "is_on": "y",
        "conditions": tree,
        **values,
    }


# --- The list and the editor --------------------------------------------------------------------------


def test_an_action_is_added_shaped_and_switched_on(web: Web, alda: FlaskClient) -> None:
    added = alda.post(list_of(web), data={"kind": "unit:ask"})
    editor = added.headers["Location"]
    assert alda.get(editor).status_code == 200
    assert "Ask for a repair" not in web.browser("ana").get("/portal/alfa/").text
    saved = alda.post(
        editor,
        data={
            "version": 1,
            "label-en": "Ask for a repair",
            "label-pt-PT": "Pedir uma reparação",
            "icon": "tool",
            "is_on": "y",
            "new_activity_type_id": 0,
            "form_id": 0,
            "conditions": json.dumps({"condition": "client_kind_is", "kinds": ["company"]}),
        },
    )
    assert saved.status_code == 303
    assert "Ask for a repair" in alda.get(list_of(web)).text
    assert "When the client is a company." in alda.get(list_of(web)).text
    assert "Ask for a repair" in web.browser("ana").get("/portal/alfa/").text


def test_the_kind_of_tickets_is_not_offered(web: Web, alda: FlaskClient) -> None:
    page = alda.get(list_of(web)).text
    assert 'value="ask"' in page
    assert 'value="ticket"' not in page
    assert alda.post(list_of(web), data={"kind": "ticket"}).status_code == 422


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(web: Web, alda: FlaskClient) -> None:
    editor = editor_of(web)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"notice_hours": "many"}, "whole number"),
        ({"notice_hours": "99999"}, "0 to 10000"),
        ({"label-fr": "{nothing.at.all}"}, "nothing.at.all"),
        ({"conditions": {"all": [{"condition": "notice_hours", "hours": -1}]}}, "conditions.all[0].hours"),
    ]
    for values, words in wrong:
        answer = alda.post(editor, data=sent(web, **{"label-en": "Kept as typed", **values}))
        assert answer.status_code == 422, values
        assert "Kept as typed" in answer.text
        assert words in answer.text
    broken = alda.post(editor, data={**sent(web), "conditions": '{"all": ['})
    assert broken.status_code == 422
    assert "This cannot be read: line 1, column" in broken.text
    assert "{&#34;all&#34;: [" in broken.text
    assert actions_of(web, "cancel")[0].label == {}


def test_work_and_forms_that_were_archived_stay_chosen(web: Web, alda: FlaskClient) -> None:
    action, kind = actions_of(web, "ask")[0], web.belongings["ana"].activity_type
    form = actions_of(web, "form")[0].form_id
    with web.factory.begin() as session:
        row = session.get_one(PortalAction, action.id)
        row.new_activity_type_id, row.form_id = kind, form
        session.get_one(ActivityType, kind).is_archived = True
        session.get_one(Form, form).is_archived = True
    address = f"/settings/actions/{action.id}"
    page = alda.get(address).text
    for name, value in (("new_activity_type_id", kind), ("form_id", form)):
        chosen = re.search(rf'<select[^>]* id="{name}".*?</select>', page, re.DOTALL)
        assert chosen is not None, name
        assert f'<option selected value="{value}">' in chosen[0], name
    [version] = re.findall(r'name="version"[^>]* value="([0-9]+)"', page)
    typed = {**sent(web, "ask"), "version": version, "new_activity_type_id": kind, "form_id": form, "lowest_band": ""}
    assert alda.post(address, data=typed).status_code == 303
    kept = actions_of(web, "ask")[0]
    assert (kept.new_activity_type_id, kept.form_id) == (kind, form)


def test_a_switch_says_which_way_so_that_two_presses_are_as_good_as_one(web: Web, alda: FlaskClient) -> None:
    address = f"{editor_of(web)}/switch"
    for now_on in (False, True):
        form = alda.get(list_of(web)).text.partition(f'action="{address}"')[2].partition("</form>")[0]
        [(name, value)] = re.findall(r'<button[^>]* name="(\w+)" value="(\w+)"', form)
        for _press in range(2):
            answer = alda.post(address, data={name: value})
            assert (answer.status_code, actions_of(web, "cancel")[0].is_on) == (303, now_on)


def test_two_administrators_do_not_overwrite_each_other(web: Web, alda: FlaskClient) -> None:
    first = sent(web)
    assert alda.post(editor_of(web), data=first).status_code == 303
    second = alda.post(editor_of(web), data={**first, "label-en": "Too late"})
    assert second.status_code == 409
    assert "Somebody else has changed this action" in second.text
    assert "Too late" in second.text
    assert actions_of(web, "cancel")[0].label == {"en": "Give it up"}


def test_actions_are_ordered_switched_and_removed_from_the_list(web: Web, alda: FlaskClient) -> None:
    page = alda.get(list_of(web)).text
    present = [int(found) for found in re.findall(r'<li data-id="(\d+)"', page)]
    order = [*present[1:], present[0]]
    assert alda.post(f"{list_of(web)}/order", json={"order": order}).status_code == 204
    assert [int(found) for found in re.findall(r'<li data-id="(\d+)"', alda.get(list_of(web)).text)] == order
    alda.post(f"{list_of(web)}/order", data={"up": order[1]})
    after = [int(found) for found in re.findall(r'<li data-id="(\d+)"', alda.get(list_of(web)).text)]
    assert after[:2] == [order[1], order[0]]

    visit = f"/portal/alfa/visits/{web.belongings['ana'].intervention}"
    ana = web.browser("ana")
    assert f"{visit}/cancel" in ana.get(visit).text
    alda.post(f"{editor_of(web)}/switch")
    assert f"{visit}/cancel" not in ana.get(visit).text
    assert ana.post(f"{visit}/cancel", data={"reason": "x"}).status_code == 409
    alda.post(f"{editor_of(web)}/remove")
    assert actions_of(web, "cancel") == []


def test_a_label_with_codes_is_filled_in_for_the_client(web: Web, alda: FlaskClient) -> None:
    alda.post(editor_of(web), data=sent(web, **{"label-en": "Cancel {intervention.reference}"}))
    visit = f"/portal/alfa/visits/{web.belongings['ana'].intervention}"
    with web.factory() as session:
        reference = session.get_one(Intervention, web.belongings["ana"].intervention).reference
    page = web.browser("ana").get(visit).text
    assert f"Cancel {reference}" in page
    assert "{intervention" not in page


# --- Trying before saving -----------------------------------------------------------------------------


def tried(alda: FlaskClient, web: Web, tree: Any, kind: str = "cancel", **more: Any) -> dict[str, Any]:
    answer = alda.post(f"{editor_of(web, kind)}/try", json={"tree": tree, "is_on": True, **more})
    assert answer.status_code == 200
    return dict(answer.get_json())


def test_a_tree_says_its_sentence_and_what_is_wrong_with_it(web: Web, alda: FlaskClient) -> None:
    assert tried(alda, web, {"all": [TOMORROW]})["sentence"] == (
        "When it is at least 24 hours before the arrival window."
    )
    wrong = tried(alda, web, {"all": [{"condition": "notice_hours", "hours": "x"}]})
    assert wrong["wrong"] == "conditions.all[0].hours"
    never = tried(alda, web, {"all": [TOMORROW, {"condition": "less_than_hours_before", "hours": 12}]})
    assert never["warnings"][0].startswith("This can never be so")


@pytest.mark.parametrize("subject", [["intervention"], {"intervention": 1}, 5, None, "full moon"])
def test_a_tree_about_nothing_we_know_is_about_an_intervention(alda: FlaskClient, subject: object) -> None:
    answer = alda.post("/settings/conditions/say", json={"tree": TOMORROW, "subject": subject})
    assert answer.status_code == 200
    assert answer.get_json()["sentence"].startswith("When it is at least 24 hours before")


def test_the_effect_on_open_interventions_is_said_before_saving(web: Web, alda: FlaskClient) -> None:
    before = web.digest()
    keep = tried(alda, web, {})["effect"]
    lose = tried(alda, web, {"condition": "client_kind_is", "kinds": ["supplier"]})["effect"]
    late = tried(alda, web, {}, notice_hours="10000")["effect"]
    off = tried(alda, web, {}, is_on=False)["effect"]
    assert keep == "With this change, 2 of 2 open interventions keep the action, 0 lose it."
    assert lose == late == off == "With this change, 0 of 2 open interventions keep the action, 2 lose it."
    assert web.digest() == before


def test_each_part_is_true_or_false_for_a_real_intervention(web: Web, alda: FlaskClient) -> None:
    tree = {"all": [TOMORROW, {"none": [{"condition": "is_locked"}]}, {"condition": "due_passed"}]}
    found = tried(alda, web, tree, intervention=web.belongings["ana"].intervention)
    assert found["parts"] == {
        "conditions": False,
        "conditions.all[0]": True,
        "conditions.all[1]": True,
        "conditions.all[1].none[0]": False,
        "conditions.all[2]": False,
    }
    assert found["decided"] == "conditions.all[2]"
    assert found["verdict"] == "Hidden: this is not so: the due date has passed."
    past = tried(alda, web, {}, intervention=web.belongings["ana"].intervention, at="01/01/2040 10:00")
    assert past["verdict"] == "Hidden: this is not so: the visit has not begun."


def test_an_intervention_of_another_unit_cannot_be_tried(web: Web, alda: FlaskClient) -> None:
    foreign = {"tree": {}, "intervention": web.belongings["bela"].intervention}
    assert alda.post(f"{editor_of(web)}/try", json=foreign).status_code == 404


# --- The simulator ------------------------------------------------------------------------------------


def test_the_simulator_finds_a_visit_and_judges_it_at_an_instant(web: Web, alda: FlaskClient) -> None:
    number = web.belongings["ana"].intervention
    with web.factory() as session:
        reference = session.get_one(Intervention, number).reference
    assert f"intervention={number}" in alda.get(f"/settings/simulator?q={reference}").text
    now = alda.get(f"/settings/simulator?intervention={number}").text
    later = alda.get(f"/settings/simulator?intervention={number}&at=01/01/2040+10:00").text
    assert now.count("Shown</span>") > later.count("Shown</span>")
    assert "this is not so: the visit has not begun" in later
    assert "Next change" in now
    assert "Last change" in later


@pytest.mark.parametrize("query", ["at=x", "at=99/99/2026+10:00", "intervention=x", "contact=999999999999", "q=%00"])
def test_an_address_that_nobody_writes_is_a_page(web: Web, alda: FlaskClient, query: str) -> None:
    number = web.belongings["ana"].intervention
    answer = alda.get(f"/settings/simulator?intervention={number}&{query}")
    assert answer.status_code in {200, 400}


def test_nothing_of_another_unit_is_simulated(web: Web, alda: FlaskClient) -> None:
    for name, number in (
        ("intervention", web.belongings["bela"].intervention),
        ("client", web.belongings["bela"].client),
    ):
        assert alda.get(f"/settings/simulator?{name}={number}").status_code == 404


# --- Hostile input ------------------------------------------------------------------------------------


def hostile() -> list[str]:
    texts = [SCRIPT, '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "x" * 30_000, "[" * 5000, "\ud7ff", "9" * 5000]
    if HOSTILE.is_file():
        found = json.loads(HOSTILE.read_text())
        texts += [str(text) for group in found.values() if isinstance(group, list) for text in group][:300]
    return texts


def test_hostile_texts_are_refused_or_shown_as_text(web: Web, alda: FlaskClient) -> None:
    seen = 0
    for text in hostile():
        for values in ({"label-en": text}, {"help-en": text}, {"conditions": text}, {"notice_hours": text}):
            answer = alda.post(editor_of(web), data={**sent(web), **values})
            assert answer.status_code in {303, 400, 413, 422}, (values, answer.status_code)
            assert SCRIPT not in answer.text
            seen += 1
        leaf = {"condition": "answer_is", "field": text[:100], "value": text[:100]}
        hostile_trees: list[Any] = [text, leaf, {text[:50]: []}, {"condition": text}]
        for tree in hostile_trees:
            answer = alda.post(f"{editor_of(web)}/try", json={"tree": tree, "labels": {text: text}, "at": text})
            assert answer.status_code in {200, 400, 422}, tree
        assert SCRIPT not in alda.get(list_of(web)).text
    assert seen > 20
    assert inline(alda.get(list_of(web)).text) == []


def test_brackets_within_brackets_are_refused(web: Web, alda: FlaskClient) -> None:
    deep = '{"all":[' * 20_000
    answer = alda.post("/settings/conditions/say", data=deep, content_type="application/json")
    assert answer.status_code in {400, 422}
