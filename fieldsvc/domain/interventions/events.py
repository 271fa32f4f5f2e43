"""What happens to an intervention: written to the audit, and told to the triggers that wait for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit, jobs
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.interventions.models import Intervention

KIND = "run_triggers"


def record(
    session: Session, event: str, intervention: Intervention, *, actor: audit.Actor, now: datetime, **data: Any
) -> None:
    """Write that `event` happened; a job of the same transaction asks the triggers of the unit, when there are any.

    What a trigger does can be an event too; the job says so, and no trigger answers to it with another change.
    """
    entry = audit.record(session, event, intervention, actor=actor, now=now, **data)
    wait_for_it = select(Trigger.id).where(
        Trigger.unit_id == intervention.unit_id, Trigger.event == event, Trigger.is_on
    )
    if session.scalar(wait_for_it.limit(1)) is not None:
        session.flush()
        jobs.enqueue(
            session,
            KIND,
            now=now,
            unit_id=intervention.unit_id,
            event=event,
            entry_id=entry.id,
            intervention_id=intervention.id,
            is_caused_by_trigger=actor.kind == "trigger",
        )
