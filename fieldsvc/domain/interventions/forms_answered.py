"""What was answered to the forms of portal actions: the answers stay with the questions they were given to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotAllowed
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.models import FormVersion, PortalAction
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import events, form_files
from fieldsvc.domain.interventions.models import FormAnswer, Intervention


def version_of(action: PortalAction, before: FormAnswer | None) -> FormVersion:
    """The questions to ask: those of the answer there is, else the form's newest. Raises `NotAllowed` without any."""
    version = before.form_version if before else action.form.published if action.form else None
    if version is None:
        raise NotAllowed(_("This form is not ready yet. Please come back later."))
    return version


def answer(
    session: Session,
    contact: Contact,
    action: PortalAction,
    given: answers.Given,
    uploaded: Mapping[str, int],
    *,
    now: datetime,
    about: Intervention | None = None,
) -> FormAnswer:
    """Keep the answers to the form of an action, in place of those that were given before.

    Raises `Invalid` with the words by field.
    """
    before = of_action(session, action.id, about) if about is not None else None
    version = version_of(action, before)
    answered = before or FormAnswer(
        unit_id=contact.unit_id,
        form_version_id=version.id,
        intervention_id=about.id if about is not None else None,
        client_id=contact.client_id,
        action_id=action.id,
    )
    answered.answers = answers.read(version.questions, given, uploaded)
    answered.contact_id, answered.answered_at, answered.answered_by = contact.id, now, contact.name
    session.add(answered)
    session.flush()
    form_files.attach(session, about or answered, version.questions, answered.answers)
    if about is not None:
        actor = Actor("contact", contact.id, contact.name)
        events.record(session, "form.answered", about, actor=actor, now=now, is_changed=before is not None)
    return answered


def of_action(session: Session, action_id: int, intervention: Intervention) -> FormAnswer | None:
    """The answers about the intervention that were given to the form of one action."""
    rows = select(FormAnswer).where(FormAnswer.intervention_id == intervention.id, FormAnswer.action_id == action_id)
    return session.scalars(rows.order_by(FormAnswer.id.desc()).options(joinedload(FormAnswer.form_version))).first()


def of_intervention(session: Session, intervention: Intervention) -> Sequence[FormAnswer]:
    """Every answer about the intervention, with its questions, the oldest first."""
    rows = select(FormAnswer).where(FormAnswer.intervention_id == intervention.id).order_by(FormAnswer.id)
    return session.scalars(rows.options(joinedload(FormAnswer.form_version).joinedload(FormVersion.form))).all()


def answered_actions(session: Session, intervention_ids: Sequence[int]) -> set[tuple[int, int]]:
    """The pairs of intervention and action whose form has been answered."""
    rows = select(FormAnswer.intervention_id, FormAnswer.action_id).where(
        FormAnswer.intervention_id.in_(intervention_ids), FormAnswer.action_id.is_not(None)
    )
    pairs: set[tuple[Any, Any]] = {(row[0], row[1]) for row in session.execute(rows)}
    return pairs
