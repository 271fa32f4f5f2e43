"""One reminder of a questionnaire that nobody has answered, some days after it was sent."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from fieldsvc.core import links, tokens
from fieldsvc.domain.interventions import notices
from fieldsvc.domain.interventions.models import QuestionnaireResponse
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

AT_ONCE = 50


def is_any_due(session: Session, *, now: datetime) -> bool:
    """Whether somebody is to be reminded."""
    due = _due(session, now=now)
    return due is not None and session.scalar(select(QuestionnaireResponse.id).where(due).limit(1)) is not None


def remind(session: Session, *, now: datetime) -> bool:
    """Remind some clients, each once; say whether there may be more. The link they were sent first goes on working."""
    due = _due(session, now=now)
    if due is None:
        return False
    rows = select(QuestionnaireResponse).where(due).order_by(QuestionnaireResponse.id).limit(AT_ONCE)
    found = list(session.scalars(rows.with_for_update(skip_locked=True)))
    for response in found:
        token = tokens.make()
        response.reminded_at, response.reminder_hash = now, tokens.digest(token)
        unit = session.get_one(BusinessUnit, response.unit_id)
        link = links.absolute(f"/questionnaire/{token}")
        notices.send(
            session,
            unit,
            response.intervention,
            "questionnaire_reminder",
            now=now,
            extra={"questionnaire.link": link},
        )
    return len(found) == AT_ONCE


def _due(session: Session, *, now: datetime) -> ColumnElement[bool] | None:
    """What waits for an answer for as long as its unit lets it wait; units without reminders are left out."""
    waits = [
        and_(QuestionnaireResponse.unit_id == unit.id, QuestionnaireResponse.sent_at <= now - timedelta(days=days))
        for unit in session.scalars(select(BusinessUnit).where(BusinessUnit.is_active))
        if (days := settings_of(unit).questionnaire_reminder_days) > 0
    ]
    if not waits:
        return None
    return and_(
        QuestionnaireResponse.answered_at.is_(None),
        QuestionnaireResponse.reminded_at.is_(None),
        QuestionnaireResponse.expires_at > now,
        or_(*waits),
    )
