"""P8, P9: a trigger acts once for each cause, whatever happens to the worker, and calls what it has to call."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core import jobs
from fieldsvc.core.audit import SYSTEM, Actor
from fieldsvc.core.db import sessions
from fieldsvc.core.jobs import MAX_ATTEMPTS, Job
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.interventions import lifecycle
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.triggers import save
from fieldsvc.domain.triggers.models import TriggerFiring
from fieldsvc.domain.triggers.save import NewTrigger
from fieldsvc.domain.triggers.webhook import Call, WebhookFailed, WebhookRefused
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.jobs.run import run
from fieldsvc.jobs.schedule import Schedule
from fieldsvc.jobs.tasks import Tools
from tests import make
from tests.make import NOON

ALDA = Actor("staff", 1, "Alda")
CALL = NewTrigger(
    name="Tell the shop",
    event="intervention.cancelled",
    relative_to="",
    offset_minutes=0,
    activity_type_id=None,
    conditions={},
    repeats="each",
    action="webhook",
    parameters={"url": "https://example.com/hook"},
)
REMIND = NewTrigger(
    name="Reminder",
    event="",
    relative_to="window",
    offset_minutes=-24 * 60,
    activity_type_id=None,
    conditions={},
    repeats="once",
    action="message",
    parameters={"kind": "visit_reminder"},
)


@dataclass
class Shop:
    """A receiver of calls; `answers` raises or gives a status."""

    answers: Callable[[], int] = lambda: 200
    calls: list[Call] = field(default_factory=list)

    def call(self, call: Call) -> int:
        self.calls.append(call)
        return self.answers()


@dataclass
class Works:
    """The worker's tools on a database of the test's own, without its threads."""

    factory: sessionmaker[Session]
    shop: Shop
    tools: Tools

    def trigger(self, new: NewTrigger) -> None:
        with self.factory.begin() as session:
            unit = session.scalars(select(BusinessUnit)).one()
            row = save.add(session, unit, new, actor=ALDA, now=NOON - timedelta(days=30))
            save.switch(session, unit, row.id, is_on=True, actor=ALDA, now=NOON - timedelta(days=30))

    def cancel(self) -> None:
        with self.factory.begin() as session:
            visit = session.scalars(select(Intervention)).one()
            lifecycle.move(session, visit, "cancelled", actor=SYSTEM, now=NOON)

    def work(self, turns: int = 1) -> None:
        for _turn in range(turns):
            with self.factory() as session:
                due = session.scalars(select(Job.id).where(Job.state == "queued").order_by(Job.id)).all()
            for job_id in due:
                with self.factory.begin() as session:
                    session.get_one(Job, job_id).run_at = NOON  # a job that failed waits for a while
                run(self.tools, job_id)

    def jobs(self) -> list[Job]:
        with self.factory() as session:
            return list(session.scalars(select(Job).where(Job.kind == "fire_trigger")))

    def firings(self) -> list[tuple[str, str]]:
        with self.factory() as session:
            return [(row.state, row.words) for row in session.scalars(select(TriggerFiring).order_by(TriggerFiring.id))]


@pytest.fixture
def works(engine: Engine) -> Works:
    factory, shop = sessions(engine), Shop()
    with factory.begin() as session:
        unit = make.unit(session)
        technician = make.technician(session, unit, weekdays=range(7))
        make.scheduled(session, unit, technician, NOON + timedelta(hours=23))
    return Works(factory, shop, Tools(factory, {}, lambda: NOON, None, shop))


def test_a_call_is_made_after_the_commit_and_its_answer_is_noted(works: Works) -> None:
    works.trigger(CALL)
    works.cancel()
    works.work(turns=2)
    assert works.firings() == [("done", "HTTP 200")]
    assert [call.url for call in works.shop.calls] == ["https://example.com/hook"]


def test_a_failing_address_is_tried_again_and_the_last_failure_is_noted(works: Works) -> None:
    def fails() -> int:
        raise WebhookFailed("HTTP 503")

    works.shop.answers = fails
    works.trigger(CALL)
    works.cancel()
    works.work(turns=2 + MAX_ATTEMPTS)
    assert works.firings() == [("failed", "HTTP 503")]
    assert len(works.shop.calls) == MAX_ATTEMPTS
    assert len({call.headers["Idempotency-Key"] for call in works.shop.calls}) == 1


def test_a_refused_address_is_not_tried_again(works: Works) -> None:
    def refuses() -> int:
        raise WebhookRefused("the host is not on the public network")

    works.shop.answers = refuses
    works.trigger(CALL)
    works.cancel()
    works.work(turns=4)
    assert works.firings() == [("failed", "the host is not on the public network")]
    assert len(works.shop.calls) == 1


def test_a_trigger_that_was_changed_in_between_calls_nobody_and_says_so(works: Works) -> None:
    works.trigger(CALL)
    works.cancel()
    works.work()
    with works.factory.begin() as session:
        unit, row = session.scalars(select(BusinessUnit)).one(), session.scalars(select(Trigger)).one()
        changed = replace(CALL, action="message", parameters={"kind": "visit_reminder"})
        save.change(session, unit, row.id, changed, version=row.version, actor=ALDA, now=NOON)
    works.work(turns=1 + MAX_ATTEMPTS)
    assert works.firings() == [("failed", "the trigger was changed before the address was called")]
    assert works.shop.calls == []


def test_what_is_due_is_queued_once_however_long_its_job_waits(works: Works) -> None:
    works.trigger(REMIND)
    for _turn in range(3):
        Schedule(works.tools).tick()
    assert len(works.jobs()) == 1


def test_a_trigger_that_always_fails_is_given_up_and_the_clock_does_not_bring_it_back(works: Works) -> None:
    works.trigger(REMIND)
    with works.factory.begin() as session:
        session.scalars(select(Trigger)).one().parameters = {"kind": "of_another_edition"}
    for _turn in range(MAX_ATTEMPTS + 3):
        Schedule(works.tools).tick()
        works.work()
    assert works.firings() == [("failed", "It failed several times and is not tried again.")]
    assert [job.attempts for job in works.jobs()] == [MAX_ATTEMPTS]


def test_the_schedule_finds_what_is_due_and_a_second_look_adds_nothing(works: Works) -> None:
    works.trigger(REMIND)
    for _turn in range(3):
        Schedule(works.tools).tick()
        with works.factory() as session:
            due = session.scalars(select(Job.id).where(Job.kind == "fire_trigger", Job.state == "queued")).all()
        for job_id in due:
            run(works.tools, job_id)
    assert [state for state, _words in works.firings()] == ["done"]
    with works.factory() as session:
        assert session.scalars(select(OutboxMessage.kind)).all() == ["visit_reminder"]


def test_two_workers_with_the_same_cause_at_once_act_once(works: Works) -> None:
    works.trigger(REMIND)
    with works.factory.begin() as session:
        visit = session.scalars(select(Intervention)).one()
        trigger_id = session.scalars(select(Trigger.id)).one()
        for _copy in range(6):
            jobs.enqueue(
                session,
                "fire_trigger",
                now=NOON,
                unit_id=visit.unit_id,
                trigger_id=trigger_id,
                intervention_id=visit.id,
                instant=NOON.isoformat(),
            )
    with works.factory() as session:
        ids = session.scalars(select(Job.id).where(Job.kind == "fire_trigger")).all()
    threads = [threading.Thread(target=run, args=(works.tools, job_id)) for job_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    works.work(turns=2)
    assert [state for state, _words in works.firings()] == ["done"]
