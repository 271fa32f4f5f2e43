"""P8: a message is handed over until it is taken, refused for good, or stopped; its row says what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.adapters.http_sms import HttpSms
from fieldsvc.core import jobs
from fieldsvc.core.db import sessions
from fieldsvc.core.jobs import Job
from fieldsvc.domain.interventions import message_log
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.jobs.run import run
from fieldsvc.jobs.tasks import Tools
from tests import make
from tests.make import NOON, TOMORROW, at
from tests.sms_servers import Provider, serving

NIGHT, MORNING = NOON.replace(hour=22), at(TOMORROW, "8:00")


@dataclass
class Post:
    """A worker with one message to deliver, and the provider it goes to."""

    factory: sessionmaker[Session]
    provider: Provider
    channel: HttpSms
    now: datetime = NOON
    texts: list[str] = field(default_factory=list)

    def work(self) -> OutboxMessage:
        """Do what is due now."""
        tools = Tools(self.factory, {"sms": self.channel}, lambda: self.now)
        with self.factory() as session:
            due = jobs.due(session, now=self.now)
        for job_id in due:
            run(tools, job_id)
        return self.message()

    def message(self) -> OutboxMessage:
        with self.factory() as session:
            return session.scalars(select(OutboxMessage)).one()

    def job(self) -> Job:
        with self.factory() as session:
            return session.scalars(select(Job)).one()


@pytest.fixture
def post(engine: Engine) -> Iterator[Post]:
    factory, provider = sessions(engine), Provider()
    with factory.begin() as session:
        unit = make.unit(session)
        recipient = outbox.Recipient(None, "+351912345678", "en")
        outbox.enqueue(session, "visit_booked", unit, recipient, {}, now=NOON)
    with serving(provider) as url:
        yield Post(factory, provider, HttpSms(url, timeout_seconds=5))


def test_a_message_that_is_taken_is_sent(post: Post) -> None:
    message = post.work()
    assert (message.state, message.sent_at, message.attempts) == ("sent", NOON, 1)
    assert [body["to"] for body in post.provider.taken.values()] == ["+351912345678"]
    post.work()
    assert post.provider.requests == 1


def test_a_refusal_for_good_is_not_tried_again(post: Post) -> None:
    post.provider.status, post.provider.says = 422, b'{"message": "no such number"}'
    message = post.work()
    assert (message.state, message.error, message.attempts) == ("failed", "HTTP 422: no such number", 1)
    assert post.job().state == "done"


def test_a_silent_provider_is_asked_again_later_and_the_message_arrives_once(post: Post) -> None:
    post.provider.status = 503
    message = post.work()
    assert (message.state, message.error, message.attempts) == ("queued", "SmsSilent: HTTP 503", 1)
    post.provider.status = 200
    post.now = post.job().run_at
    message = post.work()
    assert (message.state, message.error, message.attempts) == ("sent", "", 2)
    assert len(post.provider.taken) == 1


def test_after_the_last_attempt_the_message_has_failed(post: Post) -> None:
    post.provider.drops = True
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        message = post.work()
        assert (message.state, message.attempts) == ("failed" if attempt == jobs.MAX_ATTEMPTS else "queued", attempt)
        post.now = post.job().run_at
    assert post.provider.requests == jobs.MAX_ATTEMPTS


def test_a_message_that_was_stopped_stays_here(post: Post) -> None:
    with post.factory.begin() as session:
        session.scalars(select(OutboxMessage)).one().state = "suppressed"
    assert post.work().state == "suppressed"
    assert post.provider.requests == 0


def test_a_message_that_is_stopped_while_it_fails_to_leave_stays_stopped(post: Post) -> None:
    class Slow(HttpSms):
        def send(self, message: OutboxMessage) -> None:
            with post.factory.begin() as session:
                unit = session.get_one(BusinessUnit, message.unit_id)
                message_log.stop(session, unit, message.id, actor=make.DISPATCHER, now=NOON)
            super().send(message)

    post.provider.status = 503
    post.channel = Slow(post.channel.url)
    message = post.work()
    assert (message.state, message.reason, message.attempts) == ("suppressed", "stopped", 1)
    post.provider.status, post.now = 200, post.job().run_at
    assert post.work().state == "suppressed"
    assert post.provider.taken == {}


def test_a_message_that_is_late_does_not_leave_in_the_quiet_hours(post: Post) -> None:
    with post.factory.begin() as session:
        session.scalars(select(OutboxMessage)).one().kind = "visit_reminder"
    post.now = NIGHT
    message = post.work()
    assert (message.state, message.not_before_at, post.provider.requests) == ("queued", MORNING, 0)
    post.now = MORNING
    assert post.work().state == "sent"


def test_what_cannot_wait_leaves_at_night_too(post: Post) -> None:
    post.now = NIGHT
    assert post.work().state == "sent"


def test_a_message_waits_for_its_time(post: Post) -> None:
    with post.factory.begin() as session:
        session.scalars(select(Job)).one().run_at = NOON.replace(hour=20)
    assert post.work().state == "queued"
    post.now = NOON.replace(hour=20)
    assert post.work().state == "sent"
