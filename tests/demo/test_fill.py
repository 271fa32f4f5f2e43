"""The demo company is whole: its plans keep every law, its past and its future look like a company's."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.core import text
from fieldsvc.core.dates import local_day
from fieldsvc.core.db import create_engine, sessions
from fieldsvc.core.jobs import Job
from fieldsvc.demo.fill import fill, made_at
from fieldsvc.demo.people import people
from fieldsvc.domain.accounts import passwords
from fieldsvc.domain.accounts.models import Staff
from fieldsvc.domain.booking import actions, slots
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.domain.interventions import find, questionnaire_reminders, questionnaires
from fieldsvc.domain.interventions.comments import comments
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse, Visit
from fieldsvc.domain.interventions.satisfaction import Filters, report
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning.doctor import examine
from fieldsvc.domain.planning.problem import spot_of
from fieldsvc.domain.planning.windows import Promises
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import Absence
from fieldsvc.domain.teams.shifts import absences_between, shifts
from fieldsvc.domain.triggers import due
from fieldsvc.domain.units.find import blackout_days
from fieldsvc.domain.units.models import BusinessUnit
from tests.conftest import NewDatabase
from tests.demo.conftest import MID_MORNING

MINUTE = timedelta(minutes=1)


def marta(session: Session) -> Contact:
    """The client to try."""
    return session.scalars(select(Contact).where(Contact.email == "marta@client.example")).one()


def statuses(session: Session) -> Counter[str]:
    """How many interventions there are in each status."""
    return Counter(session.scalars(select(Intervention.status)))


# --- The plans ----------------------------------------------------------------------------------------


def test_the_doctor_finds_nothing(demo: Session) -> None:
    assert [finding for finding in examine(demo, now=MID_MORNING) if not finding.ok] == []


def test_every_promise_is_a_window_of_the_grid(demo: Session, porto: BusinessUnit) -> None:
    technicians = teams.active(demo, porto.id)
    for intervention in demo.scalars(select(Intervention).where(Intervention.window_begins_at.is_not(None))):
        promise = (intervention.window_begins_at, intervention.window_ends_at)
        assert promise[0] is not None
        width = intervention.activity_type.arrival_window_minutes
        assert promise in Promises(width).on(technicians, local_day(promise[0], porto.zone), porto.zone)


def test_about_three_fifths_of_the_coming_time_is_taken(demo: Session, porto: BusinessUnit) -> None:
    first, last = MID_MORNING.date(), MID_MORNING.date() + timedelta(days=14)
    technicians = teams.active(demo, porto.id)
    days = [first + timedelta(days=offset) for offset in range(15)]
    away = absences_between(demo, [one.id for one in technicians], MID_MORNING, MID_MORNING + timedelta(days=15))
    closed = blackout_days(demo, porto, first, last)
    working = timedelta()
    for one in technicians:
        for shift in shifts(one, days, porto.zone, closed, away.get(one.id, ())):
            pauses = sum(pause.minutes for pause in (*shift.breaks, *shift.absences))
            working += shift.ends_at - shift.begins_at - pauses * MINUTE
    visits = demo.scalars(select(Visit).where(Visit.begins_at >= datetime(2026, 4, 15, tzinfo=UTC))).all()
    types = {visit.id: visit.intervention.activity_type for visit in visits}
    buffers = sum(types[v.id].buffer_before_minutes + types[v.id].buffer_after_minutes for v in visits)
    work = sum((visit.ends_at - visit.begins_at for visit in visits), timedelta()) + buffers * MINUTE
    assert 0.45 < work / working < 0.7  # travel comes on top


def test_everybody_has_work_and_two_are_away_for_a_while(demo: Session, porto: BusinessUnit) -> None:
    coming = Counter(demo.scalars(select(Visit.technician_id).where(Visit.begins_at >= MID_MORNING)))
    assert all(coming[one.id] >= 8 for one in teams.active(demo, porto.id))
    lengths = sorted(row.ends_at - row.begins_at for row in demo.scalars(select(Absence)))
    assert lengths == [timedelta(hours=4), timedelta(hours=24)]


def test_a_day_at_work_has_visits_that_are_over_under_way_and_to_come(demo: Session) -> None:
    found = statuses(demo)
    assert {"completed", "in_progress", "dispatched", "scheduled", "cancelled"} <= set(found)
    assert 8 <= found["unscheduled"] <= 12
    assert 1 <= found["requested"] <= 2
    assert "held" not in found


def test_a_few_visits_are_locked(demo: Session) -> None:
    locked = demo.scalars(select(Intervention).where(Intervention.is_locked)).all()
    assert len(locked) == 5
    assert all(intervention.status == "scheduled" for intervention in locked)


@pytest.mark.parametrize("locale", list(text.LOCALES))
def test_every_kind_of_work_has_slots_for_a_client(demo: Session, porto: BusinessUnit, locale: str) -> None:
    site = marta(demo).client.sites[0]
    kinds = actions.bookable(demo, porto, marta(demo), now=MID_MORNING)
    assert len(kinds) == 8
    with text.in_locale(locale):
        for kind in kinds:
            spot = spot_of(site) if kind.has_place else None
            assert len(slots.find(demo, porto, kind, spot, now=MID_MORNING).slots) >= 5, kind.reference


def test_three_calls_are_agreed_on_in_time_that_somebody_has(demo: Session) -> None:
    calls = demo.scalars(select(Intervention).where(Intervention.kind == "call")).all()
    assert [(call.status, call.site_id, len(call.crew)) for call in calls] == [("scheduled", None, 1)] * 3


# --- The past -----------------------------------------------------------------------------------------


def test_seven_of_ten_questionnaires_of_half_a_year_are_answered(demo: Session, porto: BusinessUnit) -> None:
    half_a_year = Filters(MID_MORNING - timedelta(days=200), MID_MORNING)
    result = report(demo, porto, half_a_year)
    assert result.sent >= 300
    assert 0.6 < result.total.answers / result.sent < 0.75
    assert result.total.nps is not None
    assert 10 < result.total.nps < 70
    assert len(result.months) >= 6
    assert len(result.by_technician) == 10
    assert comments(demo, porto, half_a_year, "", 1, 10).total >= 10


def test_completed_visits_have_their_times_and_an_outcome(demo: Session) -> None:
    for intervention in demo.scalars(select(Intervention).where(Intervention.status == "completed")):
        assert intervention.actual_begins_at is not None
        assert intervention.actual_ends_at is not None
        assert intervention.actual_begins_at < intervention.actual_ends_at <= MID_MORNING
        assert intervention.outcome in {"ok", "not_ok"}
        assert intervention.outcome_comment


def test_references_follow_the_order_of_booking(demo: Session) -> None:
    rows = demo.scalars(select(Intervention).order_by(Intervention.id)).all()
    assert [row.reference for row in rows] == [f"I-{10_000 + row.id}" for row in rows]
    booked = [row.created_at for row in rows if row.status not in {"unscheduled", "requested"}]
    assert booked == sorted(booked)


def test_nothing_waits_to_be_sent(demo: Session) -> None:
    assert set(demo.scalars(select(OutboxMessage.state))) == {"sent"}
    assert set(demo.scalars(select(Job.state))) == {"done"}


def test_nothing_that_happens_by_itself_is_due_at_once(demo: Session) -> None:
    assert not questionnaire_reminders.is_any_due(demo, now=MID_MORNING)
    assert not due.is_anything_due(demo, now=MID_MORNING)
    assert questionnaire_reminders.is_any_due(demo, now=MID_MORNING + timedelta(days=7)), "the control"


# --- The people ---------------------------------------------------------------------------------------


def test_the_client_to_try_has_a_visit_to_come_two_past_ones_and_a_question_to_answer(demo: Session) -> None:
    contact = marta(demo)
    [coming] = find.coming(demo, contact)
    assert coming.status == "scheduled"
    assert coming.activity_type.reference == "boiler-service"
    possible = {one.kind: one.is_allowed for one in actions.actions_of(demo, coming, contact, now=MID_MORNING)}
    assert possible.pop("questionnaire") is False
    assert set(possible) == {"confirm", "reschedule", "cancel", "form", "message", "file", "document"}
    assert all(possible.values())
    assert [visit.status for visit in find.past(demo, contact, now=MID_MORNING)] == ["completed", "completed"]
    assert len(questionnaires.open_for(demo, contact, now=MID_MORNING)) == 1
    answered = select(QuestionnaireResponse).join(Intervention).where(Intervention.client_id == contact.client_id)
    assert [row.nps for row in demo.scalars(answered.order_by(QuestionnaireResponse.id))] == [9, None]


def test_the_link_in_the_clients_mail_opens_his_questionnaire(demo: Session) -> None:
    mail = demo.scalars(select(OutboxMessage).where(OutboxMessage.kind == "questionnaire")).one()
    _before, _path, rest = mail.text.partition("/questionnaire/")
    response = questionnaires.by_token(demo, rest.split()[0])
    assert response.intervention.client_id == marta(demo).client_id


def test_cancelling_is_possible_longer_than_moving(demo: Session) -> None:
    [coming] = find.coming(demo, marta(demo))
    assert coming.window_begins_at is not None
    allowed = {
        hours: [
            action.kind
            for action in actions.actions_of(
                demo, coming, marta(demo), now=coming.window_begins_at - timedelta(hours=hours)
            )
            if action.is_allowed and action.kind in {"reschedule", "cancel"}
        ]
        for hours in (25, 13, 11)
    }
    assert allowed == {25: ["reschedule", "cancel"], 13: ["cancel"], 11: []}


def test_everybody_of_the_staff_signs_in_with_the_same_password(demo: Session) -> None:
    assert demo.scalar(select(func.count(Staff.id))) == 12
    for person in people():
        if person.password:
            assert passwords.check(demo, person.login, person.password).name == person.name


def test_every_technician_is_somebody_of_the_staff(demo: Session, porto: BusinessUnit) -> None:
    staff = {row.id: row.name for row in demo.scalars(select(Staff).where(Staff.role == "technician"))}
    assert {one.staff_id: one.name for one in teams.active(demo, porto.id)} == staff


# --- Made at any instant ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("2026-03-27T22:15:00+00:00", id="the night before the clocks go forward"),
        pytest.param("2026-10-24T10:00:00+00:00", id="the day before the clocks go back"),
        pytest.param("2026-12-24T11:30:00+00:00", id="Christmas Eve"),
        pytest.param("2027-02-28T23:59:59.5+00:00", id="the last second of February, a Sunday"),
        pytest.param("2028-02-29T06:00:00+00:00", id="a leap day before work"),
    ],
)
def test_the_company_is_well_whenever_it_is_made(now: str, new_sqlite: NewDatabase) -> None:
    instant = datetime.fromisoformat(now)
    with new_sqlite() as url:
        engine = create_engine(url)
        with sessions(engine).begin() as session:
            fill(session, now=instant)
        with sessions(engine)() as session:
            assert [finding for finding in examine(session, now=instant) if not finding.ok] == []
            assert len(find.coming(session, marta(session))) == 1
            assert statuses(session)["scheduled"] > 80
            assert made_at(session) == instant.replace(second=0, microsecond=0)
        engine.dispose()


def test_the_same_instant_gives_the_same_company_and_in_seconds(new_sqlite: NewDatabase) -> None:
    made = []
    for _time in range(2):
        with new_sqlite() as url:
            engine = create_engine(url)
            begun = time.process_time()
            with sessions(engine).begin() as session:
                fill(session, now=MID_MORNING)
            assert time.process_time() - begun < 15
            with sessions(engine)() as session:
                rows = session.execute(
                    select(
                        Intervention.reference,
                        Client.name,
                        Intervention.status,
                        Intervention.created_at,
                        Visit.technician_id,
                        Visit.begins_at,
                    )
                    .join(Client, Client.id == Intervention.client_id)
                    .outerjoin(Visit, Visit.intervention_id == Intervention.id)
                    .order_by(Intervention.id)
                )
                made.append([tuple(row) for row in rows])
            engine.dispose()
    assert made[0] == made[1]
