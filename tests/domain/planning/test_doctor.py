"""The doctor finds each thing that was broken by hand, and nothing in a healthy database."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from fieldsvc.core import jobs
from fieldsvc.domain.geo import road_cache
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning import doctor
from fieldsvc.domain.planning.doctor import Finding
from fieldsvc.domain.teams.models import Technician, WeeklyBreak
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, TODAY, TOMORROW, at

TEN, ELEVEN = at(TOMORROW, "10:00"), at(TOMORROW, "11:00")
CHECKS = {
    "schema",
    "double_booking",
    "promises",
    "planned_has_visit",
    "crews",
    "unplanned_is_free",
    "expired_holds",
    "located",
    "one_unit",
    "outbox_backlog",
    "outbox_failed",
    "jobs_stuck",
    "jobs_failed",
    "roads",
    "travel_time",
    "working_hours",
    "breaks",
    "skills",
    "readable",
}


class Patient:
    """A healthy company: two visits far enough apart, one that waits, a running hold, a message just queued."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.unit: BusinessUnit = make.unit(session)
        gas = make.skill(session, self.unit)
        kind = make.activity_type(session, self.unit, skills={gas: 2})
        self.ana: Technician = make.technician(session, self.unit, skills={gas: 3}, breaks=[(720, 780, 30)])
        self.rui: Technician = make.technician(session, self.unit)
        self.visit = make.scheduled(session, self.unit, self.ana, TEN, activity_type=kind)
        self.later = make.scheduled(session, self.unit, self.ana, at(TOMORROW, "14:00"), km=10)
        self.hold = make.hold(session, self.unit, self.rui, TEN)
        self.waiting = make.intervention(session, self.unit, km=None)
        self.message = message(session, self.unit)
        self.job = jobs.enqueue(session, "deliver_message", now=NOON)
        session.flush()

    def wrong(self) -> dict[str, Finding]:
        """The findings that are not fine, by the name of their check."""
        self.session.flush()
        findings = doctor.examine(self.session, now=NOON)
        assert {finding.check for finding in findings} == CHECKS  # every check was made
        return {finding.check: finding for finding in findings if not finding.ok}


@pytest.fixture
def patient(session: Session) -> Patient:
    return Patient(session)


def message(session: Session, unit: BusinessUnit) -> OutboxMessage:
    row = OutboxMessage(
        unit_id=unit.id,
        kind="visit_booked",
        channel="email",
        recipient="somebody@example.com",
        locale="en",
        text="…",
        message_id="<1@fieldsvc>",
        created_at=NOON,
    )
    session.add(row)
    return row


def drop_the_guard(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("DROP TRIGGER visit_double_booking_insert"))
        session.execute(sa.text("DROP TRIGGER visit_double_booking_update"))
    else:
        session.execute(sa.text("ALTER TABLE visit DROP CONSTRAINT ex_visit_double_booking"))


def plan(patient: Patient, intervention: Intervention, clock: str) -> None:
    """Plan a visit anew with its promise at the same hour."""
    begins_at = at(TOMORROW, clock)
    visit = intervention.visits[0]
    visit.begins_at, visit.ends_at = begins_at, begins_at + timedelta(minutes=60)
    intervention.window_begins_at, intervention.window_ends_at = begins_at, begins_at + timedelta(hours=2)


def book_twice(patient: Patient) -> None:
    drop_the_guard(patient.session)
    plan(patient, patient.later, "10:30")


def leave_no_time_to_drive(patient: Patient) -> None:
    plan(patient, patient.later, "11:05")


def work_late(patient: Patient) -> None:
    plan(patient, patient.later, "16:30")


def work_on_a_day_off(patient: Patient) -> None:
    make.blackout_day(patient.session, patient.unit, TOMORROW)


def skip_lunch(patient: Patient) -> None:
    # From 11:35 until 13:50 there is no time for the half hour that begins between 12:00 and 13:00.
    plan(patient, patient.visit, "11:35")
    plan(patient, patient.later, "12:50")


def send_the_wrong_person(patient: Patient) -> None:
    patient.hold.visits[0].is_occupying = False
    patient.session.flush()
    patient.visit.visits[0].technician_id = patient.rui.id


def break_a_promise(patient: Patient) -> None:
    patient.later.window_begins_at = patient.later.window_ends_at = at(TOMORROW, "15:00")


def lose_the_visit(patient: Patient) -> None:
    patient.session.delete(patient.later.visits[0])


def send_two(patient: Patient) -> None:
    make.visit(patient.session, patient.later, patient.rui, at(TOMORROW, "14:00"))


def keep_the_time_of_a_cancelled_visit(patient: Patient) -> None:
    patient.later.status = "cancelled"


def forget_a_hold(patient: Patient) -> None:
    patient.hold.held_until = NOON - timedelta(minutes=16)


def lose_the_place(patient: Patient) -> None:
    assert patient.later.site is not None
    patient.later.site.latitude = patient.later.site.longitude = None


def mix_units(patient: Patient) -> None:
    stranger = make.technician(patient.session, make.unit(patient.session))
    patient.later.visits[0].technician_id = stranger.id


def queue_for_long(patient: Patient) -> None:
    patient.message.created_at = NOON - timedelta(minutes=16)


def fail_to_send(patient: Patient) -> None:
    patient.message.state, patient.message.error = "failed", "no such mailbox"


def stop_the_worker(patient: Patient) -> None:
    patient.job.run_at = NOON - timedelta(minutes=16)


def lose_a_lease(patient: Patient) -> None:
    patient.job.state, patient.job.lease_until = "running", NOON - timedelta(minutes=16)


def fail_a_job(patient: Patient) -> None:
    patient.job.state, patient.job.finished_at = "failed", NOON - timedelta(hours=1)


def cut_the_line(patient: Patient) -> None:
    road_cache.fell_silent(patient.session, "osrm", "connection refused", now=NOON)


def rest_too_often(patient: Patient) -> None:
    hours = next(hours for hours in patient.ana.weekly_hours if hours.weekday == TOMORROW.weekday())
    more = [WeeklyBreak(earliest_minute=540 + n, latest_minute=600, minutes=1) for n in range(8)]
    hours.breaks += more  # nine, and the engine takes eight


def test_a_healthy_database_has_nothing_wrong(patient: Patient) -> None:
    assert patient.wrong() == {}


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (book_twice, "double_booking"),
        (leave_no_time_to_drive, "travel_time"),
        (work_late, "working_hours"),
        (work_on_a_day_off, "working_hours"),
        (skip_lunch, "breaks"),
        (send_the_wrong_person, "skills"),
        (break_a_promise, "promises"),
        (lose_the_visit, "planned_has_visit"),
        (send_two, "planned_has_visit"),
        (keep_the_time_of_a_cancelled_visit, "unplanned_is_free"),
        (forget_a_hold, "expired_holds"),
        (lose_the_place, "located"),
        (mix_units, "one_unit"),
        (queue_for_long, "outbox_backlog"),
        (fail_to_send, "outbox_failed"),
        (stop_the_worker, "jobs_stuck"),
        (lose_a_lease, "jobs_stuck"),
        (fail_a_job, "jobs_failed"),
        (cut_the_line, "roads"),
        (rest_too_often, "readable"),
    ],
)
def test_each_damage_is_found_with_an_example(patient: Patient, damage: Callable[[Patient], None], check: str) -> None:
    damage(patient)
    wrong = patient.wrong()
    assert check in wrong
    assert wrong[check].count >= 1
    assert wrong[check].examples
    assert wrong[check].words


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (break_a_promise, "promises"),
        (lose_the_place, "located"),
        (queue_for_long, "outbox_backlog"),
        (forget_a_hold, "expired_holds"),
        (fail_a_job, "jobs_failed"),
        (cut_the_line, "roads"),
    ],
)
def test_a_damage_is_called_by_its_own_name_only(
    patient: Patient, damage: Callable[[Patient], None], check: str
) -> None:
    damage(patient)
    assert list(patient.wrong()) == [check]


def test_what_is_over_is_not_judged(session: Session) -> None:
    unit = make.unit(session)
    ana = make.technician(session, unit)
    make.scheduled(session, unit, ana, at(TODAY, "9:00"), km=5)
    make.scheduled(session, unit, ana, at(TODAY, "10:01"), km=50)
    assert all(finding.ok for finding in doctor.examine(session, now=NOON))


def test_an_old_schema_is_said_and_nothing_else_is_asked(session: Session) -> None:
    session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    [finding] = doctor.examine(session, now=NOON)
    assert (finding.check, finding.ok) == ("schema", False)


def test_examples_name_no_recipient(patient: Patient) -> None:
    fail_to_send(patient)
    assert "somebody" not in str(patient.wrong()["outbox_failed"])
