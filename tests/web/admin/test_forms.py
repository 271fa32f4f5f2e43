"""The form builder, without a script: every button keeps what is typed, and what is published never changes."""

import itertools
import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from fieldsvc.core.audit import AuditEntry
from fieldsvc.domain.catalogue.models import ActivityType, Form
from tests.web.inline import inline
from tests.web.test_hostile_input import TEXTS
from tests.web.world import Web

LIST = "/settings/forms"
IF_YES = {"condition": "answer_is", "field": "error_shown", "value": "yes"}
_numbers = itertools.count(1)


@pytest.fixture
def browser(web: Web) -> FlaskClient:
    """The administrator of unit alfa."""
    return web.browser("administrator")


@pytest.fixture
def form_id(web: Web, browser: FlaskClient) -> int:
    """A new form before a booking, without questions."""
    answer = browser.post(f"{LIST}/new", data={"kind": "intake", "title-en": f"Heat pump {next(_numbers)}"})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def read(web: Web, form_id: int) -> Form:
    with web.factory() as session:
        row = session.get_one(Form, form_id)
        _ = row.versions
        return row


def send(web: Web, browser: FlaskClient, form_id: int, do: str, field: str = "", **typed: Any) -> TestResponse:
    """Press a button of the builder, with what is typed in the open field."""
    row = read(web, form_id)
    order = [one["code"] for one in row.draft]
    posted: dict[str, Any] = {"version": row.version, "order": order, "field": field, **typed}
    step, _colon, code = do.partition(":")
    posted |= {step: code} if step in ("up", "down") else {"do": do}
    if not field:
        posted.setdefault("title-en", row.title["en"])
    return browser.post(f"{LIST}/{form_id}", data=posted)


def add(web: Web, browser: FlaskClient, form_id: int, kind: str, **typed: Any) -> str:
    """Add a field and type what it is; its code."""
    assert send(web, browser, form_id, f"add:{kind}").status_code == 303
    [code] = {one["code"] for one in read(web, form_id).draft if one["code"].startswith("new_")}
    answer = send(web, browser, form_id, "save", code, **{"label-en": "Question", **typed})
    assert answer.status_code == 303, answer.text
    return str(answer.location.partition("#field-")[2])


def draft(web: Web, form_id: int) -> list[Mapping[str, Any]]:
    return list(read(web, form_id).draft)


def test_a_form_is_built_published_and_kept(web: Web, browser: FlaskClient, form_id: int) -> None:
    asked = add(web, browser, form_id, "yes_no", **{"label-en": "Is an error shown?", "is_required": "y"})
    assert asked == "is_an_error_shown"
    shown = {"label-en": "Which error code?", "code": "error_code", "is_required": "y", "help-en": "Like F.732"}
    condition = json.dumps({**IF_YES, "field": asked})
    assert add(web, browser, form_id, "short_text", show_if=condition, **shown) == "error_code"
    answer = send(web, browser, form_id, "publish")
    assert answer.status_code == 303
    row = read(web, form_id)
    assert (row.published_number, [version.number for version in row.versions]) == (1, [1])
    assert [one["code"] for one in row.versions[0].fields] == ["is_an_error_shown", "error_code"]

    send(web, browser, form_id, "save", "error_code", **{**shown, "code": "display_code", "show_if": condition})
    assert [one["code"] for one in read(web, form_id).versions[0].fields] == ["is_an_error_shown", "error_code"]
    assert "draft changed" in browser.get(LIST).text
    send(web, browser, form_id, "publish")
    row = read(web, form_id)
    assert [version.number for version in row.versions] == [1, 2]
    assert "error_code" in browser.get(f"{LIST}/{form_id}/versions/1").text
    assert "display_code" in browser.get(f"{LIST}/{form_id}/versions/2").text
    with web.factory() as session:
        entries = select(AuditEntry).where(AuditEntry.object_kind == "form", AuditEntry.object_id == form_id)
        assert [entry.action for entry in session.scalars(entries)].count("form.published") == 2


def test_what_is_typed_in_the_open_field_is_kept_by_every_button(web: Web, browser: FlaskClient, form_id: int) -> None:
    first, second = add(web, browser, form_id, "number"), add(web, browser, form_id, "date")
    for number, button in enumerate((f"open:{second}", f"duplicate:{second}", f"up:{second}", "add:time", "test")):
        label = f"Typed {number}"
        answer = send(web, browser, form_id, button, first, **{"label-en": label, "code": first, "decimals": "0"})
        assert answer.status_code == 303, (button, answer.text)
        assert label in [one["label"].get("en") for one in draft(web, form_id)], button


def test_fields_are_ordered_by_buttons_and_by_what_a_script_sends(web: Web, browser: FlaskClient, form_id: int) -> None:
    codes = [add(web, browser, form_id, "short_text", code=code) for code in ("one", "two", "three")]
    send(web, browser, form_id, "up:three")
    assert [one["code"] for one in draft(web, form_id)] == ["one", "three", "two"]
    send(web, browser, form_id, "down:one")
    assert [one["code"] for one in draft(web, form_id)] == ["three", "one", "two"]
    send(web, browser, form_id, "save", order=["two", "gone", "one"])
    assert [one["code"] for one in draft(web, form_id)] == ["two", "one", "three"]
    assert len(codes) == 3


def test_a_field_can_be_duplicated_and_deleted_whatever_is_typed(web: Web, browser: FlaskClient, form_id: int) -> None:
    add(web, browser, form_id, "short_text", code="one")
    send(web, browser, form_id, "duplicate:one", "one", **{"label-en": "Question", "code": "one"})
    assert [one["code"] for one in draft(web, form_id)] == ["one", "one_2"]
    answer = send(web, browser, form_id, "delete:one", "one", code="NOT a code", show_if="not JSON")
    assert answer.status_code == 303
    assert [one["code"] for one in draft(web, form_id)] == ["one_2"]


def test_the_answers_of_a_choice_are_rows(web: Web, browser: FlaskClient, form_id: int) -> None:
    rows = {
        "options": ["0", "1", "2"],
        "options-0-label-en": "On the roof",
        "options-1-label-en": "Roof",
        "options-1-code": "r",
    }
    code = add(web, browser, form_id, "choice", **{**rows, "options-2-label-en": ""})
    [field] = draft(web, form_id)
    assert [(one["code"], one["label"]) for one in field["options"]] == [
        ("on_the_roof", {"en": "On the roof"}),
        ("r", {"en": "Roof"}),
    ]
    more = send(web, browser, form_id, "add-options", code, **{"label-en": "Question", **rows})
    assert more.status_code == 200
    assert more.text.count('name="options"') == 4
    assert draft(web, form_id)[0] == field


WRONG = [
    ("short_text", {"code": "Two Words"}, "code"),
    ("short_text", {"code": "taken"}, "code"),
    ("short_text", {"label-en": "x" * 501}, "label"),
    ("short_text", {"show_if": '{"condition": "no_such"}'}, "show_if"),
    ("short_text", {"show_if": '{"condition": "status_is", "statuses": ["scheduled"]}'}, "show_if"),
    ("short_text", {"show_if": "{"}, "show_if"),
    ("number", {"lowest": "5", "highest": "1", "decimals": "0"}, "highest"),
    ("number", {"lowest": "NaN", "decimals": "0"}, "lowest"),
    ("number", {"default": "many", "decimals": "0"}, "default"),
    ("date", {"default": "tomorrow"}, "default"),
    ("choice", {"options": ["0", "1"], "options-0-code": "a", "options-1-code": "a"}, "options"),
    ("choice", {"options": ["0"], "options-0-code": "A B", "options-0-label-en": "x"}, "options"),
]


@pytest.mark.parametrize(("kind", "typed", "name"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    web: Web, browser: FlaskClient, form_id: int, kind: str, typed: dict[str, Any], name: str
) -> None:
    add(web, browser, form_id, "short_text", code="taken")
    code = add(web, browser, form_id, kind, **({"decimals": "0"} if kind == "number" else {}))
    before = draft(web, form_id)
    answer = send(web, browser, form_id, "save", code, **{"label-en": "Typed", "code": code, **typed})
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text or f'href="#{name}"' in answer.text
    assert "Typed" in answer.text or name == "label"
    assert draft(web, form_id) == before


@pytest.mark.parametrize("tree", ["null", "", "{}"])
def test_no_condition_can_be_said_in_several_ways(web: Web, browser: FlaskClient, form_id: int, tree: str) -> None:
    code = add(web, browser, form_id, "short_text", show_if=tree)
    assert [(one["code"], one.get("show_if", {})) for one in draft(web, form_id)] == [(code, {})]


@pytest.mark.parametrize("tree", ["[1]", "[]", "5", "false", '"x"'])
def test_what_is_no_condition_is_refused(web: Web, browser: FlaskClient, form_id: int, tree: str) -> None:
    add(web, browser, form_id, "yes_no", **{"label-en": "Error shown?"})
    code = add(web, browser, form_id, "short_text")
    answer = send(web, browser, form_id, "save", code, **{"label-en": "Question", "show_if": tree})
    assert answer.status_code == 422
    assert 'id="show_if-error"' in answer.text


@pytest.mark.parametrize(
    "tree", ["[1]", "5", "null", '{"all": 5}', '{"condition": "x"}', json.dumps({**IF_YES, "field": None}), "{"]
)
def test_the_preview_leaves_a_condition_that_is_not_right_yet_as_it_was(
    web: Web, browser: FlaskClient, form_id: int, tree: str
) -> None:
    add(web, browser, form_id, "yes_no", **{"label-en": "Error shown?"})
    code = add(web, browser, form_id, "short_text", show_if=json.dumps(IF_YES))
    typed = {"field": code, "label-en": "Half a question", "show_if": tree}
    answer = browser.post(f"{LIST}/{form_id}/preview", data=typed)
    assert answer.status_code == 200
    assert "Half a question" in answer.text


def test_a_draft_that_is_not_ready_stays_a_draft(web: Web, browser: FlaskClient, form_id: int) -> None:
    send(web, browser, form_id, "add:choice")
    answer = browser.get(send(web, browser, form_id, "publish").location)
    assert "look at what is marked" in answer.text
    assert "The question is missing." in answer.text
    assert read(web, form_id).published_number is None


def test_a_condition_on_a_later_question_is_not_published(web: Web, browser: FlaskClient, form_id: int) -> None:
    add(web, browser, form_id, "yes_no", code="error_shown")
    add(web, browser, form_id, "short_text", code="which", show_if=json.dumps(IF_YES))
    send(web, browser, form_id, "up:which")
    send(web, browser, form_id, "publish")
    assert read(web, form_id).published_number is None
    send(web, browser, form_id, "down:which")
    send(web, browser, form_id, "publish")
    assert read(web, form_id).published_number == 1


def test_a_new_code_is_followed_by_the_conditions(web: Web, browser: FlaskClient, form_id: int) -> None:
    add(web, browser, form_id, "yes_no", code="error_shown")
    add(web, browser, form_id, "short_text", code="which", show_if=json.dumps({"all": [IF_YES]}))
    send(web, browser, form_id, "save", "error_shown", **{"label-en": "Error?", "code": "has_error"})
    assert draft(web, form_id)[1]["show_if"] == {"all": [{**IF_YES, "field": "has_error"}]}


def test_two_people_do_not_overwrite_each_other(web: Web, browser: FlaskClient, form_id: int) -> None:
    seen = read(web, form_id).version
    send(web, browser, form_id, "add:date")
    data = {"version": seen, "field": "", "title-en": "Mine", "do": "save"}
    answer = browser.post(f"{LIST}/{form_id}", data=data)
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert read(web, form_id).title["en"] != "Mine"
    assert browser.post(f"{LIST}/{form_id}", data={"field": "", "title-en": "Mine"}).status_code == 428


def test_trying_a_form_shows_errors_and_answers_and_saves_nothing(web: Web, browser: FlaskClient, form_id: int) -> None:
    add(web, browser, form_id, "yes_no", code="error_shown", is_required="y")
    add(web, browser, form_id, "short_text", code="which", is_required="y", show_if=json.dumps(IF_YES))
    add(web, browser, form_id, "photo", code="photo")
    before = web.digest()
    page = f"{LIST}/{form_id}/test"
    assert browser.post(page, data={}).status_code == 422
    answer = browser.post(page, data={"q_error_shown": "no", "q_which": "ignored"})
    assert "The answers are complete." in answer.text
    assert "ignored" not in answer.text.partition("What would be kept")[2]
    picture = (BytesIO(b"\x89PNG\r\n\x1a\n"), "photo.png")
    answer = browser.post(page, data={"q_error_shown": "yes", "q_which": "F.732", "q_photo": picture})
    assert "F.732" in answer.text.partition("What would be kept")[2]
    assert browser.post(f"{LIST}/{form_id}/preview", data={"field": "", "title-en": "x"}).status_code == 200
    assert web.digest() == before


def test_the_preview_speaks_each_language(web: Web, browser: FlaskClient, form_id: int) -> None:
    code = add(web, browser, form_id, "yes_no", **{"label-en": "Error?", "label-fr": "Erreur ?"})
    typed = {"field": code, "label-en": "Changed?", "label-fr": "Changé ?", "lang": "fr"}
    shown = browser.post(f"{LIST}/{form_id}/preview", data=typed).text
    assert "Changé ?" in shown
    assert "Oui" in shown
    assert draft(web, form_id)[0]["label"] == {"en": "Error?", "fr": "Erreur ?"}


def test_a_closing_form_shows_what_is_always_asked(web: Web, browser: FlaskClient) -> None:
    made = browser.post(f"{LIST}/new", data={"kind": "closing", "title-en": "The end"})
    page = browser.get(made.location).text
    assert "When did the work begin?" in page
    assert "How did it go: OK or not OK?" in page


def test_a_form_in_use_is_neither_deleted_nor_archived(web: Web, browser: FlaskClient, form_id: int) -> None:
    add(web, browser, form_id, "date")
    send(web, browser, form_id, "publish")
    assert browser.post(f"{LIST}/{form_id}/delete").status_code == 409
    with web.factory.begin() as session:
        kind = session.scalars(select(ActivityType).where(ActivityType.intake_form_id.is_(None))).first()
        assert kind is not None
        kind.intake_form_id = form_id
        kind_id = kind.id
    assert browser.post(f"{LIST}/{form_id}/archive").status_code == 409
    with web.factory.begin() as session:
        session.get_one(ActivityType, kind_id).intake_form_id = None
    assert browser.post(f"{LIST}/{form_id}/archive").status_code == 303
    assert send(web, browser, form_id, "add:date").status_code == 409
    assert browser.get(f"{LIST}?state=archived").text.count(f"/forms/{form_id}/restore") == 1
    assert browser.post(f"{LIST}/{form_id}/restore").status_code == 303


def test_a_copy_is_another_draft(web: Web, browser: FlaskClient, form_id: int) -> None:
    add(web, browser, form_id, "date", code="day")
    send(web, browser, form_id, "publish")
    copy_id = int(browser.post(f"{LIST}/{form_id}/copy").location.rpartition("/")[2])
    copy = read(web, copy_id)
    assert ([one["code"] for one in copy.draft], copy.versions, copy.published_number) == (["day"], [], None)
    assert browser.post(f"{LIST}/{copy_id}/delete").status_code == 303


def test_an_older_version_can_be_taken_up_again(web: Web, browser: FlaskClient, form_id: int) -> None:
    add(web, browser, form_id, "date", code="day")
    send(web, browser, form_id, "publish")
    send(web, browser, form_id, "delete:day")
    assert draft(web, form_id) == []
    assert browser.post(f"{LIST}/{form_id}/versions/1/take-up").status_code == 303
    assert [one["code"] for one in draft(web, form_id)] == ["day"]


def test_hostile_texts_are_texts(web: Web, browser: FlaskClient, form_id: int) -> None:
    code = add(web, browser, form_id, "short_text")
    for text in TEXTS.values():
        typed = {"label-en": text, "help-en": text, "code": text[:40], "default": text[:200], "show_if": text}
        for do in ("save", f"open:{text}", f"add:{text}", f"duplicate:{text}", f"up:{text}", text):
            answer = send(web, browser, form_id, do, code, **typed)
            assert answer.status_code in {303, 400, 404, 409, 413, 422}, (do[:50], answer.status)
            assert inline(answer.text) == []
        answer = send(web, browser, form_id, "save", code, **{"label-en": text, "code": code})
        if answer.status_code == 303:
            page = browser.get(answer.location)
            assert page.status_code == 200
            assert inline(page.text) == []
    assert len(TEXTS) > 8


def test_forms_are_for_administrators_of_their_unit(web: Web, form_id: int) -> None:
    assert web.browser("dispatcher").get(LIST).status_code == 403
    assert web.browser("administrator_b").get(f"{LIST}/{form_id}").status_code == 404
