"""A dispatcher looks at the board of another unit, on a phone and at a desk, with and without scripts."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.core.dates import at_wall_time
from fieldsvc.domain.units import settings
from tests import make
from tests.conftest import CompanyFile
from tests.e2e.conftest import PHONE, Axe, OpenPage
from tests.web.dispatch import company
from tests.web.dispatch.company import ZONE, day_on

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def found(session: Session, *, now: datetime) -> None:
    """The dispatchers' company beside a unit that shows its board."""
    company.found(session, now=now)
    unit = make.unit(session, slug="lyon", name="Lyon Chauffage", zone=ZONE)
    settings.change(unit, is_board_shown_to_units=True)
    zoe = make.technician(session, unit, name="Zoé", weekdays=range(7))
    for visibility, hour in (("private", 9), ("shared", 11)):
        kind = make.activity_type(session, unit, title={"en": f"{visibility} work"}, visibility=visibility)
        make.scheduled(session, unit, zoe, at_wall_time(day_on(now), hour * 60, ZONE), activity_type=kind)
    begins_at, ends_at = (at_wall_time(day_on(now), hour * 60, ZONE) for hour in (14, 16))
    make.absence(session, zoe, begins_at, ends_at)


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """Both companies, in place of the demo's."""
    return company_file(found)


def come_in(page: Page) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("E-mail").fill(company.DISPATCHER)
    page.get_by_label("Password").fill(company.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dispatch/**")
    page.goto(f"/dispatch/board?day={day_on(clock.now())}")


def test_the_board_leads_to_that_of_another_unit(page_in_each_look: Page, axe: Axe) -> None:
    page = page_in_each_look
    come_in(page)
    assert axe(page) == []
    page.locator("summary", has_text="Other units").click()
    link = page.get_by_role("link", name="Lyon Chauffage")
    expect(link).to_be_in_viewport(ratio=1)
    assert axe(page, ".other-units") == []
    link.click()
    expect(page.get_by_role("heading", name="Board of Lyon Chauffage")).to_be_visible()
    row = page.get_by_role("region", name="Zoé")
    expect(row.get_by_role("listitem")).to_contain_text(["Busy", "shared work", "Away"])
    assert axe(page) == []
    assert page.evaluate(OVERFLOW) <= 0


def test_it_needs_no_scripts(open_page: OpenPage) -> None:
    page = open_page(width=PHONE, scripts=False)
    come_in(page)
    page.locator("summary", has_text="Other units").click()
    page.get_by_role("link", name="Lyon Chauffage").click()
    expect(page.get_by_text("Busy")).to_be_visible()
    page.get_by_role("link", name="Next day").click()
    expect(page.get_by_text("Nothing planned.")).to_be_visible()
    page.get_by_label("Day", exact=True).fill(day_on(clock.now()).isoformat())
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("shared work")).to_be_visible()
    page.get_by_role("link", name="Our own board").click()
    page.wait_for_url(f"**/dispatch/board?day={day_on(clock.now())}")
