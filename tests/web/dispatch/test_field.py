"""A technician's own day and the secret address of his calendar."""

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from fieldsvc.core import clock
from tests.web.dispatch import company
from tests.web.dispatch.company import HELENA, HOTEL, QUINTA

ADDRESS = re.compile(r"/feeds/[\w-]+\.ics")


def fresh_address(rui: FlaskClient) -> str:
    rui.post("/field/feed/rotate")
    found = ADDRESS.search(rui.get("/field/").text)
    assert found is not None
    return found[0]


def test_the_day_lists_the_technicians_own_visits_in_order(rui: FlaskClient) -> None:
    day = company.day_on(clock.now())
    page = rui.get(f"/field/?day={day}").text
    assert 0 < page.index(HELENA) < page.index(HOTEL)
    assert QUINTA not in page
    for words in ("Ring twice", 'href="tel:+351912345678"', "Promised 10:00 to 12:00", "openstreetmap.org"):
        assert words in page
    assert "No visits on this day" in rui.get(f"/field/?day={day + timedelta(days=1)}").text
    assert rui.get("/field/?day=nonsense").status_code == 200


def test_the_address_of_the_calendar_is_shown_once_and_read_without_signing_in(app: Flask, rui: FlaskClient) -> None:
    address = fresh_address(rui)
    assert ADDRESS.search(rui.get("/field/").text) is None
    calendar = app.test_client().get(address)
    assert calendar.status_code == 200
    assert HELENA in calendar.text
    again = app.test_client().get(address, headers={"If-None-Match": calendar.headers["ETag"]})
    assert again.status_code == 304


def test_a_new_address_ends_the_one_before_and_revoking_ends_all(app: Flask, rui: FlaskClient) -> None:
    first = fresh_address(rui)
    second = fresh_address(rui)
    stranger = app.test_client()
    assert (stranger.get(first).status_code, stranger.get(second).status_code) == (404, 200)
    rui.post("/field/feed/revoke")
    assert stranger.get(second).status_code == 404
    assert "Make my calendar address" in rui.get("/field/").text
