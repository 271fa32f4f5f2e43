"""What the page of a visit shows, what the first page says is waiting, and the way there."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update

from fieldsvc.core import clock
from fieldsvc.domain.catalogue.models import SHOWN_TO_CLIENTS, ActivityType
from fieldsvc.domain.files.keep import keep
from fieldsvc.domain.interventions import messages, questionnaires
from fieldsvc.domain.interventions.models import Intervention, VisitLink
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.portal import marta
from tests.web.portal.company import PORTAL
from tests.web.portal.marta import OFFICE, Ids

# What of the page stands for each part that an activity type may show.
SIGNS = {
    "status": "Progress</h2>",
    "technician": "Rui Tavares",
    "arrival_window": 'class="window"',
    "price": "95.00",
}
changing = marta.changing


@pytest.fixture
def ids(app: Flask) -> Ids:
    """The numbers of Marta's visit and of what belongs to it."""
    return marta.furnish(app)


def show_only(app: Flask, ids: Ids, *parts: str) -> None:
    with changing(app) as session:
        session.get_one(Intervention, ids.visit).activity_type.shown = list(parts)


@pytest.mark.parametrize("part", SIGNS)
def test_a_page_shows_what_the_activity_type_lets_clients_see(
    part: str, app: Flask, marta: FlaskClient, ids: Ids
) -> None:
    pages = {}
    for name, shown in (("with", SHOWN_TO_CLIENTS), ("without", [one for one in SHOWN_TO_CLIENTS if one != part])):
        show_only(app, ids, *shown)
        pages[name] = marta.get(ids.path).text + marta.get(f"{PORTAL}/").text
    assert SIGNS[part] in pages["with"]
    assert SIGNS[part] not in pages["without"]


def test_a_window_that_is_not_shown_is_in_no_file_either(app: Flask, marta: FlaskClient, ids: Ids) -> None:
    show_only(app, ids, "status")
    for path in (f"{ids.path}/calendar.ics", f"/visit/{ids.link}/calendar.ics"):
        assert marta.get(path).status_code == 404
    assert "Add to calendar" not in marta.get(ids.path).text


def test_texts_have_their_codes_filled(marta: FlaskClient, ids: Ids) -> None:
    page = marta.get(ids.path).text
    assert "We look at everything, Marta Figueiredo." in page
    assert "{" not in page.split("<h1>")[1].split("</h1>")[0]


def test_the_first_page_says_what_waits_and_reading_makes_it_go(app: Flask, marta: FlaskClient, ids: Ids) -> None:
    with changing(app) as session:
        visit = session.get_one(Intervention, ids.visit)
        unit = session.get_one(BusinessUnit, visit.unit_id)
        messages.write_as_staff(session, unit, visit, "Is there parking?", actor=OFFICE, now=clock.now())
    page = marta.get(f"{PORTAL}/").text
    for words in ("We have written to you", "Fill in the form", "Quote", "Confirm the time", "How did the visit go?"):
        assert words in page
    read = marta.post(f"{ids.path}/messages/read")
    assert "#messages" in read.location
    marta.post(f"{ids.path}/forms/{ids.actions['form']}", data={"q_parking": "Here"})
    marta.post(f"{ids.path}/documents/{ids.document}", data={"decision": "approved"})
    page = marta.get(f"{PORTAL}/").text
    for words in ("We have written to you", f"/forms/{ids.actions['form']}", "148"):
        assert words not in page


def test_pages_ask_the_same_few_questions_however_much_there_is(app: Flask, marta: FlaskClient, ids: Ids) -> None:
    counts: dict[str, list[int]] = {}
    for more in (0, 8):
        with changing(app) as session:
            first = session.get_one(Intervention, ids.visit)
            unit = session.get_one(BusinessUnit, first.unit_id)
            technician = first.visits[0].technician
            for number in range(more):
                begins_at = clock.now() + timedelta(days=10 + number)
                values: dict[str, Any] = {
                    "activity_type": first.activity_type,
                    "site": first.site,
                    "contact_id": first.contact_id,
                }
                visit = make.scheduled(session, unit, technician, begins_at, **values)
                make.document(session, visit)
                for _message in range(3):
                    messages.note(session, first, "x", actor=OFFICE, now=clock.now())
        for path in (f"{PORTAL}/", ids.path):
            marta.get(path)
            counts.setdefault(path, []).append(queries_of(app, marta, path))
    for path, (few, many) in counts.items():
        assert many <= few, path
        assert few < 40


def queries_of(app: Flask, browser: FlaskClient, path: str) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine = app.extensions["fieldsvc"].engine
    event.listen(engine, "before_cursor_execute", note)
    assert browser.get(path).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_the_phone_of_the_technician_is_shown_while_he_is_on_the_way_only(
    app: Flask, marta: FlaskClient, ids: Ids
) -> None:
    phones = {}
    for status in ("scheduled", "travelling", "in_progress"):
        with changing(app) as session:
            session.get_one(Intervention, ids.visit).status = status
        for path in (ids.path, f"/visit/{ids.link}"):
            page = marta.get(path).text
            phones[status, path] = "tel:+351912000418" in page
            assert ('<noscript><meta http-equiv="refresh"' in page) == (status == "travelling")
    assert {key[0] for key, is_there in phones.items() if is_there} == {"travelling"}
    assert sum(phones.values()) == 2


def test_a_report_has_times_answers_and_pictures_when_it_is_shown(app: Flask, marta: FlaskClient, ids: Ids) -> None:
    with changing(app) as session:
        visit = session.get_one(Intervention, ids.visit)
        visit.status, visit.outcome, visit.outcome_comment = "completed", "ok", "New pump <b>fitted</b>"
        visit.actual_begins_at, visit.actual_ends_at = clock.now(), clock.now() + timedelta(hours=1)
        questions: list[dict[str, Any]] = [
            {"code": "bar", "kind": "number", "label": {"en": "Pressure"}},
            {"code": "mood", "kind": "short_text", "label": {"en": "Mood of the client"}, "is_for_client": False},
        ]
        form = make.form(session, session.get_one(BusinessUnit, visit.unit_id), questions, kind="closing")
        answered = {"bar": 2, "mood": "grumpy"}
        make.form_answer(session, visit, form, answered)
    page = marta.get(ids.path).text
    assert [words in page for words in ("Pressure", "Mood of the client", "grumpy")] == [True, False, False]
    assert "New pump &lt;b&gt;fitted" in page
    show_only(app, ids, "status")
    assert "New pump" not in marta.get(ids.path).text


def test_a_picture_of_a_report_that_is_not_shown_is_no_file_of_the_visit(
    app: Flask, marta: FlaskClient, ids: Ids
) -> None:
    with changing(app) as session:
        visit = session.get_one(Intervention, ids.visit)
        unit = session.get_one(BusinessUnit, visit.unit_id)
        taken = keep(session, unit.id, "boiler.txt", b"as it is now", actor=OFFICE, now=clock.now(), about=visit).id
        form = make.form(
            session, unit, [{"code": "after", "kind": "file", "label": {"en": "The boiler"}}], kind="closing"
        )
        make.form_answer(session, visit, form, {"after": taken})
        visit.status, visit.actual_ends_at = "completed", clock.now()
    picture = f"{ids.path}/files/{taken}"
    for shown in (True, False):
        show_only(app, ids, *(("status", "report") if shown else ("status",)))
        assert (picture in marta.get(ids.path).text) == shown
        assert marta.get(picture).status_code == (200 if shown else 404)
    assert marta.get(f"{ids.path}/files/{ids.file}").status_code == 200


def test_the_first_page_asks_for_nothing_about_a_visit_that_is_not_shown_any_more(
    app: Flask, marta: FlaskClient, ids: Ids
) -> None:
    with changing(app) as session:
        visit = session.get_one(Intervention, ids.visit)
        unit = session.get_one(BusinessUnit, visit.unit_id)
        messages.write_as_staff(session, unit, visit, "Is there parking?", actor=OFFICE, now=clock.now())
        visit.status, visit.actual_ends_at = "completed", clock.now() - timedelta(days=9)
        asked = make.form(session, unit, [{"code": "n", "kind": "nps", "label": {"en": "?"}}], kind="questionnaire")
        visit.activity_type.questionnaire_id = asked.id
        questionnaires.ask(session, unit, visit, now=clock.now())
    waiting = (f"{ids.path}/messages/read", f"{ids.path}/documents/{ids.document}", f"{ids.path}/questionnaire")
    for days in (10, 8):
        with changing(app) as session:
            session.get_one(Intervention, ids.visit).activity_type.history_days = days
        page = marta.get(f"{PORTAL}/").text
        assert [path in page for path in waiting] == [days == 10] * 3
        assert marta.get(ids.path).status_code == (200 if days == 10 else 404)


# --- The secret link ----------------------------------------------------------------------------------


def test_a_link_shows_and_confirms_without_a_sign_in(app: Flask, browser: FlaskClient, ids: Ids) -> None:
    page = browser.get(f"/visit/{ids.link}")
    assert (page.status_code, "Confirm the time" in page.text) == (200, True)
    assert browser.get(f"/visit/{ids.link}/calendar.ics").status_code == 200
    assert browser.post(f"/visit/{ids.link}/confirm").status_code == 303
    assert "Confirmed by you" in browser.get(f"/visit/{ids.link}").text
    assert browser.post(f"/visit/{ids.link}/confirm").status_code == 409
    assert browser.get(f"{ids.path}").status_code == 303  # it signs nobody in


@pytest.mark.parametrize(
    ("wanted", "leads_to"), [("visit", "/visits/"), ("cancel", "/cancel"), ("reschedule", "/when")]
)
def test_a_link_opens_the_portal_once(app: Flask, ids: Ids, wanted: str, leads_to: str) -> None:
    first, second = app.test_client(), app.test_client()
    opened = first.post(f"/visit/{ids.link}/{wanted}")
    assert leads_to in opened.location
    assert first.get(opened.location).status_code == 200
    assert first.post(f"/visit/{ids.link}/{wanted}").location.split("?")[0].endswith(leads_to) or wanted != "cancel"
    refused = second.post(f"/visit/{ids.link}/{wanted}")
    assert "/sign-in" in refused.location
    assert "signs you in only once" in second.get(refused.location).text
    assert second.get(f"{ids.path}").status_code == 303


def test_following_a_link_changes_nothing_and_a_wrong_or_ended_one_says_what_to_do(
    app: Flask, browser: FlaskClient, ids: Ids
) -> None:
    for _scanner in range(3):
        assert browser.get(f"/visit/{ids.link}").status_code == 200
    for wanted in ("visit", "cancel", "reschedule", "confirm"):
        assert browser.get(f"/visit/{ids.link}/{wanted}").status_code == 405
    assert browser.get("/visit/nothing").status_code == 404
    with changing(app) as session:
        visit = session.get_one(Intervention, ids.visit)
        visit.window_begins_at = clock.now() - timedelta(days=9)
        visit.window_ends_at = clock.now() - timedelta(days=8)
        session.execute(update(VisitLink).values(expires_at=clock.now() - timedelta(days=7)))
    page = browser.get(f"/visit/{ids.link}")
    assert (page.status_code, "sign in" in page.text) == (404, True)
    for path in ("confirm", "cancel", "visit"):
        assert browser.post(f"/visit/{ids.link}/{path}").status_code == 404


def test_work_that_left_the_portal_is_still_read_and_cannot_be_acted_on(
    app: Flask, marta: FlaskClient, ids: Ids
) -> None:
    with changing(app) as session:
        session.get_one(ActivityType, session.get_one(Intervention, ids.visit).activity_type_id).is_on_portal = False
    page = marta.get(ids.path)
    assert (page.status_code, "Fill in the form" in page.text) == (200, False)
