"""At the end of the work the closing form asks its own questions beside the three that are always asked."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from fieldsvc.core import clock
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.domain.interventions.models import FormAnswer, Intervention
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.world import Web

FIELDS: list[dict[str, Any]] = [
    {"code": "parts", "kind": "yes_no", "label": {"en": "Parts replaced?"}, "is_required": True},
    {
        "code": "which",
        "kind": "short_text",
        "label": {"en": "Which parts?"},
        "is_required": True,
        "show_if": {"condition": "answer_is", "field": "parts", "value": "yes"},
    },
    {"code": "photo", "kind": "photo", "label": {"en": "Photo of the work"}},
]


@pytest.fixture
def web(fresh_web: Web) -> Web:
    """A product in which the work to come has a closing form, and has begun two hours ago."""
    with fresh_web.factory.begin() as session:
        visit = session.get_one(Intervention, fresh_web.belongings["ana"].intervention)
        unit = session.get_one(BusinessUnit, visit.unit_id)
        form = make.form(session, unit, FIELDS, kind="closing")
        session.get_one(ActivityType, visit.activity_type_id).closing_form_id = form.id
    return fresh_web


def complete(web: Web, **typed: Any) -> TestResponse:
    began = clock.now() - timedelta(days=1)
    with web.factory() as session:
        version = session.get_one(Intervention, web.belongings["ana"].intervention).version
    fixed = {"version": version, "day": began.date().isoformat(), "begins": "9:00", "ends": "10:00", "outcome": "ok"}
    path = f"/dispatch/interventions/{web.belongings['ana'].intervention}/complete"
    return web.browser("dispatcher").post(path, data={**fixed, **typed})


def picture() -> tuple[BytesIO, str]:
    file = BytesIO()
    Image.new("RGB", (20, 20), "red").save(file, "PNG")
    return BytesIO(file.getvalue()), "done.png"


def kept(web: Web) -> list[FormAnswer]:
    with web.factory() as session:
        return list(session.scalars(select(FormAnswer).where(FormAnswer.action_id.is_(None))))


def test_its_answers_are_kept_with_their_version_and_their_files_with_the_intervention(web: Web) -> None:
    answer = complete(web, q_parts="yes", q_which="Valve", q_photo=picture())
    assert answer.status_code == 303
    [row] = kept(web)
    assert (row.intervention_id, row.answers["parts"], row.answers["which"]) == (
        web.belongings["ana"].intervention,
        True,
        "Valve",
    )
    with web.factory() as session:
        file = session.get_one(StoredFile, row.answers["photo"])
        assert (file.about_kind, file.about_id, file.name) == ("intervention", row.intervention_id, "done.png")


def test_what_is_missing_is_said_and_nothing_typed_or_chosen_is_lost(web: Web) -> None:
    answer = complete(web, q_parts="yes", q_photo=picture())
    assert answer.status_code == 422
    assert 'id="q_which-error"' in answer.text
    assert "done.png" in answer.text
    ticket = answer.text.partition('name="q_photo-kept" value="')[2].partition('"')[0]
    assert complete(web, q_parts="yes", q_which="Valve", **{"q_photo-kept": ticket}).status_code == 303
    assert isinstance(kept(web)[0].answers["photo"], int)


def test_the_ticket_of_a_file_that_is_gone_leads_to_no_other_file_of_the_same_number(web: Web) -> None:
    answer = complete(web, q_parts="yes", q_photo=picture())
    ticket = answer.text.partition('name="q_photo-kept" value="')[2].partition('"')[0]
    with web.factory.begin() as session:
        file = session.scalars(select(StoredFile).order_by(StoredFile.id.desc()).limit(1)).one()
        file.digest = "of somebody else's picture"
    assert complete(web, q_parts="no", **{"q_photo-kept": ticket}).status_code == 303
    assert kept(web)[0].answers == {"parts": False}


@pytest.mark.parametrize("ticket", ["1", "WzEsMV0", "WzEsMV0.wrong", "x" * 1000])
def test_nobody_gets_at_a_file_by_making_up_its_ticket(web: Web, ticket: str) -> None:
    assert complete(web, q_parts="no", **{"q_photo-kept": ticket}).status_code == 303
    assert kept(web)[0].answers == {"parts": False}


def test_what_is_no_picture_is_refused_at_its_question(web: Web) -> None:
    for content, name in ((b"%PDF-1.7", "a.pdf"), (b"<svg onload=alert(1)>", "a.png"), (b"", "empty.png")):
        answer = complete(web, q_parts="no", q_photo=(BytesIO(content), name))
        assert answer.status_code == 422, name
        assert 'id="q_photo-error"' in answer.text
    assert kept(web) == []


def test_a_hidden_question_blocks_nobody(web: Web) -> None:
    assert complete(web, q_parts="no", q_which="").status_code == 303
    assert kept(web)[0].answers == {"parts": False}


def test_a_page_that_did_not_show_a_question_comes_back_with_it(web: Web) -> None:
    answer = complete(web, q_parts="yes", q_which="guessed", shown_questions="parts,photo")
    assert "Your answers opened more questions." in answer.text
    assert kept(web) == []
