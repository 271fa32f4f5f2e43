"""The end of the work: actual times, outcome, and the client's questionnaire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.interventions import find, form_files, lifecycle, questionnaires
from fieldsvc.domain.interventions.models import FormAnswer, Intervention
from fieldsvc.domain.units.models import BusinessUnit

OUTCOMES = ("ok", "not_ok")
LONGEST = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Closing:
    """The three fixed fields of the closing form, and a comment."""

    actual_begins_at: datetime
    actual_ends_at: datetime
    outcome: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ClosingAnswers:
    """What was typed into the further questions of the closing form, and the files kept for them."""

    given: answers.Given = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)


NOTHING = ClosingAnswers()


def complete(
    session: Session,
    unit: BusinessUnit,
    intervention_id: int,
    closing: Closing,
    *,
    version: int | None,
    actor: Actor,
    now: datetime,
    answered: ClosingAnswers = NOTHING,
) -> Intervention:
    """Close an intervention and send its client the questionnaire.

    Raises `Invalid` for times that cannot be or questions without an answer, `NotAllowed` for a state that cannot be
    completed, `Stale`.
    """
    intervention = find.for_change(session, unit.id, intervention_id, version)
    _check(closing, now)
    _keep_answers(session, intervention, answered, actor=actor, now=now)
    intervention.actual_begins_at, intervention.actual_ends_at = (
        closing.actual_begins_at,
        closing.actual_ends_at,
    )
    intervention.outcome, intervention.outcome_comment = closing.outcome, closing.comment
    lifecycle.move(session, intervention, "completed", actor=actor, now=now, outcome=closing.outcome)
    questionnaires.ask(session, unit, intervention, now=now)
    return intervention


def questions_of(intervention: Intervention) -> list[Field]:
    """What is asked at the end of the work beside the three fixed fields."""
    form = intervention.activity_type.closing_form
    return form.fields if form is not None else []


def _keep_answers(
    session: Session, intervention: Intervention, answered: ClosingAnswers, *, actor: Actor, now: datetime
) -> None:
    form = intervention.activity_type.closing_form
    if form is None or form.published is None or not form.fields:
        return
    kept = answers.read(form.fields, answered.given, answered.files)
    row = FormAnswer(
        unit_id=intervention.unit_id,
        form_version_id=form.published.id,
        intervention_id=intervention.id,
        client_id=intervention.client_id,
        answers=kept,
        answered_at=now,
        answered_by=actor.name,
    )
    session.add(row)
    form_files.attach(session, intervention, form.fields, kept)
    form_files.keep_inside(session, intervention, form.fields, kept)


def _check(closing: Closing, now: datetime) -> None:
    wrong: dict[str, str] = {}
    if closing.outcome not in OUTCOMES:
        wrong["outcome"] = _("Please say whether the work went well.")
    if closing.actual_ends_at <= closing.actual_begins_at:
        wrong["actual_ends_at"] = _("The end must come after the start.")
    elif closing.actual_ends_at - closing.actual_begins_at > LONGEST:
        wrong["actual_ends_at"] = _("This is longer than three days. Please check both times.")
    if closing.actual_begins_at > now:
        wrong["actual_begins_at"] = _("The work cannot have begun in the future.")
    if wrong:
        raise Invalid(_("Some answers need another look."), wrong)
