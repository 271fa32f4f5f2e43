"""The dispatchers' pages and what can be done on them without scripts."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock, dates
from fieldsvc.core.audit import AuditEntry
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.geo import road_cache
from fieldsvc.domain.planning import drafts, optimise_day
from fieldsvc.domain.planning.models import DraftPlan
from tests.web.dispatch import company
from tests.web.dispatch.company import HELENA, HOTEL, QUINTA
from tests.web.dispatch.conftest import SignedIn, of_client

RUI, INES = "1", "2"


def day() -> str:
    return company.day_on(clock.now()).isoformat()


def address(rows: Session, name: str, page: str = "") -> str:
    return f"/dispatch/interventions/{of_client(rows, name).id}{page}"


def version_in(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found is not None
    return found[1]


# --- Board --------------------------------------------------------------------------------------------


def test_the_board_can_be_read_without_scripts(lucia: FlaskClient, rows: Session) -> None:
    page = lucia.get(f"/dispatch/board?day={day()}").text
    plain = page[page.index("<noscript>") : page.index("</noscript>")]
    for name in (HELENA, HOTEL, QUINTA):
        assert f'href="{address(rows, name)}"' in plain
    assert "10:00–12:00" in plain


def test_the_week_shows_the_load_of_each_day_and_leads_to_it(lucia: FlaskClient) -> None:
    page = lucia.get(f"/dispatch/board?view=week&day={day()}").text
    assert f"/dispatch/board?day={day()}&amp;view=day" in page
    assert page.count("<tr>") == 1 + 3
    assert QUINTA in page


@pytest.mark.parametrize("wanted", ["", "nonsense", "0001-01-01", "9999-12-31", "2026-13-01"])
def test_a_day_that_is_none_shows_today(lucia: FlaskClient, wanted: str) -> None:
    for view in ("day", "week", "nonsense"):
        assert lucia.get("/dispatch/board", query_string={"day": wanted, "view": view}).status_code == 200


# --- List ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "hotel"}, {HOTEL}),
        ({"q": "HELENA"}, {HELENA}),
        ({"status": "unscheduled"}, {QUINTA}),
        ({"technician": RUI}, {HELENA, HOTEL}),
        ({"technician": INES}, set()),
        ({"day": day()}, {HELENA, HOTEL}),
        ({"q": "nobody"}, set()),
    ],
)
def test_filters_narrow_the_list_and_stay_in_the_address(
    lucia: FlaskClient, filters: dict[str, str], found: set[str]
) -> None:
    page = html.unescape(lucia.get("/dispatch/interventions", query_string=filters).text)
    table = page.partition("<tbody>")[2]
    assert {name for name in (HELENA, HOTEL, QUINTA) if name in table} == found
    name, value = next(iter(filters.items()))
    assert ("Clear the filters" in page) is (not found)
    if found:
        assert re.search(rf'href="\?[^"]*{name}={re.escape(value)}[^"]*sort=client', page)


@pytest.mark.parametrize("value", ["'", "%", "x" * 5000, "-1", "99999999999999999999", "1 OR 1=1"])
def test_no_filter_breaks_the_list(lucia: FlaskClient, value: str) -> None:
    names = ("q", "status", "technician", "type", "day", "sort", "page")
    for name in names:
        assert lucia.get("/dispatch/interventions", query_string={name: value}).status_code == 200
    assert len(names) == 7


# --- One intervention ---------------------------------------------------------------------------------


def test_the_page_shows_both_layers_of_time_the_history_and_the_portal(lucia: FlaskClient, rows: Session) -> None:
    page = lucia.get(address(rows, HELENA)).text
    for words in ("Promised: arrives 10:00–12:00", "Planned 10:00", "Created", "Cancel the visit", "Ring twice"):
        assert words in page
    assert "Nothing is promised" in lucia.get(address(rows, QUINTA)).text


def test_another_units_intervention_has_no_page(lucia: FlaskClient, rows: Session) -> None:
    foreign = company.somebody_elses(rows, now=clock.now())
    for page in ("", "/assistant", "/suggestions.json", "/move", "/complete", "/cancel"):
        assert lucia.get(f"/dispatch/interventions/{foreign}{page}").status_code == 404, page
    for page in ("/assistant", "/move", "/lock", "/unschedule", "/complete", "/cancel"):
        form = {"version": "1", "reason": "x", "candidate": f"{RUI} 2030-01-01T10:00:00+00:00"}
        assert lucia.post(f"/dispatch/interventions/{foreign}{page}", data=form).status_code in {303, 404}, page
    assert of_client(rows, HELENA).status == "scheduled"


def test_a_visit_is_moved_locked_and_unscheduled_by_forms(lucia: FlaskClient, rows: Session) -> None:
    form = {"technician": INES, "day": day(), "begins": "11:00", "reason": ""}
    move = address(rows, HELENA, "/move")
    version = version_in(lucia.get(move).text)
    assert lucia.post(move, data={**form, "version": version}).status_code == 303
    assert of_client(rows, HELENA).version > int(version)
    version = str(of_client(rows, HELENA).version)
    lucia.post(address(rows, HELENA, "/lock"), data={"version": version, "locked": "y"})
    assert of_client(rows, HELENA).is_locked
    version = str(of_client(rows, HELENA).version)
    lucia.post(address(rows, HELENA, "/lock"), data={"version": version, "locked": ""})
    version = str(of_client(rows, HELENA).version)
    lucia.post(address(rows, HELENA, "/unschedule"), data={"version": version})
    assert of_client(rows, HELENA).status == "unscheduled"
    actions = set(rows.scalars(select(AuditEntry.action).where(AuditEntry.actor_name == "Lúcia Ferraz")))
    assert actions == {f"intervention.{done}" for done in ("moved", "locked", "unlocked", "unscheduled")}
    page = lucia.get(address(rows, HELENA)).text
    assert "Inês Magalhães" in page.partition("History")[2]


def test_a_stale_form_keeps_what_was_typed_and_holds_the_new_version(
    lucia: FlaskClient, signed_in: SignedIn, rows: Session
) -> None:
    move = address(rows, HELENA, "/move")
    version = version_in(lucia.get(move).text)
    form = {"technician": INES, "day": day(), "begins": "11:00", "version": version}
    assert signed_in(company.COLLEAGUE).post(move, data=form).status_code == 303
    mine = {**form, "begins": "13:45", "reason": "She called", "technician": RUI}
    late = lucia.post(move, data=mine)
    assert late.status_code == 409
    assert 'value="13:45"' in late.text
    assert 'value="She called"' in late.text
    assert version_in(late.text) == str(of_client(rows, HELENA).version)
    assert lucia.post(move, data={**mine, "version": version_in(late.text)}).status_code == 303


@pytest.mark.parametrize("begins", ["", "25:00", "11", "11:60", "noon"])
def test_an_hour_that_is_none_is_said_at_its_field(lucia: FlaskClient, rows: Session, begins: str) -> None:
    form = {"technician": INES, "day": day(), "begins": begins, "version": "1"}
    answer = lucia.post(address(rows, HELENA, "/move"), data=form)
    assert answer.status_code == 422
    assert 'id="begins-error"' in answer.text


def test_completing_needs_an_outcome_and_times_that_can_be(lucia: FlaskClient, rows: Session) -> None:
    complete = address(rows, HELENA, "/complete")
    version = version_in(lucia.get(complete).text)
    yesterday = (clock.now() - timedelta(days=1)).date().isoformat()
    good = {
        "day": yesterday,
        "begins": "10:00",
        "ends": "11:15",
        "outcome": "ok",
        "comment": "Done",
        "version": version,
    }
    for wrong in ({"outcome": ""}, {"day": day()}, {"ends": "10:00"}):
        assert lucia.post(complete, data={**good, **wrong}).status_code == 422, wrong
    assert lucia.post(complete, data=good).status_code == 303
    done = of_client(rows, HELENA)
    assert (done.status, done.outcome) == ("completed", "ok")
    page = lucia.get(address(rows, HELENA)).text
    assert "not answered yet" in page
    assert "Suggest another time" not in page


def test_cancelling_needs_a_reason(lucia: FlaskClient, rows: Session) -> None:
    cancel = address(rows, HELENA, "/cancel")
    version = version_in(lucia.get(cancel).text)
    assert lucia.post(cancel, data={"reason": " ", "version": version}).status_code == 422
    assert lucia.post(cancel, data={"reason": "She moves house", "version": version}).status_code == 303
    assert of_client(rows, HELENA).status == "cancelled"


# --- New ----------------------------------------------------------------------------------------------


def test_a_new_intervention_begins_with_the_client(lucia: FlaskClient, rows: Session) -> None:
    assert HOTEL in lucia.get("/dispatch/interventions/new?q=boa").text
    assert "Nobody found" in lucia.get("/dispatch/interventions/new?q=zzz").text
    client = rows.scalars(select(Client.id).where(Client.name == HOTEL)).one()
    rows.rollback()
    new = f"/dispatch/interventions/new?client={client}"
    page = lucia.get(new).text
    form = {
        name: re.findall(rf'id="{name}".*?<option[^>]*value="(\d+)"', page, re.DOTALL)[0]
        for name in ("activity_type_id", "site_id", "contact_id")
    }
    wrong = lucia.post(new, data={**form, "priority": "99", "notes": "Bring a ladder"})
    assert wrong.status_code == 422
    assert "Bring a ladder" in wrong.text
    assert 'id="priority-error"' in wrong.text
    made = lucia.post(new, data={**form, "due_on": day(), "notes": "Bring a ladder"})
    assert re.fullmatch(r"/dispatch/interventions/\d+", made.location)
    assert "Bring a ladder" in lucia.get(made.location).text
    then = lucia.post(new, data={**form, "then": "assistant"})
    assert then.location.endswith("/assistant")


# --- Assistant ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["day", "week"])
def test_a_silent_road_service_is_told_of_on_the_board_and_in_the_assistant(
    lucia: FlaskClient, rows: Session, view: str
) -> None:
    board, assistant = f"/dispatch/board?view={view}&day={day()}", address(rows, QUINTA, "/assistant")
    words = "Travel times are estimated: the road service has not answered since"
    assert not any(words in lucia.get(page).text for page in (board, assistant))
    since = clock.now()
    road_cache.fell_silent(rows, "osrm", "connection refused", now=since)
    rows.commit()
    for page in (board, assistant):
        assert f"{words} {dates.hour(since, company.ZONE)}." in lucia.get(page).text
    assert "connection refused" not in lucia.get(board).text


def test_the_best_candidate_can_be_booked(lucia: FlaskClient, rows: Session) -> None:
    assistant = address(rows, QUINTA, "/assistant")
    page = lucia.get(assistant).text
    candidates = re.findall(r'name="candidate" value="([^"]+)"', page)
    assert len(set(candidates)) >= 10
    assert "Nuno Teixeira" in page
    version = version_in(page)
    assert lucia.post(assistant, data={"version": version, "candidate": "nonsense"}).status_code == 422
    best = html.unescape(candidates[-1])
    assert lucia.post(assistant, data={"version": version, "candidate": best}).status_code == 303
    assert of_client(rows, QUINTA).status == "scheduled"
    again = lucia.post(assistant, data={"version": version, "candidate": best})
    assert again.status_code == 409


# --- Plans --------------------------------------------------------------------------------------------


def optimised(app: Flask, lucia: FlaskClient) -> str:
    """The page of a plan whose job has run."""
    page = lucia.post("/dispatch/plans", data={"day": day()}).location
    assert "Looking for a better plan" in lucia.get(page).text
    with app.extensions["fieldsvc"].sessions() as session:
        draft = session.scalars(select(DraftPlan)).one()
        asked = optimise_day.read(session, draft.id, now=clock.now())
        outcome = optimise_day.compute(asked, seconds=None, iterations=200)
        drafts.keep(session, draft.id, outcome, now=clock.now())
        session.commit()
    return page


def test_a_plan_is_compared_and_published(app: Flask, lucia: FlaskClient, rows: Session) -> None:
    page = optimised(app, lucia)
    shown = lucia.get(page).text
    assert QUINTA in shown
    assert "Publish 1 change" in shown
    published = lucia.post(f"{page}/publish")
    assert published.location == f"/dispatch/board?day={day()}&view=day"
    assert of_client(rows, QUINTA).status == "scheduled"
    assert "Published" in lucia.get(page).text


def test_a_discarded_plan_changes_nothing(app: Flask, lucia: FlaskClient, rows: Session) -> None:
    page = optimised(app, lucia)
    lucia.post(f"{page}/discard")
    assert of_client(rows, QUINTA).status == "unscheduled"
    assert lucia.post(f"{page}/publish").location == page
    assert "cannot be published any more" in lucia.get(page).text


def test_a_plan_that_came_too_late_is_not_published_and_says_why(app: Flask, lucia: FlaskClient, rows: Session) -> None:
    page = optimised(app, lucia)
    quinta = of_client(rows, QUINTA)
    lucia.post(address(rows, QUINTA, "/cancel"), data={"reason": "Sold", "version": str(quinta.version)})
    assert lucia.post(f"{page}/publish").location == page
    assert f"{quinta.reference} changed since" in lucia.get(page).text
    assert of_client(rows, QUINTA).status == "cancelled"


def test_a_plan_of_another_unit_does_not_exist(lucia: FlaskClient) -> None:
    assert lucia.get("/dispatch/plans/999").status_code == 404


# --- Satisfaction -------------------------------------------------------------------------------------


def test_satisfaction_draws_what_clients_answered(lucia: FlaskClient) -> None:
    page = lucia.get("/dispatch/satisfaction").text
    assert "+33" in page
    assert "Came late." in page
    assert "2 gave 9 or 10, 0 gave 7 or 8, 1 gave 6 or less." in page
    for period in ("month", "quarter", "year", "nonsense"):
        assert "Came late." in lucia.get(f"/dispatch/satisfaction?period={period}").text


def test_without_answers_the_page_says_when_there_will_be_some(app: Flask, lucia: FlaskClient) -> None:
    with app.extensions["fieldsvc"].sessions() as session:
        session.connection().exec_driver_sql("DELETE FROM questionnaire_response")
        session.commit()
    assert "No answers in this period" in lucia.get("/dispatch/satisfaction").text
