"""A client's way through the portal, in a real browser: sign in, book, move, cancel, answer."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse
from fieldsvc.domain.notify.models import OutboxMessage
from tests.conftest import CompanyFile
from tests.e2e.conftest import PHONE as PHONE_WIDTH
from tests.e2e.conftest import Axe, OpenPage
from tests.web.portal import company
from tests.web.portal.company import PORTAL

MAIN_BUTTON = "main .btn-primary"
TIMES = "input[name=window]"


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """The company of the portal's tests, in place of the demo's."""
    return company_file(company.found)


def test_a_client_signs_in_books_moves_and_cancels(page_in_each_look: Page, rows: Session, axe: Axe) -> None:
    page = page_in_each_look
    sign_in(page, rows, axe=axe)
    choose_work_and_place(page, axe)
    answer_questions(page, axe)
    keep_a_time(page, axe)
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    assert axe(page) == []
    [booked] = visits_with_status(rows, "scheduled")
    before = booked.window_begins_at

    page.get_by_role("button", name="Change the time").click()
    expect(page.get_by_text("stays yours until you confirm the new time")).to_be_visible()
    keep_a_time(page, axe, number=5)
    page.get_by_role("button", name="Confirm the new time").click()
    expect(page.get_by_role("heading", name="Your visit has moved")).to_be_visible()
    rows.expire_all()
    [moved] = visits_with_status(rows, "scheduled")
    assert moved.id == booked.id
    assert moved.window_begins_at != before

    page.get_by_role("link", name="See details").click()
    assert axe(page) == []
    page.get_by_role("link", name="Cancel the visit").click()
    assert axe(page) == []
    page.get_by_label("Why do you cancel?").fill("We are moving house")
    page.get_by_role("button", name="Yes, cancel the visit").click()
    expect(page.get_by_role("status").first).to_contain_text("The visit is cancelled.")
    expect(page.locator("main")).to_contain_text("We are moving house")
    assert axe(page) == []
    assert visits_with_status(rows, "scheduled") == []


def test_a_visit_is_booked_without_scripts(open_page: OpenPage, rows: Session) -> None:
    page = open_page(scripts=False, width=PHONE_WIDTH)
    sign_in(page, rows)
    choose_work_and_place(page)
    answer_questions(page)
    keep_a_time(page)
    expect(page.locator("[data-countdown] [data-while-held]").first).to_contain_text("Nobody else can take it until")
    page.get_by_role("button", name="Keep it longer").click()
    expect(page.get_by_role("button", name="Keep it longer")).to_have_count(0)
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    assert len(visits_with_status(rows, "scheduled")) == 1


def test_a_questionnaire_is_answered_by_its_link_without_signing_in(
    page_in_each_look: Page, rows: Session, axe: Axe
) -> None:
    page = page_in_each_look
    page.goto(questionnaire_link(rows))
    expect(page.locator("main")).to_contain_text("1 of 3")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("Please answer this question.")
    assert axe(page) == []
    page.get_by_role("radio", name="9", exact=True).check(force=True)
    page.get_by_role("button", name="Next").click()
    assert axe(page) == []
    page.get_by_role("radio", name="5 Great").check(force=True)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Anything to add?").fill("All went well")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert axe(page) == []
    response = rows.scalars(select(QuestionnaireResponse)).one()
    assert (response.nps, response.rating, response.answers["more"]) == (9, 5, "All went well")


def test_a_questionnaire_keeps_its_answers_when_the_reader_leaves_and_comes_back(page: Page, rows: Session) -> None:
    link = questionnaire_link(rows)
    page.goto(link)
    page.get_by_role("radio", name="7", exact=True).check(force=True)
    page.get_by_role("button", name="Next").click()
    page.goto(link)
    expect(page.get_by_role("radio", name="7", exact=True)).to_be_checked()


def test_a_time_that_ran_out_keeps_the_form_and_offers_the_nearest(page: Page, rows: Session, axe: Axe) -> None:
    sign_in(page, rows)
    choose_work_and_place(page)
    answer_questions(page)
    keep_a_time(page)
    rows.execute(
        update(Intervention).where(Intervention.status == "held").values(held_until=clock.now() - timedelta(seconds=1))
    )
    rows.commit()
    page.get_by_role("button", name="Book this visit").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("That time is no longer kept for you")
    expect(page.locator(".side")).to_contain_text("Ring twice, please")
    assert axe(page) == []
    alert.get_by_role("button").first.click()
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()


def test_the_time_left_is_announced_at_the_start_at_one_minute_and_at_the_end(page: Page, rows: Session) -> None:
    page.clock.install()
    sign_in(page, rows)
    choose_work_and_place(page)
    answer_questions(page)
    keep_a_time(page)
    said = page.locator("[data-say]")
    expect(said).to_have_text("5 minutes left.")
    page.clock.run_for(120_000)
    expect(said).to_have_text("5 minutes left.")
    expect(page.locator("[data-left]")).to_have_text("3 minutes left.")
    page.clock.run_for(125_000)
    expect(said).to_have_text("1 minute left.")
    page.clock.run_for(60_000)
    expect(said).to_have_text("The time is no longer kept for you.")
    expect(page.get_by_role("link", name="Choose a time")).to_be_visible()


def test_no_time_says_why_and_offers_a_call(page_in_each_look: Page, rows: Session, axe: Axe) -> None:
    page = page_in_each_look
    sign_in(page, rows)
    choose_work_and_place(page, work="Heat-pump installation")
    page.locator(MAIN_BUTTON).click()
    expect(page.locator("main")).to_contain_text("none of our technicians can do this work")
    assert axe(page) == []
    page.get_by_role("button", name="Ask for a call").click()
    expect(page.get_by_role("status").first).to_contain_text("We have your request")
    assert axe(page) == []
    assert len(visits_with_status(rows, "requested")) == 1


def test_a_new_address_that_is_not_on_the_map_leads_to_a_call(page: Page, rows: Session, axe: Axe) -> None:
    sign_in(page, rows)
    page.goto(f"{PORTAL}/book")
    page.get_by_role("radio", name="Boiler service").check()
    page.locator(MAIN_BUTTON).click()
    page.get_by_role("radio", name="Another address").check()
    page.locator(MAIN_BUTTON).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Please type the street and the number.")
    assert axe(page) == []
    page.get_by_label("Street and number").fill("Rua Nova 1")
    page.get_by_label("Town").fill("Porto")
    page.locator(MAIN_BUTTON).click()
    answer_questions(page)
    expect(page.get_by_role("heading", name="We have to look up your address")).to_be_visible()
    assert axe(page) == []


def test_a_wrong_code_says_how_many_tries_are_left_and_takes_the_focus(page: Page, rows: Session, axe: Axe) -> None:
    ask_for_a_code(page, company.PHONE)
    right = code_sent(rows)
    page.get_by_label("Six-digit code").fill("000000" if right != "000000" else "111111")
    page.get_by_role("button", name="Sign in").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("You have 4 more tries.")
    assert page.title().startswith("Error: ")
    assert axe(page) == []
    page.get_by_role("button", name="Send a new code").click()
    page.get_by_label("Six-digit code").fill(code_sent(rows))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Marta")


def test_language_and_appearance_are_chosen_in_the_footer(page: Page, rows: Session, axe: Axe) -> None:
    page.goto(f"{PORTAL}/sign-in")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="Português", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "pt-PT")
    assert page.url.endswith(f"{PORTAL}/sign-in")
    assert axe(page) == []


def test_lists_and_plain_pages_are_accessible(page_in_each_look: Page, rows: Session, axe: Axe) -> None:
    page = page_in_each_look
    sign_in(page, rows)
    for path in ("/", PORTAL + "/visits", PORTAL + "/visits?q=nothing+like+this", "/demo/outbox", "/nowhere"):
        page.goto(path)
        assert axe(page) == [], path
    page.goto("/demo/outbox")
    page.locator("main .rows a").first.click()
    assert axe(page) == []


def test_a_visits_calendar_file_can_be_downloaded(page: Page, rows: Session) -> None:
    sign_in(page, rows)
    choose_work_and_place(page)
    answer_questions(page)
    keep_a_time(page)
    page.get_by_role("button", name="Book this visit").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to calendar").click()
    assert download.value.suggested_filename.endswith(".ics")
    assert "BEGIN:VEVENT" in Path(download.value.path()).read_text()


# --- The steps of the way -----------------------------------------------------------------------------


def ask_for_a_code(page: Page, identifier: str) -> None:
    page.goto(PORTAL + "/")
    page.get_by_label("E-mail or mobile phone").fill(identifier)
    page.get_by_role("button", name="Send me a code").click()


def sign_in(page: Page, rows: Session, *, axe: Axe | None = None) -> None:
    ask_for_a_code(page, company.EMAIL)
    check(page, axe)
    page.get_by_label("Six-digit code").fill(code_sent(rows))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Marta")
    check(page, axe)


def choose_work_and_place(page: Page, axe: Axe | None = None, *, work: str = "Boiler service") -> None:
    page.goto(f"{PORTAL}/book")
    page.get_by_role("radio", name=work).check()
    check(page, axe)
    page.locator(MAIN_BUTTON).click()
    page.get_by_role("radio", name=company.ADDRESS).check()
    check(page, axe)
    page.locator(MAIN_BUTTON).click()


def answer_questions(page: Page, axe: Axe | None = None) -> None:
    page.get_by_label("When was it last serviced?").fill("November 2024")
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_label("Anything else the technician should know?").fill("Ring twice, please")
    check(page, axe)
    page.locator(MAIN_BUTTON).click()


def keep_a_time(page: Page, axe: Axe | None = None, *, number: int = 2) -> None:
    expect(page.get_by_role("heading", name="When should we come?")).to_be_visible()
    page.locator(TIMES).nth(number).check()
    check(page, axe)
    page.get_by_role("button", name="Keep this time").click()
    expect(page.get_by_role("heading", name="Is everything right?")).to_be_visible()
    check(page, axe)


def check(page: Page, axe: Axe | None) -> None:
    if axe is not None:
        assert axe(page) == [], page.url


def code_sent(rows: Session) -> str:
    rows.expire_all()
    sent = select(OutboxMessage.text).where(OutboxMessage.kind == "sign_in_code").order_by(OutboxMessage.id.desc())
    [code] = re.findall(r"\b\d{6}\b", rows.scalars(sent).first() or "")[:1]
    return str(code)


def questionnaire_link(rows: Session) -> str:
    text = rows.scalars(select(OutboxMessage.text).where(OutboxMessage.kind == "questionnaire")).one()
    found = re.search(r"/questionnaire/\S+", text)
    assert found is not None
    return found[0]


def visits_with_status(rows: Session, status: str) -> list[Intervention]:
    rows.expire_all()
    return list(rows.scalars(select(Intervention).where(Intervention.status == status)))
