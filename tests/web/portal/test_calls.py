"""A client books a call: four steps, no address, and words that speak of a call."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.portal.company import PORTAL


@pytest.fixture
def call(rows: Session) -> int:
    """An activity type of calls that clients book, move and ask for."""
    unit = rows.scalars(select(BusinessUnit)).one()
    kind = make.activity_type(rows, unit, kind="call", title={"en": "Advice by phone"}, minutes=20)
    kind.actions += [PortalAction(kind="reschedule"), PortalAction(kind="ask", is_for_unit=True)]
    rows.commit()
    return kind.id


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_call_is_booked_in_four_steps_without_an_address(marta: FlaskClient, rows: Session, call: int) -> None:
    questions = marta.post(f"{PORTAL}/book", data={"activity_type": str(call)}).location
    assert questions.endswith("/questions")
    booking = questions.removesuffix("/questions")
    assert marta.get(f"{booking}/where").location == f"{booking}/when", "nobody asks where"
    assert marta.post(questions, data={}).location == f"{booking}/when"
    page = marta.get(f"{booking}/when").text
    said = words(page)
    assert "When does it suit you?" in said
    assert "We call you within the time you choose. It takes about 20 minutes." in said
    assert "Step 3 of 4: When" in said
    assert "Where By phone" in said
    window = re.findall(r'name="window" value="([^"]+)"', page)[-1]
    assert marta.post(f"{booking}/hold", data={"window": window}).location == f"{booking}/confirm"
    assert "Step 4 of 4: Confirm" in words(marta.get(f"{booking}/confirm").text)
    booked = marta.post(f"{booking}/confirm").location
    assert "We call you" in words(marta.get(booked).text)
    visit = booked.removesuffix("/booked")
    assert "Where By phone" in words(marta.get(visit).text)
    event = marta.get(f"{visit}/calendar.ics").text
    assert "BEGIN:VEVENT" in event
    assert "LOCATION" not in event
    made = rows.scalars(select(Intervention).where(Intervention.kind == "call")).one()
    assert (made.status, made.site_id, len(made.visits)) == ("scheduled", None, 1)


def test_asking_for_a_call_asks_for_no_address(marta: FlaskClient, rows: Session, call: int) -> None:
    action = rows.scalars(
        select(PortalAction.id).where(PortalAction.activity_type_id == call, PortalAction.kind == "ask")
    )
    address = f"{PORTAL}/ask/{action.one()}"
    page = marta.get(address).text
    assert 'name="site"' not in page
    answer = marta.post(address, data={"notes": "Which heat pump?", "part": ""})
    assert answer.status_code == 303
    assert "Where By phone" in words(marta.get(answer.location).text)
