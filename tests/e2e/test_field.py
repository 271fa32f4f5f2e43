"""A technician's day on his phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fieldsvc.core import clock
from tests.conftest import CompanyFile
from tests.e2e.conftest import PHONE as PHONE_WIDTH
from tests.e2e.conftest import Axe, OpenPage
from tests.e2e.test_dispatch import sign_in
from tests.web.dispatch import company
from tests.web.dispatch.company import HELENA, HOTEL


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """The company of the dispatchers' tests, in place of the demo's."""
    return company_file(company.found)


def test_a_technician_reads_his_day_in_each_look(page_in_each_look: Page, axe: Axe) -> None:
    page = page_in_each_look
    sign_in(page, company.TECHNICIAN)
    page.goto(f"/field/?day={company.day_on(clock.now())}")
    stops = page.locator(".tour-stop")
    expect(stops).to_have_count(2)
    expect(stops.nth(0)).to_contain_text(HELENA)
    expect(stops.nth(1)).to_contain_text(HOTEL)
    expect(stops.nth(0).get_by_role("link", name=re.compile("^Call"))).to_have_attribute("href", "tel:+351912345678")
    assert axe(page) == []
    page.get_by_role("link", name="Next day").click()
    expect(page.get_by_text("No visits on this day")).to_be_visible()
    assert axe(page) == []


def test_a_technician_opens_a_visit_from_his_day_and_writes_to_its_client_in_each_look(
    page_in_each_look: Page, axe: Axe
) -> None:
    page = page_in_each_look
    sign_in(page, company.TECHNICIAN)
    page.goto(f"/field/?day={company.day_on(clock.now())}")
    page.get_by_role("link", name=re.compile(f"^Details.*{HELENA}")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HELENA)
    assert axe(page) == []
    page.get_by_role("button", name="Send to the client").click()
    expect(page.get_by_role("alert")).to_contain_text("Please write something.")
    assert axe(page) == []
    page.get_by_label("Message or note").fill("I come by the back door")
    page.get_by_role("button", name="Send to the client").click()
    expect(page.get_by_role("status")).to_contain_text("Sent to the client.")
    expect(page.locator("#talk")).to_contain_text("I come by the back door")
    assert axe(page) == []


def test_the_calendar_address_is_shown_once_then_renewed_and_revoked(open_page: OpenPage, axe: Axe) -> None:
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, company.TECHNICIAN)
    page.get_by_role("button", name="Make my calendar address").click()
    first = page.get_by_label("Calendar address").input_value()
    assert axe(page) == []
    assert HELENA in page.request.get(first).text()
    page.reload()
    expect(page.get_by_label("Calendar address")).to_have_count(0)

    page.get_by_text("New address…").click()
    page.get_by_role("button", name="Make a new address").click()
    second = page.get_by_label("Calendar address").input_value()
    assert (page.request.get(first).status, page.request.get(second).status) == (404, 200)

    page.get_by_text("Stop sharing…").click()
    page.get_by_role("button", name="Stop sharing my calendar").click()
    expect(page.get_by_role("status")).to_contain_text("not shared any more")
    assert page.request.get(second).status == 404
