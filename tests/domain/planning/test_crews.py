"""Work for several at once: they come together, and everything that plans keeps them so."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import solver
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import PlanRefused
from fieldsvc.domain.feeds import technician_feed
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning import (
    doctor,
    drafts,
    moves,
    optimise_day,
    place,
    repair_day,
    repair_drafts,
    repair_outcome,
)
from fieldsvc.domain.planning.assistant import suggest_for
from fieldsvc.domain.planning.board import day_board
from fieldsvc.domain.planning.fit import Place
from fieldsvc.domain.planning.problem import load
from fieldsvc.domain.planning.technician_day import tour
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TOMORROW, at

TEN, ELEVEN, TWO = (at(TOMORROW, clock) for clock in ("10:00", "11:00", "14:00"))
ALL_DAY = (at(TOMORROW, "8:00"), at(TOMORROW, "17:00"))


@pytest.fixture
def rui(session: Session, unit: BusinessUnit) -> Technician:
    return make.technician(session, unit, name="Rui")


@pytest.fixture
def eva(session: Session, unit: BusinessUnit) -> Technician:
    return make.technician(session, unit, name="Eva")


def who(session: Session, intervention: Intervention) -> set[tuple[int, datetime]]:
    rows = select(Visit).where(Visit.intervention_id == intervention.id, Visit.is_occupying)
    return {(row.technician_id, row.begins_at) for row in session.scalars(rows)}


def crew(begins_at: datetime, *technicians: Technician) -> set[tuple[int, datetime]]:
    return {(technician.id, begins_at) for technician in technicians}


def work_for_two(session: Session, unit: BusinessUnit) -> Intervention:
    kind = make.activity_type(session, unit, crew_size=2, minutes=120)
    return make.intervention(session, unit, activity_type=kind)


def assert_sound(session: Session) -> None:
    assert [finding.words for finding in doctor.examine(session, now=NOON) if not finding.ok] == []


# --- Finding a time -----------------------------------------------------------------------------------


def test_a_suggestion_names_everybody_who_comes_and_costs_what_all_of_them_drive(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    make.scheduled(session, unit, ana, TEN, window=(TEN, TEN))
    found = suggest_for(session, unit, work_for_two(session, unit), [TOMORROW], now=NOON).found
    assert found
    for one in found:
        assert set(one.technician_ids) == {ana.id, rui.id}
        assert one.technician_name in ("Ana and Rui", "Rui and Ana")
        assert not TEN < one.begins_at < ELEVEN
    together = next(one for one in found if one.begins_at > ELEVEN)
    assert together.cost_minutes >= 20  # both ways of the one whose day is empty


def test_without_a_second_person_there_is_no_time_and_the_reason_says_how_many_have_to_come(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    answer = suggest_for(session, unit, work_for_two(session, unit), [TOMORROW], now=NOON)
    assert answer.found == []
    assert [(one.code, one.because) for one in answer.refused] == [
        ("crew", "2 technicians have to come together (free: 1).")
    ]


def test_the_days_of_a_crew_are_written_together_and_others_float_where_they_must(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    floats = make.scheduled(session, unit, ana, TEN, window=ALL_DAY)
    waiting = work_for_two(session, unit)
    where = Place((ana.id, rui.id), (TEN, TEN), TEN)
    place.place(session, unit, waiting, where, now=NOON)
    assert who(session, waiting) == crew(TEN, ana, rui)
    assert who(session, floats) != crew(TEN, ana)
    loaded = load(session, unit, [ana, rui], [TOMORROW], now=NOON)
    assert solver.check(loaded.problem, loaded.problem.plan) == []


def test_a_planned_crew_never_floats_for_somebody_else(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    both = make.crew_visit(session, unit, [ana, rui], TEN, window=ALL_DAY)
    single = make.intervention(session, unit)
    assert place.fit_in(session, unit, single, Place((ana.id,), (TEN, TEN), TEN), now=NOON) is None
    place.place(session, unit, single, Place((ana.id,), ALL_DAY), now=NOON)
    assert who(session, both) == crew(TEN, ana, rui)


def test_room_before_a_crew_is_made_by_those_who_come_alone(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    late = make.technician(session, unit, name="Lia", hours=(10 * 60 + 30, 17 * 60))
    first = make.scheduled(
        session, unit, ana, at(TOMORROW, "9:30"), window=(at(TOMORROW, "8:00"), at(TOMORROW, "9:50"))
    )
    both = make.crew_visit(session, unit, [ana, late], ELEVEN, window=ALL_DAY)
    between = make.intervention(session, unit)
    where = Place((ana.id, late.id), (at(TOMORROW, "9:00"), at(TOMORROW, "11:50")))
    place.place(session, unit, between, where, now=NOON)
    assert who(session, both) == crew(ELEVEN, ana, late)
    assert first.planned is not None
    assert first.planned.begins_at == at(TOMORROW, "9:00")


def test_one_of_a_crew_is_read_as_one_who_stays_where_he_is(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    make.crew_visit(session, unit, [ana, rui], TEN, window=ALL_DAY)
    loaded = load(session, unit, [ana], [TOMORROW], now=NOON)
    [visit] = loaded.problem.visits
    assert (visit.crew, visit.locked) == (1, solver.Lock(str(ana.id), loaded.minute(TEN)))
    assert solver.check(loaded.problem, loaded.problem.plan) == []


# --- By hand ------------------------------------------------------------------------------------------


def test_who_is_given_work_for_two_brings_the_cheapest_colleague_who_is_free_then(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, eva: Technician
) -> None:
    make.scheduled(session, unit, rui, TEN, window=(TEN, TEN))
    waiting = work_for_two(session, unit)
    verdict = moves.check(session, unit, waiting.id, ana.id, TEN, now=NOON)
    assert (verdict.verdict, verdict.words[-1]) == ("green", "Ana and Eva together.")
    moves.move(session, unit, waiting.id, ana.id, TEN, version=waiting.version, actor=DISPATCHER, now=NOON)
    assert who(session, waiting) == crew(TEN, ana, eva)
    assert_sound(session)


def test_alone_nobody_can_be_given_work_for_two(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    waiting = work_for_two(session, unit)
    with pytest.raises(PlanRefused) as refusal:
        moves.move(session, unit, waiting.id, ana.id, TEN, version=waiting.version, actor=DISPATCHER, now=NOON)
    assert "needs all of its technicians" in str(refusal.value)


def test_moved_to_another_hour_the_same_crew_comes(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, eva: Technician
) -> None:
    both = make.crew_visit(session, unit, [ana, rui], TEN)
    moves.move(session, unit, both.id, rui.id, ELEVEN, version=both.version, actor=DISPATCHER, now=NOON)
    assert who(session, both) == crew(ELEVEN, ana, rui)


def test_given_to_somebody_new_one_of_the_crew_is_replaced_and_undo_brings_him_back(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, eva: Technician
) -> None:
    both = make.crew_visit(session, unit, [ana, rui], TEN)
    moves.move(session, unit, both.id, eva.id, TEN, instead_of=ana.id, version=both.version, actor=DISPATCHER, now=NOON)
    assert who(session, both) == crew(TEN, rui, eva)
    moves.undo(session, unit, actor=DISPATCHER, now=NOON)
    assert who(session, both) == crew(TEN, ana, rui)
    assert_sound(session)


def test_undo_gives_everybody_of_a_crew_the_day_that_was(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    pushed = [make.scheduled(session, unit, one, TEN, window=ALL_DAY) for one in (ana, rui)]
    waiting = work_for_two(session, unit)
    moves.move(session, unit, waiting.id, ana.id, TEN, version=waiting.version, actor=DISPATCHER, now=NOON)
    assert all(visit.planned and visit.planned.begins_at != TEN for visit in pushed)
    moves.undo(session, unit, actor=DISPATCHER, now=NOON)
    assert who(session, waiting) == set()
    assert [visit.planned and visit.planned.begins_at for visit in pushed] == [TEN, TEN]


# --- Where it is seen ---------------------------------------------------------------------------------


def test_the_board_shows_a_crew_on_every_lane_and_counts_it_once(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    both = make.crew_visit(session, unit, [ana, rui], TEN)
    board = day_board(session, unit, TOMORROW, now=NOON)
    seen = {row["name"]: item for row in board["rows"] for item in row["items"] if item["kind"] == "visit"}
    assert {name: item["colleagues"] for name, item in seen.items()} == {"Ana": ["Rui"], "Rui": ["Ana"]}
    assert {item["intervention"] for item in seen.values()} == {both.id}
    assert all(item["conflict"] == [] for item in seen.values())
    assert board["totals"]["visits"] == 1


def test_a_crew_that_is_too_small_is_a_conflict_on_the_board_and_a_finding_of_the_doctor(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    kind = make.activity_type(session, unit, crew_size=2)
    alone = make.scheduled(session, unit, ana, TEN, activity_type=kind)
    [item] = [
        item
        for row in day_board(session, unit, TOMORROW, now=NOON)["rows"]
        for item in row["items"]
        if item["kind"] == "visit"
    ]
    assert item["conflict"] == [f"{alone.client.name} needs all of its technicians at the same time."]
    wrong = {finding.check: finding.examples for finding in doctor.examine(session, now=NOON) if not finding.ok}
    assert wrong == {"planned_has_visit": [alone.reference]}


def test_a_crew_that_does_not_begin_together_is_a_finding(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    both = make.crew_visit(session, unit, [ana, rui], TEN)
    late = both.visits[1]
    late.begins_at, late.ends_at = late.begins_at + timedelta(minutes=5), late.ends_at + timedelta(minutes=5)
    session.flush()
    wrong = {finding.check: finding.examples for finding in doctor.examine(session, now=NOON) if not finding.ok}
    assert wrong == {"crews": [both.reference]}
    assert day_board(session, unit, TOMORROW, now=NOON)["rows"]


def test_each_of_a_crew_sees_the_visit_and_the_others_in_his_day_and_in_his_calendar(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    both = make.crew_visit(session, unit, [ana, rui], TEN)
    for one, other in ((ana, "Rui"), (rui, "Ana")):
        [stop] = tour(session, unit, one, TOMORROW, now=NOON)["stops"]
        assert (stop["intervention"], stop["colleagues"], stop["travel_minutes"]) == (both.id, [other], 10)
        assert f"With {other}" in technician_feed.calendar(session, one, now=NOON).decode()


# --- Plans that change many ---------------------------------------------------------------------------


def staff(session: Session, unit: BusinessUnit) -> Actor:
    row = make.staff(session, unit)
    return Actor("staff", row.id, row.name)


def test_an_optimised_day_keeps_crews_together_and_finds_people_for_new_ones(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, eva: Technician
) -> None:
    planned = make.crew_visit(session, unit, [ana, rui], TEN, window=ALL_DAY)
    waiting = work_for_two(session, unit)
    far = make.scheduled(session, unit, eva, TWO, window=ALL_DAY, km=10)
    plan = drafts.start(session, unit, TOMORROW, actor=staff(session, unit), now=NOON)
    asked = optimise_day.read(session, plan.id, now=NOON)
    drafts.keep(session, plan.id, optimise_day.compute(asked, seconds=None, iterations=300), now=NOON)
    assert waiting.id in {change["intervention"] for change in plan.changes}
    drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)
    for one in (planned, waiting):
        assert len(who(session, one)) == 2
        assert len({begins_at for _technician, begins_at in who(session, one)}) == 1
    assert len(who(session, far)) == 1
    assert_sound(session)


def test_a_broken_day_is_left_alone_and_holds_those_who_come_with_it(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, eva: Technician
) -> None:
    both = make.crew_visit(session, unit, [ana, rui], TEN, window=ALL_DAY)
    make.scheduled(session, unit, ana, at(TOMORROW, "11:01"), km=40)  # nobody drives 35 km in a minute
    make.intervention(session, unit)
    plan = drafts.start(session, unit, TOMORROW, actor=staff(session, unit), now=NOON)
    asked = optimise_day.read(session, plan.id, now=NOON)
    drafts.keep(session, plan.id, optimise_day.compute(asked, seconds=None, iterations=300), now=NOON)
    assert plan.summary["left_alone"] == ["Ana"]
    assert both.id not in {change["intervention"] for change in plan.changes}
    assert [change["before"] for change in plan.changes] == [None]


def test_who_is_ill_is_replaced_in_his_crew_and_the_others_stay(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician, eva: Technician
) -> None:
    both = make.crew_visit(session, unit, [ana, rui], TEN)
    plan = repair_drafts.start_ill(session, unit, ana.id, TOMORROW, TOMORROW, actor=staff(session, unit), now=NOON)
    outcome = repair_outcome.compute(repair_day.read(session, plan.id, now=NOON))
    drafts.keep(session, plan.id, outcome, now=NOON)
    [change] = plan.changes
    assert set(change["before"]["technicians"]) == {ana.id, rui.id}
    repair_drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)
    assert {technician for technician, _begins_at in who(session, both)} == {rui.id, eva.id}
    assert_sound(session)


def test_a_crew_that_runs_late_is_late_for_everybody_behind_it(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    both = make.crew_visit(session, unit, [ana, rui], TEN)
    behind = [make.scheduled(session, unit, one, at(TOMORROW, "11:30"), window=ALL_DAY) for one in (ana, rui)]
    plan = repair_drafts.start_late(session, unit, both.id, 12 * 60, actor=staff(session, unit), now=NOON)
    drafts.keep(session, plan.id, repair_outcome.compute(repair_day.read(session, plan.id, now=NOON)), now=NOON)
    repair_drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)
    assert who(session, both) == crew(TEN, ana, rui)
    assert {visit.ends_at for visit in both.visits} == {at(TOMORROW, "12:00")}
    assert all(one.planned and one.planned.begins_at >= at(TOMORROW, "12:00") for one in behind)
    assert_sound(session)


def test_urgent_work_for_two_is_fitted_in_with_two(
    session: Session, unit: BusinessUnit, ana: Technician, rui: Technician
) -> None:
    waiting = work_for_two(session, unit)
    plan = repair_drafts.start_urgent(session, unit, waiting.id, actor=staff(session, unit), now=NOON)
    drafts.keep(session, plan.id, repair_outcome.compute(repair_day.read(session, plan.id, now=NOON)), now=NOON)
    repair_drafts.publish(session, unit, plan.id, actor=staff(session, unit), now=NOON)
    assert {technician for technician, _begins_at in who(session, waiting)} == {ana.id, rui.id}
    assert_sound(session)


def test_a_confirmed_appointment_is_told_to_the_engine(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    make.scheduled(session, unit, ana, TEN, confirmed_at=NOON)
    make.scheduled(session, unit, ana, TWO)
    loaded = load(session, unit, [ana], [TOMORROW], now=NOON)
    assert [visit.confirmed for visit in loaded.problem.visits] == [True, False]


def test_a_new_promise_asks_for_a_new_confirmation(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    visit = make.scheduled(session, unit, ana, TEN, confirmed_at=NOON)
    moves.move(session, unit, visit.id, ana.id, ELEVEN, version=visit.version, actor=DISPATCHER, now=NOON)
    assert visit.confirmed_at == NOON
    moves.move(session, unit, visit.id, ana.id, TWO, version=visit.version, reason="x", actor=DISPATCHER, now=NOON)
    assert visit.confirmed_at is None
