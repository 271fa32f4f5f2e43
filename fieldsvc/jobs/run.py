"""Runs one job row from claim to end: lease kept by a heartbeat, effect and `done` committed together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from fieldsvc.core import jobs
from fieldsvc.core.jobs import Claim
from fieldsvc.jobs.child_process import Cancelled
from fieldsvc.jobs.progress import Progress
from fieldsvc.jobs.tasks import GIVEN_UP, TASKS, Tools

log = structlog.get_logger()


def run(tools: Tools, job_id: int) -> None:
    """Do the work of a job if nobody else has it; a failure is written to the row and tried again later."""
    with tools.sessions.begin() as session:
        claim = jobs.claim(session, job_id, now=tools.now())
    if claim is None:
        return
    try:
        with _kept(tools, claim) as progress:
            effect = TASKS[claim.kind](tools, claim, progress)
        with tools.sessions.begin() as session:
            jobs.finish(session, claim, effect, now=tools.now())
    except Cancelled:
        with tools.sessions.begin() as session:
            jobs.end_cancelled(session, claim, now=tools.now())
    except Exception as error:
        _fail(tools, claim, f"{type(error).__name__}: {error}")


def _fail(tools: Tools, claim: Claim, error: str) -> None:
    """Try again later; a job that is given up says so where people look for what it was to do."""
    log.warning("job.failed", job=claim.job_id, kind=claim.kind, attempt=claim.attempts, error=error.partition(":")[0])
    with tools.sessions.begin() as session:
        is_given_up = jobs.fail(session, claim, error, now=tools.now())
        if is_given_up and claim.kind in GIVEN_UP:
            GIVEN_UP[claim.kind](session, claim, error, tools.now())


@contextmanager
def _kept(tools: Tools, claim: Claim) -> Iterator[Progress]:
    """Keep the lease while the work goes on."""
    stop, cancelled = threading.Event(), threading.Event()

    def beat(progress: int | None = None) -> None:
        with tools.sessions.begin() as session:
            if not jobs.heartbeat(session, claim, now=tools.now(), progress=progress):
                cancelled.set()

    def keep_beating() -> None:
        while not stop.wait(jobs.LEASE.total_seconds() / 4):
            try:
                beat()
            except SQLAlchemyError as error:  # the next one may come through before the lease is over
                log.warning("job.heartbeat_missed", job=claim.job_id, error=type(error).__name__)

    thread = threading.Thread(target=keep_beating, name=f"lease-{claim.job_id}", daemon=True)
    thread.start()
    try:
        yield Progress(report=beat, is_cancelled=cancelled.is_set)
    finally:
        stop.set()
        thread.join()
