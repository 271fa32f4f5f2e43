"""What a dispatcher may do by hand, what is refused, who is told, and what can be taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound, PlanRefused, Stale, VersionMissing
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning import moves
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TOMORROW, at

COLLEAGUE = Actor("staff", 2, "Carla Colleague")
TEN, HALF_PAST_TEN, ELEVEN = at(TOMORROW, "10:00"), at(TOMORROW, "10:30"), at(TOMORROW, "11:00")
TWO = at(TOMORROW, "14:00")


@pytest.fixture
def rui(session: Session, unit: BusinessUnit) -> Technician:
    return make.technician(session, unit, name="Rui")


@pytest.fixture
def visit(session: Session, unit: BusinessUnit, ana: Technician) -> Intervention:
    """Ana's visit at 10:00, promised for 10:00 to 12:00."""
    return make.scheduled(session, unit, ana, TEN)


def told(session: Session) -> list[str]:
    """The kinds of message that wait in the outbox, in order."""
    return list(session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)))


def begins(intervention: Intervention) -> tuple[int, object]:
    planned = intervention.planned
    assert planned is not None
    return planned.technician_id, planned.begins_at


# --- Moving -------------------------------------------------------------------------------------------


def test_inside_the_promise_a_move_is_green_and_tells_nobody(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    assert moves.check(session, unit, visit.id, ana.id, ELEVEN, now=NOON).verdict == "green"
    moves.move(session, unit, visit.id, ana.id, ELEVEN, version=visit.version, actor=DISPATCHER, now=NOON)
    assert begins(visit) == (ana.id, ELEVEN)
    assert visit.window_begins_at == TEN
    assert told(session) == []


def test_outside_the_promise_a_move_is_amber_and_needs_a_reason(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    verdict = moves.check(session, unit, visit.id, ana.id, TWO, now=NOON)
    assert verdict.verdict == "amber"
    assert verdict.words == ["Breaks the promise of 10:00–12:00."]
    with pytest.raises(Invalid) as refusal:
        moves.move(session, unit, visit.id, ana.id, TWO, version=visit.version, actor=DISPATCHER, now=NOON)
    assert "reason" in refusal.value.fields
    assert begins(visit) == (ana.id, TEN)


def test_with_a_reason_a_new_window_is_promised_and_the_client_is_told(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    version = visit.version
    moves.move(session, unit, visit.id, ana.id, TWO, version=version, reason="Van broke", actor=DISPATCHER, now=NOON)
    assert begins(visit) == (ana.id, TWO)
    # the grid of two hours begins with the working day at 8:00
    assert (visit.window_begins_at, visit.window_ends_at) == (TWO, at(TOMORROW, "16:00"))
    assert told(session) == ["visit_rescheduled"]
    assert visit.calendar_sequence == 1
    entry = audit.history(session, visit)[0]
    assert (entry.action, entry.data["reason"]) == ("intervention.moved", "Van broke")
    assert entry.data["place_before"]["begins_at"] == TEN.isoformat()
    assert entry.data["place_after"]["begins_at"] == TWO.isoformat()


def test_what_had_no_time_becomes_scheduled_and_its_client_is_told(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    waiting = make.intervention(session, unit)
    verdict = moves.check(session, unit, waiting.id, ana.id, ELEVEN, now=NOON)
    assert (verdict.verdict, verdict.travel_minutes) == ("green", 20)  # 5 km there and back
    moves.move(session, unit, waiting.id, ana.id, ELEVEN, version=waiting.version, actor=DISPATCHER, now=NOON)
    assert waiting.status == "scheduled"
    assert (waiting.window_begins_at, waiting.window_ends_at) == (TEN, at(TOMORROW, "12:00"))
    assert told(session) == ["visit_booked"]


def test_another_technician_can_take_it(
    session: Session, unit: BusinessUnit, rui: Technician, visit: Intervention
) -> None:
    assert moves.check(session, unit, visit.id, rui.id, TEN, now=NOON).travel_minutes == 0
    moves.move(session, unit, visit.id, rui.id, TEN, version=visit.version, actor=DISPATCHER, now=NOON)
    assert begins(visit) == (rui.id, TEN)


def test_a_neighbour_floats_inside_his_own_promise_and_his_version_rises(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    waiting = make.intervention(session, unit)  # a drive of ten minutes or more lies between any two places
    before = visit.version
    moves.move(session, unit, waiting.id, ana.id, HALF_PAST_TEN, version=waiting.version, actor=DISPATCHER, now=NOON)
    session.refresh(visit)
    assert begins(visit) == (ana.id, at(TOMORROW, "11:30"))  # 5 km from the same place: no drive
    assert visit.version > before


# --- What is refused ----------------------------------------------------------------------------------


def test_a_visit_that_cannot_be_reached_in_time_is_refused_in_words(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    make.scheduled(session, unit, ana, TEN, window=(TEN, TEN), km=5)
    far = make.intervention(session, unit, km=25)  # 20 km further: 34 minutes
    verdict = moves.check(session, unit, far.id, ana.id, at(TOMORROW, "11:20"), now=NOON)
    assert verdict.verdict == "red"
    assert verdict.words[0].startswith("14 min are missing to get to")
    with pytest.raises(PlanRefused) as refusal:
        moves.move(
            session,
            unit,
            far.id,
            ana.id,
            at(TOMORROW, "11:20"),
            version=far.version,
            actor=DISPATCHER,
            now=NOON,
        )
    assert refusal.value.violations == verdict.words
    # the control: with the drive the same move is free of doubt
    assert moves.check(session, unit, far.id, ana.id, at(TOMORROW, "11:34"), now=NOON).verdict == "green"


def test_a_reason_does_not_help_against_the_law(session: Session, unit: BusinessUnit, visit: Intervention) -> None:
    away = make.technician(session, unit, weekdays=[])
    with pytest.raises(PlanRefused):
        moves.move(
            session,
            unit,
            visit.id,
            away.id,
            TEN,
            version=visit.version,
            reason="I insist",
            actor=DISPATCHER,
            now=NOON,
        )


@pytest.mark.parametrize("obstacle", ["locked", "over", "not located", "left", "completed"])
def test_what_cannot_be_moved_is_red(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention, obstacle: str
) -> None:
    assert moves.check(session, unit, visit.id, ana.id, ELEVEN, now=NOON).verdict == "green"
    now = NOON
    if obstacle == "locked":
        visit.is_locked = True
    elif obstacle == "over":
        now = TWO
    elif obstacle == "not located":
        assert visit.site is not None
        visit.site.latitude = visit.site.longitude = None
    elif obstacle == "left":
        ana.is_active = False
    else:
        visit.status = "completed"
    session.flush()
    verdict = moves.check(session, unit, visit.id, ana.id, ELEVEN, now=now)
    assert verdict.verdict == "red"
    assert len(verdict.words) == 1
    with pytest.raises(PlanRefused):
        moves.move(session, unit, visit.id, ana.id, ELEVEN, version=visit.version, actor=DISPATCHER, now=now)


def test_somebody_elses_intervention_and_technician_do_not_exist(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    other = make.unit(session)
    foreigner = make.technician(session, other)
    with pytest.raises(NotFound):
        moves.check(session, other, visit.id, foreigner.id, ELEVEN, now=NOON)
    with pytest.raises(NotFound):
        moves.check(session, unit, visit.id, foreigner.id, ELEVEN, now=NOON)


def test_a_hold_is_nobodys_to_move(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    held = make.hold(session, unit, ana, TEN)
    with pytest.raises(NotFound):
        moves.move(session, unit, held.id, ana.id, ELEVEN, version=held.version, actor=DISPATCHER, now=NOON)


# --- Versions -----------------------------------------------------------------------------------------


def test_a_second_edit_of_the_same_version_is_stale_even_at_the_same_instant(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    shown = visit.version
    moves.move(session, unit, visit.id, ana.id, ELEVEN, version=shown, actor=COLLEAGUE, now=NOON)
    with pytest.raises(Stale) as refusal:
        moves.move(session, unit, visit.id, ana.id, HALF_PAST_TEN, version=shown, actor=DISPATCHER, now=NOON)
    assert refusal.value.current["begins_at"] == ELEVEN.isoformat()
    assert refusal.value.current["version"] == visit.version
    assert begins(visit) == (ana.id, ELEVEN)


def test_an_edit_without_a_version_is_refused(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    with pytest.raises(VersionMissing):
        moves.move(session, unit, visit.id, ana.id, ELEVEN, version=None, actor=DISPATCHER, now=NOON)
    with pytest.raises(VersionMissing):
        moves.lock(session, unit, visit.id, version=None, locked=True, actor=DISPATCHER, now=NOON)
    with pytest.raises(VersionMissing):
        moves.unschedule(session, unit, visit.id, version=None, actor=DISPATCHER, now=NOON)


# --- Locking and unscheduling -------------------------------------------------------------------------


def test_a_lock_refuses_moves_and_unscheduling_until_it_is_taken_off(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    moves.lock(session, unit, visit.id, version=visit.version, locked=True, actor=DISPATCHER, now=NOON)
    assert visit.is_locked
    with pytest.raises(PlanRefused):
        moves.move(session, unit, visit.id, ana.id, ELEVEN, version=visit.version, actor=DISPATCHER, now=NOON)
    with pytest.raises(PlanRefused):
        moves.unschedule(session, unit, visit.id, version=visit.version, actor=DISPATCHER, now=NOON)
    moves.lock(session, unit, visit.id, version=visit.version, locked=False, actor=DISPATCHER, now=NOON)
    moves.move(session, unit, visit.id, ana.id, ELEVEN, version=visit.version, actor=DISPATCHER, now=NOON)
    assert begins(visit) == (ana.id, ELEVEN)


def test_only_what_is_planned_can_be_locked(session: Session, unit: BusinessUnit) -> None:
    waiting = make.intervention(session, unit)
    with pytest.raises(NotAllowed):
        moves.lock(session, unit, waiting.id, version=waiting.version, locked=True, actor=DISPATCHER, now=NOON)


def test_unscheduling_frees_the_time_takes_the_promise_back_and_tells_the_client(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    moves.unschedule(session, unit, visit.id, version=visit.version, actor=DISPATCHER, now=NOON)
    assert visit.status == "unscheduled"
    assert visit.planned is None
    assert visit.window_begins_at is None
    assert told(session) == ["visit_unscheduled"]
    make.scheduled(session, unit, ana, TEN)  # the time is free


def test_what_has_no_time_cannot_lose_it(session: Session, unit: BusinessUnit) -> None:
    waiting = make.intervention(session, unit)
    with pytest.raises(NotAllowed):
        moves.unschedule(session, unit, waiting.id, version=waiting.version, actor=DISPATCHER, now=NOON)


# --- Undo ---------------------------------------------------------------------------------------------


def test_undo_takes_a_move_back_with_its_promise(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, visit: Intervention
) -> None:
    moves.move(session, unit, visit.id, rui.id, TWO, version=visit.version, reason="Ill", actor=DISPATCHER, now=NOON)
    moves.undo(session, unit, actor=DISPATCHER, now=NOON)
    assert begins(visit) == (ana.id, TEN)
    assert (visit.window_begins_at, visit.window_ends_at) == (TEN, at(TOMORROW, "12:00"))
    assert told(session) == ["visit_rescheduled", "visit_rescheduled"]


def test_undo_brings_back_the_visit_that_was_pushed_aside_too(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    eleven, noon = at(TOMORROW, "11:00"), at(TOMORROW, "12:00")
    next_one = make.scheduled(session, unit, ana, eleven, window=(eleven, noon), site=visit.site)
    moves.move(
        session, unit, visit.id, ana.id, at(TOMORROW, "10:30"), version=visit.version, actor=DISPATCHER, now=NOON
    )
    assert begins(next_one) == (ana.id, at(TOMORROW, "11:30"))
    moves.undo(session, unit, actor=DISPATCHER, now=NOON)
    assert begins(visit) == (ana.id, TEN)
    assert begins(next_one) == (ana.id, eleven)


def test_undo_takes_scheduling_and_unscheduling_and_locks_back(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    waiting = make.intervention(session, unit)
    moves.move(session, unit, waiting.id, ana.id, TWO, version=waiting.version, actor=DISPATCHER, now=NOON)
    moves.unschedule(session, unit, visit.id, version=visit.version, actor=DISPATCHER, now=NOON)
    moves.lock(session, unit, waiting.id, version=waiting.version, locked=True, actor=DISPATCHER, now=NOON)

    assert moves.undo(session, unit, actor=DISPATCHER, now=NOON) is waiting
    assert not waiting.is_locked
    assert moves.undo(session, unit, actor=DISPATCHER, now=NOON) is visit
    assert (visit.status, begins(visit)) == ("scheduled", (ana.id, TEN))
    assert visit.window_begins_at == TEN
    assert moves.undo(session, unit, actor=DISPATCHER, now=NOON) is waiting
    assert (waiting.status, waiting.planned) == ("unscheduled", None)
    with pytest.raises(NotFound):
        moves.undo(session, unit, actor=DISPATCHER, now=NOON)


def test_undo_is_for_ones_own_changes_of_the_last_hour(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    moves.move(session, unit, visit.id, ana.id, ELEVEN, version=visit.version, actor=DISPATCHER, now=NOON)
    with pytest.raises(NotFound):
        moves.undo(session, unit, actor=COLLEAGUE, now=NOON)
    with pytest.raises(NotFound):
        moves.undo(session, make.unit(session), actor=DISPATCHER, now=NOON)
    with pytest.raises(NotFound):
        moves.undo(session, unit, actor=DISPATCHER, now=NOON + timedelta(minutes=61))
    assert moves.undo(session, unit, actor=DISPATCHER, now=NOON + timedelta(minutes=59)) is visit


def test_undo_never_overwrites_a_colleague(
    session: Session, unit: BusinessUnit, ana: Technician, visit: Intervention
) -> None:
    moves.move(session, unit, visit.id, ana.id, ELEVEN, version=visit.version, actor=DISPATCHER, now=NOON)
    moves.lock(session, unit, visit.id, version=visit.version, locked=True, actor=COLLEAGUE, now=NOON)
    with pytest.raises(Stale):
        moves.undo(session, unit, actor=DISPATCHER, now=NOON)
    assert begins(visit) == (ana.id, ELEVEN)


def test_undo_is_refused_when_the_former_time_is_taken(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, visit: Intervention
) -> None:
    moves.move(session, unit, visit.id, rui.id, TEN, version=visit.version, actor=DISPATCHER, now=NOON)
    make.scheduled(session, unit, ana, TEN, window=(TEN, TEN))
    with pytest.raises(PlanRefused):
        moves.undo(session, unit, actor=DISPATCHER, now=NOON)
    assert begins(visit) == (rui.id, TEN)
