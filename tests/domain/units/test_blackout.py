"""An administrator closes the unit on days that are to come, and opens it again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.domain.interventions import planned_on
from fieldsvc.domain.units import blackout
from fieldsvc.domain.units.find import blackout_days
from tests import make

WHO: dict[str, Any] = {"actor": make.DISPATCHER, "now": make.NOON}


def test_a_closed_day_is_closed_until_it_is_opened_again(session: Session) -> None:
    unit, other = make.unit(session), make.unit(session)
    row = blackout.add(session, unit, make.TOMORROW, "Moving house", **WHO)
    make.blackout_day(session, unit, make.TODAY - timedelta(days=1))
    make.blackout_day(session, other, make.TOMORROW)
    assert blackout.since(session, unit, make.TODAY) == [row]
    assert blackout_days(session, unit, make.TODAY, make.TOMORROW) == {make.TOMORROW: "Moving house"}
    with pytest.raises(NotFound):
        blackout.delete(session, other, row.id, **WHO)
    blackout.delete(session, unit, row.id, **WHO)
    assert blackout.since(session, unit, make.TODAY) == []


@pytest.mark.parametrize(
    ("days", "reason", "field"),
    [(None, "", "day"), (-1, "", "day"), (3 * 366 + 1, "", "day"), (1, "", "day"), (2, "x" * 81, "reason")],
)
def test_a_day_that_cannot_be_closed_is_refused_at_its_field(
    session: Session, days: int | None, reason: str, field: str
) -> None:
    unit = make.unit(session)
    make.blackout_day(session, unit, make.TOMORROW)
    day = None if days is None else make.TODAY + timedelta(days=days)
    with pytest.raises(Invalid) as refusal:
        blackout.add(session, unit, day, reason, **WHO)
    assert list(refusal.value.fields) == [field]


def test_what_is_planned_on_a_day_is_counted_once_by_the_clock_of_the_unit(session: Session) -> None:
    unit = make.unit(session, zone="Pacific/Auckland")
    technician = make.technician(session, unit)
    second = make.technician(session, unit)
    crew = make.scheduled(session, unit, technician, make.at(make.TODAY, "12:00"))
    make.visit(session, crew, second, make.at(make.TODAY, "12:00"))
    make.scheduled(session, unit, technician, make.at(make.TODAY, "9:00"), status="completed")
    make.scheduled(session, unit, technician, make.at(make.TODAY, "10:00"))
    found = planned_on.count(session, unit, [make.TODAY, make.TOMORROW])
    assert found == {make.TODAY: 1, make.TOMORROW: 1}
