"""What the board and the assistant send about a crew, and what they make of anything else."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.interventions.models import Intervention
from tests.web.dispatch import company
from tests.web.dispatch.company import HELENA, QUINTA
from tests.web.dispatch.conftest import of_client

RUI, INES, NUNO = 1, 2, 3


@pytest.fixture
def quinta(rows: Session) -> Intervention:
    """The quinta waits for two technicians, all of whom can do it."""
    found = of_client(rows, QUINTA)
    kind = ActivityType(
        unit_id=found.unit_id, reference="for-two", title={"en": "Boiler installation"}, minutes=60, crew_size=2
    )
    rows.add(kind)
    rows.flush()
    rows.execute(update(Intervention).where(Intervention.id == found.id).values(activity_type_id=kind.id))
    rows.commit()
    return of_client(rows, QUINTA)


def move(browser: FlaskClient, what: Intervention, **place: Any) -> Any:
    day = company.day_on(clock.now()).isoformat()
    sent = {"version": what.version, "day": day, "begins": 12 * 60, **place}
    return browser.post(f"/dispatch/visits/{what.id}/move?day={day}", json=sent)


def crew(rows: Session, client: str) -> set[int]:
    rows.rollback()
    found = rows.scalars(select(Intervention).where(Intervention.id == of_client(rows, client).id)).one()
    return {technician.id for technician in found.crew}


def test_the_crew_of_a_suggestion_is_the_one_that_comes(
    lucia: FlaskClient, rows: Session, quinta: Intervention
) -> None:
    found = lucia.get(f"/dispatch/interventions/{quinta.id}/suggestions.json").get_json()["candidates"]
    assert all(len(one["technicians"]) == 2 for one in found)
    assert move(lucia, quinta, technician=NUNO, technicians=[NUNO, INES]).status_code == 200
    assert crew(rows, QUINTA) == {NUNO, INES}
    again = of_client(rows, QUINTA)
    assert move(lucia, again, technician=RUI, instead_of=INES).status_code == 200
    assert crew(rows, QUINTA) == {NUNO, RUI}


def test_the_assistants_page_books_a_whole_crew(lucia: FlaskClient, rows: Session, quinta: Intervention) -> None:
    page = f"/dispatch/interventions/{quinta.id}/assistant"
    text = lucia.get(page).get_data(as_text=True)
    value = text.split('name="candidate" value="')[1].split('"')[0]
    answer = lucia.post(page, data={"candidate": value, "version": str(quinta.version)})
    assert answer.status_code == 303, answer.text
    chosen = set(map(int, value.split(" ")[0].split(",")))
    assert len(chosen) == 2
    assert crew(rows, QUINTA) == chosen


@pytest.mark.parametrize(
    "place",
    [
        {"technicians": "all of them"},
        {"technicians": [None, "x", {}, [], True]},
        {"technicians": {"0": 1}},
        {"technicians": [99999999]},
        {"technicians": list(range(1, 5000))},
        {"instead_of": "Rui"},
        {"instead_of": -1},
        {"instead_of": [1]},
    ],
    ids=str,
)
def test_nonsense_about_a_crew_is_refused_or_left_out(lucia: FlaskClient, quinta: Intervention, place: Any) -> None:
    assert move(lucia, quinta, technician=RUI, **place).status_code in {200, 400, 404, 422}


@pytest.mark.parametrize("value", ["1,2", ", 2026-11-25T10:00:00+00:00", "1,x 2026-11-25T10:00:00+00:00", "1,,2 x"])
def test_a_candidate_that_cannot_be_read_asks_to_choose_one(
    lucia: FlaskClient, quinta: Intervention, value: str
) -> None:
    answer = lucia.post(
        f"/dispatch/interventions/{quinta.id}/assistant", data={"candidate": value, "version": str(quinta.version)}
    )
    assert answer.status_code == 422
    assert "Please choose one of the times." in answer.text


def test_of_work_for_one_everybody_else_is_left_out(lucia: FlaskClient, rows: Session) -> None:
    helena = of_client(rows, HELENA)
    answer = move(lucia, helena, technician=INES, technicians=[INES, RUI], instead_of=RUI)
    assert answer.status_code in {200, 422}
    assert len(crew(rows, HELENA)) == 1
