"""The staff's pages of the offer log and of the waiting list."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from fieldsvc.core import clock
from fieldsvc.core.audit import AuditEntry
from fieldsvc.domain.booking.models import Offer, WaitingEntry
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from tests.web.world import Web


@pytest.fixture
def own(fresh_web: Web) -> Web:
    """The product for one test alone."""
    return fresh_web


def test_the_log_shows_figures_the_list_and_each_slot_of_an_offer(web: Web) -> None:
    browser = web.browser("dispatcher")
    page = browser.get("/settings/offers?period=month").text
    assert "Client of ana" in page
    assert "Which slot was taken" in page
    assert "The day is full" in page
    mine = browser.get(f"/settings/offers/{web.belongings['ana'].offer}").text
    assert "1 slot was shown" in mine
    assert "+12 min, 8.5 km" in mine


def test_the_list_is_searched_and_filtered(web: Web) -> None:
    browser = web.browser("dispatcher")
    assert "Client of ana" not in browser.get("/settings/offers?q=sofia").text
    assert "Client of sofia" in browser.get("/settings/offers?q=SOFIA").text
    for nothing in ("q=nobody", "state=lost", "source=assistant", "type=9999999"):
        assert "Nothing found" in browser.get(f"/settings/offers?{nothing}").text, nothing
    for nonsense in ("state=%27", "source=x", "type=-1", "page=999999999", "period=century", "q=%25%25"):
        assert browser.get(f"/settings/offers?{nonsense}").status_code == 200, nonsense


def test_an_old_open_offer_was_left(own: Web) -> None:
    mine = own.belongings["ana"].offer
    own.change(sa.update(Offer).where(Offer.id == mine).values(outcome="open", taken=[], result_id=None))
    browser = own.browser("dispatcher")
    assert "Client of ana" in browser.get("/settings/offers?state=left").text
    assert "Client of ana" not in browser.get("/settings/offers?state=open&q=ana").text


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", '"quoted", and\nbroken'])
def test_the_file_holds_a_line_for_each_offer_and_no_formula(own: Web, name: str) -> None:
    own.change(sa.update(Client).where(Client.name == "Client of ana").values(name=name))
    browser = own.browser("dispatcher")
    lines = list(csv.reader(io.StringIO(browser.get("/settings/offers/export?as=csv").text.lstrip("\ufeff"))))
    assert len(lines) == 3
    assert {line[2].lstrip("'") for line in lines[1:]} == {name, "Client of sofia"}
    assert not any(cell.startswith(("=", "@")) for line in lines for cell in line)
    assert browser.get("/settings/offers/export?as=xlsx", buffered=True).data[:2] == b"PK"
    assert browser.get("/settings/offers/export?as=exe").status_code == 404


def test_the_intervention_says_what_its_client_was_shown_and_took(web: Web) -> None:
    mine = web.belongings["ana"]
    page = web.browser("dispatcher").get(f"/dispatch/interventions/{mine.intervention}").text
    assert "What was shown, and what was taken" in page
    assert f"/settings/offers/{mine.offer}" in page
    assert "rank 1 of 1" in page


def test_what_the_assistant_shows_a_dispatcher_is_noted_and_what_he_takes(own: Web) -> None:
    browser = own.browser("dispatcher")
    path = f"/dispatch/interventions/{own.belongings['ana'].intervention}/assistant"
    first = browser.get(path, buffered=True).text
    browser.get(path, buffered=True)
    assert own.count(Offer, Offer.source == "assistant") == 1
    candidate = first.partition('name="candidate" value="')[2].partition('"')[0]
    with own.factory() as session:
        version = session.get_one(Intervention, own.belongings["ana"].intervention).version
    sent = {"candidate": candidate, "version": str(version), "reason": "He asked for it"}
    assert browser.post(path, data=sent).status_code == 303
    assert own.count(Offer, Offer.source == "assistant", Offer.outcome == "taken") == 1


def test_what_a_colleague_sees_who_views_as_the_client_is_not_noted(own: Web) -> None:
    browser = own.browser("administrator")
    ana = own.people["ana"].id
    when = f"/portal/alfa/book/{own.belongings['ana'].draft}/when"
    assert browser.post(f"/settings/view-as/{ana}").status_code == 303
    assert 'name="window"' in browser.get(when, buffered=True).text
    assert own.count(Offer, Offer.source == "portal") == 3, "those there were"
    own.browser("ana").get(when, buffered=True)
    assert own.count(Offer, Offer.source == "portal") == 4


def test_the_waiting_list_shows_who_waits_and_why_he_has_no_offer(web: Web) -> None:
    browser = web.browser("dispatcher")
    page = browser.get("/settings/waiting").text
    assert "Client of ana" in page
    assert "every day" in page
    assert "Client of sofia" not in browser.get("/settings/waiting?q=ana").text
    for nonsense in ("state=%27", "type=x", "page=0", "q=%00"):
        assert browser.get(f"/settings/waiting?{nonsense}").status_code in {200, 400}, nonsense


def test_a_time_is_offered_by_hand(own: Web) -> None:
    browser, mine = own.browser("dispatcher"), own.belongings["ana"].waiting
    page = browser.get(f"/settings/waiting/{mine}").text
    window = page.partition('name="window" value="')[2].partition('"')[0]
    assert browser.post(f"/settings/waiting/{mine}/offer", data={"window": window}).status_code == 303
    page = browser.get(f"/settings/waiting/{mine}").text
    assert "is kept for the client until" in page
    assert "A time was offered" in page
    assert own.count(OutboxMessage, OutboxMessage.kind == "waiting_offer") == 1
    again = browser.post(f"/settings/waiting/{mine}/offer", data={"window": window})
    assert again.status_code == 409
    assert "has an offer already" in again.text


def test_a_window_that_is_not_free_is_not_offered(own: Web) -> None:
    browser, mine = own.browser("dispatcher"), own.belongings["ana"].waiting
    begins = (clock.now() + timedelta(days=2)).replace(hour=3, minute=7)
    window = f"{begins:%Y-%m-%dT%H:%MZ}/{begins + timedelta(hours=2):%Y-%m-%dT%H:%MZ}"
    answer = browser.post(f"/settings/waiting/{mine}/offer", data={"window": window})
    assert answer.status_code == 409
    assert own.count(WaitingEntry, WaitingEntry.state == "offered") == 0


def test_taking_somebody_off_the_list_needs_a_reason_and_is_written_down(own: Web) -> None:
    browser, mine = own.browser("dispatcher"), own.belongings["ana"].waiting
    assert browser.post(f"/settings/waiting/{mine}/remove", data={"reason": ""}).status_code == 422
    assert browser.post(f"/settings/waiting/{mine}/remove", data={"reason": "Moved away"}).status_code == 303
    assert "The waiting is over." in browser.get(f"/settings/waiting/{mine}").text
    assert own.count(AuditEntry, AuditEntry.action == "waiting.left", AuditEntry.actor_kind == "staff") == 1


def test_work_that_is_archived_is_said_to_be_the_reason(own: Web) -> None:
    own.change(sa.update(ActivityType).values(is_archived=True))
    page = own.browser("dispatcher").get(f"/settings/waiting/{own.belongings['ana'].waiting}").text
    assert "Clients cannot book this work any more." in page


def test_what_belongs_to_another_unit_is_not_found(web: Web) -> None:
    browser, mine = web.browser("dispatcher_b"), web.belongings["ana"]
    assert browser.get(f"/settings/offers/{mine.offer}").status_code == 404
    assert browser.get(f"/settings/waiting/{mine.waiting}").status_code == 404
    assert browser.post(f"/settings/waiting/{mine.waiting}/offer").status_code == 404
    assert browser.post(f"/settings/waiting/{mine.waiting}/remove", data={"reason": "x"}).status_code == 404
    assert "Client of ana" not in browser.get("/settings/offers").text
    assert "Client of ana" not in browser.get("/settings/waiting").text


def test_a_dispatcher_sees_of_the_settings_only_what_he_may_open(web: Web) -> None:
    page = web.browser("dispatcher").get("/settings/waiting").text
    assert "/settings/offers" in page
    assert "/settings/skills" not in page
    assert "/settings/skills" in web.browser("administrator").get("/settings/waiting").text
