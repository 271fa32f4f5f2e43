"""An administrator writes what a message says, with codes put in at the cursor, and reads what became of it."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.domain.interventions import notices
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import MessageText, OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit
from tests.e2e.conftest import Axe, OpenPage

EDITOR = "/settings/messages/visit_reminder/en"
PAGES = ("/settings/messages", EDITOR, "/settings/message-log")


def sign_in(page: Page, path: str) -> None:
    page.goto(f"/staff/sign-in?next={path}")
    page.get_by_label("E-mail").fill("teresa@portoclima.example")
    page.get_by_label("Password", exact=True).fill("demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(f"{re.escape(path)}$"))


def test_a_code_is_put_in_at_the_cursor_by_mouse_and_by_keyboard(page: Page) -> None:
    sign_in(page, EDITOR)
    subject = page.get_by_label("Subject of the e-mail")
    subject.fill("Dear , see you")
    subject.press("Home")
    for _step in "Dear ":
        subject.press("ArrowRight")
    page.get_by_text("Codes", exact=True).click()
    page.get_by_role("button", name="{contact.name}").click()
    expect(subject).to_have_value("Dear {contact.name}, see you")
    subject.press("End")
    subject.press_sequentially(" on ")
    find = page.get_by_label("Find a code")
    find.fill("weekday, day")
    expect(page.locator("[data-code]:visible")).to_have_count(1)
    find.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(subject).to_have_value("Dear {contact.name}, see you on {intervention.day}")
    expect(page.locator("[data-codes-said]")).to_have_text("Put in: {intervention.day}")


def test_the_preview_follows_what_is_typed_with_the_visit_one_chooses(page: Page, rows: Session) -> None:
    visit = rows.scalars(select(Intervention).where(Intervention.status == "completed").limit(1)).one()
    sign_in(page, EDITOR)
    shown = page.locator("[data-codes-shown]")
    page.get_by_label("Shown with the visit").fill(visit.reference)
    page.get_by_label("Text of the e-mail").fill("<b>{client.name}</b>\n\n{intervention.reference}")
    expect(shown.locator(".letter-shown p").first).to_have_text(f"<b>{visit.client.name}</b>")
    expect(shown.locator(".letter-shown p").nth(1)).to_have_text(visit.reference)
    page.get_by_label("Text of the e-mail").fill("{client.nmae}")
    expect(shown).to_contain_text("Line 1, column 1: there is no code {client.nmae}.")


def test_looking_for_a_visit_does_not_save_half_a_text(page: Page, rows: Session) -> None:
    sign_in(page, EDITOR)
    page.get_by_label("Subject of the e-mail").fill("Half a subj")
    visit = page.get_by_label("Shown with the visit")
    visit.fill("no such number")
    visit.press("Enter")
    expect(page.locator("[data-codes-shown]")).to_contain_text("No visit has the number no such number.")
    expect(page.locator("[data-codes-shown]")).to_contain_text("Half a subj")
    expect(page.get_by_text("Saved.")).to_have_count(0)
    assert rows.scalars(select(MessageText)).all() == []


def test_own_words_reach_the_client_and_the_log_tells_of_it(page: Page, rows: Session) -> None:
    sign_in(page, EDITOR)
    page.get_by_label("Subject of the e-mail").fill("Until {intervention.weekday}, {contact.name}!")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert rows.scalars(select(MessageText)).one().subject == "Until {intervention.weekday}, {contact.name}!"
    visit = rows.scalars(select(Intervention).where(Intervention.status == "scheduled").limit(1)).one()
    assert visit.contact is not None
    visit.contact.locale, visit.contact.email = "en", "reader@example.com"
    unit = rows.get_one(BusinessUnit, visit.unit_id)
    sent = notices.send(rows, unit, visit, "visit_reminder", now=clock.now())
    rows.commit()
    page.goto("/settings/message-log?q=reader@example.com")
    page.get_by_role("link", name=re.compile(rf"Until \w+, {re.escape(visit.contact.name)}!")).click()
    expect(page.locator("main")).to_contain_text("We look forward to seeing you:")
    expect(page.locator("main")).to_contain_text("/visit/•••")
    page.get_by_role("button", name="Stop it").click()
    expect(page.get_by_text("Somebody of your company stopped it before it was sent.")).to_be_visible()
    rows.refresh(sent)
    assert (sent.state, sent.reason) == ("suppressed", "stopped")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("The message is on its way again.")).to_be_visible()


def test_a_reader_opts_out_by_the_link_of_a_message_without_scripts(open_page: OpenPage, rows: Session) -> None:
    message = rows.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.kind == "questionnaire", OutboxMessage.contact_id.is_not(None))
        .limit(1)
    ).one()
    page = open_page(width=390, scripts=False)
    page.goto(f"/messages/{message.message_id[1:].partition('@')[0]}")
    page.get_by_role("button", name="Only what is necessary, please").click()
    expect(page.get_by_role("button", name="Send me reminders and questions again")).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_for_everybody(page_in_each_look: Page, axe: Axe, path: str) -> None:
    sign_in(page_in_each_look, path)
    assert axe(page_in_each_look) == []
    width = page_in_each_look.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width == 0


def test_the_open_list_of_codes_is_for_everybody(page: Page, axe: Axe) -> None:
    sign_in(page, EDITOR)
    page.get_by_text("Codes", exact=True).click()
    assert axe(page) == []
