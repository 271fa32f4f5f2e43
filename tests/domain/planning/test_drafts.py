"""A day optimised: what the draft says, what publishing does, and what it never touches."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import solver
from fieldsvc.core import jobs
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotAllowed, NotFound, PlanRefused, Stale
from fieldsvc.core.jobs import Job
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning import doctor, drafts, moves, optimise_day
from fieldsvc.domain.planning.models import DraftPlan
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, TODAY, TOMORROW, at

ALL_DAY = (at(TOMORROW, "8:00"), at(TOMORROW, "17:00"))
ITERATIONS = 300
NORTH, SOUTH = 40.0, -40.0


@pytest.fixture
def ana(session: Session, unit: BusinessUnit) -> Technician:
    """Lives in the north."""
    return make.technician(session, unit, name="Ana", home=make.north(NORTH))


@pytest.fixture
def rui(session: Session, unit: BusinessUnit) -> Technician:
    """Lives in the south."""
    return make.technician(session, unit, name="Rui", home=make.north(SOUTH))


@pytest.fixture
def crossed(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> tuple[Intervention, Intervention]:
    """Two visits at ten, each with the technician of the other end of the country."""
    ten = at(TOMORROW, "11:00")
    return (
        make.scheduled(session, unit, ana, ten, window=ALL_DAY, km=SOUTH + 1),
        make.scheduled(session, unit, rui, ten, window=ALL_DAY, km=NORTH - 1),
    )


def optimised(session: Session, unit: BusinessUnit, *, iterations: int = ITERATIONS) -> DraftPlan:
    """A draft of tomorrow that is ready."""
    actor = staff(session, unit)
    plan = drafts.start(session, unit, TOMORROW, actor=actor, now=NOON)
    outcome = optimise_day.compute(optimise_day.read(session, plan.id, now=NOON), seconds=None, iterations=iterations)
    drafts.keep(session, plan.id, outcome, now=NOON)
    return plan


def staff(session: Session, unit: BusinessUnit) -> Actor:
    row = make.staff(session, unit)
    return Actor("staff", row.id, row.name)


def technician_of(session: Session, intervention: Intervention) -> int | None:
    mine = select(Visit.technician_id).where(Visit.intervention_id == intervention.id, Visit.is_occupying)
    return session.scalar(mine)


def told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.kind)))


def test_a_draft_says_what_would_change_and_what_it_saves_and_changes_nothing(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, crossed: tuple[Intervention, Intervention]
) -> None:
    plan = optimised(session, unit)
    assert plan.state == "ready"
    assert {(change["intervention"], *change["after"]["technicians"]) for change in plan.changes} == {
        (crossed[0].id, rui.id),
        (crossed[1].id, ana.id),
    }
    summary = plan.summary
    assert summary["saved_minutes"] == summary["before"]["travel_minutes"] - summary["after"]["travel_minutes"] > 200
    assert summary["before"]["visits"] == summary["after"]["visits"] == 2
    assert summary["promises_touched"] == 0
    assert technician_of(session, crossed[0]) == ana.id


def test_publishing_swaps_visits_that_stand_at_the_same_hour_and_tells_nobody(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, crossed: tuple[Intervention, Intervention]
) -> None:
    plan = optimised(session, unit)
    versions = [one.version for one in crossed]
    drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)
    assert plan.state == "published"
    assert [technician_of(session, one) for one in crossed] == [rui.id, ana.id]
    assert all(one.version > before for one, before in zip(crossed, versions, strict=True))
    assert told(session) == []
    assert all(finding.ok for finding in doctor.examine(session, now=NOON))
    with pytest.raises(NotAllowed):
        drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)


def test_unscheduled_work_finds_its_place_and_its_client_is_promised_a_window(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    waiting = make.intervention(session, unit, km=NORTH - 5)
    nowhere = make.intervention(session, unit, km=None)
    plan = optimised(session, unit)
    assert [(one["intervention"], one["before"]) for one in plan.changes] == [(waiting.id, None)]
    assert (plan.summary["before"]["unscheduled"], plan.summary["after"]["unscheduled"]) == (2, 1)
    drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)
    assert waiting.status == "scheduled"
    assert waiting.planned is not None
    assert waiting.window_begins_at is not None
    assert waiting.window_ends_at is not None
    assert waiting.window_begins_at <= waiting.planned.begins_at < waiting.window_ends_at
    assert told(session) == ["visit_booked"]
    assert nowhere.status == "unscheduled"


@pytest.mark.parametrize("kept", ["locked", "held", "dispatched"])
def test_what_is_locked_or_held_or_sent_out_never_moves(
    session: Session,
    unit: BusinessUnit,
    ana: Technician,
    rui: Technician,
    crossed: tuple[Intervention, Intervention],
    kept: str,
) -> None:
    for one in crossed:
        if kept == "locked":
            one.is_locked = True
        elif kept == "held":
            one.status, one.held_until = "held", NOON + timedelta(minutes=5)
        else:
            one.status = "dispatched"
    session.flush()
    assert optimised(session, unit).changes == []


def test_a_promise_is_kept_whatever_it_would_save(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    # Each of the two could only change hands by coming later than promised.
    early = (at(TOMORROW, "8:00"), at(TOMORROW, "9:00"))
    make.scheduled(session, unit, ana, at(TOMORROW, "8:10"), window=early, km=NORTH - 1)
    kept = make.scheduled(session, unit, ana, at(TOMORROW, "11:30"), window=ALL_DAY, km=SOUTH + 1)
    tight = make.scheduled(session, unit, rui, at(TOMORROW, "12:00"), window=(at(TOMORROW, "12:00"),) * 2, km=SOUTH)
    plan = optimised(session, unit)
    touched = {change["intervention"] for change in plan.changes}
    assert kept.id in touched  # Rui is nearer
    assert tight.id not in touched
    assert plan.summary["promises_touched"] == 0


def test_a_day_that_breaks_the_law_as_it_is_planned_is_left_alone(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    one = make.scheduled(session, unit, ana, at(TOMORROW, "11:00"), window=ALL_DAY, km=SOUTH)
    other = make.scheduled(session, unit, ana, at(TOMORROW, "12:05"), window=ALL_DAY, km=NORTH)
    waiting = make.intervention(session, unit, km=SOUTH + 3)
    plan = optimised(session, unit)
    assert [change["intervention"] for change in plan.changes] == [waiting.id]
    assert plan.summary["before"]["visits"] == 2
    assert plan.summary["left_alone"] == ["Ana"]
    assert [technician_of(session, visit) for visit in (one, other)] == [ana.id, ana.id]


def test_a_visit_changed_since_makes_the_draft_stale_and_nothing_is_published(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, crossed: tuple[Intervention, Intervention]
) -> None:
    plan = optimised(session, unit)
    moves.lock(session, unit, crossed[1].id, version=crossed[1].version, locked=True, actor=make.DISPATCHER, now=NOON)
    with pytest.raises(Stale) as refusal:
        drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)
    assert crossed[1].reference in refusal.value.words
    assert [technician_of(session, one) for one in crossed] == [ana.id, rui.id]


def test_a_visit_that_came_in_between_makes_the_draft_stale(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, crossed: tuple[Intervention, Intervention]
) -> None:
    plan = optimised(session, unit)
    begins_at = datetime.fromisoformat(plan.changes[0]["after"]["begins_at"])
    to = ana if plan.changes[0]["after"]["technicians"] == [ana.id] else rui
    occupied = begins_at + timedelta(minutes=60)  # right behind, with no time to drive
    free = {visit.begins_at for one in crossed for visit in one.visits if visit.technician_id == to.id}
    assert all(abs(at - occupied) >= timedelta(minutes=60) for at in free)
    make.scheduled(session, unit, to, occupied, window=(occupied, occupied), km=0)
    with pytest.raises(Stale):
        drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)


def test_an_absence_since_then_makes_the_draft_stale(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, crossed: tuple[Intervention, Intervention]
) -> None:
    plan = optimised(session, unit)
    make.absence(session, ana, *ALL_DAY)
    with pytest.raises(Stale):
        drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)


def test_what_the_law_would_let_through_is_stopped_by_the_second_opinion(
    session: Session,
    unit: BusinessUnit,
    ana: Technician,
    rui: Technician,
    crossed: tuple[Intervention, Intervention],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = optimised(session, unit)
    make.absence(session, ana, *ALL_DAY)
    monkeypatch.setattr(solver, "check", lambda problem, plan: [])
    with pytest.raises(PlanRefused) as refusal:
        drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)
    assert refusal.value.violations
    assert [technician_of(session, one) for one in crossed] == [ana.id, rui.id]
    assert plan.state == "ready"


def test_the_same_day_is_computed_once_at_a_time(session: Session, unit: BusinessUnit) -> None:
    actor = staff(session, unit)
    plan = drafts.start(session, unit, TOMORROW, actor=actor, now=NOON)
    assert drafts.start(session, unit, TOMORROW, actor=actor, now=NOON).id == plan.id
    assert drafts.start(session, unit, TODAY, actor=actor, now=NOON).id != plan.id
    job = session.get_one(Job, plan.job_id)
    assert (job.kind, job.payload) == ("optimise_day", {"draft_plan_id": plan.id})
    with pytest.raises(NotAllowed):
        drafts.start(session, unit, TODAY - timedelta(days=1), actor=actor, now=NOON)


def test_a_discarded_draft_stops_its_job_and_keeps_no_result(session: Session, unit: BusinessUnit) -> None:
    actor = staff(session, unit)
    plan = drafts.start(session, unit, TOMORROW, actor=actor, now=NOON)
    outcome = optimise_day.compute(optimise_day.read(session, plan.id, now=NOON), seconds=None, iterations=1)
    drafts.discard(session, unit, plan.id, actor=actor, now=NOON)
    assert session.get_one(Job, plan.job_id).state == "cancelled"
    assert drafts.keep(session, plan.id, outcome, now=NOON) == {"kept": False}
    assert plan.state == "discarded"
    with pytest.raises(NotAllowed):
        drafts.publish(session, unit, plan.id, actor=actor, now=NOON)


def test_progress_is_the_jobs_and_a_job_without_a_result_has_failed(session: Session, unit: BusinessUnit) -> None:
    plan = drafts.start(session, unit, TOMORROW, actor=staff(session, unit), now=NOON)
    assert drafts.progress(session, plan) == drafts.Progress("computing", 0)
    claim = jobs.claim(session, plan.job_id, now=NOON)
    assert claim is not None
    assert jobs.heartbeat(session, claim, now=NOON, progress=40)
    session.expire_all()
    assert drafts.progress(session, plan) == drafts.Progress("computing", 40)
    session.get_one(Job, plan.job_id).state = "failed"
    assert drafts.progress(session, plan).state == "failed"


def test_a_draft_of_another_unit_does_not_exist(session: Session, unit: BusinessUnit) -> None:
    plan = drafts.start(session, unit, TOMORROW, actor=staff(session, unit), now=NOON)
    other = make.unit(session)
    for ask in (drafts.publish, drafts.discard):
        with pytest.raises(NotFound):
            ask(session, other, plan.id, actor=staff(session, other), now=NOON)


def test_a_published_plan_is_nothing_to_undo(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, crossed: tuple[Intervention, Intervention]
) -> None:
    plan, actor = optimised(session, unit), staff(session, unit)
    drafts.publish(session, unit, plan.id, actor=actor, now=NOON)
    with pytest.raises(NotFound):
        moves.undo(session, unit, actor=actor, now=NOON)


def test_who_asked_for_a_call_and_what_is_due_much_later_are_left_out(session: Session, unit: BusinessUnit) -> None:
    make.technician(session, unit)
    make.intervention(session, unit, status="requested")
    make.intervention(session, unit, due_on=TOMORROW + timedelta(days=8))
    soon = make.intervention(session, unit, due_on=TOMORROW + timedelta(days=7))
    whenever = make.intervention(session, unit)
    plan = drafts.start(session, unit, TOMORROW, actor=staff(session, unit), now=NOON)
    asked = optimise_day.read(session, plan.id, now=NOON).asked
    assert {visit.id for visit in asked.visits} == {str(soon.id), str(whenever.id)}
