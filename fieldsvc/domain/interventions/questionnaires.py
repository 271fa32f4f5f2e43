"""Questionnaires after the work: asked once, answered once, by a secret link that needs no sign-in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit, tokens
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.catalogue.models import Form
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import events, notices
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse
from fieldsvc.domain.interventions.visibility import visible_to
from fieldsvc.domain.units.models import BusinessUnit

LIFETIME = timedelta(days=60)


def ask(session: Session, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> None:
    """Send the client the questionnaire of the activity type, if it has one; a second call does nothing."""
    form_id = intervention.activity_type.questionnaire_id
    form = session.get(Form, form_id) if form_id is not None else None
    if form is None or form.published is None or of_intervention(session, intervention) is not None:
        return
    token = tokens.make()
    planned = intervention.planned
    session.add(
        QuestionnaireResponse(
            unit_id=unit.id,
            intervention_id=intervention.id,
            form_id=form.id,
            form_version_id=form.published.id,
            technician_id=planned.technician_id if planned else None,
            token_hash=tokens.digest(token),
            sent_at=now,
            expires_at=now + LIFETIME,
        )
    )
    notices.questionnaire(session, unit, intervention, token, now=now)


def by_token(session: Session, token: str, *, now: datetime) -> QuestionnaireResponse:
    """The questionnaire behind a link. Raises `NotFound` for a link that is unknown or too old."""
    row = session.scalar(
        select(QuestionnaireResponse).where(
            QuestionnaireResponse.token_hash == tokens.digest(token), QuestionnaireResponse.expires_at > now
        )
    )
    if row is None:
        raise NotFound(_("This questionnaire does not exist any more."))
    return row


def renew_link(session: Session, contact: Contact, intervention_id: int, *, now: datetime) -> str:
    """A fresh link for a signed-in contact who has not answered yet; the one that was sent stops working."""
    row = session.scalar(
        select(QuestionnaireResponse)
        .join(Intervention, Intervention.id == QuestionnaireResponse.intervention_id)
        .where(
            Intervention.id == intervention_id,
            visible_to(contact),
            QuestionnaireResponse.answered_at.is_(None),
        )
    )
    if row is None:
        raise NotFound(_("This questionnaire does not exist any more."))
    token = tokens.make()
    row.token_hash, row.expires_at = tokens.digest(token), now + LIFETIME
    return token


def open_for(session: Session, contact: Contact, *, now: datetime) -> list[QuestionnaireResponse]:
    """What was asked about the interventions the contact sees, and is not answered."""
    return list(
        session.scalars(
            select(QuestionnaireResponse)
            .join(Intervention, Intervention.id == QuestionnaireResponse.intervention_id)
            .where(
                visible_to(contact),
                QuestionnaireResponse.answered_at.is_(None),
                QuestionnaireResponse.expires_at > now,
            )
            .order_by(QuestionnaireResponse.id.desc())
            .limit(5)
        )
    )


def save(session: Session, response: QuestionnaireResponse, fields: Sequence[Field], given: Mapping[str, str]) -> None:
    """Keep the answers of one step; steps may be changed until the questionnaire is sent. Raises `Invalid`."""
    _still_open(response)
    kept = {code: value for code, value in response.answers.items() if code not in {field.code for field in fields}}
    response.answers = {**kept, **answers.read(fields, given)}


def finish(session: Session, response: QuestionnaireResponse, *, now: datetime) -> None:
    """Send the questionnaire: from now on its answers are kept as they are.

    Raises `Invalid` when a question that needs an answer was passed over.
    """
    session.flush()  # what the last step saved, before the row is read again
    session.refresh(response, with_for_update=True)
    _still_open(response)
    fields = response.form_version.questions
    given = response.answers
    if any(field.is_required and field.code not in given for field in fields):
        raise Invalid(_("Some answers need another look."))
    response.nps = _first(fields, given, "nps")
    response.rating = _first(fields, given, "rating")
    response.answered_at = now
    guest = audit.Actor("guest")
    events.record(session, "questionnaire.answered", response.intervention, actor=guest, now=now, nps=response.nps)


def of_intervention(session: Session, intervention: Intervention) -> QuestionnaireResponse | None:
    """What the client was asked about this intervention, answered or not."""
    return session.scalar(select(QuestionnaireResponse).where(QuestionnaireResponse.intervention_id == intervention.id))


def _still_open(response: QuestionnaireResponse) -> None:
    if response.answered_at is not None:
        raise NotAllowed(_("You have answered this questionnaire already. Thank you!"))


def _first(fields: Sequence[Field], given: Mapping[str, Any], kind: str) -> int | None:
    codes = [field.code for field in fields if field.kind == kind and field.code in given]
    return int(given[codes[0]]) if codes else None
