"""The database itself refuses to book a technician twice, whatever the code above it forgot."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldsvc.core.db import Instant
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.teams.models import Technician
from tests import make
from tests.make import TOMORROW, at

TEN, ELEVEN, NOONTIME = at(TOMORROW, "10:00"), at(TOMORROW, "11:00"), at(TOMORROW, "12:00")
HALF_PAST_TEN = TEN + timedelta(minutes=30)


@pytest.fixture
def ana(session: Session) -> Technician:
    return make.technician(session, make.unit(session))


@pytest.fixture
def visits(session: Session, ana: Technician) -> sa.Table:
    """The bare table, to write to without any of the code that protects it."""
    instants: list[sa.Column[Any]] = [sa.Column(name, Instant()) for name in ("begins_at", "ends_at")]
    return sa.Table("visit", sa.MetaData(), *instants, autoload_with=session.connection())


def insert(session: Session, visits: sa.Table, ana: Technician, **values: object) -> int:
    row = make.intervention(session, make.unit(session))
    times = {"begins_at": TEN, "ends_at": ELEVEN, "is_occupying": True, **values}
    statement = sa.insert(visits).values(intervention_id=row.id, technician_id=ana.id, **times)
    return int(session.execute(statement.returning(visits.c.id)).scalar_one())


def refused(session: Session, statement: sa.Executable) -> bool:
    try:
        with session.begin_nested():
            session.execute(statement)
    except IntegrityError:
        return True
    return False


def drop_the_guard(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("DROP TRIGGER visit_double_booking_insert"))
        session.execute(sa.text("DROP TRIGGER visit_double_booking_update"))
    else:
        session.execute(sa.text("ALTER TABLE visit DROP CONSTRAINT ex_visit_double_booking"))


def test_a_raw_insert_of_an_overlap_is_refused_and_passes_without_the_guard(
    session: Session, visits: sa.Table, ana: Technician
) -> None:
    insert(session, visits, ana)
    with pytest.raises(IntegrityError), session.begin_nested():
        insert(session, visits, ana, begins_at=HALF_PAST_TEN, ends_at=NOONTIME)
    drop_the_guard(session)
    insert(session, visits, ana, begins_at=HALF_PAST_TEN, ends_at=NOONTIME)


@pytest.mark.parametrize("column", ["begins_at", "technician_id", "is_occupying"])
def test_a_raw_update_into_an_overlap_is_refused_and_passes_without_the_guard(
    session: Session, visits: sa.Table, ana: Technician, column: str
) -> None:
    insert(session, visits, ana)
    rui = make.technician(session, make.unit(session))
    if column == "begins_at":
        key = insert(session, visits, ana, begins_at=ELEVEN, ends_at=NOONTIME)
        clash = "begins_at = (SELECT min(begins_at) FROM visit)"
    elif column == "technician_id":
        key = insert(session, visits, rui)
        clash = f"technician_id = {ana.id}"
    else:
        key = insert(session, visits, ana, is_occupying=False)
        clash = "is_occupying = true"
    statement = sa.text(f"UPDATE visit SET {clash} WHERE id = {key}")
    assert refused(session, statement)
    drop_the_guard(session)
    assert not refused(session, statement)


def test_visits_that_touch_and_visits_that_do_not_occupy_are_no_overlap(
    session: Session, visits: sa.Table, ana: Technician
) -> None:
    insert(session, visits, ana)
    insert(session, visits, ana, begins_at=ELEVEN, ends_at=NOONTIME)
    insert(session, visits, ana, is_occupying=False)
    assert session.scalar(sa.select(sa.func.count()).select_from(Intervention)) == 3
