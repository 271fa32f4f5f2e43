"""A questionnaire is asked once, answered once, by a link that is scoped, hashed and ends."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.interventions import questionnaires, satisfaction
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse
from fieldsvc.domain.interventions.satisfaction import Filters
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, at

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Asked:
    """A visit that is done, and the link its client was sent."""

    session: Session
    unit: BusinessUnit
    visit: Intervention
    link: str

    @property
    def response(self) -> QuestionnaireResponse:
        return questionnaires.by_token(self.session, self.link)

    @property
    def questions(self) -> list[Field]:
        return self.response.form_version.questions

    def answer(self, **given: str) -> None:
        asked = [question for question in self.questions if question.code in given]
        questionnaires.save(self.session, self.response, asked, given, now=NOON)


@pytest.fixture
def asked(session: Session) -> Asked:
    unit = make.unit(session)
    fields: list[dict[str, Any]] = [
        {"code": "nps", "kind": "nps", "label": {"en": "Recommend?"}, "is_required": True},
        {"code": "stars", "kind": "rating", "label": {"en": "Clean?"}},
        {"code": "comment", "kind": "long_text", "label": {"en": "More?"}},
    ]
    form = make.form(session, unit, fields, kind="questionnaire")
    kind = make.activity_type(session, unit, questionnaire_id=form.id)
    technician = make.technician(session, unit, name="Rui")
    visit = make.scheduled(session, unit, technician, at(NOON.date(), "9:00"), activity_type=kind, status="completed")
    questionnaires.ask(session, unit, visit, now=NOON)
    link = outbox.latest(session)[0].text.partition("/questionnaire/")[2].split()[0]
    return Asked(session, unit, visit, link)


def test_a_client_is_asked_once(asked: Asked) -> None:
    assert len(outbox.latest(asked.session)) == 1
    questionnaires.ask(asked.session, asked.unit, asked.visit, now=NOON)
    assert len(outbox.latest(asked.session)) == 1


def test_work_without_a_questionnaire_asks_nothing(session: Session) -> None:
    unit = make.unit(session)
    questionnaires.ask(session, unit, make.intervention(session, unit), now=NOON)
    assert outbox.latest(session) == []


def test_answers_are_kept_as_one_goes_and_can_be_changed_until_the_end(asked: Asked) -> None:
    asked.answer(nps="3", stars="4")
    asked.answer(nps="9")
    asked.answer(comment="Fine")
    assert asked.response.answers == {"nps": 9, "stars": 4, "comment": "Fine"}
    questionnaires.finish(asked.session, asked.response, now=NOON)
    assert (asked.response.nps, asked.response.rating, asked.response.answered_at) == (9, 4, NOON)
    assert audit.history(asked.session, asked.visit)[0].action == "questionnaire.answered"


def test_what_was_sent_stays_as_it_is(asked: Asked) -> None:
    asked.answer(nps="9")
    questionnaires.finish(asked.session, asked.response, now=NOON)
    with pytest.raises(NotAllowed):
        asked.answer(nps="0")
    with pytest.raises(NotAllowed):
        questionnaires.finish(asked.session, asked.response, now=NOON)
    assert asked.response.nps == 9


def test_a_question_that_needs_an_answer_cannot_be_passed_over(asked: Asked) -> None:
    asked.answer(comment="Only this")
    with pytest.raises(Invalid):
        questionnaires.finish(asked.session, asked.response, now=NOON)
    assert asked.response.answered_at is None


@pytest.mark.parametrize("text", ["-1", "11", "1e308", "NaN", "x" * 200_000])
def test_an_answer_off_the_scale_is_refused(asked: Asked, text: str) -> None:
    with pytest.raises(Invalid):
        asked.answer(nps=text)
    assert asked.response.answers == {}


def test_an_answer_to_another_questionnaire_is_left_out(asked: Asked) -> None:
    questionnaires.save(asked.session, asked.response, asked.questions, {"nps": "9", "of_another": "x"}, now=NOON)
    assert asked.response.answers == {"nps": 9}


# --- Links --------------------------------------------------------------------------------------------


def test_only_the_link_itself_leads_anywhere(asked: Asked) -> None:
    link = asked.link
    padded = base64.urlsafe_b64encode(base64.urlsafe_b64decode(link + "=")).decode()
    wrong = [link[:-1], link + "\n", link + ".", link + "%00", link + "=", padded, link.swapcase(), link.upper(), ""]
    wrong += [link[:at_] + ("A" if link[at_] != "A" else "B") + link[at_ + 1 :] for at_ in range(len(link))]
    for text in set(wrong) - {link}:
        with pytest.raises(NotFound):
            questionnaires.by_token(asked.session, text)
    assert len(set(wrong)) > 40


def test_a_link_ends_with_its_time(asked: Asked) -> None:
    end = NOON + questionnaires.LIFETIME
    assert not questionnaires.is_over(asked.response, now=end - SECOND)
    assert questionnaires.is_over(asked.response, now=end)
    with pytest.raises(NotAllowed):
        questionnaires.save(asked.session, asked.response, asked.questions, {"nps": "9"}, now=end)
    asked.answer(nps="9")
    with pytest.raises(NotAllowed):
        questionnaires.finish(asked.session, asked.response, now=end)


def test_a_questionnaire_that_is_withdrawn_is_over_at_once(asked: Asked) -> None:
    questionnaires.withdraw(asked.session, asked.unit, asked.visit, actor=make.DISPATCHER, now=NOON)
    assert questionnaires.is_over(asked.response, now=NOON)
    assert audit.history(asked.session, asked.visit)[0].action == "questionnaire.withdrawn"
    with pytest.raises(NotAllowed):
        asked.answer(nps="9")


def test_a_fresh_link_ends_the_one_before(asked: Asked) -> None:
    assert asked.visit.contact is not None
    fresh = questionnaires.renew_link(asked.session, asked.visit.contact, asked.visit.id, now=NOON)
    assert questionnaires.by_token(asked.session, fresh).intervention_id == asked.visit.id
    with pytest.raises(NotFound):
        questionnaires.by_token(asked.session, asked.link)


@pytest.mark.parametrize("ended", ["withdrawn", "over"])
def test_one_that_has_ended_is_not_opened_again_by_a_fresh_link(asked: Asked, ended: str) -> None:
    at_ = NOON
    if ended == "withdrawn":
        questionnaires.withdraw(asked.session, asked.unit, asked.visit, actor=make.DISPATCHER, now=NOON)
    else:
        at_ += questionnaires.LIFETIME
    assert asked.visit.contact is not None
    with pytest.raises(NotFound):
        questionnaires.renew_link(asked.session, asked.visit.contact, asked.visit.id, now=at_)
    assert questionnaires.is_over(asked.response, now=at_)


def test_nobody_gets_a_link_to_somebody_elses_questionnaire(asked: Asked) -> None:
    stranger = make.contact(asked.session, make.client(asked.session, asked.unit))
    with pytest.raises(NotFound):
        questionnaires.renew_link(asked.session, stranger, asked.visit.id, now=NOON)
    assert questionnaires.open_for(asked.session, stranger, now=NOON) == []


def test_the_secret_is_not_in_its_row(asked: Asked) -> None:
    row = asked.response
    assert asked.link not in repr([getattr(row, column.key) for column in row.__table__.columns])


# --- Figures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "nps"),
    [([], None), ([9, 10], 100), ([0, 6], -100), ([7, 8], 0), ([10, 8, 6], 0), ([9, 9, 0], 33), ([10, 7, 7, 7], 25)],
)
def test_the_net_promoter_score_is_promoters_less_detractors(scores: list[int], nps: int | None) -> None:
    assert satisfaction.nps_of(scores) == nps


def test_the_report_counts_what_was_answered_in_its_time_and_unit(asked: Asked) -> None:
    asked.answer(nps="9", stars="4", comment="Fine")
    questionnaires.finish(asked.session, asked.response, now=NOON)
    day = timedelta(days=1)
    found = satisfaction.report(asked.session, asked.unit, Filters(NOON - day, NOON + day))
    assert (found.total.answers, found.total.nps, found.total.rating, found.sent) == (1, 100, 4.0, 1)
    assert found.distribution == [0] * 9 + [1, 0]
    assert [(score.label, score.nps) for score in found.by_technician] == [("Rui", 100)]
    assert satisfaction.report(asked.session, asked.unit, Filters(NOON - day, NOON)).total.answers == 0
    other = make.unit(asked.session)
    assert satisfaction.report(asked.session, other, Filters(NOON - day, NOON + day)).total.answers == 0
