"""The pages of activity types: what is wrong stands at its field, nothing typed is lost, and stale means look again."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from fieldsvc.domain.catalogue.models import ActivityType, PortalAction, Skill
from fieldsvc.domain.interventions.models import Intervention
from tests.web.inline import inline
from tests.web.test_hostile_input import TEXTS
from tests.web.world import Web

LIST = "/settings/activity-types"
TABS = ("", "/planning", "/portal", "/forms", "/texts")
_numbers = itertools.count(1)


@pytest.fixture
def browser(web: Web) -> FlaskClient:
    """The administrator of unit alfa."""
    return web.browser("administrator")


@pytest.fixture
def row_id(web: Web, browser: FlaskClient) -> int:
    """A new activity type that nobody has used."""
    return add(web, browser)


def add(web: Web, browser: FlaskClient) -> int:
    reference = f"new-{next(_numbers)}"
    posted = {"title-en": "New", "title-fr": "Nouveau", "reference": reference, "kind": "intervention", "minutes": "45"}
    answer = browser.post(f"{LIST}/new", data=posted)
    assert answer.status_code == 303, answer.text
    return read(web, reference=reference).id


def read(web: Web, **values: Any) -> ActivityType:
    with web.factory() as session:
        row = session.scalar(select(ActivityType).filter_by(**values))
        assert row is not None
        _ = row.skills, row.actions
        return row


def version(web: Web, row_id: int) -> int:
    return read(web, id=row_id).version


KIND = {"kind": "intervention", "visibility": "private"}
PLANNING: dict[str, Any] = {
    "minutes": "75",
    "buffer_before_minutes": "5",
    "buffer_after_minutes": "10",
    "crew_size": "1",
    "arrival_window_minutes": "120",
    "booking_notice_hours": "24",
    "reschedule_notice_hours": "12",
    "cancel_notice_hours": "2",
    "booking_horizon_days": "28",
    "lowest_band": "orange",
    "priority": "7",
    "due_days": "10",
}


def test_planning_is_saved_with_skills_and_named_windows(web: Web, browser: FlaskClient, row_id: int) -> None:
    with web.factory() as session:
        gas = session.scalars(select(Skill.id).order_by(Skill.id)).first()
    windows = {
        "arrival_windows": ["7", "0"],
        "arrival_windows-7-name-en": "Afternoon",
        "arrival_windows-7-begins_minute": "13:00",
        "arrival_windows-7-ends_minute": "00:00",
        "arrival_windows-0-name-en": "Morning",
        "arrival_windows-0-name-pt-PT": "Manhã",
        "arrival_windows-0-begins_minute": "08:00",
        "arrival_windows-0-ends_minute": "12:30:00",
    }
    posted = {**PLANNING, **windows, f"skill-{gas}": "3", "version": version(web, row_id)}
    assert browser.post(f"{LIST}/{row_id}/planning", data=posted).status_code == 303
    row = read(web, id=row_id)
    numbers = {name: int(text) for name, text in PLANNING.items() if text.isdecimal()}
    assert {name: getattr(row, name) for name in numbers} == numbers
    assert [(one.skill_id, one.level) for one in row.skills] == [(gas, 3)]
    assert row.arrival_windows == [
        {"name": {"en": "Morning", "pt-PT": "Manhã"}, "begins_minute": 480, "ends_minute": 750},
        {"name": {"en": "Afternoon"}, "begins_minute": 780, "ends_minute": 1440},
    ]
    shown = browser.get(f"{LIST}/{row_id}/planning").text
    assert 'value="12:30"' in shown
    assert "Manhã" in shown


def test_portal_forms_and_texts_are_saved(web: Web, browser: FlaskClient, row_id: int) -> None:
    with web.factory() as session:
        questionnaire = session.scalars(
            select(ActivityType.questionnaire_id).where(ActivityType.questionnaire_id > 0)
        ).first()
    tabs: dict[str, dict[str, Any]] = {
        "portal": {"is_on_portal": "y", "shown": ["status", "price"], "price_cents": "95,5", "history_days": "30"},
        "forms": {
            "questionnaire_id": str(questionnaire),
            "checklist": ["1", "0", "2"],
            "checklist-0-step-en": "Close the valve",
            "checklist-1-step-en": "Knock",
            "checklist-2-step-en": " ",
        },
        "texts": {
            "title-en": "At {client.name}",
            "description-en": "With {technician.name|a colleague}",
            "help-en": "",
        },
    }
    for tab, posted in tabs.items():
        answer = browser.post(f"{LIST}/{row_id}/{tab}", data={**posted, "version": version(web, row_id)})
        assert answer.status_code == 303, answer.text
    row = read(web, id=row_id)
    assert (row.is_on_portal, row.shown, row.price_cents, row.history_days) == (True, ["status", "price"], 9550, 30)
    assert row.is_price_shown is False
    assert (row.intake_form_id, row.questionnaire_id) == (None, questionnaire)
    assert row.checklist == [{"en": "Knock"}, {"en": "Close the valve"}]
    assert row.title == {"en": "At {client.name}", "fr": "Nouveau"}  # a language that was not asked for stays


WRONG = [
    ("", {"title-en": "", "title-fr": ""}, "title"),
    ("", {"reference": "two words"}, "reference"),
    ("", {"icon": "skull"}, "icon"),
    ("/planning", {"minutes": "an hour"}, "minutes"),
    ("/planning", {"minutes": "0"}, "minutes"),
    ("/planning", {"buffer_before_minutes": "-5"}, "buffer_before_minutes"),
    ("/planning", {"buffer_after_minutes": "9999"}, "buffer_after_minutes"),
    ("/planning", {"crew_size": ""}, "crew_size"),
    ("/planning", {"arrival_window_minutes": "5"}, "arrival_window_minutes"),
    ("/planning", {"booking_notice_hours": "1.5"}, "booking_notice_hours"),
    ("/planning", {"booking_horizon_days": "1"}, "booking_horizon_days"),
    ("/planning", {"lowest_band": "blue"}, "lowest_band"),
    ("/planning", {"priority": "11"}, "priority"),
    ("/planning", {"due_days": "soon"}, "due_days"),
    ("/portal", {"shown": ["salary"]}, "shown"),
    ("/portal", {"price_cents": "1.234,50"}, "price_cents"),
    ("/portal", {"history_days": "0"}, "history_days"),
    ("/forms", {"intake_form_id": "9999999"}, "intake_form_id"),
    ("/forms", {"questionnaire_id": "x"}, "questionnaire_id"),
    ("/forms", {"checklist": ["0"], "checklist-0-step-en": "x" * 201}, "checklist"),
    ("/texts", {"description-en": "Dear {client.nam}"}, "description"),
    ("/texts", {"help-pt-PT": "x" * 2001}, "help"),
]


@pytest.mark.parametrize(
    ("tab", "posted", "field"), WRONG, ids=[f"{number}-{one[2]}" for number, one in enumerate(WRONG)]
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    web: Web, browser: FlaskClient, row_id: int, tab: str, posted: dict[str, Any], field: str
) -> None:
    before = web.digest()
    base: dict[str, Any] = {"reference": f"kept-{row_id}", "title-en": "Kept title", "icon": "tool", **KIND}
    base |= PLANNING | {"history_days": "77", "version": version(web, row_id)}
    answer = browser.post(f"{LIST}/{row_id}{tab}", data={**base, **posted})
    assert answer.status_code == 422, answer.text
    assert f'id="{field}-error"' in answer.text or f'href="#{field}"' in answer.text
    assert f'href="#{field}"' in answer.text
    assert web.digest() == before
    choices = {"icon", "shown", "checklist", "lowest_band", "intake_form_id", "questionnaire_id"}
    kept = [name for name in {**base, **posted} if f'name="{name}"' in answer.text and name not in choices]
    assert kept
    for name in kept:
        assert str({**base, **posted}[name]) in answer.text, name


def test_everything_that_is_wrong_is_said_at_once(web: Web, browser: FlaskClient, row_id: int) -> None:
    wrong = {"minutes": "soon", "crew_size": "99", "due_days": "-1"}
    answer = browser.post(f"{LIST}/{row_id}/planning", data={**PLANNING, **wrong, "version": version(web, row_id)})
    assert answer.status_code == 422
    assert re.findall(r'href="#(\w+)">', answer.text.split('id="errors"')[1].split("</ul>")[0]) == list(wrong)


def test_windows_that_overlap_are_named(web: Web, browser: FlaskClient, row_id: int) -> None:
    windows: dict[str, Any] = {"arrival_windows": ["0", "1"]}
    for number, (name, begins, ends) in enumerate((("Early", "08:00", "12:00"), ("Late", "11:00", "15:00"))):
        windows |= {
            f"arrival_windows-{number}-name-en": name,
            f"arrival_windows-{number}-begins_minute": begins,
            f"arrival_windows-{number}-ends_minute": ends,
        }
    answer = browser.post(f"{LIST}/{row_id}/planning", data={**PLANNING, **windows, "version": version(web, row_id)})
    assert answer.status_code == 422
    assert "Early and Late overlap" in answer.text
    assert answer.text.count('value="11:00"') == 1


def test_rows_are_added_moved_and_taken_away_without_a_script(web: Web, browser: FlaskClient, row_id: int) -> None:
    path, before = f"{LIST}/{row_id}/forms", web.digest()
    posted: dict[str, Any] = {"version": version(web, row_id)}
    for button, order in (
        ({"do": "add-checklist"}, ["0"]),
        ({"do": "add-checklist"}, ["0", "1"]),
        ({"up": "1"}, ["1", "0"]),
        ({"down": "0"}, ["1", "0"]),
        ({"do": "add-checklist"}, ["1", "0", "2"]),
        ({"do": "remove-checklist-0"}, ["1", "2"]),
    ):
        answer = browser.post(path, data={**posted, **button})
        assert answer.status_code == 200
        posted["checklist"] = re.findall(r'name="checklist" value="(\d+)"', answer.text)
        assert posted["checklist"] == order
        posted |= {f"checklist-{number}-step-en": f"step {number}" for number in order}
    assert web.digest() == before
    assert browser.post(path, data=posted).status_code == 303
    assert read(web, id=row_id).checklist == [{"en": "step 1"}, {"en": "step 2"}]


def test_a_row_that_moves_keeps_its_words_in_languages_that_are_not_asked_for(web: Web, browser: FlaskClient) -> None:
    row_id = add(web, browser)
    steps = [{"en": "one", "de": "eins"}, {"en": "two", "de": "zwei"}]
    web.change(update(ActivityType).where(ActivityType.id == row_id).values(checklist=steps))
    posted = {"checklist": ["1", "0"], "checklist-0-step-en": "1", "checklist-1-step-en": "2"}
    answer = browser.post(f"{LIST}/{row_id}/forms", data={**posted, "version": version(web, row_id)})
    assert answer.status_code == 303
    assert [step["en"] for step in read(web, id=row_id).checklist] == ["2", "1"]


@pytest.mark.parametrize("tab", TABS)
def test_who_saw_an_older_version_is_told_and_can_decide(web: Web, browser: FlaskClient, row_id: int, tab: str) -> None:
    seen = version(web, row_id)
    posted = {**PLANNING, "reference": f"mine-{row_id}", "title-en": "Mine", "icon": "flame", **KIND, "version": seen}
    first = browser.post(f"{LIST}/{row_id}/portal", data={"history_days": "5", "version": seen})
    assert first.status_code == 303
    before = web.digest()
    answer = browser.post(f"{LIST}/{row_id}{tab}", data=posted)
    assert answer.status_code == 409
    assert "Somebody else has changed this activity type" in answer.text
    assert web.digest() == before
    assert f'name="version" type="hidden" value="{seen + 1}"' in answer.text
    assert browser.post(f"{LIST}/{row_id}{tab}", data={**posted, "version": seen + 1}).status_code == 303


def test_an_edit_without_its_version_is_refused(web: Web, browser: FlaskClient, row_id: int) -> None:
    assert browser.post(f"{LIST}/{row_id}", data={"title-en": "x", "reference": "y", **KIND}).status_code == 428
    assert read(web, id=row_id).title["en"] == "New"


def test_the_list_is_put_in_order_by_a_script_and_by_buttons(web: Web, browser: FlaskClient) -> None:
    for _number in range(2):
        add(web, browser)
    shown = order(browser)
    assert browser.post(f"{LIST}/order", json={"order": shown[::-1]}).status_code == 204
    assert order(browser) == shown[::-1]
    assert browser.post(f"{LIST}/order", data={"down": shown[-1]}).status_code == 303
    assert order(browser)[1] == shown[-1]
    assert browser.post(f"{LIST}/order", data={"up": shown[-1]}).status_code == 303
    assert order(browser) == shown[::-1]
    refused: list[Any] = [{}, [], {"order": "1,2"}, {"order": [1, "2"]}, {"order": [True]}, {"order": None}]
    for wrong in refused:
        assert browser.post(f"{LIST}/order", json=wrong).status_code == 422


def order(browser: FlaskClient) -> list[int]:
    return [int(number) for number in re.findall(r'<li data-id="(\d+)"', browser.get(LIST).text)]


def test_a_copy_an_archive_and_a_return(web: Web, browser: FlaskClient, row_id: int) -> None:
    answer = browser.post(f"{LIST}/{row_id}/copy")
    copy_id = int(answer.headers["Location"].rpartition("/")[2])
    assert f'data-id="{copy_id}"' in browser.get(LIST).text
    assert browser.post(f"{LIST}/{copy_id}/archive").status_code == 303
    assert f'data-id="{copy_id}"' not in browser.get(LIST).text
    assert f'data-id="{copy_id}"' in browser.get(LIST, query_string={"state": "archived"}).text
    assert browser.post(f"{LIST}/{copy_id}/restore").status_code == 303
    assert f'data-id="{copy_id}"' in browser.get(LIST, query_string={"state": "hidden", "q": "COPY"}).text
    assert browser.post(f"{LIST}/{copy_id}/delete").status_code == 303
    assert browser.get(f"{LIST}/{copy_id}").status_code == 404


def test_the_past_of_an_archived_activity_type_is_there_for_everybody(web: Web, browser: FlaskClient) -> None:
    done = web.belongings["ana"].done
    with web.factory() as session:
        used = session.get_one(Intervention, done).activity_type_id
    answer = browser.post(f"{LIST}/{used}/delete", follow_redirects=True)
    assert answer.status_code == 409
    assert "Archive it" in answer.text
    assert browser.post(f"{LIST}/{used}/archive").status_code == 303
    try:
        for who, path in (
            ("ana", f"/portal/alfa/visits/{done}"),
            ("ana", "/portal/alfa/visits"),
            ("dispatcher", f"/dispatch/interventions/{done}"),
            ("dispatcher", "/dispatch/interventions"),
            ("administrator", f"{LIST}/{used}/planning"),
        ):
            answer = web.browser(who).get(path)
            assert answer.status_code == 200, path
            assert "Boiler service" in answer.text, path
        offered = web.browser("sofia").get("/portal/alfa/book").text
        assert f'name="activity_type" value="{used}"' not in offered
        assert web.browser("sofia").post("/portal/alfa/book", data={"activity_type": used}).status_code in {404, 422}
        page = web.browser("dispatcher").get("/dispatch/interventions/new", query_string={"client": 1}).text
        choices = re.search(r'name="activity_type_id".*?</select>', page, re.DOTALL)
        assert choices is not None
        assert "Boiler service" not in choices[0]
    finally:
        browser.post(f"{LIST}/{used}/restore")
        web.change(update(ActivityType).where(ActivityType.id == used).values(is_on_portal=True))


def test_titles_and_descriptions_reach_clients_filled_and_a_price_only_where_it_may(
    web: Web, browser: FlaskClient, row_id: int
) -> None:
    with web.factory.begin() as session:
        session.add(PortalAction(activity_type_id=row_id, kind="book", is_for_unit=True))
    texts = {"title-en": "Check for {client.name}", "description-en": "Call {unit.phone|us} <b>now</b>"}
    portal = {"is_on_portal": "y", "price_cents": "123.45", "is_price_shown": "y"}
    for tab, posted in (("texts", texts), ("portal", portal)):
        answer = browser.post(f"{LIST}/{row_id}/{tab}", data={**posted, "version": version(web, row_id)})
        assert answer.status_code == 303, answer.text
    shown = web.browser("ana").get("/portal/alfa/book").text
    assert "Check for Client of ana" in shown
    assert "&lt;b&gt;now&lt;/b&gt;" in shown
    assert "{client" not in shown
    assert "123.45" in shown
    browser.post(
        f"{LIST}/{row_id}/portal", data={"is_on_portal": "y", "price_cents": "123.45", "version": version(web, row_id)}
    )
    assert "123.45" not in web.browser("ana").get("/portal/alfa/book").text


FIELDS = re.findall(
    r"[\w-]+",
    "title-en title-pt-PT title-xx reference icon minutes crew_size buffer_before_minutes "
    "buffer_after_minutes arrival_window_minutes arrival_windows arrival_windows-0-name-en "
    "arrival_windows-0-begins_minute arrival_windows-0-ends_minute booking_notice_hours "
    "reschedule_notice_hours cancel_notice_hours booking_horizon_days lowest_band priority due_days "
    "skill-1 price_cents is_price_shown is_on_portal shown history_days intake_form_id closing_form_id "
    "questionnaire_id checklist checklist-0-step-en description-en help-fr about do up down order day "
    "reason",
)


def answers_to(web: Web, browser: FlaskClient, row_id: int, text: str) -> Iterator[TestResponse]:
    yield browser.get(LIST, query_string={"q": text, "state": text})
    yield browser.post(f"{LIST}/new", data=dict.fromkeys(FIELDS, text))
    yield browser.post(f"{LIST}/order", data=dict.fromkeys(FIELDS, text))
    yield browser.post("/settings/blackout-days", data=dict.fromkeys(FIELDS, text))
    for tab in TABS:
        for own in ({}, {"checklist": "0", "arrival_windows": "0"}):
            posted = {**dict.fromkeys(FIELDS, text), "version": version(web, row_id), "do": "", **own}
            yield browser.post(f"{LIST}/{row_id}{tab}", data=posted)


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_in_any_field_is_an_error_of_ours(web: Web, browser: FlaskClient, row_id: int, name: str) -> None:
    seen = 0
    for answer in answers_to(web, browser, row_id, TEXTS[name]):
        assert answer.status_code < 500, answer.text
        if answer.mimetype == "text/html":
            assert inline(answer.text) == []
        seen += 1
    assert seen == 4 + 2 * len(TABS)
    for page in ("", *(f"/{row_id}{tab}" for tab in TABS)):
        assert browser.get(f"{LIST}{page}").status_code == 200
