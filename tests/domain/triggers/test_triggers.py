"""Triggers act once for each cause, when their conditions hold, and say why when they do not."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import SYSTEM, Actor, AuditEntry
from fieldsvc.core.errors import Invalid, NotFound, Stale
from fieldsvc.core.jobs import Job
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.interventions import lifecycle, questionnaires
from fieldsvc.domain.interventions.events import FIRE
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.triggers import due, preview, save, webhook
from fieldsvc.domain.triggers.fire import Cause, fire
from fieldsvc.domain.triggers.models import TriggerFiring
from fieldsvc.domain.triggers.save import NewTrigger
from fieldsvc.domain.triggers.when import when_words
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, TOMORROW, at

ALDA = Actor("staff", 1, "Alda")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TWO_DAYS_BEFORE = -2 * 24 * 60

REMINDER = NewTrigger(
    name="Reminder",
    event="",
    relative_to="window",
    offset_minutes=TWO_DAYS_BEFORE,
    activity_type_id=None,
    conditions={},
    repeats="once",
    action="message",
    parameters={"kind": "visit_reminder"},
)
TELL = replace(
    REMINDER,
    name="Tell",
    event="intervention.cancelled",
    relative_to="",
    offset_minutes=0,
    action="text",
    parameters={
        "channel": "email",
        "to": "contact",
        "subject": {"en": "About {intervention.reference}"},
        "body": {"en": "{client.name}, we are sorry."},
    },
)


@dataclass
class House:
    """A unit with one technician and a way to write triggers."""

    session: Session
    unit: BusinessUnit

    def trigger(self, new: NewTrigger, *, on_since: datetime = NOON - 40 * DAY) -> Trigger:
        row = save.add(self.session, self.unit, new, actor=ALDA, now=on_since)
        return save.switch(self.session, self.unit, row.id, is_on=True, actor=ALDA, now=on_since)

    def visit(self, begins_at: datetime, **values: Any) -> Intervention:
        technician = make.technician(self.session, self.unit, weekdays=range(7))
        return make.scheduled(self.session, self.unit, technician, begins_at, **values)

    def queued(self) -> list[dict[str, Any]]:
        rows = self.session.scalars(select(Job).where(Job.kind == FIRE, Job.state == "queued").order_by(Job.id))
        return [job.payload for job in rows]

    def run(self, *, now: datetime = NOON) -> list[TriggerFiring]:
        """Do every queued firing, as the worker would."""
        done = []
        for job in self.session.scalars(select(Job).where(Job.kind == FIRE, Job.state == "queued")).all():
            asked = job.payload
            of = datetime.fromisoformat(asked["instant"]) if "instant" in asked else asked["entry_id"]
            cause = Cause(asked["intervention_id"], of, asked.get("is_after_a_trigger", False))
            done.append(fire(self.session, asked["trigger_id"], cause, now=now))
            job.state = "done"
        return [firing for firing in done if firing is not None]

    def sent(self) -> list[str]:
        return [message.kind for message in outbox.latest(self.session)]


@pytest.fixture
def house(session: Session) -> House:
    return House(session, make.unit(session, phone="222 010 340", email="help@example.com"))


# --- Events -------------------------------------------------------------------------------------------


def cancel(house: House, visit: Intervention, *, now: datetime = NOON, actor: Actor = SYSTEM) -> None:
    lifecycle.move(house.session, visit, "cancelled", actor=actor, now=now)


def test_an_event_that_a_trigger_waits_for_queues_one_job_in_the_same_transaction(house: House) -> None:
    trigger, visit = house.trigger(TELL), house.visit(at(TOMORROW, "9:00"))
    cancel(house, visit)
    assert [(job["trigger_id"], job["intervention_id"]) for job in house.queued()] == [(trigger.id, visit.id)]


def test_the_answer_to_a_questionnaire_is_an_event_that_triggers_wait_for(house: House) -> None:
    house.trigger(replace(TELL, event="questionnaire.answered"))
    form = make.form(house.session, house.unit, [], kind="questionnaire")
    kind = make.activity_type(house.session, house.unit, questionnaire_id=form.id)
    visit = house.visit(NOON - DAY, activity_type=kind, status="completed")
    questionnaires.ask(house.session, house.unit, visit, now=NOON)
    response = questionnaires.of_intervention(house.session, visit)
    assert response is not None
    questionnaires.finish(house.session, response, now=NOON)
    assert [(firing.state, firing.intervention_id) for firing in house.run()] == [("done", visit.id)]


def test_an_event_that_nobody_waits_for_queues_nothing(house: House) -> None:
    save.switch(house.session, house.unit, house.trigger(TELL).id, is_on=False, actor=ALDA, now=NOON)
    house.trigger(REMINDER)
    cancel(house, house.visit(at(TOMORROW, "9:00")))
    assert house.queued() == []


def test_the_text_of_a_trigger_reaches_the_contact_with_its_codes_filled(house: House) -> None:
    house.trigger(TELL)
    visit = house.visit(at(TOMORROW, "9:00"))
    cancel(house, visit)
    [firing] = house.run()
    [message] = outbox.latest(house.session)
    assert (firing.state, message.subject) == ("done", f"About {visit.reference}")
    assert visit.client.name in message.text
    assert message.recipient == visit.contact.email  # type: ignore[union-attr]


def test_one_cause_fires_once_however_often_the_job_runs(house: House) -> None:
    trigger, visit = house.trigger(TELL), house.visit(at(TOMORROW, "9:00"))
    cancel(house, visit)
    cause = Cause(visit.id, house.queued()[0]["entry_id"])
    assert [fire(house.session, trigger.id, cause, now=NOON) is None for _turn in range(3)] == [False, True, True]
    assert len(house.sent()) == 1


def test_a_trigger_of_another_activity_type_is_silent(house: House) -> None:
    other = make.activity_type(house.session, house.unit)
    house.trigger(replace(TELL, activity_type_id=other.id))
    cancel(house, house.visit(at(TOMORROW, "9:00")))
    assert house.run() == []
    cancel(house, house.visit(at(TOMORROW, "9:00"), activity_type=other))
    assert [firing.state for firing in house.run()] == ["done"]


def test_a_trigger_of_another_unit_is_silent(house: House) -> None:
    other = House(house.session, make.unit(house.session))
    other.trigger(TELL)
    cancel(house, house.visit(at(TOMORROW, "9:00")))
    assert house.queued() == []


def test_a_trigger_that_was_switched_off_meanwhile_does_nothing(house: House) -> None:
    trigger = house.trigger(TELL)
    cancel(house, house.visit(at(TOMORROW, "9:00")))
    save.switch(house.session, house.unit, trigger.id, is_on=False, actor=ALDA, now=NOON)
    assert house.run() == []


def test_conditions_that_fail_leave_the_intervention_alone_and_the_log_says_which(house: House) -> None:
    house.trigger(replace(TELL, conditions={"condition": "client_kind_is", "kinds": ["individual"]}))
    cancel(house, house.visit(at(TOMORROW, "9:00")))
    [firing] = house.run()
    assert firing.state == "skipped"
    assert firing.words.startswith("Decided by:")
    assert house.sent() == []


# --- How often ----------------------------------------------------------------------------------------


def scheduled_again(house: House, visit: Intervention) -> list[str]:
    for status in ("unscheduled", "scheduled"):
        lifecycle.move(house.session, visit, status, actor=SYSTEM, now=NOON)
    return [firing.state for firing in house.run()]


@pytest.mark.parametrize(
    ("repeats", "expected"),
    [
        ("once", ["done", "repeated", "skipped", "repeated"]),
        ("each", ["done", "done", "skipped", "done"]),
        ("again", ["done", "repeated", "skipped", "done"]),
    ],
)
def test_how_often_a_trigger_acts_for_one_intervention(house: House, repeats: str, expected: list[str]) -> None:
    """Four times the event comes; at the third the conditions do not hold."""
    free = {"none": [{"condition": "is_locked"}]}
    house.trigger(replace(TELL, event="intervention.scheduled", repeats=repeats, conditions=free))
    visit = house.visit(at(TOMORROW, "9:00"))
    states = [firing.state for firing in house.run()]
    for is_locked in (False, True, False):
        visit.is_locked = is_locked
        states += scheduled_again(house, visit)
    assert states == expected


# --- By the clock -------------------------------------------------------------------------------------


def test_an_instant_that_has_come_fires_once_and_one_that_has_not_waits(house: House) -> None:
    house.trigger(REMINDER)
    soon, later = house.visit(NOON + 2 * DAY - MINUTE), house.visit(NOON + 2 * DAY + MINUTE)
    assert due.enqueue_due(house.session, now=NOON) == 1
    assert [firing.intervention_id for firing in house.run()] == [soon.id]
    assert due.enqueue_due(house.session, now=NOON) == 0
    assert due.enqueue_due(house.session, now=NOON + 2 * MINUTE) == 1
    assert [firing.intervention_id for firing in house.run(now=NOON + 2 * MINUTE)] == [later.id]
    assert house.sent() == ["visit_reminder", "visit_reminder"]


def test_what_had_come_before_the_trigger_was_switched_on_is_left_alone(house: House) -> None:
    house.trigger(REMINDER, on_since=NOON)
    house.visit(NOON + 2 * DAY - MINUTE)
    assert not due.is_anything_due(house.session, now=NOON + MINUTE)
    house.visit(NOON + 2 * DAY + MINUTE)
    assert due.is_anything_due(house.session, now=NOON + 2 * MINUTE)


def test_after_a_day_of_standstill_an_instant_is_too_old(house: House) -> None:
    house.trigger(REMINDER)
    house.visit(NOON + 2 * DAY)
    assert due.is_anything_due(house.session, now=NOON + due.LATE - MINUTE)
    assert not due.is_anything_due(house.session, now=NOON + due.LATE)


def test_a_visit_that_is_moved_has_a_new_instant(house: House) -> None:
    house.trigger(replace(REMINDER, repeats="each"))
    visit = house.visit(NOON + 2 * DAY - MINUTE)
    due.enqueue_due(house.session, now=NOON)
    house.run()
    visit.window_begins_at = NOON + 3 * DAY
    visit.window_ends_at = NOON + 3 * DAY + HOUR
    assert due.enqueue_due(house.session, now=NOON) == 0
    assert due.enqueue_due(house.session, now=NOON + DAY) == 1
    assert [firing.state for firing in house.run(now=NOON + DAY)] == ["done"]


def test_the_end_of_the_work_counts_from_when_it_ended(house: House) -> None:
    house.trigger(replace(REMINDER, relative_to="closed", offset_minutes=3 * 24 * 60))
    house.visit(NOON - 4 * DAY, status="completed", actual_ends_at=NOON - 3 * DAY - MINUTE)
    house.visit(NOON - 3 * DAY, status="completed", actual_ends_at=NOON - 2 * DAY)
    assert due.enqueue_due(house.session, now=NOON) == 1


# --- What it does -------------------------------------------------------------------------------------


def act(house: House, action: str, visit: Intervention, **parameters: Any) -> TriggerFiring:
    trigger = house.trigger(replace(TELL, event="intervention.moved", action=action, parameters=parameters))
    firing = fire(house.session, trigger.id, Cause(visit.id, 1), now=NOON)
    assert firing is not None
    return firing


def test_a_trigger_plans_what_has_no_time(house: House) -> None:
    make.technician(house.session, house.unit, weekdays=range(7), name="Rui")
    visit = make.intervention(house.session, house.unit)
    assert act(house, "assign", visit, days="7", technician_id=None).state == "done"
    assert (visit.status, visit.planned is not None) == ("scheduled", True)


def test_a_trigger_that_finds_nobody_says_so_and_changes_nothing(house: House) -> None:
    visit = make.intervention(house.session, house.unit)
    firing = act(house, "assign", visit, days="7", technician_id=None)
    assert (firing.state, visit.status) == ("refused", "unscheduled")
    assert firing.words == "Nobody who can do it is free in these days."


def test_a_trigger_creates_the_next_intervention(house: House) -> None:
    kind = make.activity_type(house.session, house.unit)
    visit = house.visit(at(TOMORROW, "9:00"))
    firing = act(house, "create", visit, activity_type_id=kind.id, due_days="30")
    made = house.session.scalars(select(Intervention).order_by(Intervention.id.desc())).first()
    assert made is not None
    assert (made.activity_type_id, made.site_id, made.due_on) == (kind.id, visit.site_id, NOON.date() + 30 * DAY)
    assert made.reference in firing.words


def test_a_trigger_cancels_and_the_client_reads_why(house: House) -> None:
    visit = house.visit(at(TOMORROW, "9:00"))
    assert act(house, "cancel", visit, reason={"en": "Never confirmed"}).state == "done"
    assert (visit.status, visit.cancel_reason) == ("cancelled", "Never confirmed")
    assert house.sent() == ["visit_cancelled"]


def test_a_trigger_closes_what_has_begun_and_refuses_what_has_not(house: House) -> None:
    begun = house.visit(NOON - 3 * HOUR, status="in_progress")
    assert act(house, "close", begun, outcome="ok").state == "done"
    assert (begun.status, begun.actual_ends_at) == ("completed", NOON - 2 * HOUR)
    assert act(house, "close", house.visit(at(TOMORROW, "9:00")), outcome="ok").state == "refused"


def test_what_a_trigger_created_creates_nothing_by_its_own_birth(house: House) -> None:
    kind = make.activity_type(house.session, house.unit)
    follow = {"activity_type_id": kind.id, "due_days": "0"}
    house.trigger(
        replace(REMINDER, relative_to="created", offset_minutes=0, action="create", repeats="each", parameters=follow)
    )
    house.visit(at(TOMORROW, "9:00"))
    for turn in range(4):
        due.enqueue_due(house.session, now=NOON + turn * MINUTE)
        house.run(now=NOON + turn * MINUTE)
    assert len(house.session.scalars(select(Intervention)).all()) == 2


def test_a_trigger_sends_the_questionnaire(house: House) -> None:
    form = make.form(
        house.session, house.unit, [{"code": "nps", "kind": "nps", "label": {"en": "?"}}], kind="questionnaire"
    )
    kind = make.activity_type(house.session, house.unit, questionnaire_id=form.id)
    visit = house.visit(NOON - DAY, activity_type=kind, status="completed")
    assert act(house, "questionnaire", visit).state == "done"
    assert house.session.scalar(select(QuestionnaireResponse.intervention_id)) == visit.id
    assert act(house, "questionnaire", house.visit(NOON - DAY, status="completed")).state == "refused"


def test_a_webhook_is_called_after_the_commit_with_a_signed_body(house: House) -> None:
    firing = act(house, "webhook", house.visit(at(TOMORROW, "9:00")), url="https://example.com/hook")
    assert firing.state == "queued"
    assert [job.payload for job in house.session.scalars(select(Job).where(Job.kind == webhook.CALL))] == [
        {"firing_id": firing.id}
    ]
    call = webhook.call_of(firing)
    assert call.url == "https://example.com/hook"
    assert firing.intervention.reference.encode() in call.body
    assert call.headers["X-Fieldsvc-Signature"].startswith("sha256=")
    assert firing.trigger.parameters["secret"].encode() not in call.body


def test_what_a_trigger_did_is_never_answered_by_another_change(house: House) -> None:
    kind = make.activity_type(house.session, house.unit)
    again = replace(TELL, event="intervention.unscheduled", action="create", repeats="each")
    house.trigger(replace(again, parameters={"activity_type_id": kind.id, "due_days": "1"}))
    house.trigger(replace(TELL, event="intervention.unscheduled", repeats="each"))
    make.intervention(house.session, house.unit)
    assert [firing.state for firing in house.run()] == ["done", "done"]
    states = {firing.trigger.action: firing.state for firing in house.run()}
    assert states == {"create": "repeated", "text": "done"}
    assert house.run() == []


# --- What is saved ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"event": "intervention.exploded"}, "event"),
        ({"event": "", "relative_to": "birthday"}, "event"),
        ({"event": "", "relative_to": "created", "offset_minutes": -5}, "amount"),
        ({"event": "", "relative_to": "window", "offset_minutes": 10**7}, "amount"),
        ({"repeats": "often"}, "repeats"),
        ({"action": "explode"}, "action"),
        ({"action": "message", "parameters": {"kind": "sign_in_code"}}, "kind"),
        ({"parameters": {"channel": "email", "to": "contact", "subject": {"en": "x"}, "body": {}}}, "body"),
        ({"parameters": {"channel": "email", "to": "contact", "subject": {}, "body": {"en": "x"}}}, "subject"),
        ({"parameters": {"channel": "fax", "to": "contact", "subject": {"en": "x"}, "body": {"en": "x"}}}, "channel"),
        (
            {"parameters": {"channel": "sms", "to": "contact", "body": {"en": "{client.password}"}}},
            "body",
        ),
        ({"action": "webhook", "parameters": {"url": "http://user:pass@10.0.0.1/"}}, "url"),
        ({"action": "assign", "parameters": {"days": "-1"}}, "days"),
        ({"action": "create", "parameters": {"due_days": "1"}}, "activity_type_id"),
        ({"action": "cancel", "parameters": {"reason": {"en": " "}}}, "reason"),
        ({"action": "close", "parameters": {"outcome": "fine"}}, "outcome"),
    ],
)
def test_a_trigger_that_could_not_work_is_refused_at_its_field(
    house: House, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        save.add(house.session, house.unit, replace(TELL, **changes), actor=ALDA, now=NOON)
    assert list(refusal.value.fields) == [field]


def test_conditions_that_do_not_exist_are_refused(house: House) -> None:
    with pytest.raises(Invalid):
        save.add(house.session, house.unit, replace(TELL, conditions={"condition": "full_moon"}), actor=ALDA, now=NOON)


def test_an_older_version_is_refused(house: House) -> None:
    trigger = house.trigger(TELL)
    with pytest.raises(Stale):
        save.change(house.session, house.unit, trigger.id, TELL, version=trigger.version - 1, actor=ALDA, now=NOON)


def test_a_foreign_trigger_does_not_exist(house: House) -> None:
    trigger = house.trigger(TELL)
    other = make.unit(house.session)
    with pytest.raises(NotFound):
        save.by_id(house.session, other, trigger.id)
    with pytest.raises(NotFound):
        save.order(house.session, other, [trigger.id], actor=ALDA, now=NOON)


def test_an_archived_trigger_is_off_and_keeps_its_log(house: House) -> None:
    trigger, visit = house.trigger(TELL), house.visit(at(TOMORROW, "9:00"))
    cancel(house, visit)
    house.run()
    save.archive(house.session, house.unit, trigger.id, actor=ALDA, now=NOON)
    assert save.listed(house.session, house.unit) == []
    [row] = save.listed(house.session, house.unit, is_archived=True)
    assert (row.trigger.is_on, row.fired, len(save.firings(house.session, trigger))) == (False, 1, 1)


def test_when_a_trigger_looks_is_said_in_words(house: House) -> None:
    assert when_words(house.trigger(REMINDER)) == "2 days before the beginning of the arrival window"
    after = house.trigger(replace(REMINDER, relative_to="closed", offset_minutes=90))
    assert when_words(after) == "90 minutes after the end of the work"
    assert when_words(house.trigger(TELL)) == "When an intervention is cancelled"


# --- What would have happened -------------------------------------------------------------------------


def test_the_preview_of_an_event_counts_what_happened_in_the_last_month(house: House) -> None:
    for days, kind in ((5, "company"), (10, "individual"), (40, "company")):
        client = make.client(house.session, house.unit, kind=kind)
        visit = house.visit(NOON - days * DAY, site=make.site(house.session, client), now=NOON - 50 * DAY)
        cancel(house, visit, now=NOON - days * DAY)
    only = {"condition": "client_kind_is", "kinds": ["company"]}
    trigger = save.add(house.session, house.unit, replace(TELL, conditions=only), actor=ALDA, now=NOON)
    found = preview.would_have_fired(house.session, house.unit, trigger, now=NOON)
    assert [(cause.at, cause.is_fired) for cause in found.causes] == [(NOON - 5 * DAY, True), (NOON - 10 * DAY, False)]
    assert house.session.scalar(select(TriggerFiring.id)) is None


def test_the_preview_judges_by_the_status_of_that_instant(house: House) -> None:
    """Two days before the window both were scheduled; one is completed today, and still counts."""
    for minutes in (0, 1):
        visit = house.visit(NOON - DAY + minutes * MINUTE, now=NOON - 5 * DAY)
        if minutes:
            lifecycle.move(house.session, visit, "cancelled", actor=SYSTEM, now=NOON - 4 * DAY)
        else:
            lifecycle.move(house.session, visit, "completed", actor=SYSTEM, now=NOON - HOUR)
    only = {"condition": "status_is", "statuses": ["scheduled"]}
    trigger = save.add(house.session, house.unit, replace(REMINDER, conditions=only), actor=ALDA, now=NOON)
    found = preview.would_have_fired(house.session, house.unit, trigger, now=NOON)
    assert [cause.is_fired for cause in found.causes] == [False, True]


def test_the_preview_applies_once_each_and_again(house: House) -> None:
    visit = house.visit(at(TOMORROW, "9:00"), now=NOON - 5 * DAY)
    for days in (4, 3, 2):
        house.session.add(
            AuditEntry(
                unit_id=house.unit.id,
                at=NOON - days * DAY,
                actor_kind="system",
                action="intervention.moved",
                object_kind="intervention",
                object_id=visit.id,
            )
        )
    house.session.flush()
    counts = {}
    for repeats in save.REPEATS:
        asked = replace(TELL, event="intervention.moved", repeats=repeats)
        trigger = save.add(house.session, house.unit, asked, actor=ALDA, now=NOON)
        counts[repeats] = len(preview.would_have_fired(house.session, house.unit, trigger, now=NOON).fired)
    assert counts == {"once": 1, "each": 3, "again": 1}
