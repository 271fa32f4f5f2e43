"""What staff do with a client about an intervention: messages, notes, files, documents, links, setting off."""

import re
from datetime import timedelta
from io import BytesIO
from typing import TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.core.audit import Actor
from fieldsvc.domain.interventions import messages, visit_links
from fieldsvc.domain.interventions.models import Document, Intervention, Message, VisitLink
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit
from tests.web.dispatch import company
from tests.web.dispatch.company import HELENA, HOTEL, QUINTA
from tests.web.dispatch.conftest import SignedIn, of_client

Row = TypeVar("Row", Message, Document, OutboxMessage)
HTML = "<img src=x onerror=alert(1)> {client.name}"


@pytest.fixture
def helena(rows: Session) -> Intervention:
    """Helena's visit in two days."""
    return of_client(rows, HELENA)


def path_of(visit: Intervention) -> str:
    return f"/dispatch/interventions/{visit.id}"


def everything(rows: Session, table: type[Row]) -> list[Row]:
    found = list(rows.scalars(select(table)))
    rows.expunge_all()
    rows.rollback()
    return found


# --- Conversation -------------------------------------------------------------------------------------


def test_a_reply_goes_to_the_client_and_a_note_to_nobody(
    lucia: FlaskClient, rows: Session, helena: Intervention
) -> None:
    for to, text in (("client", "We ring before"), ("staff", "Pays late")):
        answer = lucia.post(f"{path_of(helena)}/messages", data={"to": to, "text": text})
        assert answer.status_code == 303
    said = [(one.text, one.is_internal) for one in everything(rows, Message)]
    assert said == [("We ring before", False), ("Pays late", True)]
    assert [one.kind for one in everything(rows, OutboxMessage)] == ["new_message"]
    page = lucia.get(path_of(helena)).text
    assert all(words in page for words in ("We ring before", "Pays late", "Note for the staff", "not read yet"))


def test_a_message_without_a_button_stays_in_the_house(lucia: FlaskClient, rows: Session, helena: Intervention) -> None:
    lucia.post(f"{path_of(helena)}/messages", data={"text": "To whom?"})
    assert everything(rows, OutboxMessage) == []


def test_what_a_client_wrote_is_marked_in_the_list_until_it_is_read(
    app: Flask, lucia: FlaskClient, rows: Session, helena: Intervention
) -> None:
    with app.extensions["fieldsvc"].sessions.begin() as session:
        visit = session.get_one(Intervention, helena.id)
        unit = session.get_one(BusinessUnit, visit.unit_id)
        client = Actor("contact", visit.contact_id, HELENA)
        messages.write_as_client(session, unit, visit, HTML, actor=client, now=clock.now())
    assert "1 new message" in lucia.get("/dispatch/interventions").text
    page = lucia.get(path_of(helena)).text
    assert ("<img src=x" in page, "&lt;img src=x onerror=alert(1)&gt; {client.name}" in page) == (False, True)
    assert lucia.post(f"{path_of(helena)}/messages/read").status_code == 303
    assert "new message" not in lucia.get("/dispatch/interventions").text


def test_an_empty_message_says_so_at_the_field(lucia: FlaskClient, helena: Intervention) -> None:
    answer = lucia.post(f"{path_of(helena)}/messages", data={"to": "client", "text": " "})
    assert (answer.status_code, "Please write something." in answer.text) == (422, True)


# --- Files and documents ------------------------------------------------------------------------------


def test_a_file_may_be_for_the_staff_only(lucia: FlaskClient, helena: Intervention) -> None:
    for internal in ({}, {"is_internal": "y"}):
        name = "internal.txt" if internal else "open.txt"
        sent = {"file": (BytesIO(b"words"), name), **internal}
        assert lucia.post(f"{path_of(helena)}/files", data=sent).status_code == 303
    page = lucia.get(path_of(helena)).text
    assert (page.count("Staff only"), "open.txt" in page, "internal.txt" in page) == (1, True, True)
    for link in re.findall(rf'"({path_of(helena)}/files/\d+)"', page):
        assert lucia.get(link).data == b"words"
    assert lucia.post(f"{path_of(helena)}/files", data={}).status_code == 422


def test_a_document_is_sent_with_its_file_and_can_be_withdrawn(
    lucia: FlaskClient, rows: Session, helena: Intervention
) -> None:
    sent = {"title": "Quote for a tank", "amount": "148,00", "file": (BytesIO(b"%PDF-1.4\n%%EOF\n"), "quote.pdf")}
    answer = lucia.post(f"{path_of(helena)}/documents", data=sent)
    assert answer.status_code == 303, re.findall("class=.wrong.*", answer.text)
    [document] = everything(rows, Document)
    assert (document.amount_cents, document.state, document.file_id is not None) == (14_800, "waiting", True)
    assert [one.kind for one in everything(rows, OutboxMessage)] == ["document_waiting"]
    for status in (303, 409):
        answer = lucia.post(f"{path_of(helena)}/documents/{document.id}/withdraw")
        assert answer.status_code == status
    other = of_client(rows, HOTEL)
    assert lucia.post(f"{path_of(other)}/documents/{document.id}/withdraw").status_code == 404


@pytest.mark.parametrize("sent", [{"title": ""}, {"title": "Quote", "amount": "a lot"}, {"title": "x" * 500}])
def test_a_document_that_cannot_be_is_refused_and_stays_in_the_form(
    lucia: FlaskClient, rows: Session, helena: Intervention, sent: dict[str, str]
) -> None:
    answer = lucia.post(f"{path_of(helena)}/documents", data=sent)
    assert (answer.status_code, all(value in answer.text for value in sent.values())) == (422, True)
    assert everything(rows, Document) == []


def test_the_staff_see_and_end_the_secret_links(app: Flask, lucia: FlaskClient, helena: Intervention) -> None:
    with app.extensions["fieldsvc"].sessions.begin() as session:
        visit = session.get_one(Intervention, helena.id)
        assert visit.contact is not None
        token = visit_links.make(session, visit, visit.contact, now=clock.now())
    assert "1 link in messages leads to this visit" in lucia.get(path_of(helena)).text
    stranger = app.test_client()
    assert stranger.get(f"/visit/{token}").status_code == 200
    lucia.post(f"{path_of(helena)}/links/revoke")
    ended = stranger.get(f"/visit/{token}")
    assert (ended.status_code, "This link has ended" in ended.text) == (404, True)
    with app.extensions["fieldsvc"].sessions() as session:
        assert session.scalar(select(VisitLink.revoked_at)) is not None


def test_what_the_client_wished_and_confirmed_is_on_the_page(
    app: Flask, lucia: FlaskClient, rows: Session, helena: Intervention
) -> None:
    quinta = of_client(rows, QUINTA)
    with app.extensions["fieldsvc"].sessions.begin() as session:
        wanted = session.get_one(Intervention, quinta.id)
        wanted.wanted_on, wanted.wanted_part = (clock.now() + timedelta(days=9)).date(), "morning"
        session.get_one(Intervention, helena.id).confirmed_at = clock.now()
    page = lucia.get(path_of(quinta)).text
    assert ("The client asked for" in page, "In the morning." in page) == (True, True)
    assert "Confirmed by the client" in lucia.get(path_of(helena)).text
    assert "asked for" in lucia.get("/dispatch/interventions").text


# --- On the way ---------------------------------------------------------------------------------------


def test_a_dispatcher_notes_that_somebody_set_off_and_arrived(
    lucia: FlaskClient, rows: Session, helena: Intervention
) -> None:
    for step, status in (("set-off", "travelling"), ("arrive", "in_progress")):
        version = of_client(rows, HELENA).version
        assert lucia.post(f"{path_of(helena)}/{step}", data={"version": version}).status_code == 303
        assert of_client(rows, HELENA).status == status
    assert [one.kind for one in everything(rows, OutboxMessage)] == ["on_the_way"]


def test_an_old_page_does_not_send_anybody_off(lucia: FlaskClient, rows: Session, helena: Intervention) -> None:
    answer = lucia.post(f"{path_of(helena)}/set-off", data={"version": helena.version - 1}, follow_redirects=True)
    assert "Somebody else has changed this" in answer.text
    assert of_client(rows, HELENA).status == "scheduled"


def test_a_technician_has_one_next_step_on_his_own_visit_of_today(
    app: Flask, signed_in: SignedIn, rows: Session, helena: Intervention
) -> None:
    with app.extensions["fieldsvc"].sessions.begin() as session:
        [visit] = session.get_one(Intervention, helena.id).visits
        visit.begins_at = clock.now().replace(hour=12, minute=0)
        visit.ends_at = visit.begins_at + timedelta(hours=1)
    rui = signed_in(company.TECHNICIAN)
    for words, status in (("I am on my way", "travelling"), ("I have arrived", "in_progress")):
        page = rui.get("/field/").text
        assert page.count('class="tour-next"') == 1
        assert words in page
        step = re.search(r'action="(/field/visits/\d+/[a-z-]+)".*?name="version" value="(\d+)"', page)
        assert step is not None
        assert rui.post(step[1], data={"version": step[2]}).status_code == 303
        assert of_client(rows, HELENA).status == status
    assert 'class="tour-next"' not in rui.get("/field/").text


def test_a_technician_takes_no_steps_for_others(
    app: Flask, signed_in: SignedIn, rows: Session, helena: Intervention
) -> None:
    with app.extensions["fieldsvc"].sessions.begin() as session:
        [visit] = session.get_one(Intervention, helena.id).visits
        visit.technician_id += 1
    rui = signed_in(company.TECHNICIAN)
    for step in ("set-off", "arrive"):
        answer = rui.post(f"/field/visits/{helena.id}/{step}", data={"version": helena.version})
        assert answer.status_code == 404
    assert of_client(rows, HELENA).status == "scheduled"
