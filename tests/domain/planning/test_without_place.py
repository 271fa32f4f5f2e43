"""Calls, tasks and work at a distance: they take the time of a technician, and nobody drives for them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

import solver
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotAllowed, PlanRefused
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.interventions import find, under_way
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning import doctor, moves, repair_day, repair_drafts, repair_outcome
from fieldsvc.domain.planning.assistant import suggest_for
from fieldsvc.domain.planning.board import day_board, week_board
from fieldsvc.domain.planning.optimise_day import Json
from fieldsvc.domain.planning.problem import load
from fieldsvc.domain.planning.technician_day import tour
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TODAY, TOMORROW, at

NINE, TEN, ELEVEN = at(TOMORROW, "9:00"), at(TOMORROW, "10:00"), at(TOMORROW, "11:00")


@pytest.fixture
def call(session: Session, unit: BusinessUnit) -> ActivityType:
    """A call of 30 minutes."""
    return make.activity_type(session, unit, kind="call", minutes=30)


def planned_call(
    session: Session, unit: BusinessUnit, technician: Technician, clock: str, site: Site | None = None
) -> Intervention:
    kind = make.activity_type(session, unit, kind="call", minutes=30)
    return make.scheduled(session, unit, technician, at(TOMORROW, clock), activity_type=kind, site=site)


def row_of(board: Json) -> Json:
    [row] = board["rows"]
    return dict(row)


def items(row: Json, kind: str) -> list[tuple[int, int]]:
    return [(item["begins"], item["minutes"]) for item in row["items"] if item["kind"] == kind]


# --- The day around it --------------------------------------------------------------------------------


def test_the_way_leads_past_a_call_and_the_technician_keeps_its_time_free(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    make.scheduled(session, unit, ana, NINE, km=5)
    without = row_of(day_board(session, unit, TOMORROW, now=NOON))
    planned_call(session, unit, ana, "13:00")
    row = row_of(day_board(session, unit, TOMORROW, now=NOON))
    assert (row["travel_minutes"], row["km"]) == (without["travel_minutes"], without["km"])
    assert items(row, "visit") == [(540, 60), (780, 30)]
    assert items(row, "travel") == items(without, "travel")
    assert row["load"] > without["load"], "a call is work"
    [card] = [item for item in row["items"] if item.get("activity_kind") == "call"]
    assert (card["address"], card["conflict"]) == ("By phone", [])


def test_a_drive_is_made_ahead_of_a_call_or_behind_it_and_never_through_it(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    make.scheduled(session, unit, ana, NINE, km=30)
    planned_call(session, unit, ana, "10:20")
    make.scheduled(session, unit, ana, at(TOMORROW, "12:00"), km=0)
    row = row_of(day_board(session, unit, TOMORROW, now=NOON))
    drives = items(row, "travel")
    assert all(begins + minutes <= 620 or begins >= 650 for begins, minutes in drives)
    assert [item["conflict"] for item in row["items"] if item["kind"] == "visit"] == [[], [], []]


def test_what_a_call_leaves_too_little_time_for_cannot_be_planned(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    planned_call(session, unit, ana, "8:00")
    visit = make.intervention(session, unit)
    verdict = moves.check(session, unit, visit.id, ana.id, at(TOMORROW, "8:39"), now=NOON)
    assert (verdict.verdict, verdict.words) == ("red", ["The breaks of Ana leave no room."])
    assert moves.check(session, unit, visit.id, ana.id, at(TOMORROW, "8:40"), now=NOON).verdict == "green"


def test_whoever_arrives_before_a_call_makes_it_at_the_clients_door(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    planned_call(session, unit, ana, "10:30")
    visit = make.intervention(session, unit)
    assert moves.check(session, unit, visit.id, ana.id, TEN, now=NOON).verdict == "red", "he would be at work"
    assert moves.check(session, unit, visit.id, ana.id, ELEVEN, now=NOON).verdict == "green"


def test_a_whole_day_of_calls_is_a_day_that_the_engine_can_read(
    session: Session, unit: BusinessUnit, call: ActivityType
) -> None:
    desk = make.technician(session, unit, breaks=[(720, 840, 30)])
    for number in range(12):
        minute = timedelta(minutes=40 * number)
        begins_at = at(TOMORROW, "8:10") + minute
        make.scheduled(session, unit, desk, begins_at, activity_type=call, window=(begins_at, begins_at))
    loaded = load(session, unit, [desk], [TOMORROW], now=NOON)
    [technician] = loaded.problem.technicians
    assert 1 < len(technician.shifts[0].breaks) <= 8
    assert len(loaded.placeless) == 12
    assert row_of(day_board(session, unit, TOMORROW, now=NOON))["items"][0]["conflict"] == []


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("7:45", "Client lies 15 min outside the working hours."),
        ("16:45", "Client lies 15 min outside the working hours."),
        ("14:10", "Ana is away."),
    ],
)
def test_a_call_that_nobody_can_keep_is_a_conflict_on_the_board(
    session: Session, unit: BusinessUnit, ana: Technician, clock: str, words: str
) -> None:
    make.absence(session, ana, at(TOMORROW, "14:00"), at(TOMORROW, "15:00"))
    site = make.site(session, make.client(session, unit, name="Client"))
    planned_call(session, unit, ana, clock, site=site)
    row = row_of(day_board(session, unit, TOMORROW, now=NOON))
    assert row["items"][0]["conflict"] == [words]


def test_a_call_outside_the_shift_does_not_break_the_rest_of_the_day(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    planned_call(session, unit, ana, "7:00")
    visit = make.intervention(session, unit)
    assert moves.check(session, unit, visit.id, ana.id, TEN, now=NOON).verdict == "green"


def test_a_healthy_calendar_with_calls_is_healthy_for_the_doctor(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    make.scheduled(session, unit, ana, NINE)
    planned_call(session, unit, ana, "13:00")
    session.commit()
    wrong = [finding for finding in doctor.examine(session, now=NOON) if finding.examples]
    assert wrong == []


# --- Giving it a time ---------------------------------------------------------------------------------


def test_the_assistant_offers_time_between_drives_and_says_that_there_is_none_to_drive(
    session: Session, unit: BusinessUnit, ana: Technician, call: ActivityType
) -> None:
    first = at(TOMORROW, "8:20")
    make.scheduled(session, unit, ana, first, km=5, window=(first, first))
    new = make.intervention(session, unit, activity_type=call)
    found = suggest_for(session, unit, new, [TOMORROW], now=NOON).found
    assert [(one.begins_at, one.cost_minutes, one.band) for one in found[:2]] == [
        (at(TOMORROW, "9:20"), 0, "green"),  # from the visit, or on the way home
        (TEN, 0, "green"),
    ]
    assert found[0].because == "No travel: it is done from wherever the technician is."


def test_whoever_has_less_to_do_comes_first_in_the_same_window(
    session: Session, unit: BusinessUnit, call: ActivityType
) -> None:
    busy, free = make.technician(session, unit, name="Ana"), make.technician(session, unit, name="Rui")
    make.scheduled(session, unit, busy, at(TOMORROW, "14:00"))
    new = make.intervention(session, unit, activity_type=call)
    found = suggest_for(session, unit, new, [TOMORROW], now=NOON).found
    assert [one.technician_id for one in found if one.window[0] == TEN] == [free.id, busy.id]


def test_who_lacks_a_skill_or_does_not_work_is_refused_with_the_reason(session: Session, unit: BusinessUnit) -> None:
    gas = make.skill(session, unit)
    make.technician(session, unit, name="Ana")
    make.technician(session, unit, name="Bea", skills={gas: 1})
    make.technician(session, unit, name="Rui", skills={gas: 3}, weekdays=[])
    make.technician(session, unit, name="Zita", skills={gas: 3})
    advice = make.activity_type(session, unit, kind="remote", skills={gas: 2})
    new = make.intervention(session, unit, activity_type=advice)
    answer = suggest_for(session, unit, new, [TOMORROW], now=NOON)
    assert {one.technician_name: one.because for one in answer.refused} == {
        "Ana": "Lacks the skill Gas.",
        "Bea": "Has level 1 of Gas, 2 is needed.",
        "Rui": "Does not work on this day.",
    }
    assert {one.technician_name for one in answer.found} == {"Zita"}


def test_it_is_planned_by_hand_with_the_others_making_way_inside_their_promises(
    session: Session, unit: BusinessUnit, ana: Technician, call: ActivityType
) -> None:
    other = make.scheduled(session, unit, ana, NINE, window=(NINE, ELEVEN))
    new = make.intervention(session, unit, activity_type=call)
    moves.move(session, unit, new.id, ana.id, NINE, version=new.version, actor=DISPATCHER, now=NOON)
    assert (new.status, new.planned and new.planned.begins_at) == ("scheduled", NINE)
    assert (new.marginal_cost["travel_minutes"], new.band) == (0, "green")
    assert other.planned is not None
    assert NINE + timedelta(minutes=30) <= other.planned.begins_at <= ELEVEN
    loaded = load(session, unit, [ana], [TOMORROW], now=NOON)
    assert solver.check(loaded.problem, loaded.problem.plan) == []
    moves.undo(session, unit, actor=DISPATCHER, now=NOON)
    assert (new.status, new.planned) == ("unscheduled", None)
    assert other.planned.begins_at == NINE, "who made way goes back"


def test_it_does_not_fit_where_a_promise_or_a_break_has_no_room(
    session: Session, unit: BusinessUnit, call: ActivityType
) -> None:
    ana = make.technician(session, unit, name="Ana", breaks=[(720, 720, 60)])
    make.scheduled(session, unit, ana, NINE, window=(NINE, NINE))
    new = make.intervention(session, unit, activity_type=call)
    for clock in ("9:15", "12:15", "11:45", "16:45"):
        verdict = moves.check(session, unit, new.id, ana.id, at(TOMORROW, clock), now=NOON)
        assert (verdict.verdict, len(verdict.words)) == ("red", 1), clock
        with pytest.raises(PlanRefused):
            moves.move(
                session, unit, new.id, ana.id, at(TOMORROW, clock), version=new.version, actor=DISPATCHER, now=NOON
            )
    assert moves.check(session, unit, new.id, ana.id, at(TOMORROW, "11:30"), now=NOON).verdict == "green"


def test_outside_its_promise_a_move_needs_a_reason(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    visit = planned_call(session, unit, ana, "10:00")
    verdict = moves.check(session, unit, visit.id, ana.id, at(TOMORROW, "14:00"), now=NOON)
    assert (verdict.verdict, verdict.words) == ("amber", ["Breaks the promise of 10:00–12:00."])


# --- What happens to it -------------------------------------------------------------------------------


def test_nobody_sets_off_for_it_and_it_begins_at_once(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    visit = planned_call(session, unit, ana, "10:00")
    assert under_way.next_step(visit) == "arrive"
    with pytest.raises(NotAllowed, match="Nobody has to go anywhere"):
        under_way.set_off(session, unit, visit.id, version=visit.version, actor=DISPATCHER, now=NOON)
    under_way.arrive(session, unit, visit.id, version=visit.version, actor=DISPATCHER, now=NOON)
    assert visit.status == "in_progress"


def test_the_technicians_day_has_it_without_a_way(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    planned_call(session, unit, ana, "10:00")
    day = tour(session, unit, ana, TOMORROW, now=NOON)
    [stop] = day["stops"]
    assert (stop["address"], stop["map_link"], stop["travel_minutes"]) == ("By phone", "", 0)
    assert (day["travel_minutes"], day["way_home"]) == (0, None)


def test_of_a_technician_who_falls_ill_a_call_waits_for_a_new_time(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    visit = planned_call(session, unit, ana, "10:00")
    somebody = make.staff(session, unit)
    actor = Actor("staff", somebody.id, somebody.name)
    plan = repair_drafts.start_ill(session, unit, ana.id, TOMORROW, TOMORROW, actor=actor, now=NOON)
    found = repair_outcome.compute(repair_day.read(session, plan.id, now=NOON))
    [change] = found.changes
    assert (change["intervention"], change["after"]) == (visit.id, None)
    assert change["why"] == [{"code": "placeless", "parameters": {}}]


@pytest.mark.parametrize("kind", ["remote", "call", "task"])
def test_it_can_be_neither_late_nor_urgent_on_the_road(
    session: Session, unit: BusinessUnit, ana: Technician, kind: str
) -> None:
    work = make.activity_type(session, unit, kind=kind)
    visit = make.scheduled(session, unit, ana, TEN, activity_type=work)
    with pytest.raises(NotAllowed, match="no place"):
        repair_drafts.start_late(session, unit, visit.id, 900, actor=DISPATCHER, now=NOON)
    waiting = make.intervention(session, unit, activity_type=work)
    with pytest.raises(NotAllowed, match="assistant"):
        repair_drafts.start_urgent(session, unit, waiting.id, actor=DISPATCHER, now=NOON)


def test_lists_and_the_board_of_a_week_have_it(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    visit = planned_call(session, unit, ana, "10:00")
    waiting = make.intervention(session, unit, activity_type=visit.activity_type)
    found = find.search(session, unit, find.Filters())
    assert {one.id for one in found.rows} == {visit.id, waiting.id}
    week = week_board(session, unit, TODAY, now=NOON)
    assert [item["address"] for item in week["unscheduled"]] == ["By phone"]
    assert [cell["visits"] for cell in week["rows"][0]["cells"]][:3] == [0, 1, 0]


# --- Tasks --------------------------------------------------------------------------------------------


def test_a_client_neither_sees_a_task_nor_hears_of_it(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    task = make.activity_type(session, unit, kind="task")
    new = make.intervention(session, unit, activity_type=task)
    contact = new.contact
    assert contact is not None
    assert find.search_of_contact(session, contact, now=NOON).rows == []
    moves.move(session, unit, new.id, ana.id, TEN, version=new.version, actor=DISPATCHER, now=NOON)
    message = session.query(OutboxMessage).one()
    assert (message.kind, message.state, message.reason) == ("visit_booked", "suppressed", "not_for_clients")
    assert find.search_of_contact(session, contact, now=NOON).rows == []


def test_a_client_sees_a_call_and_hears_of_it(
    session: Session, unit: BusinessUnit, ana: Technician, call: ActivityType
) -> None:
    new = make.intervention(session, unit, activity_type=call)
    moves.move(session, unit, new.id, ana.id, TEN, version=new.version, actor=DISPATCHER, now=NOON)
    message = session.query(OutboxMessage).one()
    assert (message.kind, message.state) == ("visit_booked", "queued")
    assert "Ana calls you within this time. It takes about 30 minutes." in message.text
    assert "By phone" in message.text
    assert "LOCATION" not in message.attachments[0][2]
    assert new.contact is not None
    assert find.search_of_contact(session, new.contact, now=NOON).rows == [new]
