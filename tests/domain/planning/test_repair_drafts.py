"""A day that was upset: who is ill is replaced, who is late is waited for, what is urgent is fitted in."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor, AuditEntry
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound, Stale
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning import doctor, drafts, repair_day, repair_drafts, repair_outcome
from fieldsvc.domain.planning.models import DraftPlan
from fieldsvc.domain.teams.models import Absence, Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, TODAY, TOMORROW, at


@pytest.fixture
def rui(session: Session, unit: BusinessUnit) -> Technician:
    return make.technician(session, unit, name="Rui")


def staff(session: Session, unit: BusinessUnit) -> Actor:
    row = make.staff(session, unit)
    return Actor("staff", row.id, row.name)


def ready(session: Session, plan: DraftPlan) -> DraftPlan:
    outcome = repair_outcome.compute(repair_day.read(session, plan.id, now=NOON))
    drafts.keep(session, plan.id, outcome, now=NOON)
    return plan


def ill(session: Session, unit: BusinessUnit, technician: Technician) -> DraftPlan:
    actor = staff(session, unit)
    plan = repair_drafts.start_ill(session, unit, technician.id, TOMORROW, TOMORROW, actor=actor, now=NOON)
    return ready(session, plan)


def publish(session: Session, unit: BusinessUnit, plan: DraftPlan) -> None:
    repair_drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)


def place_of(session: Session, intervention: Intervention) -> tuple[int, str] | None:
    mine = select(Visit).where(Visit.intervention_id == intervention.id, Visit.is_occupying)
    visit = session.scalar(mine)
    return (visit.technician_id, f"{visit.begins_at:%H:%M}") if visit else None


def told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.kind)))


def promised(session: Session, unit: BusinessUnit, technician: Technician, clock: str, width: int = 2) -> Intervention:
    begins = at(TOMORROW, clock)
    return make.scheduled(session, unit, technician, begins, window=(begins, begins + timedelta(hours=width)))


def test_who_is_ill_is_replaced_and_no_client_has_to_be_told(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    visit = promised(session, unit, ana, "10:00")
    plan = ill(session, unit, ana)
    [change] = plan.changes
    assert (change["before"]["technicians"], change["after"]["technicians"]) == ([ana.id], [rui.id])
    assert plan.summary["promises_touched"] == 0
    assert session.scalar(select(Absence.id)) is None
    publish(session, unit, plan)
    assert visit.planned is not None
    assert visit.planned.technician_id == rui.id
    assert told(session) == []
    [absence] = session.scalars(select(Absence))
    assert (absence.technician_id, absence.begins_at, absence.ends_at) == (
        ana.id, at(TOMORROW, "0:00"), at(TOMORROW, "0:00") + timedelta(days=1),
    )  # fmt: skip
    assert all(finding.ok for finding in doctor.examine(session, now=NOON))
    actions = set(session.scalars(select(AuditEntry.action)))
    assert {"technician.absent", "intervention.moved", "draft_plan.published"} <= actions


def test_whom_nobody_can_take_over_waits_unscheduled_and_is_told(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    visit = promised(session, unit, ana, "10:00")
    plan = ill(session, unit, ana)
    [change] = plan.changes
    assert change["after"] is None
    assert change["why"]
    assert plan.summary["promises_touched"] == 1
    publish(session, unit, plan)
    assert (visit.status, visit.planned, visit.window_begins_at) == ("unscheduled", None, None)
    assert told(session) == ["visit_unscheduled"]


def test_a_visit_at_an_unknown_place_is_not_lost_either(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    begins = at(TOMORROW, "10:00")
    nowhere = make.scheduled(session, unit, ana, begins, window=(begins, begins + timedelta(hours=2)), km=None)
    plan = ill(session, unit, ana)
    assert [(one["intervention"], one["after"]) for one in plan.changes] == [(nowhere.id, None)]
    publish(session, unit, plan)
    assert nowhere.status == "unscheduled"


def test_what_was_sent_to_the_phone_of_who_is_ill_moves_and_what_he_does_stays(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    doing, sent = promised(session, unit, ana, "8:30"), promised(session, unit, ana, "14:00")
    doing.status, sent.status = "in_progress", "dispatched"
    session.flush()
    plan = ill(session, unit, ana)
    assert [one["intervention"] for one in plan.changes] == [sent.id]
    publish(session, unit, plan)
    assert doing.planned is not None
    assert doing.planned.technician_id == ana.id
    assert sent.planned is not None
    assert sent.planned.technician_id == rui.id
    [absence] = session.scalars(select(Absence))
    assert absence.begins_at >= doing.planned.ends_at


def test_a_locked_visit_is_given_to_nobody_else(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    visit = promised(session, unit, ana, "10:00")
    visit.is_locked = True
    session.flush()
    plan = ill(session, unit, ana)
    assert [one["after"] for one in plan.changes] == [None]
    assert plan.changes[0]["why"][0]["code"] == "lock"


def test_a_day_without_visits_is_only_an_absence(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    plan = ill(session, unit, ana)
    assert plan.changes == []
    publish(session, unit, plan)
    assert session.scalar(select(Absence.technician_id)) == ana.id


def test_a_visit_that_changed_since_stops_the_whole_repair(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    visit = promised(session, unit, ana, "10:00")
    plan = ill(session, unit, ana)
    visit.notes = "changed"
    session.flush()
    with pytest.raises(Stale):
        publish(session, unit, plan)
    assert session.scalar(select(Absence.id)) is None


def test_somebody_booked_in_between_stops_the_whole_repair(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    promised(session, unit, ana, "10:00", 0)
    plan = ill(session, unit, ana)
    promised(session, unit, rui, "10:00", 0)
    with pytest.raises(Stale):
        publish(session, unit, plan)


def test_what_runs_late_shifts_the_rest_and_what_cannot_wait_goes_to_another(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    late, next_, last = (
        promised(session, unit, ana, clock, width) for clock, width in (("9:00", 0), ("10:30", 0), ("12:00", 3))
    )
    plan = repair_drafts.start_late(session, unit, late.id, 11 * 60, actor=staff(session, unit), now=NOON)
    ready(session, plan)
    publish(session, unit, plan)
    assert late.planned is not None
    assert late.planned.ends_at == at(TOMORROW, "11:00")
    assert late.minutes == 120
    assert next_.planned is not None
    assert (next_.planned.technician_id, next_.planned.begins_at) == (rui.id, at(TOMORROW, "10:30"))
    assert last.planned is not None
    assert last.planned.technician_id == ana.id
    assert told(session) == []
    assert session.scalar(select(Absence.id)) is None


def test_what_is_urgent_is_fitted_in_today_and_promised(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    urgent = make.intervention(session, unit)
    plan = repair_drafts.start_urgent(session, unit, urgent.id, actor=staff(session, unit), now=NOON)
    ready(session, plan)
    assert plan.day_on == TODAY
    publish(session, unit, plan)
    assert urgent.status == "scheduled"
    assert urgent.planned is not None
    assert urgent.window_begins_at is not None
    assert NOON <= urgent.planned.begins_at < NOON + timedelta(hours=2)
    assert told(session) == ["visit_booked"]


def test_what_cannot_be_asked_is_refused_in_words(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    actor, visit = staff(session, unit), promised(session, unit, ana, "10:00")
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(NotAllowed):
        repair_drafts.start_ill(session, unit, ana.id, yesterday, TODAY, actor=actor, now=NOON)
    with pytest.raises(NotAllowed):
        repair_drafts.start_ill(session, unit, ana.id, TODAY, TODAY + timedelta(days=30), actor=actor, now=NOON)
    with pytest.raises(NotFound):
        repair_drafts.start_ill(session, make.unit(session, slug="other"), ana.id, TODAY, TODAY, actor=actor, now=NOON)
    with pytest.raises(Invalid):
        repair_drafts.start_late(session, unit, visit.id, 9 * 60, actor=actor, now=NOON)
    with pytest.raises(NotAllowed):
        repair_drafts.start_urgent(session, unit, visit.id, actor=actor, now=NOON)
    nowhere = make.intervention(session, unit, km=None)
    with pytest.raises(NotAllowed):
        repair_drafts.start_urgent(session, unit, nowhere.id, actor=actor, now=NOON)
