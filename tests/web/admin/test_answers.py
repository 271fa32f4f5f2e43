"""The answers to a form: a column a question over all versions, searched, filtered, and the same as a file."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.domain.catalogue.models import FormVersion
from fieldsvc.domain.interventions.models import FormAnswer, Intervention
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.world import Web

OPTIONS = [{"code": "roof", "label": {"en": "On the roof"}}, {"code": "wall", "label": {"en": "On a wall"}}]
FIRST: list[dict[str, Any]] = [
    {"code": "place", "kind": "choice", "label": {"en": "Where?"}, "options": OPTIONS},
    {"code": "rooms", "kind": "number", "label": {"en": "Rooms?"}},
    {"code": "gone", "kind": "short_text", "label": {"en": "Asked no more"}},
]
SECOND = [*FIRST[:2], {"code": "note", "kind": "long_text", "label": {"en": "Note"}}]


@pytest.fixture(scope="module")
def form_id(web: Web) -> int:
    """A form with two versions: three answers before a booking."""
    with web.factory.begin() as session:
        unit = session.get_one(BusinessUnit, web.people["administrator"].unit_id)
        form = make.form(session, unit, FIRST)
        form.versions.append(FormVersion(number=2, fields=SECOND, published_at=clock.now()))
        session.flush()
        old, new = form.versions
        answered(session, unit, old, "Café Ítaca", days=400, place="roof", gone="Ancient")
        answered(session, unit, new, "Padaria", days=10, place="wall", rooms=3, note="=1+1")
        answered(session, unit, new, "Hotel", days=1, place="roof", rooms=12, note="Ring the bell\nÀ porta")
        return form.id


def answered(
    session: Session, unit: BusinessUnit, version: FormVersion, client: str, *, days: int, **given: object
) -> Intervention:
    site = make.site(session, make.client(session, unit, name=client))
    when = clock.now() - timedelta(days=days)
    return make.intervention(session, unit, site=site, form_version_id=version.id, answers=given, now=when)


@pytest.fixture
def browser(web: Web) -> FlaskClient:
    return web.browser("administrator")


def clients(browser: FlaskClient, form_id: int, **query: object) -> list[str]:
    """The clients of the answers that are found, the newest first."""
    answer = browser.get(f"/settings/forms/{form_id}/answers/export", query_string={"as": "csv", **query})
    assert answer.status_code == 200
    return [row["Client"] for row in csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"), newline=""))]


def test_every_question_of_every_version_is_a_column(browser: FlaskClient, form_id: int) -> None:
    page = browser.get(f"/settings/forms/{form_id}/answers").text
    for words in ("Where?", "Rooms?", "Note", "Asked no more", "Ancient", "On the roof", "3 answers"):
        assert words in page, words


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Hotel", "Padaria", "Café Ítaca"]),
        ({"q": "bell"}, ["Hotel"]),
        ({"q": "À porta"}, ["Hotel"]),
        ({"q": "on the ROOF"}, ["Hotel", "Café Ítaca"]),
        ({"q": "padar"}, ["Padaria"]),
        ({"q": "100%"}, []),
        ({"q": '"'}, []),
        ({"version": 1}, ["Café Ítaca"]),
        ({"from": (clock.now() - timedelta(days=20)).date().isoformat()}, ["Hotel", "Padaria"]),
        ({"to": (clock.now() - timedelta(days=5)).date().isoformat()}, ["Padaria", "Café Ítaca"]),
        ({"technician": 1}, []),
        ({"type": 999}, []),
    ],
)
def test_answers_are_found(browser: FlaskClient, form_id: int, query: dict[str, object], found: list[str]) -> None:
    assert clients(browser, form_id, **query) == found


def test_the_file_keeps_numbers_and_no_formula(browser: FlaskClient, form_id: int) -> None:
    csv_text = browser.get(f"/settings/forms/{form_id}/answers/export?as=csv").text
    assert ",'=1+1" in csv_text
    answer = browser.get(f"/settings/forms/{form_id}/answers/export?as=xlsx")
    assert "attachment" in answer.headers["Content-Disposition"]
    with ZipFile(BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>12</v>" in sheet
    assert "=1+1" in sheet
    assert "<f>" not in sheet
    assert browser.get(f"/settings/forms/{form_id}/answers/export?as=exe").status_code == 404


def test_pages_of_answers(web: Web, browser: FlaskClient) -> None:
    with web.factory.begin() as session:
        unit = session.get_one(BusinessUnit, web.people["administrator"].unit_id)
        form = make.form(session, unit, FIRST, kind="closing")
        client = make.client(session, unit, name="Many")
        for number in range(120):
            session.add(
                FormAnswer(
                    unit_id=unit.id,
                    form_version_id=form.versions[0].id,
                    client_id=client.id,
                    answers={"rooms": number},
                    answered_at=clock.now() - timedelta(minutes=number),
                    answered_by="Rui",
                )
            )
        form_id = form.id
    page = browser.get(f"/settings/forms/{form_id}/answers?page=3").text
    assert "120 answers" in page
    assert page.count("<td>Many</td>") == 20
    assert len(clients(browser, form_id)) == 120


def test_answers_of_another_unit_are_not_there(web: Web, form_id: int) -> None:
    stranger = web.browser("administrator_b")
    for path in ("answers", "answers/export?as=csv"):
        assert stranger.get(f"/settings/forms/{form_id}/{path}").status_code == 404


def test_the_satisfaction_page_has_its_figures_as_a_file(web: Web) -> None:
    link = web.belongings["ana"].questionnaire
    visitor, dispatcher = web.browser(), web.browser("dispatcher")
    visitor.post(f"/questionnaire/{link}", data={"q_nps": "9"})
    visitor.post(f"/questionnaire/{link}?step=2", data={"q_comment": "@SUM(1)"})
    page = dispatcher.get("/dispatch/satisfaction?q=sum").text
    assert "@SUM(1)" in page
    assert "Would you recommend us?" in page
    assert "@SUM(1)" not in dispatcher.get("/dispatch/satisfaction?q=nobody wrote this").text
    assert ",9,'@SUM(1)" in dispatcher.get("/dispatch/satisfaction/export?as=csv").text
    for query in ("from=2026-13-40&to=x", "from=2199-01-01&to=2000-01-01", "type=x&technician=9999999999&page=-1"):
        assert dispatcher.get(f"/dispatch/satisfaction?{query}").status_code == 200, query
    assert "No answers in this period" in dispatcher.get("/dispatch/satisfaction?from=2020-01-01&to=2020-02-01").text
