"""What happens to an intervention: written to the audit, and told to the triggers that wait for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit, jobs
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.teams.freed import freed

FIRE = "fire_trigger"
FREES_TIME = frozenset(
    f"intervention.{done}" for done in ("cancelled", "unscheduled", "moved", "rescheduled", "undone", "completed")
)


def record(
    session: Session, event: str, intervention: Intervention, *, actor: audit.Actor, now: datetime, **data: Any
) -> None:
    """Write that `event` happened, and queue a job of the same transaction for each trigger that waits for it.

    What a trigger did can be an event too; the job says so, and no trigger answers to it with another change. One that
    frees somebody's time is told to the waiting list.
    """
    entry = audit.record(session, event, intervention, actor=actor, now=now, **data)
    waiting = select(Trigger.id).where(Trigger.unit_id == intervention.unit_id, Trigger.event == event, Trigger.is_on)
    for trigger_id in session.scalars(waiting.order_by(Trigger.position, Trigger.id)).all():
        session.flush()
        jobs.enqueue(
            session,
            FIRE,
            now=now,
            unit_id=intervention.unit_id,
            trigger_id=trigger_id,
            intervention_id=intervention.id,
            entry_id=entry.id,
            is_after_a_trigger=actor.kind == "trigger",
        )
    if event in FREES_TIME:
        freed(session, intervention.unit_id, now=now)
