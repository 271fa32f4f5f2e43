"""What the client to try has been told lately: his messages lie in the demo's outbox, sent long ago."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldsvc.core import tokens
from fieldsvc.core.jobs import Job
from fieldsvc.demo.work import Written
from fieldsvc.domain.interventions import notices
from fieldsvc.domain.interventions.models import QuestionnaireResponse
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit


def add(session: Session, unit: BusinessUnit, written: Iterable[Written], *, now: datetime) -> None:
    """Add the confirmation of his coming visit, and the link to the questionnaire he has not answered."""
    for one in written:
        intervention = one.intervention
        if not one.booking.is_told:
            continue
        if intervention.status == "scheduled":
            notices.booked(session, unit, intervention, now=intervention.created_at)
        response = session.scalar(
            select(QuestionnaireResponse).where(
                QuestionnaireResponse.intervention_id == intervention.id, QuestionnaireResponse.answered_at.is_(None)
            )
        )
        if response is not None:
            token = tokens.make()
            response.token_hash = tokens.digest(token)
            notices.questionnaire(session, unit, intervention, token, now=response.sent_at)
    session.flush()
    mine = OutboxMessage.unit_id == unit.id
    session.execute(
        update(OutboxMessage).where(mine).values(state="sent", attempts=1, sent_at=OutboxMessage.created_at)
    )
    session.execute(update(Job).where(Job.unit_id == unit.id).values(state="done", progress=100, finished_at=now))
