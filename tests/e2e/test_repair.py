"""Technician ill today, on the board, in a real browser: one click, a review with the calls to make, published."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.domain.planning import drafts, repair_day, repair_outcome
from fieldsvc.domain.planning.models import DraftPlan
from tests.conftest import CompanyFile
from tests.e2e.conftest import Axe, OpenPage
from tests.e2e.test_dispatch import INES, day, number_of, open_board, planned, sign_in, visit
from tests.web.dispatch import company
from tests.web.dispatch.company import HELENA

RUI = "Rui Carvalho"


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """The company of the dispatchers' tests, in place of the demo's."""
    return company_file(company.found)


def test_a_technician_is_ill_with_one_click_and_others_take_over(page: Page, rows: Session, axe: Axe) -> None:
    open_board(page)
    page.get_by_role("row").filter(has_text=RUI).hover()
    page.get_by_title(f"{RUI} is ill").click()
    compute(rows)
    expect(page.get_by_role("heading", name="2 visits change, their promises are kept")).to_be_visible()
    assert axe(page) == []
    assert planned(rows, HELENA) == (RUI, "10:00")
    page.get_by_role("button", name="Publish").click()
    expect(visit(page, HELENA, INES)).to_contain_text("10:00")
    expect(page.get_by_role("row").filter(has_text=RUI)).to_contain_text("Ill")
    assert planned(rows, HELENA) == (INES, "10:00")


def test_the_dialog_is_reached_with_the_keys_and_names_the_technician(page: Page, axe: Axe) -> None:
    open_board(page)
    visit(page, HELENA).focus()
    page.keyboard.press("i")
    dialog = page.get_by_role("dialog", name="Somebody is ill")
    expect(dialog.get_by_label("Technician")).to_be_focused()
    assert dialog.get_by_label("Technician").evaluate("select => select.selectedOptions[0].text") == RUI
    assert axe(page) == []
    dialog.get_by_role("button", name="See what follows").click()
    expect(page.get_by_role("heading", name=f"{RUI} is ill").first).to_be_visible()


def test_the_pages_are_sound_in_each_look(page_in_each_look: Page, rows: Session, axe: Axe) -> None:
    page = page_in_each_look
    open_board(page)
    assert axe(page) == []
    assert page.locator(".board [tabindex='0']").count() == 1
    page.goto(f"/dispatch/interventions/{number_of(rows, HELENA)}/late")
    assert axe(page) == []
    page.get_by_label("Ends at").fill("13:00")
    page.get_by_role("button", name="See what follows").click()
    compute(rows)
    expect(page.get_by_role("heading", name="Before and after")).to_be_visible()
    assert axe(page) == []
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0


def test_without_scripts_the_button_stands_in_the_list(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    sign_in(page, company.DISPATCHER)
    page.goto(f"/dispatch/board?day={day()}")
    page.get_by_role("button", name=f"{RUI} is ill").click()
    expect(page.get_by_role("heading", name=f"{RUI} is ill").first).to_be_visible()


def compute(rows: Session) -> None:
    """What the job does, for the newest draft: the server under test runs none."""
    rows.rollback()
    draft_id = rows.scalars(select(func.max(DraftPlan.id))).one()
    outcome = repair_outcome.compute(repair_day.read(rows, draft_id, now=clock.now()))
    drafts.keep(rows, draft_id, outcome, now=clock.now())
    rows.commit()
