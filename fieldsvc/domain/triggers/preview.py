"""What a trigger would have done in the last month: its causes of then, judged as things were at each of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.interventions import notices
from fieldsvc.domain.interventions.facts import facts_of
from fieldsvc.domain.interventions.find import SHOWN
from fieldsvc.domain.interventions.lifecycle import MOVES
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.triggers.due import instants
from fieldsvc.domain.triggers.fire import condition_verdict, may_repeat
from fieldsvc.domain.units.models import BusinessUnit

PERIOD = timedelta(days=30)
MOST = 1000


@dataclass(frozen=True, slots=True)
class WouldHave:
    """One cause of the last month: whether the trigger would have acted, and why not."""

    intervention: Intervention
    at: datetime
    is_fired: bool
    words: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The causes of the last month, the latest first; there may be more than the `MOST` that are looked at."""

    causes: list[WouldHave]
    is_cut: bool

    @property
    def fired(self) -> list[WouldHave]:
        """The causes for which it would have acted."""
        return [cause for cause in self.causes if cause.is_fired]


def would_have_fired(session: Session, unit: BusinessUnit, trigger: Trigger, *, now: datetime) -> Preview:
    """Judge every cause of the last 30 days: the status of an intervention is that of the audit at that instant, and
    everything else, such as answers, as it is today."""
    causes = _causes(session, trigger, now)
    interventions = _interventions(session, {intervention_id for intervention_id, _at in causes})
    statuses = _statuses(session, interventions)
    known = {
        row.id: facts_of(session, unit, [row], notices.reader_of(row), now=now)[0] for row in interventions.values()
    }
    states: dict[int, list[str]] = defaultdict(list)
    judged = []
    for intervention_id, at in causes:
        if intervention_id not in interventions:
            continue
        intervention = interventions[intervention_id]
        then = replace(known[intervention_id], now=at, status=_status_at(statuses[intervention_id], at))
        verdict = condition_verdict(trigger, then)
        state, words = ("skipped", verdict.words) if not verdict.is_allowed else ("done", "")
        if state == "done" and not may_repeat(trigger, states[intervention_id]):
            state, words = "repeated", _("It has been done for this intervention already.")
        states[intervention_id].append(state)
        judged.append(WouldHave(intervention, at, state == "done", words))
    return Preview(judged[::-1], len(causes) == MOST)


def _causes(session: Session, trigger: Trigger, now: datetime) -> Sequence[tuple[int, datetime]]:
    """The interventions the trigger would have looked at, each with the instant, oldest first."""
    if not trigger.event:
        offset = timedelta(minutes=trigger.offset_minutes)
        rows = session.execute(instants(trigger, now - PERIOD, now).limit(MOST)).all()
        return [(intervention_id, instant + offset) for intervention_id, instant in rows]
    entries = (
        select(AuditEntry.object_id, AuditEntry.at)
        .join(Intervention, Intervention.id == AuditEntry.object_id)
        .where(
            AuditEntry.unit_id == trigger.unit_id,
            AuditEntry.object_kind == Intervention.__tablename__,
            AuditEntry.action == trigger.event,
            AuditEntry.at > now - PERIOD,
            AuditEntry.at <= now,
        )
    )
    if trigger.activity_type_id is not None:
        entries = entries.where(Intervention.activity_type_id == trigger.activity_type_id)
    return [(row[0], row[1]) for row in session.execute(entries.order_by(AuditEntry.at, AuditEntry.id).limit(MOST))]


def _interventions(session: Session, ids: Iterable[int]) -> dict[int, Intervention]:
    rows = select(Intervention).where(Intervention.id.in_(list(ids)), Intervention.status != "held").options(*SHOWN)
    return {row.id: row for row in session.scalars(rows)}


def _statuses(session: Session, interventions: Iterable[int]) -> dict[int, list[tuple[datetime, str]]]:
    """When each intervention came into each status, oldest first."""
    actions = {f"intervention.{status}": status for status in MOVES}
    rows = session.execute(
        select(AuditEntry.object_id, AuditEntry.at, AuditEntry.action)
        .where(
            AuditEntry.object_kind == Intervention.__tablename__,
            AuditEntry.object_id.in_(list(interventions)),
            AuditEntry.action.in_(list(actions)),
        )
        .order_by(AuditEntry.id)
    )
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for object_id, at, action in rows:
        found[object_id].append((at, actions[action]))
    return found


def _status_at(history: Sequence[tuple[datetime, str]], at: datetime) -> str:
    """The status at an instant; that of the first entry when it is older than the audit."""
    reached = [status for came_at, status in history if came_at <= at]
    return reached[-1] if reached else history[0][1] if history else ""
