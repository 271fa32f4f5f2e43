"""One visit on the phone of its technician: what he reads of it, what he writes, and what is not his to see."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.core.audit import Actor
from fieldsvc.domain.files.keep import keep
from fieldsvc.domain.interventions import attachments, messages
from fieldsvc.domain.interventions.models import Intervention, Message
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.dispatch import company
from tests.web.dispatch.company import HELENA, HOTEL, QUINTA
from tests.web.dispatch.conftest import of_client

Change = Callable[[Session, Intervention], None]
Changed = Callable[[Change], None]
HTML = "<img src=x onerror=alert(1)> {client.name}"
FOR_RUI = {"problem": "It drips", "photo": "photo.txt"}
FOR_THE_OFFICE = {"budget": "Not above 300", "contract": "contract.txt"}


@pytest.fixture
def helena(rows: Session) -> Intervention:
    """Helena's visit, which is Rui's."""
    return of_client(rows, HELENA)


@pytest.fixture
def changed(app: Flask, helena: Intervention) -> Changed:
    """Changes Helena's visit behind the product's back."""

    def changed(change: Change) -> None:
        with app.extensions["fieldsvc"].sessions.begin() as session:
            change(session, session.get_one(Intervention, helena.id))

    return changed


def path_of(visit: Intervention) -> str:
    return f"/field/visits/{visit.id}"


def questions() -> list[dict[str, Any]]:
    """A text and a file for technicians, and one of each that is not."""
    return [
        {
            "code": code,
            "kind": "file" if answer.endswith(".txt") else "short_text",
            "label": {"en": f"Question {code}"},
            "is_for_technician": code in FOR_RUI,
        }
        for code, answer in {**FOR_RUI, **FOR_THE_OFFICE}.items()
    ]


def answers(session: Session, visit: Intervention) -> dict[str, Any]:
    """An answer to each of them, with its file."""
    given: dict[str, Any] = {**FOR_RUI, **FOR_THE_OFFICE}
    for code, answer in given.items():
        if answer.endswith(".txt"):
            kept = keep(session, visit.unit_id, answer, b"words", actor=make.DISPATCHER, now=clock.now(), about=visit)
            given[code] = kept.id
    return given


# --- What he reads ------------------------------------------------------------------------------------


def test_a_card_of_the_day_leads_to_everything_about_its_visit(rui: FlaskClient, helena: Intervention) -> None:
    day = rui.get(f"/field/?day={company.day_on(clock.now())}").text
    assert f'href="{path_of(helena)}"' in day
    page = rui.get(path_of(helena)).text
    for words in (HELENA, "Boiler service", "Promised 10:00 to 12:00", "Ring twice", 'href="tel:+351912345678"'):
        assert words in page
    assert f'href="/field/?day={company.day_on(clock.now())}"' in page, "with the way back to that day"


@pytest.mark.parametrize("where", ["intake", "action", "closing"])
def test_of_a_form_he_reads_the_answers_that_are_for_technicians_and_no_others(
    rui: FlaskClient, helena: Intervention, changed: Changed, where: str
) -> None:
    files: dict[str, int] = {}

    def answer(session: Session, visit: Intervention) -> None:
        form = make.form(session, session.get_one(BusinessUnit, visit.unit_id), questions(), kind=where)
        given = answers(session, visit)
        files.update({code: given[code] for code in ("photo", "contract")})
        if where == "intake":
            assert form.published is not None
            visit.form_version_id, visit.answers = form.published.id, given
        else:
            action = make.portal_action(session, visit.activity_type, "form") if where == "action" else None
            make.form_answer(session, visit, form, given, action_id=action.id if action else None)

    changed(answer)
    page = rui.get(path_of(helena)).text
    assert all(words in page for words in ("Question problem", "It drips", "Question photo", "photo.txt"))
    assert not [words for words in ("Question budget", "300", "Question contract", "contract.txt") if words in page]
    assert (page.index("It drips") > page.index("Report")) == (where == "closing")
    assert page.count(f'href="{path_of(helena)}/files/{files["photo"]}"') == 2, "beside its question and in the list"
    assert rui.get(f"{path_of(helena)}/files/{files['photo']}").data == b"words"
    assert rui.get(f"{path_of(helena)}/files/{files['contract']}").status_code == 404


def test_he_reads_the_whole_conversation_with_the_notes_of_the_staff(
    rui: FlaskClient, helena: Intervention, changed: Changed
) -> None:
    def talk(session: Session, visit: Intervention) -> None:
        unit = session.get_one(BusinessUnit, visit.unit_id)
        client = Actor("contact", visit.contact_id, HELENA)
        messages.write_as_client(session, unit, visit, HTML, actor=client, now=clock.now())
        messages.write_as_staff(session, unit, visit, "Noted", actor=make.DISPATCHER, now=clock.now())
        messages.note(session, visit, "Pays late", actor=make.DISPATCHER, now=clock.now())

    changed(talk)
    page = rui.get(path_of(helena)).text
    assert all(words in page for words in ("Noted", "Pays late", "Note for the staff"))
    assert ("<img src=x" in page, "&lt;img src=x onerror=alert(1)&gt; {client.name}" in page) == (False, True)


def test_he_opens_files_of_the_staff_but_no_paper_that_the_client_decides_about(
    rui: FlaskClient, helena: Intervention, changed: Changed
) -> None:
    ids: dict[str, int] = {}

    def add(session: Session, visit: Intervention) -> None:
        for name in ("plan.txt", "quote.txt"):
            stored = attachments.add(
                session, visit, name, b"words", actor=make.DISPATCHER, now=clock.now(), is_internal=name == "plan.txt"
            )
            ids[name] = stored.id
        make.document(session, visit, file_id=ids["quote.txt"])

    changed(add)
    page = rui.get(path_of(helena)).text
    assert ("plan.txt" in page, "Staff only" in page, "quote.txt" in page) == (True, True, False)
    statuses = [rui.get(f"{path_of(helena)}/files/{ids[name]}").status_code for name in ("plan.txt", "quote.txt")]
    assert statuses == [200, 404]


def test_the_steps_of_the_work_and_the_report_so_far_are_there(
    rui: FlaskClient, helena: Intervention, changed: Changed
) -> None:
    page = rui.get(path_of(helena)).text
    assert ("Steps of the work" in page, "The work has not begun yet." in page) == (False, True)

    def begin(_session: Session, visit: Intervention) -> None:
        visit.activity_type.checklist = [{"en": "Shut off the gas"}]
        visit.actual_begins_at = clock.now()

    changed(begin)
    page = rui.get(path_of(helena)).text
    assert all(words in page for words in ("Shut off the gas", "Work began"))
    assert "Work ended" not in page

    def end(_session: Session, visit: Intervention) -> None:
        visit.actual_ends_at = clock.now() + timedelta(hours=1)
        visit.outcome, visit.outcome_comment = "not_ok", "A part is missing"

    changed(end)
    page = rui.get(path_of(helena)).text
    assert all(words in page for words in ("Work ended", "Not OK", "A part is missing"))


# --- What he writes -----------------------------------------------------------------------------------


def test_he_writes_to_the_client_or_a_note_for_the_staff(rui: FlaskClient, rows: Session, helena: Intervention) -> None:
    for to, text in (("client", "I come by the back door"), ("staff", "Beware of the dog")):
        answer = rui.post(path_of(helena), data={"to": to, "text": text})
        assert (answer.status_code, answer.location) == (303, f"{path_of(helena)}#talk")
    said = [(one.author_name, one.text, one.is_internal) for one in rows.scalars(select(Message).order_by(Message.id))]
    assert said == [
        ("Rui Carvalho", "I come by the back door", False),
        ("Rui Carvalho", "Beware of the dog", True),
    ]
    assert list(rows.scalars(select(OutboxMessage.kind))) == ["new_message"]
    page = rui.get(path_of(helena)).text
    assert all(text in page for _name, text, _internal in said)


def test_an_empty_message_of_his_says_so_at_the_field(rui: FlaskClient, helena: Intervention) -> None:
    answer = rui.post(path_of(helena), data={"to": "client", "text": " "})
    assert (answer.status_code, "Please write something." in answer.text) == (422, True)
    assert HELENA in answer.text


def test_about_a_task_which_its_client_does_not_see_he_only_writes_notes(
    rui: FlaskClient, rows: Session, helena: Intervention, changed: Changed
) -> None:
    def without_client(_session: Session, visit: Intervention) -> None:
        visit.kind, visit.site_id = "task", None

    changed(without_client)
    page = rui.get(path_of(helena)).text
    assert ("No place" in page, "Send to the client" in page, "Keep as a note" in page) == (True, False, True)
    statuses = [rui.post(path_of(helena), data={"to": to, "text": "Hello"}).status_code for to in ("client", "staff")]
    assert statuses == [409, 303]
    assert [(one.text, one.is_internal) for one in rows.scalars(select(Message))] == [("Hello", True)]


# --- Whose it is --------------------------------------------------------------------------------------


def of_a_colleague(session: Session, visit: Intervention) -> None:
    visit.visits[0].technician = session.scalars(select(Technician).where(Technician.name == "Inês Magalhães")).one()


def cancelled(_session: Session, visit: Intervention) -> None:
    visit.status, visit.visits[0].is_occupying = "cancelled", False


@pytest.mark.parametrize("change", [of_a_colleague, cancelled])
def test_a_visit_that_is_not_his_is_not_found_nor_written_about(
    rui: FlaskClient, rows: Session, helena: Intervention, changed: Changed, change: Change
) -> None:
    ids: list[int] = []
    changed(lambda session, visit: ids.append(answers(session, visit)["photo"]))
    assert rui.get(f"{path_of(helena)}/files/{ids[0]}").status_code == 200, "while it is his"
    changed(change)
    assert rui.get(path_of(helena)).status_code == 404
    assert rui.get(f"{path_of(helena)}/files/{ids[0]}").status_code == 404
    assert rui.post(path_of(helena), data={"to": "client", "text": "Hello"}).status_code == 404
    assert list(rows.scalars(select(Message))) == []


def test_a_visit_of_another_unit_or_of_nobody_is_not_found(app: Flask, rui: FlaskClient, rows: Session) -> None:
    with app.extensions["fieldsvc"].sessions() as session:
        elsewhere = company.somebody_elses(session, now=clock.now())
    for visit_id in (elsewhere, of_client(rows, QUINTA).id, 9_999_999):
        assert rui.get(f"/field/visits/{visit_id}").status_code == 404
        assert rui.post(f"/field/visits/{visit_id}", data={"text": "Hello"}).status_code == 404


def test_a_file_of_one_visit_is_not_given_with_the_number_of_another(
    rui: FlaskClient, rows: Session, helena: Intervention, changed: Changed
) -> None:
    ids: list[int] = []
    changed(lambda session, visit: ids.append(answers(session, visit)["photo"]))
    assert rui.get(f"{path_of(of_client(rows, HOTEL))}/files/{ids[0]}").status_code == 404


def test_everybody_of_a_crew_reads_its_visit(rui: FlaskClient, helena: Intervention, changed: Changed) -> None:
    def join(session: Session, visit: Intervention) -> None:
        [first] = visit.visits
        own = first.technician
        of_a_colleague(session, visit)
        make.visit(session, visit, own, first.begins_at)

    changed(join)
    assert "With Inês Magalhães" in rui.get(path_of(helena)).text


def test_the_page_is_for_technicians(app: Flask, lucia: FlaskClient, helena: Intervention) -> None:
    assert lucia.get(path_of(helena)).status_code == 403
    stranger = app.test_client().get(path_of(helena))
    assert (stranger.status_code, "/staff/sign-in" in stranger.location) == (303, True)
