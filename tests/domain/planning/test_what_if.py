"""What would have been with other technicians, windows or policies."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.domain.planning.what_if import Comparison, Variant, compare
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, TODAY, TOMORROW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana(session: Session, unit: BusinessUnit) -> Technician:
    """The only technician; she works four hours, on Tuesdays only."""
    return make.technician(session, unit, name="Ana", hours=(480, 720), weekdays=[1])


def asked(session: Session, unit: BusinessUnit, count: int, minutes: int = 60, **values: Any) -> None:
    """Requests one minute after another, without notice; nobody was booked."""
    kind = make.activity_type(session, unit, minutes=minutes, booking_notice_hours=0)
    for number in range(count):
        make.intervention(session, unit, activity_type=kind, now=NOON + number * MINUTE, **values)


def replayed(session: Session, unit: BusinessUnit, variant: Variant, day: date = TODAY) -> Comparison:
    return compare(session, unit, day, day, variant, now=NOON)


def test_more_technicians_lose_fewer_requests(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    asked(session, unit, 6)
    lost = [replayed(session, unit, Variant(technicians=more)).variant.lost for more in range(3)]
    assert lost == [3, 0, 0]  # three hours of work fit with the drives


def test_what_is_usual_stands_beside_the_variant(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    asked(session, unit, 6)
    found = replayed(session, unit, Variant(technicians=1))
    assert (found.requests, found.baseline.visits, found.baseline.lost) == (6, 3, 3)
    assert (found.variant.visits, found.variant.lost) == (6, 0)
    assert found.variant.travel_minutes == found.variant.visits / 6 * 2 * found.baseline.travel_minutes
    assert [load.visits for load in found.variant.loads] == [3, 3]


def test_an_added_technician_is_a_copy_of_one_who_is_as_busy_as_most(session: Session, unit: BusinessUnit) -> None:
    gas = make.skill(session, unit)
    for name, skills in (("Rui", {}), ("Ana", {gas: 1}), ("Eva", {gas: 1})):
        make.technician(session, unit, name=name, skills=skills, weekdays=[1])
    asked(session, unit, 3)
    found = replayed(session, unit, Variant(technicians=1))
    [like] = found.variant.changed_like
    loads = sorted(load.share for load in found.baseline.loads)
    assert {load.technician: load.share for load in found.baseline.loads}[like] == loads[1]
    assert found.variant.loads[-1].technician == f"{like}+1"
    assert found.variant.loads[-1].shift_minutes == found.baseline.loads[0].shift_minutes


def test_fewer_technicians_leave_the_others(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    make.technician(session, unit, name="Rui", hours=(480, 720), weekdays=[1])
    asked(session, unit, 6)
    found = replayed(session, unit, Variant(technicians=-1))
    assert (found.baseline.lost, found.variant.lost) == (0, 3)
    assert len(found.variant.loads) == 1


def test_the_calendar_begins_empty(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    """What was planned from elsewhere takes no time; what is replayed is not in its own way."""
    make.scheduled(session, unit, ana, make.at(TOMORROW, "8:00"), minutes=230, now=NOON - timedelta(days=9))
    asked(session, unit, 3)
    assert replayed(session, unit, Variant()).baseline.lost == 0


def test_a_client_is_visited_in_the_half_of_the_day_that_was_promised(session: Session, unit: BusinessUnit) -> None:
    morning = make.technician(session, unit, hours=(480, 720), weekdays=[1])
    make.technician(session, unit, hours=(840, 1080), weekdays=[1])
    for hour in ("8:00", "10:00"):
        make.scheduled(session, unit, morning, make.at(TOMORROW, hour), minutes=100, km=1)
    assert [load.visits for load in replayed(session, unit, Variant()).baseline.loads] == [2, 0]


def test_a_client_who_gave_a_due_date_waits_until_then(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    asked(session, unit, 6, due_on=TODAY + timedelta(days=8))  # one more Tuesday
    assert replayed(session, unit, Variant()).baseline.lost == 0


def test_what_nobody_promised_to_anybody_is_left_out(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    asked(session, unit, 1)
    asked(session, unit, 1, km=None)
    asked(session, unit, 1, status="cancelled")
    make.hold(session, unit, ana, make.at(TOMORROW, "9:00"))
    found = replayed(session, unit, Variant())
    assert (found.requests, found.not_located) == (1, 1)


@pytest.mark.parametrize("nightly", [False, True])
@pytest.mark.parametrize("policy", ["first", "nearest", "regret"])
@pytest.mark.parametrize("width", [60, 240])
def test_every_variant_books_what_fits(
    session: Session, unit: BusinessUnit, ana: Technician, policy: str, width: int, nightly: bool
) -> None:
    asked(session, unit, 3)
    found = replayed(session, unit, Variant(0, width, policy, nightly))  # type: ignore[arg-type]
    assert found.variant.lost == 0


def test_a_period_without_demand_says_so(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    asked(session, unit, 1)
    with pytest.raises(NotFound, match="Nobody asked"):
        replayed(session, unit, Variant(), TODAY - timedelta(days=1))


def test_somebody_has_to_be_left(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    asked(session, unit, 1)
    with pytest.raises(Invalid, match="At least one technician has to be left"):
        replayed(session, unit, Variant(technicians=-1))


def test_a_period_ends_after_it_begins(session: Session, unit: BusinessUnit) -> None:
    with pytest.raises(Invalid, match="ends before it begins"):
        compare(session, unit, TODAY, TODAY - timedelta(days=1), Variant(), now=NOON)


def test_the_demand_of_another_unit_does_not_count(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    asked(session, make.unit(session), 3)
    with pytest.raises(NotFound):
        replayed(session, unit, Variant())


def test_work_for_two_takes_two_technicians(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    kind = make.activity_type(session, unit, crew_size=2, booking_notice_hours=0)
    make.intervention(session, unit, activity_type=kind)
    found = replayed(session, unit, Variant(technicians=1))
    assert (found.baseline.visits, found.variant.visits) == (0, 1)
    assert [load.visits for load in found.variant.loads] == [1, 1]
