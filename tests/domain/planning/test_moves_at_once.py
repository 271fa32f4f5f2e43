"""Two dispatchers at once: whoever comes second is refused, nobody is booked twice, and nobody waits in a circle."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core.db import sessions
from fieldsvc.core.errors import DomainError
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import doctor, moves
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TOMORROW, at

ROUNDS = 8
TEN = at(TOMORROW, "10:00")
ALL_DAY = (at(TOMORROW, "8:00"), at(TOMORROW, "17:00"))
Factory = sessionmaker[Session]


@pytest.fixture
def factory(engine: Engine) -> Factory:
    return sessions(engine)


def together(*tasks: Callable[[], str]) -> Counter[str]:
    """What came of tasks that begin at the same instant."""
    barrier = threading.Barrier(len(tasks))

    def run(task: Callable[[], str]) -> str:
        barrier.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return Counter(pool.map(run, tasks))


def moving(factory: Factory, intervention_id: int, technician_id: int) -> Callable[[], str]:
    """A dispatcher who moves an intervention to ten o'clock, in the version he has seen."""
    with factory() as session:
        version = session.get_one(Intervention, intervention_id).version

    def task() -> str:
        try:
            with factory.begin() as session:
                unit = session.get_one(BusinessUnit, session.get_one(Intervention, intervention_id).unit_id)
                moves.move(
                    session,
                    unit,
                    intervention_id,
                    technician_id,
                    TEN,
                    version=version,
                    reason="asked",
                    actor=DISPATCHER,
                    now=NOON,
                )
        except DomainError as refusal:
            return type(refusal).__name__
        return "moved"

    return task


def is_sound(factory: Factory) -> bool:
    with factory() as session:
        found = {finding.check: finding.ok for finding in doctor.examine(session, now=NOON)}
    return found["double_booking"] and found["travel_time"] and found["planned_has_visit"]


def test_of_two_interventions_moved_to_one_hour_one_is_refused(factory: Factory) -> None:
    for _ in range(ROUNDS):
        with factory.begin() as session:
            unit = make.unit(session)
            kind = make.activity_type(session, unit, arrival_window_minutes=30)  # no room to float
            ana = make.technician(session, unit).id
            one, other = (make.intervention(session, unit, activity_type=kind, km=km).id for km in (5, 15))
        outcome = together(moving(factory, one, ana), moving(factory, other, ana))
        assert outcome == {"moved": 1, "PlanRefused": 1}
    assert is_sound(factory)


def test_of_two_moves_of_one_intervention_the_second_is_stale(factory: Factory) -> None:
    for _ in range(ROUNDS):
        with factory.begin() as session:
            unit = make.unit(session)
            ana, rui, eva = (make.technician(session, unit) for _ in range(3))
            visit = make.scheduled(session, unit, eva, TEN, window=ALL_DAY).id
            ids = ana.id, rui.id
        outcome = together(*(moving(factory, visit, technician_id) for technician_id in ids))
        assert outcome == {"moved": 1, "Stale": 1}
    assert is_sound(factory)


def test_two_who_swap_their_visits_never_wait_for_each_other(factory: Factory) -> None:
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        with factory.begin() as session:
            unit = make.unit(session)
            ana, rui = (make.technician(session, unit).id for _ in range(2))
            one = make.scheduled(session, unit, session.get_one(Technician, ana), TEN, window=ALL_DAY).id
            other = make.scheduled(session, unit, session.get_one(Technician, rui), TEN, window=ALL_DAY).id
        seen += together(moving(factory, one, rui), moving(factory, other, ana))
    assert seen["moved"] >= ROUNDS  # at least one of each pair
    assert seen.total() == 2 * ROUNDS
    assert is_sound(factory)
