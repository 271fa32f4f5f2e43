"""A client who has not answered is reminded once, by a second link that leads to the same questionnaire."""

from datetime import timedelta

from sqlalchemy.orm import Session

from fieldsvc.domain.interventions import questionnaire_reminders, questionnaires
from fieldsvc.domain.interventions.models import QuestionnaireResponse
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import change
from tests import make
from tests.make import NOON

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def asked(session: Session, unit: BusinessUnit) -> QuestionnaireResponse:
    """A questionnaire that was sent at noon."""
    fields = [{"code": "nps", "kind": "nps", "label": {"en": "Recommend?"}, "is_required": True}]
    form = make.form(session, unit, fields, kind="questionnaire")
    visit = make.intervention(session, unit, activity_type=make.activity_type(session, unit, questionnaire_id=form.id))
    questionnaires.ask(session, unit, visit, now=NOON)
    response = questionnaires.of_intervention(session, visit)
    assert response is not None
    return response


def reminders(session: Session) -> list[OutboxMessage]:
    return [message for message in outbox.latest(session) if message.kind == "questionnaire_reminder"]


def link_of(message: OutboxMessage) -> str:
    return message.text.partition("/questionnaire/")[2].split()[0]


def test_a_client_is_reminded_after_the_days_of_his_unit_and_only_once(session: Session, unit: BusinessUnit) -> None:
    response = asked(session, unit)
    assert not questionnaire_reminders.is_any_due(session, now=NOON + 5 * DAY - SECOND)
    assert questionnaire_reminders.is_any_due(session, now=NOON + 5 * DAY)
    questionnaire_reminders.remind(session, now=NOON + 5 * DAY)
    questionnaire_reminders.remind(session, now=NOON + 6 * DAY)
    assert response.reminded_at == NOON + 5 * DAY
    assert len(reminders(session)) == 1


def test_both_links_lead_to_the_questionnaire(session: Session, unit: BusinessUnit) -> None:
    response = asked(session, unit)
    first = link_of(outbox.latest(session)[0])
    questionnaire_reminders.remind(session, now=NOON + 5 * DAY)
    second = link_of(reminders(session)[0])
    assert first != second
    assert questionnaires.by_token(session, first) is questionnaires.by_token(session, second) is response
    assert second not in repr([getattr(response, column.key) for column in response.__table__.columns])


def test_who_has_answered_or_cannot_answer_any_more_is_left_alone(session: Session, unit: BusinessUnit) -> None:
    answered, withdrawn = asked(session, unit), asked(session, unit)
    questionnaires.save(session, answered, questionnaires.steps(answered)[0], {"nps": "9"}, now=NOON)
    questionnaires.finish(session, answered, now=NOON)
    questionnaires.withdraw(session, unit, withdrawn.intervention, actor=make.DISPATCHER, now=NOON + DAY)
    assert not questionnaire_reminders.is_any_due(session, now=NOON + 10 * DAY)
    questionnaire_reminders.remind(session, now=NOON + 10 * DAY)
    assert reminders(session) == []


def test_a_unit_may_remind_nobody_or_later(session: Session, unit: BusinessUnit) -> None:
    asked(session, unit)
    change(unit, questionnaire_reminder_days=0)
    assert not questionnaire_reminders.is_any_due(session, now=NOON + 30 * DAY)
    change(unit, questionnaire_reminder_days=20)
    session.flush()
    assert not questionnaire_reminders.is_any_due(session, now=NOON + 19 * DAY)
    assert questionnaire_reminders.is_any_due(session, now=NOON + 20 * DAY)
