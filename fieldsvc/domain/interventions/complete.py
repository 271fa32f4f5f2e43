"""The end of the work: actual times, outcome, and the client's questionnaire."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions import find, lifecycle, questionnaires
from fieldsvc.domain.interventions.models import Intervention
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


def complete(
    session: Session,
    unit: BusinessUnit,
    intervention_id: int,
    closing: Closing,
    *,
    version: int | None,
    actor: Actor,
    now: datetime,
) -> Intervention:
    """Close an intervention and send its client the questionnaire.

    Raises `Invalid` for times that cannot be, `NotAllowed` for a state that cannot be completed, `Stale`.
    """
    intervention = find.for_change(session, unit.id, intervention_id, version)
    _check(closing, now)
    intervention.actual_begins_at, intervention.actual_ends_at = (
        closing.actual_begins_at,
        closing.actual_ends_at,
    )
    intervention.outcome, intervention.outcome_comment = closing.outcome, closing.comment
    lifecycle.move(session, intervention, "completed", actor=actor, now=now, outcome=closing.outcome)
    questionnaires.ask(session, unit, intervention, now=now)
    return intervention


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
