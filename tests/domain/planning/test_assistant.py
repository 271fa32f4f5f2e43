"""What the assistant shows a dispatcher."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotAllowed
from fieldsvc.domain.planning.assistant import suggest_for
from tests import make
from tests.make import NOON, TOMORROW, at

DAYS = [TOMORROW, TOMORROW + timedelta(days=1)]


def test_what_comes_in_time_stands_before_what_is_cheaper_and_late(session: Session) -> None:
    unit = make.unit(session)
    technician = make.technician(session, unit)
    wanted = make.intervention(session, unit, km=20, due_on=TOMORROW)
    neighbour = make.site(session, make.client(session, unit), km=20)
    make.scheduled(session, unit, technician, at(DAYS[1], "10:00"), site=neighbour)
    found = suggest_for(session, unit, wanted, DAYS, now=NOON).found
    assert min(found, key=lambda one: one.cost).day == DAYS[1]
    days = [one.day for one in found]
    assert days[0] == TOMORROW
    assert days == sorted(days)


def test_a_technician_without_the_skill_is_refused_with_it(session: Session) -> None:
    unit = make.unit(session)
    gas = make.skill(session, unit)
    make.technician(session, unit, name="Ana")
    able = make.technician(session, unit, skills={gas: 2}, name="Rui")
    kind = make.activity_type(session, unit, skills={gas: 2})
    answer = suggest_for(session, unit, make.intervention(session, unit, activity_type=kind), DAYS, now=NOON)
    assert {one.technician_id for one in answer.found} == {able.id}
    assert {(one.technician_name, one.code) for one in answer.refused} == {("Ana", "skill")}
    assert "Gas" in answer.refused[0].because


def test_a_site_that_is_not_located_has_no_suggestions(session: Session) -> None:
    unit = make.unit(session)
    make.technician(session, unit)
    with pytest.raises(NotAllowed, match="map"):
        suggest_for(session, unit, make.intervention(session, unit, km=None), DAYS, now=NOON)
