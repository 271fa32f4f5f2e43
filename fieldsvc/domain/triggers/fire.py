"""Fires a trigger for one intervention: at most once for each cause, and only when its conditions hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor, AuditEntry
from fieldsvc.core.errors import DomainError, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import in_locale
from fieldsvc.domain.catalogue.conditions import ROOT, Facts, Verdict, clause, evaluate, part
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.interventions import find, notices
from fieldsvc.domain.interventions.facts import facts_of
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.triggers.acts import ACTS, Occasion
from fieldsvc.domain.triggers.models import TriggerFiring
from fieldsvc.domain.units.models import BusinessUnit

ACTED = ("done", "queued")
DUE = "due"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a trigger looks at an intervention: an event of the audit, or an instant that has come.

    `of` is the id of the audit entry, or the instant; a visit that is moved has a new instant, and so a new cause.
    """

    intervention_id: int
    of: int | datetime
    is_after_a_trigger: bool = False

    @property
    def key(self) -> str:
        """The name of the cause for ever."""
        of = self.of.isoformat() if isinstance(self.of, datetime) else self.of
        return f"{self.intervention_id}:{of}"

    @property
    def instant(self) -> datetime | None:
        """The instant that has come, if that is the cause."""
        return self.of if isinstance(self.of, datetime) else None


def fire(session: Session, trigger_id: int, cause: Cause, *, now: datetime) -> TriggerFiring | None:
    """Let a trigger act for one cause; what came of it, or None when it was off, is gone, or acted for it already.

    A refusal of the domain is kept with its words and undone alone; any other error undoes everything, and the job
    tries again.
    """
    firing = _begun(session, trigger_id, cause, now=now)
    if firing is None:
        return None
    unit, trigger, intervention = session.get_one(BusinessUnit, firing.unit_id), firing.trigger, firing.intervention
    with in_locale(unit.locale):
        firing.state, firing.words = _decide(session, unit, trigger, intervention, cause, now=now)
        session.add(firing)
        session.flush()
        if firing.state == DUE:
            actor = Actor("trigger", trigger.id, trigger.name)
            _act(Occasion(session, unit, intervention, trigger, firing, actor, now))
    return firing


def give_up(session: Session, trigger_id: int, cause: Cause, *, now: datetime) -> TriggerFiring | None:
    """Note that a trigger could not act for a cause, so that nobody lets it try again."""
    firing = _begun(session, trigger_id, cause, now=now)
    if firing is None:
        return None
    with in_locale(session.get_one(BusinessUnit, firing.unit_id).locale):
        firing.state, firing.words = "failed", _("It failed several times and is not tried again.")
    session.add(firing)
    return firing


def condition_verdict(trigger: Trigger, facts: Facts) -> Verdict:
    """Whether the conditions hold, and which of them does not, in the administrator's words."""
    verdict = evaluate(trigger.conditions, facts)
    if verdict.is_allowed:
        return Verdict(True, "")
    deciding = clause(part(trigger.conditions, verdict.path or ROOT))
    return Verdict(False, _("Decided by: %(condition)s", condition=deciding))


def may_repeat(trigger: Trigger, states: Sequence[str]) -> bool:
    """Whether it may act once more, when `states` are those of its former causes for the intervention, oldest first.

    `again` waits until the conditions have failed since it acted last.
    """
    acted = [number for number, state in enumerate(states) if state in ACTED]
    if not acted or trigger.repeats == "each":
        return True
    return trigger.repeats == "again" and "skipped" in states[acted[-1] :]


def past_states(session: Session, trigger: Trigger, intervention_id: int) -> list[str]:
    """What came of every former cause of the trigger for one intervention, oldest first."""
    rows = select(TriggerFiring.state).where(
        TriggerFiring.trigger_id == trigger.id, TriggerFiring.intervention_id == intervention_id
    )
    return list(session.scalars(rows.order_by(TriggerFiring.id)))


def _begun(session: Session, trigger_id: int, cause: Cause, *, now: datetime) -> TriggerFiring | None:
    """The firing for a cause that the trigger has to look at, not written yet.

    The trigger's row is locked first, so that two causes at once cannot both be the first.
    """
    trigger = session.scalar(select(Trigger).where(Trigger.id == trigger_id, Trigger.is_on).with_for_update())
    if trigger is None or _is_known(session, trigger, cause):
        return None
    try:
        intervention = find.by_id(session, trigger.unit_id, cause.intervention_id)
    except NotFound:
        return None
    if trigger.activity_type_id not in (None, intervention.activity_type_id):
        return None
    return TriggerFiring(
        unit_id=trigger.unit_id,
        trigger=trigger,
        intervention=intervention,
        key=cause.key,
        cause_at=cause.instant,
        fired_at=now,
    )


def _decide(
    session: Session, unit: BusinessUnit, trigger: Trigger, intervention: Intervention, cause: Cause, *, now: datetime
) -> tuple[str, str]:
    """`DUE`, or the state in which this cause ends, with the words why."""
    if ACTS[trigger.action].is_change and (cause.is_after_a_trigger or _is_born_of_a_trigger(session, trigger, cause)):
        return "repeated", _("A trigger caused this, and triggers do not answer to each other with changes.")
    [facts] = facts_of(session, unit, [intervention], notices.reader_of(intervention), now=now)
    verdict = condition_verdict(trigger, facts)
    if not verdict.is_allowed:
        return "skipped", verdict.words
    if not may_repeat(trigger, past_states(session, trigger, intervention.id)):
        return "repeated", _("It has been done for this intervention already.")
    return DUE, ""


def _is_born_of_a_trigger(session: Session, trigger: Trigger, cause: Cause) -> bool:
    """Whether the instant that has come is the birth of an intervention that a trigger created."""
    if cause.instant is None or trigger.relative_to != "created":
        return False
    entries = select(AuditEntry.actor_kind).where(
        AuditEntry.object_kind == Intervention.__tablename__, AuditEntry.object_id == cause.intervention_id
    )
    return session.scalar(entries.order_by(AuditEntry.id).limit(1)) == "trigger"


def _act(on: Occasion) -> None:
    try:
        with on.session.begin_nested():
            on.firing.state, on.firing.words = ACTS[on.trigger.action].act(on)
    except DomainError as refusal:
        on.session.refresh(on.firing)
        on.firing.state, on.firing.words = "refused", refusal.words


def _is_known(session: Session, trigger: Trigger, cause: Cause) -> bool:
    rows = select(TriggerFiring.id).where(TriggerFiring.trigger_id == trigger.id, TriggerFiring.key == cause.key)
    return session.scalar(rows) is not None
