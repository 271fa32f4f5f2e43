"""P8, P9: a job runs to its end whatever dies on the way, and its effect is applied once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core import clock, jobs
from fieldsvc.core.db import sessions
from fieldsvc.core.jobs import Job
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.jobs import child_process
from fieldsvc.jobs.progress import Progress
from tests import make
from tests.make import NOON

MESSAGES = 24
KILLS = 3


@pytest.fixture
def factory(engine: Engine) -> sessionmaker[Session]:
    return sessions(engine)


def queue_messages(factory: sessionmaker[Session], count: int) -> None:
    with factory.begin() as session:
        unit = make.unit(session)
        for number in range(count):
            values = {"sign_in.code": "123456", "sign_in.link": "http://127.0.0.1/", "sign_in.minutes": "10"}
            recipient = outbox.Recipient(f"ana{number}@example.com", None, "en")
            outbox.enqueue(session, "sign_in_code", unit, recipient, values, now=clock.now())


def count(factory: sessionmaker[Session], state: str) -> int:
    with factory() as session:
        return session.scalar(select(func.count()).where(Job.state == state)) or 0


class Workers:
    """Worker processes that can be killed as a power cut would."""

    def __init__(self, url: str, sink: Path) -> None:
        self.command = [sys.executable, "-m", "tests.jobs.worker_process", url, str(sink)]
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.running = subprocess.Popen(self.command)

    def kill(self) -> None:
        assert self.running is not None
        os.kill(self.running.pid, signal.SIGKILL)
        self.running.wait()
        self.running = None


@pytest.fixture
def workers(database_url: str, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(database_url, tmp_path / "sink")
    yield workers
    if workers.running is not None:
        workers.kill()


def wait_until(is_true: object, seconds: float = 60) -> None:
    """Wait for a condition, for so long at most."""
    deadline = time.monotonic() + seconds
    while not is_true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def test_a_job_killed_with_sigkill_runs_again_and_its_effect_is_applied_once(
    factory: sessionmaker[Session], workers: Workers, tmp_path: Path
) -> None:
    queue_messages(factory, MESSAGES)
    sink = tmp_path / "sink"
    for kill in range(1, KILLS + 1):
        workers.start()
        wait_until(lambda kill=kill: sink.exists() and sink.read_text().count("begin") >= 4 * kill)
        workers.kill()
        expire_leases(factory)  # as if the lease had run out: the test need not wait for it
    assert count(factory, "done") < MESSAGES
    workers.start()
    wait_until(lambda: count(factory, "done") == MESSAGES)
    with factory() as session:
        assert session.scalar(select(func.count()).where(OutboxMessage.state == "sent")) == MESSAGES
        assert (session.scalar(select(func.max(Job.attempts))) or 0) >= 2, "no kill met a running job"
    delivered = [line.split()[1] for line in sink.read_text().splitlines() if line.startswith("end")]
    assert len(set(delivered)) == MESSAGES


def expire_leases(factory: sessionmaker[Session]) -> None:
    with factory.begin() as session:
        for job in session.scalars(select(Job).where(Job.state == "running")):
            job.lease_until = clock.now() - timedelta(seconds=1)


def claimed(session: Session, job: Job, *, now: datetime) -> jobs.Claim:
    """A job that was free, taken."""
    claim = jobs.claim(session, job.id, now=now)
    assert claim is not None
    return claim


class TestClaim:
    """The fencing token: only the newest holder of a job may finish it."""

    def test_two_workers_never_hold_the_same_job(self, session: Session) -> None:
        job = jobs.enqueue(session, "x", now=NOON)
        assert jobs.claim(session, job.id, now=NOON) is not None
        assert jobs.claim(session, job.id, now=NOON) is None

    def test_an_effect_is_not_applied_by_a_worker_that_lost_its_lease(self, session: Session) -> None:
        job = jobs.enqueue(session, "x", now=NOON)
        slow = claimed(session, job, now=NOON)
        later = NOON + jobs.LEASE + timedelta(seconds=1)
        quick = claimed(session, job, now=later)
        applied: list[str] = []

        def effect(name: str) -> jobs.Effect:
            def apply(_session: Session) -> dict[str, Any]:
                applied.append(name)
                return {}

            return apply

        assert jobs.finish(session, quick, effect("quick"), now=later)
        assert not jobs.finish(session, slow, effect("slow"), now=later)
        assert applied == ["quick"]

    def test_a_heartbeat_keeps_the_lease(self, session: Session) -> None:
        job = jobs.enqueue(session, "x", now=NOON)
        claim = claimed(session, job, now=NOON)
        almost = NOON + jobs.LEASE - timedelta(seconds=1)
        assert jobs.heartbeat(session, claim, now=almost)
        assert jobs.claim(session, job.id, now=NOON + jobs.LEASE + timedelta(seconds=1)) is None

    def test_a_job_that_fails_is_tried_again_later_and_stays_failed_in_the_end(self, session: Session) -> None:
        job = jobs.enqueue(session, "x", now=NOON)
        instant = NOON
        for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
            claim = jobs.claim(session, job.id, now=instant)
            assert claim is not None, attempt
            jobs.fail(session, claim, "smtp is down", now=instant)
            assert jobs.claim(session, job.id, now=instant) is None
            instant += timedelta(days=1)
        session.refresh(job)
        assert (job.state, job.error) == ("failed", "smtp is down")

    def test_a_queued_job_is_gone_with_the_transaction_that_wanted_it(self, engine: Engine) -> None:
        factory = sessions(engine)
        with factory() as session:
            jobs.enqueue(session, "x", now=NOON)
            session.rollback()
        assert count(factory, "queued") == 0


def double(asked: int, report: object) -> int:
    report(50)  # type: ignore[operator]
    return 2 * asked


def never_end(_asked: int, _report: object) -> int:
    time.sleep(3600)
    return 0


def fall_over(_asked: int, _report: object) -> int:
    os._exit(3)


class TestChildProcess:
    """Long computations happen in a process that a cancel can end."""

    def test_the_result_and_the_progress_come_back(self) -> None:
        seen: list[int] = []
        assert child_process.compute(double, 21, Progress(seen.append, lambda: False)) == 42
        assert 50 in seen

    def test_a_cancel_ends_the_process(self) -> None:
        begun = time.monotonic()
        with pytest.raises(child_process.Cancelled):
            child_process.compute(never_end, 1, Progress(lambda _percent: None, lambda: True))
        assert time.monotonic() - begun < 30

    def test_a_child_that_dies_is_an_error_not_a_result(self) -> None:
        with pytest.raises(RuntimeError, match="without a result"):
            child_process.compute(fall_over, 1, Progress(lambda _percent: None, lambda: False))
