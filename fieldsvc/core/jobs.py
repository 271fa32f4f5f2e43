"""The job row is the truth: lease, fencing token, attempts, progress, cancel. A broker only carries the wake-up."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Index, and_, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fieldsvc.core.db import Base

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 5


class Job(Base):
    """One piece of work to do outside a request."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_run_at", "state", "run_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int | None]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default="queued")
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)
    is_cancel_wanted: Mapped[bool] = mapped_column(default=False)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a job: only the holder of the newest token may finish it."""

    job_id: int
    kind: str
    payload: dict[str, Any]
    token: str
    attempts: int


Effect = Callable[[Session], dict[str, Any]]


def enqueue(
    session: Session,
    kind: str,
    *,
    now: datetime,
    unit_id: int | None = None,
    run_at: datetime | None = None,
    **payload: Any,
) -> Job:
    """Add a job to the transaction; it exists when, and only when, the transaction commits."""
    job = Job(kind=kind, payload=payload, unit_id=unit_id, run_at=run_at or now, created_at=now)
    session.add(job)
    session.flush()
    return job


def due(session: Session, *, now: datetime, limit: int = 100) -> list[int]:
    """Ids of jobs that can be claimed: queued ones whose time has come, running ones whose lease ran out."""
    return list(session.scalars(select(Job.id).where(_claimable(now)).order_by(Job.run_at, Job.id).limit(limit)))


def claim(session: Session, job_id: int, *, now: datetime) -> Claim | None:
    """Take a job for one lease; None when somebody else has it or nothing is left to do."""
    token = str(uuid.uuid4())
    taken = session.execute(
        update(Job)
        .where(Job.id == job_id, _claimable(now))
        .values(state="running", lease_until=now + LEASE, token=token, attempts=Job.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    if _count(taken) != 1:
        return None
    job = session.get_one(Job, job_id, populate_existing=True)
    return Claim(job.id, job.kind, dict(job.payload), token, job.attempts)


def heartbeat(session: Session, claim: Claim, *, now: datetime, progress: int | None = None) -> bool:
    """Keep the lease; False when the job was taken away or its cancel is wanted."""
    values: dict[str, Any] = {"lease_until": now + LEASE}
    if progress is not None:
        values["progress"] = progress
    kept = session.execute(
        update(Job)
        .where(_held_by(claim), Job.is_cancel_wanted.is_(False))
        .values(values)
        .execution_options(synchronize_session=False)
    )
    return _count(kept) == 1


def finish(session: Session, claim: Claim, effect: Effect, *, now: datetime) -> bool:
    """Apply `effect` and mark the job done in one transaction; False (and no effect) when the token is old."""
    ended = session.execute(
        update(Job)
        .where(_held_by(claim))
        .values(state="done", progress=100, finished_at=now, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    if _count(ended) != 1:
        return False
    result = effect(session)
    session.execute(update(Job).where(Job.id == claim.job_id).values(result=result))
    return True


def fail(session: Session, claim: Claim, error: str, *, now: datetime) -> bool:
    """Queue the job again, later each time; True when this was the last attempt: it stays failed with its error."""
    is_last = claim.attempts >= MAX_ATTEMPTS
    failed = session.execute(
        update(Job)
        .where(_held_by(claim))
        .values(
            state="failed" if is_last else "queued",
            error=error[:2000],
            run_at=now + timedelta(seconds=5 * 4**claim.attempts),
            lease_until=None,
            finished_at=now if is_last else None,
        )
        .execution_options(synchronize_session=False)
    )
    return is_last and _count(failed) == 1


def cancel(session: Session, job: Job, *, now: datetime) -> None:
    """End a queued job, or ask a running one to stop."""
    job.is_cancel_wanted = True
    if job.state == "queued":
        job.state, job.finished_at = "cancelled", now


def end_cancelled(session: Session, claim: Claim, *, now: datetime) -> None:
    """Mark a running job that was asked to stop as cancelled."""
    session.execute(update(Job).where(_held_by(claim)).values(state="cancelled", finished_at=now, lease_until=None))


def _claimable(now: datetime) -> Any:
    waiting = and_(Job.state == "queued", Job.run_at <= now)
    abandoned = and_(Job.state == "running", Job.lease_until < now)
    return or_(waiting, abandoned)


def _held_by(claim: Claim) -> Any:
    return and_(Job.id == claim.job_id, Job.token == claim.token, Job.state == "running")


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
