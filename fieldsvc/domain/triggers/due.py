"""Finds the interventions whose instant has come for a trigger that goes by the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from fieldsvc.core import jobs
from fieldsvc.core.jobs import Job
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.interventions.events import FIRE
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.triggers.models import TriggerFiring
from fieldsvc.domain.triggers.when import INSTANTS

LATE = timedelta(days=1)
"""How late an instant still counts, after the machine was off."""
MOST = 500


def enqueue_due(session: Session, *, now: datetime) -> int:
    """Queue a job for every instant that has come and that none looks at yet; how many there were."""
    found = list(_come(session, now))
    for trigger, intervention_id, instant in found:
        jobs.enqueue(
            session,
            FIRE,
            now=now,
            unit_id=trigger.unit_id,
            trigger_id=trigger.id,
            intervention_id=intervention_id,
            instant=instant.isoformat(),
        )
    return len(found)


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether an instant has come; reads only, so that a quiet minute writes nothing."""
    return next(_come(session, now), None) is not None


def instants(trigger: Trigger, after: datetime, until: datetime) -> Select[int, datetime]:
    """The interventions whose instant, moved by the trigger's offset, lies in (after, until], with that instant."""
    column, _words = INSTANTS[trigger.relative_to]
    offset = timedelta(minutes=trigger.offset_minutes)
    rows = select(Intervention.id, column).where(
        Intervention.unit_id == trigger.unit_id,
        Intervention.status != "held",
        column > after - offset,
        column <= until - offset,
    )
    if trigger.activity_type_id is not None:
        rows = rows.where(Intervention.activity_type_id == trigger.activity_type_id)
    return rows.order_by(column, Intervention.id)


def _come(session: Session, now: datetime) -> Iterator[tuple[Trigger, int, datetime]]:
    """The instants that have come since each trigger was switched on, without a firing or a job that will see to it."""
    queued = _queued(session)
    for trigger in session.scalars(select(Trigger).where(Trigger.is_on, Trigger.relative_to != "")).all():
        begin = max(trigger.switched_on_at or trigger.created_at, now - LATE)
        column, _words = INSTANTS[trigger.relative_to]
        is_known = exists().where(
            TriggerFiring.trigger_id == trigger.id,
            TriggerFiring.intervention_id == Intervention.id,
            TriggerFiring.cause_at == column,
        )
        rows = instants(trigger, begin, now).where(~is_known).limit(MOST)
        for intervention_id, instant in session.execute(rows).all():
            if (trigger.id, intervention_id, instant.isoformat()) not in queued:
                yield trigger, intervention_id, instant


def _queued(session: Session) -> set[tuple[Any, Any, Any]]:
    """The instants that a job will look at: the trigger, the intervention and the instant of each."""
    waiting = select(Job.payload).where(Job.kind == FIRE, Job.state.in_(("queued", "running")))
    return {(asked["trigger_id"], asked["intervention_id"], asked.get("instant")) for asked in session.scalars(waiting)}
