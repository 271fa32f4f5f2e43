"""What a client is shown is noted when the page has been sent, with what became of it."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.domain.booking import offers
from fieldsvc.domain.booking.models import Offer
from fieldsvc.domain.booking.slots import read_window
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.teams.models import Absence, Technician
from fieldsvc.web import offer_log
from tests.web.portal.test_booking import begin


def look(marta: FlaskClient, booking: str, query: str = "") -> str:
    """The page with the times, read to its end, as a browser does."""
    return marta.get(f"{booking}/when{query}", buffered=True).text


def times(page: str) -> list[str]:
    return re.findall(r'name="window" value="([^"]+)"', page)


def logged(rows: Session) -> list[Offer]:
    rows.rollback()
    return list(rows.scalars(select(Offer).order_by(Offer.id)))


def test_a_page_of_times_is_noted_once_with_every_slot_its_cost_and_why_others_are_missing(
    marta: FlaskClient, rows: Session
) -> None:
    booking = begin(marta, rows)
    page = look(marta, booking)
    look(marta, booking)
    [offer] = logged(rows)
    assert (offer.source, offer.outcome) == ("portal", "open")
    assert set(times(page)) <= {f"{slot[0]}/{slot[1]}".replace(":00+00:00", "Z") for slot in offer.slots}
    begins, ends, technician_id, planned, cost, minutes, km, band = offer.slots[0]
    assert begins <= planned < ends
    assert technician_id in {1, 2}
    assert cost >= 0 <= minutes
    assert km >= 0
    assert band in {"green", "orange", "red"}
    assert [slot[4] for slot in offer.slots] == sorted(slot[4] for slot in offer.slots)
    assert all(isinstance(code, str) and count > 0 for code, count in offer.refused)


def test_head_shows_nothing_and_notes_nothing(marta: FlaskClient, rows: Session) -> None:
    booking = begin(marta, rows)
    marta.head(f"{booking}/when", buffered=True)
    assert logged(rows) == []


def test_what_was_taken_is_noted_with_its_rank(marta: FlaskClient, rows: Session) -> None:
    booking = begin(marta, rows)
    window = times(look(marta, booking))[3]
    marta.post(f"{booking}/hold", data={"window": window})
    marta.post(f"{booking}/confirm")
    [offer] = logged(rows)
    rank = [f"{slot[0]}/{slot[1]}".replace(":00+00:00", "Z") for slot in offer.slots].index(window) + 1
    assert offer.outcome == "taken"
    assert offer.taken == [rank, *offer.slots[rank - 1]]
    assert offer.decided_at is not None
    assert rows.get_one(Intervention, offer.result_id).status == "scheduled"


def lose(rows: Session, reason: str, window: str) -> None:
    """Take the slot away in one of the ways in which slots go."""
    begins_at, ends_at = read_window(window) or (None, None)
    assert begins_at is not None
    assert ends_at is not None
    for technician in rows.scalars(select(Technician)):
        if reason == "away":
            rows.add(Absence(technician_id=technician.id, begins_at=begins_at, ends_at=ends_at + timedelta(hours=2)))
    if reason == "expired":
        held = rows.scalars(select(Intervention).where(Intervention.status == "held")).one()
        held.held_until = clock.now() - timedelta(seconds=1)
    rows.commit()


@pytest.mark.parametrize("reason", ["away", "expired"])
def test_a_slot_that_is_gone_is_noted_as_lost_with_why(marta: FlaskClient, rows: Session, reason: str) -> None:
    booking = begin(marta, rows)
    window = times(look(marta, booking))[-1]
    if reason == "away":
        lose(rows, reason, window)
        answer = marta.post(f"{booking}/hold", data={"window": window}, buffered=True)
    else:
        marta.post(f"{booking}/hold", data={"window": window})
        lose(rows, reason, window)
        answer = marta.post(f"{booking}/confirm", buffered=True)
    assert "lost=1" in answer.location
    [offer] = logged(rows)
    assert (offer.outcome, offer.why) == ("lost", reason)
    look(marta, booking, "?lost=1")
    assert [one.outcome for one in logged(rows)] == ["lost", "open"]


def test_looking_again_at_other_times_replaces_what_was_shown_before(marta: FlaskClient, rows: Session) -> None:
    booking = begin(marta, rows)
    first = times(look(marta, booking))[0]
    lose(rows, "away", first)
    look(marta, booking)
    assert [offer.outcome for offer in logged(rows)] == ["replaced", "open"]


def test_a_log_that_fails_does_not_touch_the_page(
    marta: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_keywords: object) -> None:
        raise RuntimeError("no room")

    warned: list[str] = []
    booking = begin(marta, rows)
    monkeypatch.setattr(offers, "shown", broken)
    monkeypatch.setattr(offer_log.log, "warning", lambda event, **_data: warned.append(event))
    answer = marta.get(f"{booking}/when", buffered=True)
    assert answer.status_code == 200
    assert times(answer.text)
    assert logged(rows) == []
    assert warned == ["offer.not_logged"]
