"""Rows as the engine sees them: what may float, what may not, and how absences are told."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

import solver
from fieldsvc.domain.planning.problem import Loaded, load
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, TODAY, TOMORROW, at


@pytest.fixture
def ana(session: Session, unit: BusinessUnit) -> Technician:
    return make.technician(session, unit, breaks=[(720, 780, 30)])


def loaded(session: Session, unit: BusinessUnit, ana: Technician, *, today: bool = False) -> Loaded:
    return load(session, unit, [ana], [TODAY if today else TOMORROW], now=NOON)


def test_a_visit_may_float_in_its_promise_but_not_into_the_past(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    window = (at(TODAY, "11:00"), at(TODAY, "15:00"))
    make.scheduled(session, unit, ana, at(TODAY, "14:00"), window=window)
    [visit] = loaded(session, unit, ana, today=True).problem.visits
    assert visit.windows == ((12 * 60, 15 * 60),)


def test_a_promise_that_is_over_is_still_a_window(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    window = (at(TODAY, "9:00"), at(TODAY, "11:00"))
    make.scheduled(session, unit, ana, at(TODAY, "14:00"), window=window)
    [visit] = loaded(session, unit, ana, today=True).problem.visits
    assert visit.windows == ((9 * 60, 11 * 60),)


@pytest.mark.parametrize(
    ("status", "clock", "locked"),
    [
        ("scheduled", "14:00", False),
        ("scheduled", "11:00", True),
        ("dispatched", "14:00", True),
        ("held", "14:00", False),
    ],
)
def test_what_has_begun_or_was_sent_out_is_locked(
    session: Session, unit: BusinessUnit, ana: Technician, status: str, clock: str, locked: bool
) -> None:
    held_until = NOON + timedelta(minutes=1) if status == "held" else None
    make.scheduled(session, unit, ana, at(TODAY, clock), status=status, held_until=held_until)
    [visit] = loaded(session, unit, ana, today=True).problem.visits
    assert (visit.locked is not None) == locked


def test_more_absences_than_the_engine_takes_become_fewer_and_longer(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    for clock in ("9:00", "10:00", "10:20", "11:00", "11:20", "14:00", "15:00", "15:30", "16:00"):
        make.absence(session, ana, at(TOMORROW, clock), at(TOMORROW, clock) + timedelta(minutes=10))
    [technician] = loaded(session, unit, ana).problem.technicians
    [shift] = technician.shifts
    assert shift.breaks == (
        solver.Break(720, 780, 30),
        solver.Break(540, 540, 10),
        solver.Break(600, 600, 30),  # 10:00 to 10:30, for the nearest become one
        solver.Break(660, 660, 30),  # 11:00 to 11:30
        solver.Break(840, 840, 10),
        solver.Break(900, 900, 10),
        solver.Break(930, 930, 10),
        solver.Break(960, 960, 10),
    )
