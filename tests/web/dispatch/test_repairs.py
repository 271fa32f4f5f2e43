"""The pages of a day that is upset: ill, late, urgent; reviewed as a draft, with the clients who need a call."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock, dates
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning import drafts, repair_day, repair_outcome
from fieldsvc.domain.planning.models import DraftPlan
from fieldsvc.domain.teams.models import Absence, Technician
from tests.web.dispatch import company
from tests.web.dispatch.company import HELENA, HOTEL, QUINTA
from tests.web.dispatch.conftest import of_client
from tests.web.dispatch.test_pages import address, day


def repaired(app: Flask, page: str, lucia: FlaskClient) -> str:
    """The page of a repair whose job has run."""
    assert "Looking for the plan that keeps most promises" in lucia.get(page).text
    with app.extensions["fieldsvc"].sessions() as session:
        draft = session.scalars(select(DraftPlan)).one()
        outcome = repair_outcome.compute(repair_day.read(session, draft.id, now=clock.now()))
        drafts.keep(session, draft.id, outcome, now=clock.now())
        session.commit()
    return page


def planned(rows: Session, client: str) -> Visit:
    """The planned visit of a client."""
    rows.expire_all()
    visits = select(Visit).join(Intervention).join(Client).where(Client.name == client, Visit.is_occupying)
    return rows.scalars(visits).one()


def ill(app: Flask, lucia: FlaskClient, rows: Session, *names: str) -> str:
    """The repair for a technician who is ill on the day with visits; the others are absent already."""
    technicians = {row.name: row.id for row in rows.scalars(select(Technician))}
    for name in names[1:]:
        begins_at = dates.at_wall_time(company.day_on(clock.now()), 0, company.ZONE)
        ends_at = dates.at_wall_time(company.day_on(clock.now()), 1439, company.ZONE)
        rows.add(Absence(technician_id=technicians[name], begins_at=begins_at, ends_at=ends_at, reason="Away"))
    rows.commit()
    asked = lucia.post("/dispatch/repairs/ill", data={"technician": technicians[names[0]], "day": day()})
    return repaired(app, asked.location, lucia)


def test_who_takes_over_is_shown_and_published_with_the_absence(app: Flask, lucia: FlaskClient, rows: Session) -> None:
    page = ill(app, lucia, rows, "Rui Carvalho")
    shown = lucia.get(page).text
    assert "Rui Carvalho is ill" in shown
    assert "2 visits change, their promises are kept" in shown
    assert "need a call" not in shown
    assert lucia.post(f"{page}/publish").location == f"/dispatch/board?day={day()}&view=day"
    assert {planned(rows, name).technician.name for name in (HELENA, HOTEL)} == {"Inês Magalhães"}
    assert rows.scalars(select(Absence.reason)).all() == ["Ill"]


def test_a_client_whom_nobody_can_serve_is_to_be_called(app: Flask, lucia: FlaskClient, rows: Session) -> None:
    page = ill(app, lucia, rows, "Rui Carvalho", "Inês Magalhães")
    shown = lucia.get(page).text
    assert "2 clients need a call" in shown
    assert 'href="tel:+351912345678"' in shown
    lucia.post(f"{page}/publish")
    assert {of_client(rows, name).status for name in (HELENA, HOTEL)} == {"unscheduled"}


def test_a_visit_that_runs_late_asks_until_when_and_shows_what_follows(
    app: Flask, lucia: FlaskClient, rows: Session
) -> None:
    page = address(rows, HELENA, "/late")
    assert lucia.post(page, data={"ends": "10:30"}).status_code == 422
    asked = lucia.post(page, data={"ends": "13:00"})
    repaired(app, asked.location, lucia)
    assert f"{HELENA} runs late" in lucia.get(asked.location).text
    lucia.post(f"{asked.location}/publish")
    assert dates.hour(planned(rows, HELENA).ends_at, company.ZONE) == "13:00"


def test_something_urgent_is_fitted_in_or_nobody_can_go(app: Flask, lucia: FlaskClient, rows: Session) -> None:
    asked = lucia.post(address(rows, QUINTA, "/urgent"))
    repaired(app, asked.location, lucia)
    shown = lucia.get(asked.location).text
    assert f"Fit in {QUINTA}" in shown
    assert ("Nobody can go there today" in shown) or ("Publish" in shown)
    assert lucia.post(address(rows, HELENA, "/urgent")).location == address(rows, HELENA)


def test_who_is_no_technician_cannot_be_ill(lucia: FlaskClient) -> None:
    for nobody in ("999", "x", ""):
        refused = lucia.post("/dispatch/repairs/ill", data={"technician": nobody, "day": day()})
        assert refused.location == f"/dispatch/board?day={day()}&view=day"
        assert "Please choose a technician." in lucia.get(refused.location).text


def test_nobody_is_ill_on_a_day_that_is_over(lucia: FlaskClient, rows: Session) -> None:
    somebody = rows.scalars(select(Technician.id)).first()
    rows.rollback()
    refused = lucia.post("/dispatch/repairs/ill", data={"technician": somebody, "day": "2020-01-01"})
    assert "This day is over." in lucia.get(refused.location).text


def test_a_technician_without_visits_only_gets_his_absence(app: Flask, lucia: FlaskClient, rows: Session) -> None:
    page = ill(app, lucia, rows, "Nuno Teixeira")
    assert "Record the absence" in lucia.get(page).text
    lucia.post(f"{page}/publish")
    assert rows.scalar(select(Absence.reason)) == "Ill"
    assert of_client(rows, HELENA).status == "scheduled"
