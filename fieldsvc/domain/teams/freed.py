"""Technicians' time that became free: a job offers it to whoever waits for a time."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import jobs
from fieldsvc.core.jobs import Job

KIND = "offer_freed_time"


def freed(session: Session, unit_id: int, *, now: datetime) -> None:
    """Queue the job that offers what became free, unless one that will see it is queued already.

    A queued job is kept from beginning until this transaction ends, so that it cannot look too early; one that another
    transaction is taking right now is not waited for.
    """
    queued = (
        select(Job.id)
        .where(Job.unit_id == unit_id, Job.kind == KIND, Job.state == "queued", Job.run_at <= now)
        .limit(1)
        .with_for_update(read=True, skip_locked=True)
    )
    if session.scalar(queued) is None:
        jobs.enqueue(session, KIND, now=now, unit_id=unit_id, of_unit=unit_id)


def look_at(session: Session, unit_id: int, at: datetime, *, now: datetime) -> None:
    """Queue the job for an instant to come, once."""
    queued = select(Job.id).where(Job.unit_id == unit_id, Job.kind == KIND, Job.state == "queued", Job.run_at == at)
    if session.scalar(queued.limit(1)) is None:
        jobs.enqueue(session, KIND, now=now, unit_id=unit_id, run_at=at, of_unit=unit_id)
