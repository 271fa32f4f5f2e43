"""What clients were asked after the work, what they answered, and who was reminded."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from fieldsvc.core import tokens
from fieldsvc.demo import read
from fieldsvc.demo.work import Written
from fieldsvc.domain.interventions.models import QuestionnaireResponse
from fieldsvc.domain.interventions.questionnaires import LIFETIME
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

Comments = dict[str, Iterator[str]]

ASKED_AFTER = timedelta(minutes=5)


def add(session: Session, unit: BusinessUnit, written: Sequence[Written], chance: Random, *, now: datetime) -> None:
    """Ask about every completed visit; most clients have answered, what the story tells of is as it says."""
    about = read.settings("opinions.toml")
    reminded_after = timedelta(days=settings_of(unit).questionnaire_reminder_days)
    comments = {mood: _in_turn(words, chance) for mood, words in about["comments"].items()}
    for one in written:
        if one.intervention.status == "completed":
            response = _response(one, about, comments, chance, now)
            if response.answered_at is None and response.sent_at + reminded_after <= now:
                response.reminded_at = response.sent_at + reminded_after
            session.add(response)
    session.flush()


def _response(
    one: Written, about: dict[str, Any], comments: Comments, chance: Random, now: datetime
) -> QuestionnaireResponse:
    intervention = one.intervention
    assert intervention.actual_ends_at is not None, "a completed visit has its times"
    form = intervention.activity_type.questionnaire
    assert form is not None, "every activity type of the demo has one"
    assert form.published is not None, "every form of the demo is published"
    sent_at = min(intervention.actual_ends_at + ASKED_AFTER, now)
    response = QuestionnaireResponse(
        unit_id=intervention.unit_id,
        intervention_id=intervention.id,
        form_id=form.id,
        form_version_id=form.published.id,
        technician_id=one.planned.technician.id,
        token_hash=tokens.digest(tokens.make()),
        sent_at=sent_at,
        expires_at=sent_at + LIFETIME,
    )
    answered_at = sent_at + timedelta(minutes=chance.randint(20, 4 * 24 * 60))
    is_given = chance.random() * 100 < about["answered_share"] and answered_at <= now
    answers = one.booking.opinion if one.booking.is_told else _answers(about, comments, chance) if is_given else None
    if answers:
        response.answers, response.answered_at = answers, min(answered_at, now)
        response.nps, response.rating = answers["nps"], answers["rating"]
    return response


def _answers(about: dict[str, Any], comments: Comments, chance: Random) -> dict[str, Any]:
    [nps] = chance.choices(range(11), about["nps_shares"])
    mood, rating = _mood(nps, chance)
    late = 55 if mood == "unhappy" else about["unpunctual_share"]
    answers: dict[str, Any] = {"rating": rating, "punctual": chance.random() * 100 >= late, "nps": nps}
    if chance.random() * 100 < about["commented_share"]:
        answers["comment"] = next(comments[mood])
    return answers


def _in_turn(words: list[str], chance: Random) -> Iterator[str]:
    """The texts in any order, each once before one comes again."""
    while True:
        yield from chance.sample(words, len(words))


def _mood(nps: int, chance: Random) -> tuple[str, int]:
    if nps >= 9:
        return "glad", chance.choice((5, 5, 5, 4))
    if nps >= 7:
        return "content", chance.choice((4, 4, 5))
    return "unhappy", chance.choice((2, 3, 3)) if nps >= 4 else chance.choice((1, 2))
