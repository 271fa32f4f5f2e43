"""The JSON behind the planning board."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fieldsvc.core import clock
from tests.web.dispatch import company
from tests.web.dispatch.company import HELENA, HOTEL, QUINTA
from tests.web.dispatch.conftest import SignedIn, of_client

RUI, INES, NUNO = 1, 2, 3


def day() -> str:
    return company.day_on(clock.now()).isoformat()


def ask(browser: FlaskClient, what: str, intervention_id: int, **sent: Any) -> TestResponse:
    return browser.post(f"/dispatch/visits/{intervention_id}/{what}?day={day()}", json=sent)


def place(technician: int, begins: int) -> dict[str, Any]:
    return {"technician": technician, "day": day(), "begins": begins}


def said(answer: TestResponse) -> Any:
    """What was answered."""
    return answer.get_json()


def shown(answer: TestResponse, name: str) -> dict[str, Any] | None:
    """The visit of the client called `name` on the board that was answered, with its technician."""
    assert answer.status_code == 200, answer.text
    for row in said(answer)["board"]["rows"]:
        for item in row["items"]:
            if item["kind"] == "visit" and item["client"] == name:
                return {**item, "technician": row["id"]}
    return None


def test_a_check_says_what_a_move_would_mean_and_changes_nothing(lucia: FlaskClient, rows: Session) -> None:
    helena = of_client(rows, HELENA)
    verdicts = {
        (technician, begins): said(ask(lucia, "check", helena.id, **place(technician, begins)))["verdict"]
        for technician, begins in ((INES, 10 * 60 + 30), (INES, 13 * 60), (NUNO, 10 * 60 + 30))
    }
    assert list(verdicts.values()) == ["green", "amber", "red"]
    refused = said(ask(lucia, "check", helena.id, **place(NUNO, 630)))
    assert "Nuno" in " ".join(refused["words"])
    assert of_client(rows, HELENA).version == helena.version


def test_a_move_is_answered_with_the_board_that_shows_it(lucia: FlaskClient, rows: Session) -> None:
    helena = of_client(rows, HELENA)
    answer = ask(lucia, "move", helena.id, version=helena.version, **place(INES, 11 * 60))
    moved = shown(answer, HELENA)
    assert moved is not None
    assert (moved["technician"], moved["begins"], moved["version"]) == (INES, 660, of_client(rows, HELENA).version)
    assert moved["version"] > helena.version


def test_a_move_made_on_an_old_version_is_refused_with_what_is_now(lucia: FlaskClient, rows: Session) -> None:
    helena = of_client(rows, HELENA)
    seen = helena.version
    ask(lucia, "move", helena.id, version=seen, **place(INES, 11 * 60))
    answer = ask(lucia, "move", helena.id, version=seen, **place(RUI, 12 * 60))
    assert answer.status_code == 409
    assert said(answer)["error"]
    assert said(answer)["current"]["technician"] == INES
    assert of_client(rows, HELENA).version == said(answer)["current"]["version"]


@pytest.mark.parametrize("what", ["move", "lock", "unschedule"])
@pytest.mark.parametrize("version", [None, "1", True, 1.5])
def test_a_change_without_the_version_that_was_shown_is_refused(
    lucia: FlaskClient, rows: Session, what: str, version: Any
) -> None:
    helena = of_client(rows, HELENA)
    answer = ask(lucia, what, helena.id, version=version, locked=True, **place(INES, 660))
    assert answer.status_code == 428
    assert of_client(rows, HELENA).version == helena.version


def test_what_the_law_forbids_is_refused_in_sentences(lucia: FlaskClient, rows: Session) -> None:
    helena = of_client(rows, HELENA)
    answer = ask(lucia, "move", helena.id, version=helena.version, **place(NUNO, 11 * 60))
    assert answer.status_code == 422
    assert said(answer)["violations"]


def test_breaking_a_promise_needs_a_reason(lucia: FlaskClient, rows: Session) -> None:
    helena = of_client(rows, HELENA)
    late = {"version": helena.version, **place(INES, 13 * 60)}
    without = ask(lucia, "move", helena.id, **late)
    assert without.status_code == 422
    assert "reason" in said(without)["fields"]
    moved = shown(ask(lucia, "move", helena.id, reason="She asked for it", **late), HELENA)
    assert moved is not None
    assert moved["begins"] == 780


@pytest.mark.parametrize(
    "wrong",
    [
        {"technician": "1"},
        {"technician": True},
        {"technician": 10**12},
        {"begins": -1},
        {"begins": 1440},
        {"begins": 1.5},
        {"day": "tomorrow"},
        {"day": "0001-01-01"},
        {"day": None},
    ],
)
def test_a_place_that_is_none_is_refused(lucia: FlaskClient, rows: Session, wrong: dict[str, Any]) -> None:
    helena = of_client(rows, HELENA)
    sent = {"version": helena.version, **place(INES, 660), **wrong}
    assert ask(lucia, "move", helena.id, **sent).status_code in {404, 422}
    assert ask(lucia, "check", helena.id, **sent).status_code in {404, 422}
    assert of_client(rows, HELENA).version == helena.version


@pytest.mark.parametrize("content", ["", "[]", "null", "{", '"x"'])
def test_a_body_that_cannot_be_read_is_refused(lucia: FlaskClient, content: str) -> None:
    answer = lucia.post("/dispatch/visits/1/move", data=content, content_type="application/json")
    assert answer.status_code in {400, 422}


def test_a_locked_visit_stays_until_it_is_unlocked(lucia: FlaskClient, rows: Session) -> None:
    helena = of_client(rows, HELENA)
    locked = shown(ask(lucia, "lock", helena.id, version=helena.version, locked=True), HELENA)
    assert locked is not None
    assert locked["locked"] is True
    assert ask(lucia, "move", helena.id, version=locked["version"], **place(INES, 660)).status_code == 422
    assert ask(lucia, "unschedule", helena.id, version=locked["version"]).status_code == 422
    free = shown(ask(lucia, "lock", helena.id, version=locked["version"], locked=False), HELENA)
    assert free is not None
    assert shown(ask(lucia, "move", helena.id, version=free["version"], **place(INES, 660)), HELENA)


def test_an_unscheduled_visit_waits_in_the_list(lucia: FlaskClient, rows: Session) -> None:
    hotel = of_client(rows, HOTEL)
    answer = ask(lucia, "unschedule", hotel.id, version=hotel.version)
    assert shown(answer, HOTEL) is None
    assert HOTEL in [item["client"] for item in said(answer)["board"]["unscheduled"]]


def test_undo_takes_back_ones_own_last_change_and_nobody_elses(
    lucia: FlaskClient, signed_in: SignedIn, rows: Session
) -> None:
    helena, hotel = of_client(rows, HELENA), of_client(rows, HOTEL)
    ask(lucia, "move", helena.id, version=helena.version, **place(INES, 11 * 60))
    ask(signed_in(company.COLLEAGUE), "lock", hotel.id, version=hotel.version, locked=True)
    back = shown(lucia.post(f"/dispatch/undo?day={day()}", json={}), HELENA)
    assert back is not None
    assert (back["technician"], back["begins"]) == (RUI, 600)
    assert of_client(rows, HOTEL).is_locked
    assert lucia.post("/dispatch/undo", json={}).status_code == 404


def test_an_unscheduled_intervention_gets_its_place_on_the_board(lucia: FlaskClient, rows: Session) -> None:
    quinta = of_client(rows, QUINTA)
    planned = shown(ask(lucia, "move", quinta.id, version=quinta.version, **place(INES, 9 * 60)), QUINTA)
    assert planned is not None
    assert (planned["status"], planned["window"]) == ("scheduled", [480, 600])


@pytest.mark.parametrize("what", ["check", "move", "lock", "unschedule"])
def test_an_intervention_of_another_unit_does_not_exist(lucia: FlaskClient, rows: Session, what: str) -> None:
    foreign = company.somebody_elses(rows, now=clock.now())
    answer = ask(lucia, what, foreign, version=1, locked=True, **place(INES, 660))
    assert answer.status_code == 404


def test_changes_are_given_once(lucia: FlaskClient, rows: Session) -> None:
    board = said(lucia.get(f"/dispatch/changes?day={day()}&view=day&since=-1"))
    assert [row["name"] for row in board["rows"]] == ["Inês Magalhães", "Nuno Teixeira", "Rui Carvalho"]
    again = f"/dispatch/changes?day={day()}&view=day&since={board['revision']}"
    assert lucia.get(again).status_code == 204
    helena = of_client(rows, HELENA)
    ask(lucia, "lock", helena.id, version=helena.version, locked=True)
    assert lucia.get(again).status_code == 200
    assert said(lucia.get(again.replace("view=day", "view=week")))["revision"] > board["revision"]


def test_suggestions_are_best_first_with_reasons_for_the_others(lucia: FlaskClient, rows: Session) -> None:
    found = said(lucia.get(f"/dispatch/interventions/{of_client(rows, QUINTA).id}/suggestions.json"))
    assert [one["number"] for one in found["candidates"]] == list(range(1, len(found["candidates"]) + 1))
    assert len(found["candidates"]) >= 5
    assert {one["technician"] for one in found["candidates"]} <= {RUI, INES}
    assert "Nuno Teixeira" in {one["name"] for one in found["refused"]}
