"""Questionnaires after the work: asked once, answered once, by a secret link that needs no sign-in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldsvc.core import audit, tokens
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.catalogue.models import Form
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import events, form_files, notices
from fieldsvc.domain.interventions.kept_in_history import still_shown
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


def by_token(session: Session, token: str) -> QuestionnaireResponse:
    """The questionnaire behind a link, also when it is over. Raises `NotFound` for a link nobody gave out."""
    digest = tokens.digest(token)
    row = session.scalar(
        select(QuestionnaireResponse).where(
            or_(QuestionnaireResponse.token_hash == digest, QuestionnaireResponse.reminder_hash == digest)
        )
    )
    if row is None:
        raise NotFound(_("This link leads nowhere. If there is a newer message from us, please use the link in it."))
    return row


def is_over(response: QuestionnaireResponse, *, now: datetime) -> bool:
    """Whether its time has passed, or it was withdrawn, before anybody answered."""
    return response.answered_at is None and response.expires_at <= now


def renew_link(session: Session, contact: Contact, intervention_id: int, *, now: datetime) -> str:
    """A fresh link for a signed-in contact who can still answer; those that were sent stop working."""
    row = session.scalar(
        select(QuestionnaireResponse)
        .join(Intervention, Intervention.id == QuestionnaireResponse.intervention_id)
        .where(
            Intervention.id == intervention_id,
            visible_to(contact),
            QuestionnaireResponse.answered_at.is_(None),
            QuestionnaireResponse.expires_at > now,
        )
    )
    if row is None:
        raise NotFound(_("This questionnaire does not exist any more."))
    token = tokens.make()
    row.token_hash, row.reminder_hash, row.expires_at = tokens.digest(token), None, now + LIFETIME
    return token


def open_for(session: Session, contact: Contact, *, now: datetime) -> list[QuestionnaireResponse]:
    """What was asked about the visits still shown to the contact, and has no answer."""
    return list(
        session.scalars(
            select(QuestionnaireResponse)
            .join(Intervention, Intervention.id == QuestionnaireResponse.intervention_id)
            .where(
                visible_to(contact),
                still_shown(session, contact.unit_id, now=now),
                QuestionnaireResponse.answered_at.is_(None),
                QuestionnaireResponse.expires_at > now,
            )
            .order_by(QuestionnaireResponse.id.desc())
            .limit(5)
        )
    )


def withdraw(
    session: Session, unit: BusinessUnit, intervention: Intervention, *, actor: audit.Actor, now: datetime
) -> None:
    """End the links to a questionnaire that nobody has answered. Raises `NotAllowed`, also when nobody was asked."""
    response = of_intervention(session, intervention)
    if response is None or response.unit_id != unit.id:
        raise NotAllowed(_("Nobody was asked about this intervention."))
    _still_open(response, now=now)
    response.expires_at = now
    audit.record(session, "questionnaire.withdrawn", intervention, actor=actor, now=now)


def steps(response: QuestionnaireResponse) -> list[list[Field]]:
    """The questions that are asked after the answers so far: one a step, with the texts that stand before it.

    That they are asked is settled, so they carry no condition any more.
    """
    found: list[list[Field]] = [[]]
    for field in answers.kept(response.form_version.questions, response.answers).shown:
        if found[-1] and found[-1][-1].is_asked:
            found.append([])
        found[-1].append(replace(field, show_if={}))
    return found


def save(
    session: Session,
    response: QuestionnaireResponse,
    fields: Sequence[Field],
    given: answers.Given,
    files: Mapping[str, int] | None = None,
    *,
    now: datetime,
) -> None:
    """Keep the answers of one step; steps may be changed until the questionnaire is sent. Raises `Invalid`.

    Answers to questions that are not asked any more are forgotten.
    """
    _still_open(response, now=now)
    before = {code: value for code, value in response.answers.items() if code not in {field.code for field in fields}}
    typed = answers.read(fields, given, files)
    response.answers = answers.kept(response.form_version.questions, {**before, **typed}).answers
    form_files.attach(session, response.intervention, fields, typed)


def missing_step(response: QuestionnaireResponse) -> int | None:
    """The first step, from 1, with a question that still needs an answer."""
    missing = answers.kept(response.form_version.questions, response.answers).wrong
    for number, fields in enumerate(steps(response), start=1):
        if any(field.code in missing for field in fields):
            return number
    return None


def finish(session: Session, response: QuestionnaireResponse, *, now: datetime) -> None:
    """Send the questionnaire: from now on its answers are kept as they are.

    Raises `Invalid` when a question that needs an answer was passed over.
    """
    session.flush()  # what the last step saved, before the row is read again
    session.refresh(response, with_for_update=True)
    _still_open(response, now=now)
    found = answers.kept(response.form_version.questions, response.answers)
    if found.wrong:
        raise Invalid(_("Some answers need another look."))
    response.answers = found.answers
    response.nps = _first(found.shown, found.answers, "nps")
    response.rating = _first(found.shown, found.answers, "rating")
    response.answered_at = now
    guest = audit.Actor("guest")
    events.record(session, "questionnaire.answered", response.intervention, actor=guest, now=now, nps=response.nps)


def of_intervention(session: Session, intervention: Intervention) -> QuestionnaireResponse | None:
    """What the client was asked about this intervention, answered or not."""
    return session.scalar(select(QuestionnaireResponse).where(QuestionnaireResponse.intervention_id == intervention.id))


def _still_open(response: QuestionnaireResponse, *, now: datetime) -> None:
    if response.answered_at is not None:
        raise NotAllowed(_("You have answered this questionnaire already. Thank you!"))
    if is_over(response, now=now):
        raise NotAllowed(_("This questionnaire is closed."))


def _first(fields: Sequence[Field], given: Mapping[str, Any], kind: str) -> int | None:
    codes = [field.code for field in fields if field.kind == kind and field.code in given]
    return int(given[codes[0]]) if codes else None
