"""A worker goes on when something around it fails for a moment."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core import clock, jobs
from fieldsvc.core.db import sessions
from fieldsvc.core.jobs import Job
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.jobs import worker
from fieldsvc.jobs.run import run
from fieldsvc.jobs.tasks import Tools
from tests import make


@dataclass
class Sink:
    """A way out that remembers what it was handed; `meanwhile` happens before it is done."""

    meanwhile: Callable[[], None] = lambda: None
    sent: list[int] = field(default_factory=list)
    is_done: threading.Event = field(default_factory=threading.Event)

    def send(self, message: OutboxMessage) -> None:
        self.meanwhile()
        self.sent.append(message.id)
        self.is_done.set()


@pytest.fixture
def factory(engine: Engine) -> sessionmaker[Session]:
    """A database with one message that is to leave now."""
    made = sessions(engine)
    with made.begin() as session:
        recipient = outbox.Recipient("ana@example.com", None, "en")
        outbox.enqueue(session, "visit_booked", make.unit(session), recipient, {}, now=clock.now())
    return made


@pytest.fixture
def running() -> Iterator[list[worker.Worker]]:
    started: list[worker.Worker] = []
    yield started
    for one in started:
        one.stop()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_turn_that_fails_does_not_end_the_worker(
    factory: sessionmaker[Session], running: list[worker.Worker]
) -> None:
    failures = iter([RuntimeError("the broker is away"), ValueError("a row nobody foresaw")])

    def now() -> datetime:
        for failure in failures:
            raise failure
        return clock.now()

    sink = Sink()
    running.append(worker.start(Tools(factory, {"email": sink}, now), threads=1))
    assert sink.is_done.wait(20)


def test_one_heartbeat_that_misses_does_not_give_the_job_to_somebody_else(
    factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=1))
    taken_away: list[list[int]] = []

    def long_work() -> None:
        time.sleep(2)
        with factory() as session:
            taken_away.append(jobs.due(session, now=clock.now()))

    @dataclass(frozen=True)
    class Flaky:
        """Sessions of which that of the first heartbeat cannot be had."""

        begun: list[int] = field(default_factory=list)

        def __call__(self) -> Session:
            return factory()

        def begin(self) -> AbstractContextManager[Session]:
            self.begun.append(1)
            if len(self.begun) == 2:
                raise OperationalError("database is locked", None, Exception())
            return factory.begin()

    with factory() as session:
        job_id = session.scalars(select(Job.id)).one()
    run(Tools(Flaky(), {"email": Sink(long_work)}, clock.now), job_id)  # type: ignore[arg-type]
    assert taken_away == [[]]
