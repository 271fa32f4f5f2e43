"""The waiting list as a client sees it: joining without a script, the offer, yes, no, and leaving."""

import re
from datetime import UTC, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.domain.booking.models import WaitingEntry
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.teams.models import Absence, Technician
from fieldsvc.domain.units import settings
from fieldsvc.domain.units.models import BlackoutDay, BusinessUnit
from fieldsvc.jobs.waiting import offer_freed_time
from tests.web.portal.company import ADDRESS, PORTAL
from tests.web.portal.test_booking import begin

WISHES = {"weekdays": ["0", "1", "2", "3", "4", "5", "6"], "parts": ["morning", "afternoon"], "channel": "email"}


@pytest.fixture
def full(rows: Session) -> list[int]:
    """Everybody is away for two months, and nobody sleeps."""
    away = [
        Absence(technician_id=one, begins_at=clock.now(), ends_at=clock.now() + timedelta(days=60))
        for one in rows.scalars(select(Technician.id))
    ]
    rows.add_all(away)
    settings.change(rows.scalars(select(BusinessUnit)).one(), quiet_from_minute=0, quiet_until_minute=0)
    rows.commit()
    return [absence.id for absence in away]


def comes_back(rows: Session, app: Flask) -> None:
    """One technician is back for a day, three days from now; the job offers what that frees."""
    day = (clock.now() + timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
    absence = rows.scalars(select(Absence).order_by(Absence.id)).first()
    assert absence is not None
    rows.add(
        Absence(
            technician_id=absence.technician_id, begins_at=day + timedelta(days=1), ends_at=day + timedelta(days=60)
        )
    )
    absence.ends_at = day.astimezone(UTC)
    unit_id = rows.scalars(select(BusinessUnit.id)).one()
    rows.commit()
    offer_freed_time(app.extensions["fieldsvc"].sessions, unit_id, clock.now, lambda: False)
    rows.rollback()


def joined(marta: FlaskClient, rows: Session) -> str:
    booking = begin(marta, rows)
    assert marta.post(f"{booking}/waiting", data=WISHES).location == f"{PORTAL}/waiting"
    return booking


def entry_of(rows: Session) -> WaitingEntry:
    rows.rollback()
    return rows.scalars(select(WaitingEntry).execution_options(populate_existing=True)).one()


def test_where_nothing_can_be_booked_the_page_says_why_and_offers_the_list(
    marta: FlaskClient, rows: Session, full: list[int]
) -> None:
    page = marta.get(f"{begin(marta, rows)}/when").text
    assert "There is no time we can promise yet" in page
    assert "Why, and what would help" in page
    assert "Each morning another day opens" in page
    assert "You would be number 1." in page
    assert 'name="weekdays"' in page
    assert "Or ask us to call you" in page


def test_below_the_times_there_is_a_link_to_the_list(marta: FlaskClient, rows: Session) -> None:
    booking = begin(marta, rows)
    assert f'href="{booking}/waiting"' in marta.get(f"{booking}/when").text
    assert 'name="parts"' in marta.get(f"{booking}/waiting").text


def test_joining_is_confirmed_and_shown_at_home_on_the_list_and_at_the_times(
    marta: FlaskClient, rows: Session, full: list[int]
) -> None:
    booking = joined(marta, rows)
    assert "You are number 1." in marta.get(f"{PORTAL}/waiting").text
    home = marta.get(f"{PORTAL}/").text
    assert "Waiting since" in home
    assert "Finish your booking" not in home
    assert "You are number 1 on the waiting list." in marta.get(f"{booking}/when").text
    assert rows.scalars(select(OutboxMessage.state).where(OutboxMessage.kind == "waiting_joined")).one() == "queued"


def test_the_offer_is_taken_by_the_link_of_the_message(
    marta: FlaskClient, rows: Session, app: Flask, full: list[int]
) -> None:
    booking = joined(marta, rows)
    comes_back(rows, app)
    message = rows.scalars(select(OutboxMessage).where(OutboxMessage.kind == "waiting_offer")).one()
    link = re.search(r"http\S+(/portal/\S+/confirm)", message.text)
    assert link is not None
    assert link[1] == f"{booking}/confirm"
    assert "A time is free for you" in marta.get(f"{PORTAL}/").text
    page = marta.get(link[1]).text
    assert "This time is from the waiting list." in page
    assert "No, thank you" in page
    assert "/visits/" in marta.post(link[1]).location
    assert entry_of(rows).state == "taken"
    assert "You wait for nothing" in marta.get(f"{PORTAL}/waiting").text


def test_no_thank_you_gives_the_time_back_and_a_second_click_is_a_sentence(
    marta: FlaskClient, rows: Session, app: Flask, full: list[int]
) -> None:
    joined(marta, rows)
    comes_back(rows, app)
    refuse = f"{PORTAL}/waiting/{entry_of(rows).id}/refuse"
    assert marta.post(refuse).location == f"{PORTAL}/waiting"
    assert "You stay on the list" in marta.get(f"{PORTAL}/waiting").text
    assert rows.scalars(select(Intervention).where(Intervention.status == "held")).all() == []
    answer = marta.post(refuse)
    assert answer.status_code == 409
    assert "You are still on the waiting list." in answer.text


def test_leaving_ends_the_waiting(marta: FlaskClient, rows: Session, full: list[int]) -> None:
    joined(marta, rows)
    assert marta.post(f"{PORTAL}/waiting/{entry_of(rows).id}/leave").location == f"{PORTAL}/waiting"
    assert entry_of(rows).state == "left"


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekdays": ["9"]},
        {"weekdays": ["' OR 1=1"]},
        {"parts": ["night"]},
        {"channel": "pigeon"},
        {"channel": ""},
    ],
)
def test_what_cannot_be_is_refused_at_the_field_and_nothing_else_is_lost(
    marta: FlaskClient, rows: Session, wrong: dict[str, object]
) -> None:
    booking = begin(marta, rows)
    answer = marta.post(f"{booking}/waiting", data={**WISHES, "weekdays": ["2"], **wrong})
    assert answer.status_code == 422
    [name] = wrong
    assert f'id="{name}-error"' in answer.text
    if name != "weekdays":
        assert re.search(r'name="weekdays" value="2" checked', answer.text)
    assert rows.scalars(select(WaitingEntry)).all() == []


def test_the_page_says_why_each_other_day_has_no_time(marta: FlaskClient, rows: Session) -> None:
    booking = begin(marta, rows)
    day = (clock.now() + timedelta(days=4)).date()
    rows.add(BlackoutDay(unit_id=1, day_on=day, reason="Saint John's day"))
    rows.commit()
    page = marta.get(f"{booking}/when").text
    assert "Saint John" not in page
    assert "why=1#days-without" in page
    assert "We are closed: Saint John&#39;s day" in marta.get(f"{booking}/when?why=1").text


def test_work_that_nobody_can_do_is_said_so(marta: FlaskClient, rows: Session) -> None:
    kind = rows.scalars(select(ActivityType.id).where(ActivityType.minutes == 240)).one()
    booking = marta.post(f"{PORTAL}/book", data={"activity_type": str(kind)}).location.removesuffix("/where")
    site = rows.scalars(select(Site.id).where(Site.address == ADDRESS)).one()
    marta.post(f"{booking}/where", data={"site": str(site)})
    page = marta.get(f"{booking}/when").text
    assert "At the moment none of our technicians can do this work" in page
    assert "Please let us call you" in page
