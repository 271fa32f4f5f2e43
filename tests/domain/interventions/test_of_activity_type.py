"""What an administrator is told of an activity type: how often, how many planned, how long they took."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid
from fieldsvc.domain.interventions import of_activity_type
from fieldsvc.domain.interventions.code_values import values_of
from fieldsvc.domain.interventions.create import NewIntervention, create
from tests import make


def test_they_are_counted_by_activity_type_without_holds(session: Session) -> None:
    unit = make.unit(session)
    technician, row = make.technician(session, unit), make.activity_type(session, unit)
    make.activity_type(session, unit)
    old = make.NOON - timedelta(days=400)
    make.intervention(session, unit, activity_type=row, now=old)
    make.scheduled(session, unit, technician, make.at(make.TOMORROW, "9:00"), activity_type=row)
    make.hold(session, unit, technician, make.at(make.TOMORROW, "14:00"), activity_type=row)
    assert of_activity_type.counts(session, unit.id) == {row.id: 2}
    assert of_activity_type.planned(session, unit.id, row.id) == 1
    assert of_activity_type.since(session, unit.id, row.id, make.NOON - timedelta(days=365)) == 1


def test_the_last_closed_ones_say_how_long_it_takes(session: Session) -> None:
    unit = make.unit(session)
    row = make.activity_type(session, unit)

    def closed(minutes: int, **values: str) -> None:
        ends_at = make.NOON + timedelta(minutes=minutes)
        known: dict[str, Any] = {"status": "completed", "actual_begins_at": make.NOON, "actual_ends_at": ends_at}
        make.intervention(session, unit, activity_type=row, **{**known, **values})

    for _number in range(4):
        closed(500)
    assert of_activity_type.measured(session, unit.id, row.id) is None
    for minutes in range(51, 111):
        closed(minutes)
    closed(0)
    closed(999, status="cancelled")
    found = of_activity_type.measured(session, unit.id, row.id)
    assert found is not None
    assert (found.count, found.median, found.nine_of_ten) == (59, 81, 105)


def test_nobody_can_make_new_work_of_an_archived_activity_type(session: Session) -> None:
    unit = make.unit(session)
    row = make.activity_type(session, unit, is_archived=True)
    site = make.site(session, make.client(session, unit))
    new = NewIntervention(client_id=site.client_id, site_id=site.id, activity_type_id=row.id)
    with pytest.raises(Invalid) as refusal:
        create(session, unit, new, actor=make.DISPATCHER, now=make.NOON)
    assert list(refusal.value.fields) == ["activity_type_id"]


def test_a_title_with_codes_is_filled_wherever_the_title_is_said(session: Session) -> None:
    unit = make.unit(session, name="Clima")
    row = make.activity_type(session, unit, title={"en": "{unit.name} at {client.name}, {intervention.title}"})
    site = make.site(session, make.client(session, unit, name="{unit.phone}"))
    visit = make.intervention(session, unit, activity_type=row, site=site)
    title = values_of(unit, visit, now=make.NOON)["intervention.title"]
    assert title == "Clima at {unit.phone}, your visit"  # a value is never read again, and a title not in itself
