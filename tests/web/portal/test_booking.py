import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.portal.company import ADDRESS, PORTAL


def begin(marta: FlaskClient, rows: Session) -> str:
    """A draft up to the choice of a time; its address."""
    booking = marta.post(f"{PORTAL}/book", data={"activity_type": "1"}).location.removesuffix("/where")
    site = rows.scalars(select(Site.id).where(Site.address == ADDRESS)).one()
    assert marta.post(f"{booking}/where", data={"site": str(site)}).location == f"{booking}/questions"
    assert marta.post(f"{booking}/questions", data={"q_leak": "no"}).location == f"{booking}/when"
    return booking


def times(marta: FlaskClient, booking: str) -> list[str]:
    return re.findall(r'name="window" value="([^"]+)"', marta.get(f"{booking}/when").text)


def test_what_was_typed_stays_when_an_answer_is_wrong(marta: FlaskClient) -> None:
    booking = marta.post(f"{PORTAL}/book", data={"activity_type": "1"}).location.removesuffix("/where")
    typed = {"q_last": "Long ago", "q_brand": "nonsense", "notes": "Ring twice"}
    answer = marta.post(f"{booking}/questions", data=typed)
    assert answer.status_code == 422
    assert 'value="Long ago"' in answer.text
    assert "Ring twice" in answer.text
    assert 'id="q_leak-error"' in answer.text
    assert 'id="q_brand-error"' in answer.text


def test_the_steps_cannot_be_skipped(marta: FlaskClient) -> None:
    booking = marta.post(f"{PORTAL}/book", data={"activity_type": "1"}).location.removesuffix("/where")
    assert marta.get(f"{booking}/when").location == f"{booking}/where"
    assert marta.get(f"{booking}/confirm").location == f"{booking}/when?lost=1"


def test_a_booking_left_on_the_way_is_offered_again_at_home_until_it_is_finished(
    marta: FlaskClient, rows: Session
) -> None:
    assert "/book/" not in marta.get(f"{PORTAL}/").text
    booking = begin(marta, rows)
    assert f'href="{booking}/when"' in marta.get(f"{PORTAL}/").text
    marta.post(f"{booking}/hold", data={"window": times(marta, booking)[0]})
    assert f'href="{booking}/confirm"' in marta.get(f"{PORTAL}/").text
    marta.post(f"{booking}/confirm")
    assert "/book/" not in marta.get(f"{PORTAL}/").text


def test_every_time_shown_can_be_kept(marta: FlaskClient, rows: Session) -> None:
    booking = begin(marta, rows)
    shown = times(marta, booking)
    assert len(shown) >= 10
    for window in shown:
        assert marta.post(f"{booking}/hold", data={"window": window}).location == f"{booking}/confirm", window


@pytest.mark.parametrize(
    "window", ["", "nonsense", "2026-01-01T10:00Z/2026-01-01T12:00Z", "x" * 5000, "2026-11-12/2026-11-13"]
)
def test_a_time_that_was_never_offered_leads_back_to_the_times(marta: FlaskClient, rows: Session, window: str) -> None:
    booking = begin(marta, rows)
    answer = marta.post(f"{booking}/hold", data={"window": window})
    assert answer.status_code == 303
    assert answer.location.startswith(f"{booking}/when")
    assert marta.get(answer.location).status_code == 200


def test_confirming_twice_books_once(marta: FlaskClient, rows: Session) -> None:
    booking = begin(marta, rows)
    marta.post(f"{booking}/hold", data={"window": times(marta, booking)[0]})
    first = marta.post(f"{booking}/confirm")
    second = marta.post(f"{booking}/confirm")
    assert first.location == second.location
    assert len(rows.scalars(select(Intervention).where(Intervention.status == "scheduled")).all()) == 1


def test_a_hold_is_kept_longer_once(marta: FlaskClient, rows: Session) -> None:
    booking = begin(marta, rows)
    marta.post(f"{booking}/hold", data={"window": times(marta, booking)[0]})
    assert marta.post(f"{booking}/hold/extend").location == f"{booking}/confirm"
    assert marta.post(f"{booking}/hold/extend").status_code == 409


def test_the_other_steps_of_a_moved_visit_are_closed(marta: FlaskClient, rows: Session) -> None:
    booking = begin(marta, rows)
    marta.post(f"{booking}/hold", data={"window": times(marta, booking)[0]})
    visit = marta.post(f"{booking}/confirm").location.removesuffix("/booked")
    moving = marta.post(f"{visit}/reschedule").location
    draft = moving.removesuffix("/when")
    number = draft.rsplit("/", 1)[-1]
    for step in (f"{PORTAL}/book?draft={number}", f"{draft}/where", f"{draft}/questions"):
        assert marta.get(step).location == moving


@pytest.mark.parametrize("site", ["", "nonsense", "-1", "9" * 40, "٣"])
def test_a_site_that_is_none_is_refused_at_the_field(marta: FlaskClient, site: str) -> None:
    booking = marta.post(f"{PORTAL}/book", data={"activity_type": "1"}).location
    answer = marta.post(booking, data={"site": site})
    assert answer.status_code == 422
    assert 'id="site-error"' in answer.text


def test_what_belongs_to_somebody_else_does_not_exist(marta: FlaskClient, rows: Session) -> None:
    theirs = _of_another_client(rows)
    booking = marta.post(f"{PORTAL}/book", data={"activity_type": "1"}).location
    assert marta.post(booking, data={"site": str(theirs.site_id)}).status_code == 404
    for path in ("", "/booked", "/calendar.ics", "/cancel"):
        assert marta.get(f"{PORTAL}/visits/{theirs.id}{path}").status_code == 404, path
    for path in ("/cancel", "/reschedule", "/questionnaire"):
        assert marta.post(f"{PORTAL}/visits/{theirs.id}{path}").status_code == 404, path
    draft = rows.scalars(select(BookingDraft.id).where(BookingDraft.contact_id == theirs.contact_id)).one()
    for step in ("where", "questions", "when", "confirm"):
        assert marta.get(f"{PORTAL}/book/{draft}/{step}").status_code == 404, step
    for step in ("hold", "hold/extend", "call-me", "confirm"):
        assert marta.post(f"{PORTAL}/book/{draft}/{step}", data={"window": ""}).status_code == 404, step


def _of_another_client(rows: Session) -> Intervention:
    unit = rows.scalars(select(BusinessUnit)).one()
    theirs = make.intervention(rows, unit, now=clock.now())
    rows.add(
        BookingDraft(
            unit_id=unit.id,
            contact_id=theirs.contact_id,
            activity_type_id=theirs.activity_type_id,
            created_at=clock.now(),
        )
    )
    rows.commit()
    return theirs


def test_what_an_older_page_shows_is_not_what_is_booked(marta: FlaskClient, rows: Session) -> None:
    booking = begin(marta, rows)
    first, second = times(marta, booking)[:2]
    marta.post(f"{booking}/hold", data={"window": first})
    older = re.search(r'name="window" value="([^"]+)"', marta.get(f"{booking}/confirm").text)
    assert older is not None
    marta.post(f"{booking}/hold", data={"window": second})  # in another tab
    answer = marta.post(f"{booking}/confirm", data={"window": older[1]})
    assert answer.location == f"{booking}/confirm"
    page = marta.get(answer.location).text
    assert "Meanwhile you have chosen another time." in page
    assert rows.scalars(select(Intervention).where(Intervention.status == "scheduled")).all() == []
    assert marta.post(f"{booking}/confirm", data={"window": second}).location.endswith("/booked")
