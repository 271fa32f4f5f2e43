"""A questionnaire asks what is still to be asked after the answers so far, one question a step."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid
from fieldsvc.domain.interventions import questionnaires
from fieldsvc.domain.interventions.models import QuestionnaireResponse
from tests import make
from tests.make import NOON

FIELDS: list[dict[str, Any]] = [
    {"code": "intro", "kind": "text", "label": {"en": "Two minutes"}},
    {"code": "happy", "kind": "yes_no", "label": {"en": "Happy?"}, "is_required": True},
    {
        "code": "why",
        "kind": "long_text",
        "label": {"en": "What went wrong?"},
        "is_required": True,
        "show_if": {"condition": "answer_is", "field": "happy", "value": "no"},
    },
    {"code": "stars", "kind": "rating", "label": {"en": "Stars?"}},
    {"code": "end", "kind": "text", "label": {"en": "Almost done"}},
]


@pytest.fixture
def response(session: Session) -> QuestionnaireResponse:
    unit = make.unit(session)
    form = make.form(session, unit, FIELDS, kind="questionnaire")
    visit = make.intervention(session, unit, activity_type=make.activity_type(session, unit, questionnaire_id=form.id))
    questionnaires.ask(session, unit, visit, now=NOON)
    found = questionnaires.of_intervention(session, visit)
    assert found is not None
    return found


def codes(response: QuestionnaireResponse) -> list[list[str]]:
    return [[field.code for field in fields] for fields in questionnaires.steps(response)]


def answer(session: Session, response: QuestionnaireResponse, step: int, **given: str) -> None:
    questionnaires.save(session, response, questionnaires.steps(response)[step - 1], given, now=NOON)


def test_an_answer_opens_and_closes_further_steps(session: Session, response: QuestionnaireResponse) -> None:
    assert codes(response) == [["intro", "happy"], ["stars"], ["end"]]
    answer(session, response, 1, happy="no")
    assert codes(response) == [["intro", "happy"], ["why"], ["stars"], ["end"]]
    answer(session, response, 2, why="It leaks")
    assert response.answers == {"happy": False, "why": "It leaks"}
    answer(session, response, 1, happy="yes")
    assert codes(response) == [["intro", "happy"], ["stars"], ["end"]]
    assert response.answers == {"happy": True}


def test_a_step_that_was_passed_over_is_named(session: Session, response: QuestionnaireResponse) -> None:
    assert questionnaires.missing_step(response) == 1
    answer(session, response, 1, happy="no")
    assert questionnaires.missing_step(response) == 2
    with pytest.raises(Invalid):
        questionnaires.finish(session, response, now=NOON)
    answer(session, response, 1, happy="yes")
    assert questionnaires.missing_step(response) is None
    questionnaires.finish(session, response, now=NOON)
    assert response.answered_at == NOON
