"""What Marta does with her visit: each thing once as she may, once as she may not, and never with somebody else's."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.domain.interventions.models import Document, FormAnswer, Intervention, Message
from fieldsvc.domain.planning import place
from tests.web.portal import company, marta
from tests.web.portal.company import PORTAL
from tests.web.portal.marta import Ids

changing = marta.changing
NEVER = {"condition": "status_is", "statuses": ["in_progress"]}
HTML = "<script>alert(1)</script> & <b>bold</b> {unit.name}"

# kind → the address below the visit, and what is sent
SENT: dict[str, tuple[Callable[[Ids], str], dict[str, object]]] = {
    "confirm": (lambda ids: "/confirm", {}),
    "reschedule": (lambda ids: "/reschedule", {}),
    "cancel": (lambda ids: "/cancel", {"reason": "Away"}),
    "form": (lambda ids: f"/forms/{ids.actions['form']}", {"q_parking": "In the yard"}),
    "message": (lambda ids: "/message", {"text": "The bell is broken"}),
    "file": (lambda ids: "/files", {"file": (b"It leaks", "note.txt")}),
    "document": (lambda ids: f"/documents/{ids.document}", {"decision": "approved", "note": "Fine"}),
    "ask": (lambda ids: f"/ask/{ids.actions['ask']}", {"notes": "A second boiler", "part": "morning"}),
}


@pytest.fixture
def ids(app: Flask) -> Ids:
    """The numbers of Marta's visit and of what belongs to it."""
    return marta.furnish(app)


def send(browser: FlaskClient, ids: Ids, kind: str, *, visit: int | None = None) -> TestResponse:
    where, sent = SENT[kind]
    data = {name: (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for name, value in sent.items()}
    return browser.post(f"{PORTAL}/visits/{visit or ids.visit}{where(ids)}", data=data)


def picture() -> BytesIO:
    """A small picture."""
    file = BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG")
    file.seek(0)
    return file


def what_there_is(rows: Session) -> list[object]:
    """Everything an action could change."""
    rows.expire_all()
    tables = (Message, FormAnswer, Document, StoredFile, BookingDraft, Intervention)
    return [
        [tuple(row) for row in rows.execute(select(table.__table__).order_by(table.__table__.c.id))] for table in tables
    ]


# --- Allowed, refused, somebody else's ----------------------------------------------------------------


@pytest.mark.parametrize("kind", SENT)
def test_what_is_allowed_is_done_and_leads_on(kind: str, marta: FlaskClient, ids: Ids, rows: Session) -> None:
    before = what_there_is(rows)
    answer = send(marta, ids, kind)
    assert (answer.status_code, what_there_is(rows) != before) == (303, True)
    assert marta.get(answer.location).status_code == 200


@pytest.mark.parametrize("kind", SENT)
def test_what_its_conditions_refuse_is_not_done_however_it_is_sent(
    kind: str, app: Flask, marta: FlaskClient, ids: Ids, rows: Session
) -> None:
    with changing(app) as session:
        session.execute(update(PortalAction).where(PortalAction.id == ids.actions[kind]).values(conditions=NEVER))
    before = what_there_is(rows)
    answer = send(marta, ids, kind)
    assert (answer.status_code, what_there_is(rows)) == (409, before)
    assert "Please call us" in answer.text


@pytest.mark.parametrize("kind", SENT)
def test_somebody_elses_visit_does_not_exist(kind: str, marta: FlaskClient, ids: Ids, rows: Session) -> None:
    before = what_there_is(rows)
    answers = [send(marta, ids, kind, visit=visit) for visit in (ids.other, 9_999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert what_there_is(rows) == before


@pytest.mark.parametrize("kind", SENT)
def test_a_contact_who_sees_his_own_visits_only_does_nothing_with_others(
    kind: str, app: Flask, marta: FlaskClient, ids: Ids, rows: Session
) -> None:
    with changing(app) as session:
        session.execute(update(Contact).where(Contact.email == company.EMAIL).values(role="own"))
        session.execute(update(Intervention).where(Intervention.id == ids.visit).values(contact_id=None))
    before = what_there_is(rows)
    assert (send(marta, ids, kind).status_code, what_there_is(rows)) == (404, before)
    for page in ("", "/calendar.ics", f"/files/{ids.file}", f"/documents/{ids.document}", "/message", "/files"):
        assert marta.get(ids.path + page).status_code == 404
    assert f"/visits/{ids.visit}" not in marta.get(f"{PORTAL}/").text + marta.get(f"{PORTAL}/visits").text


@pytest.mark.parametrize("kind", SENT)
def test_without_a_session_everything_leads_to_the_sign_in(kind: str, browser: FlaskClient, ids: Ids) -> None:
    assert "/sign-in" in send(browser, ids, kind).location


# --- Each in its own way ------------------------------------------------------------------------------


def test_a_form_can_be_changed_and_stays_one_answer(marta: FlaskClient, ids: Ids, rows: Session) -> None:
    path = f"{ids.path}/forms/{ids.actions['form']}"
    first = {"q_parking": "In the yard", "q_photo": (picture(), "gauge.png")}
    assert marta.post(path, data=first).status_code == 303
    assert "In the yard" in marta.get(path).text
    page = marta.get(ids.path).text
    assert ("In the yard" in page, "Photo</a>" in page) == (True, True)
    assert marta.post(path, data={"q_parking": "On the road"}).status_code == 303
    [answered] = rows.scalars(select(FormAnswer)).all()
    assert (answered.answers["parking"], answered.answered_by) == ("On the road", "Marta Figueiredo")


def test_a_refused_form_says_why_and_loses_nothing(marta: FlaskClient, ids: Ids, rows: Session) -> None:
    answer = marta.post(f"{ids.path}/forms/{ids.actions['form']}", data={"q_parking": " "})
    assert (answer.status_code, "Please answer this question." in answer.text) == (422, True)
    asked = marta.post(
        f"{ids.path}/ask/{ids.actions['ask']}", data={"notes": "My words", "wanted_on": "2001-01-01", "part": "dawn"}
    )
    assert asked.status_code == 422
    assert all(words in asked.text for words in ("My words", "This day has passed", "Please choose one of the answers"))
    assert rows.scalars(select(FormAnswer)).all() == []


def test_a_message_is_shown_as_text_whatever_is_in_it(marta: FlaskClient, ids: Ids) -> None:
    marta.post(f"{ids.path}/message", data={"text": HTML})
    page = marta.get(ids.path).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt; {unit.name}" in page


def test_a_message_that_is_too_long_is_kept_in_the_form(marta: FlaskClient, ids: Ids) -> None:
    answer = marta.post(f"{ids.path}/message", data={"text": "word " * 1000})
    assert (answer.status_code, "word word word" in answer.text, "shorten" in answer.text) == (422, True, True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script>"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("run.exe", b"MZ\x90\x00"),
        ("empty.txt", b""),
    ],
)
def test_files_that_could_do_something_are_refused_with_words(
    name: str, content: bytes, marta: FlaskClient, ids: Ids, rows: Session
) -> None:
    before = len(rows.scalars(select(StoredFile.id)).all())
    answer = marta.post(f"{ids.path}/files", data={"file": (BytesIO(content), name)})
    assert (answer.status_code, 'aria-invalid="true"' in answer.text, name in answer.text) == (422, True, True)
    assert len(rows.scalars(select(StoredFile.id)).all()) == before


def test_files_are_given_to_their_owner_only_and_those_of_the_staff_to_no_client(marta: FlaskClient, ids: Ids) -> None:
    given = marta.get(f"{ids.path}/files/{ids.file}")
    assert (given.status_code, given.data) == (200, b"0.9 bar")
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in given.headers["Content-Security-Policy"]
    theirs = f"{PORTAL}/visits/{ids.other}/files/{ids.file + 2}"
    for path in (f"{ids.path}/files/{ids.internal}", f"{ids.path}/files/{ids.file + 2}", theirs):
        assert marta.get(path).status_code == 404
    page = marta.get(ids.path).text
    assert ("gauge.txt" in page, "margin.txt" in page, "Staff only" in page) == (True, False, False)


def test_a_decision_without_an_answer_is_asked_for_again(marta: FlaskClient, ids: Ids, rows: Session) -> None:
    answer = marta.post(f"{ids.path}/documents/{ids.document}", data={"note": "Hm"})
    assert (answer.status_code, "Please say whether you approve or decline it." in answer.text) == (422, True)
    assert marta.post(f"{ids.path}/documents/{ids.document + 1}", data={"decision": "approved"}).status_code == 404


def test_a_visit_without_a_time_gets_one_and_stays_the_same_visit(
    app: Flask, marta: FlaskClient, ids: Ids, rows: Session
) -> None:
    with changing(app) as session:
        visit = session.get_one(Intervention, ids.visit)
        place.take_out(session, visit)
        visit.status, visit.window_begins_at, visit.window_ends_at = "unscheduled", None, None
    assert "Choose an appointment" in marta.get(ids.path).text
    when = marta.post(f"{ids.path}/book").location
    windows = windows_of(marta.get(when).text)
    kept = marta.post(when.replace("/when", "/hold"), data={"window": windows[0]})
    booked = marta.post(kept.location)
    assert f"/visits/{ids.visit}/booked" in booked.location
    rows.expire_all()
    visit = rows.get_one(Intervention, ids.visit)
    assert (visit.status, visit.window_begins_at is not None, visit.planned is not None) == ("scheduled", True, True)


def test_what_is_asked_of_the_unit_becomes_a_request_and_a_foreign_action_does_not_exist(
    marta: FlaskClient, ids: Ids, rows: Session
) -> None:
    assert "Ask for a repair" in marta.get(f"{PORTAL}/").text
    path = f"{PORTAL}/ask/{ids.unit_actions['ask']}"
    assert marta.post(path, data={"notes": "Help"}).status_code == 422  # no address chosen
    site = rows.get_one(Intervention, ids.visit).site_id
    answer = marta.post(path, data={"notes": "Help", "site": str(site), "part": ""})
    assert answer.status_code == 303
    newest = rows.scalars(select(Intervention).order_by(Intervention.id.desc())).first()
    assert newest is not None
    assert (newest.status, newest.notes) == ("requested", "Help")
    assert marta.get(f"{PORTAL}/ask/{ids.actions['ask']}").status_code == 404
    assert marta.get(f"{PORTAL}/ask/9999999").status_code == 404
    filled = marta.post(f"{PORTAL}/forms/{ids.unit_actions['form']}", data={"q_parking": "Anywhere"})
    assert filled.status_code == 303


def windows_of(page: str) -> list[str]:
    """The windows a page of times offers."""
    return [part.partition('"')[0] for part in page.split('name="window" value="')[1:]]
