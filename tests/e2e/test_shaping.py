"""The whole way: an administrator shapes new work from nothing, and a client sees it, books it and says how it was."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.core.audit import SYSTEM
from fieldsvc.domain.accounts import sessions
from fieldsvc.domain.accounts.passwords import hash_of
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import lifecycle, questionnaires
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.web.principal import COOKIES
from tests import make
from tests.conftest import CompanyFile
from tests.e2e.conftest import PHONE, Axe, OpenPage

EMAIL, PASSWORD = "teresa@example.com", "correct horse"
STREET = "Rua das Flores 12"


def found(session: Session, *, now: datetime) -> None:
    """A unit that offers nothing yet, with an administrator, a technician, a private person and a company."""
    unit = make.unit(session, slug="clima", name="Porto Clima", phone="222 010 340", email="help@clima.example")
    make.staff(session, unit, email=EMAIL, name="Teresa", role="administrator", password_hash=hash_of(PASSWORD))
    make.technician(session, unit, weekdays=range(7), name="Rui Tavares")
    for name, kind in (("Ana Alves", "individual"), ("Hotel Boa Nova", "company")):
        client = make.client(session, unit, name=name, kind=kind)
        make.contact(session, client, name=name, email=f"{name.split()[0].lower()}@example.com")
        make.site(session, client, address=STREET, km=3)


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """This company, in place of the demo's."""
    return company_file(found)


def test_work_that_was_shaped_from_nothing_is_seen_booked_and_judged_by_a_client(
    page: Page, open_page: OpenPage, rows: Session, axe: Axe
) -> None:
    sign_in(page)
    ask_before_the_booking(page)
    ask_after_the_work(page)
    describe_the_work(page)
    let_clients_book_and_cancel(page)

    hotel = open_page(width=PHONE)
    enter_portal(hotel, rows, "Hotel Boa Nova")
    expect(hotel.get_by_text("Chimney sweep")).to_have_count(0)

    ana = open_page(width=PHONE, colours="dark")
    enter_portal(ana, rows, "Ana Alves")
    assert axe(ana) == []
    visit = book(ana, rows, axe)
    assert (visit.answers, visit.status) == ({"fireplace": True, "last_swept": "Never"}, "scheduled")

    ana.goto(f"/portal/clima/visits/{visit.id}")
    expect(ana.get_by_role("link", name="I cannot be there")).to_be_visible()
    expect(ana.locator("main")).to_contain_text("Last swept")
    assert axe(ana) == []

    link = finish_the_work(rows, visit)
    ana.goto(link)
    ana.get_by_label("9", exact=True).check()
    ana.get_by_role("button", name=re.compile("Send|Next|Continue")).click()
    expect(ana.get_by_role("heading", level=1)).to_contain_text("Thank you")

    rows.expire_all()
    assert rows.scalars(select(QuestionnaireResponse)).one().nps == 9
    page.goto("/dispatch/satisfaction")
    expect(page.locator("main")).to_contain_text("+100")


# --- The administrator --------------------------------------------------------------------------------


def sign_in(page: Page) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dispatch/**")


def new_form(page: Page, moment: str, title: str) -> None:
    page.goto("/settings/forms/new")
    page.get_by_role("radio", name=re.compile(f"^{moment}")).check()
    page.get_by_label("English").fill(title)
    page.get_by_role("button", name="Continue").click()


def add_question(page: Page, kind: str, words: str, code: str) -> None:
    page.get_by_role("button", name=kind, exact=True).click()
    page.locator("#label-en").fill(words)
    page.locator("#code").fill(code)


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_role("status").first).to_contain_text("Version 1 is published.")


def ask_before_the_booking(page: Page) -> None:
    """Two questions, the second of which depends on the first."""
    new_form(page, "Before a booking", "Your chimney")
    add_question(page, "Yes / no", "Is there a fireplace?", "fireplace")
    page.get_by_label("Required").check()
    add_question(page, "Short text", "Last swept", "last_swept")
    page.get_by_label("Required").check()
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Answer", exact=True).select_option("yes")
    expect(page.locator("[data-conditions-sentence]")).to_contain_text("“Is there a fireplace?” is “yes”")
    page.get_by_role("button", name="Save draft").click()
    publish(page)


def ask_after_the_work(page: Page) -> None:
    new_form(page, "Questionnaire after the visit", "How was it?")
    add_question(page, "NPS", "Would you recommend us?", "nps")
    page.get_by_role("button", name="Save draft").click()
    publish(page)


def describe_the_work(page: Page) -> None:
    """The work with its forms and texts; a code that does not exist is refused with its place."""
    page.goto("/settings/activity-types/new")
    page.get_by_label("English").fill("Chimney sweep")
    page.get_by_label("Reference").fill("chimney")
    page.get_by_label("Duration").fill("40")
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_role("heading", name="Who can do it")).to_be_visible()
    tabs = page.get_by_role("navigation", name="Parts of the activity type")
    tabs.get_by_role("link", name="Forms").click()
    page.get_by_label("Before booking").select_option(label="Your chimney")
    page.get_by_label("Afterwards, to the client").select_option(label="How was it?")
    save(page)
    tabs.get_by_role("link", name="Texts").click()
    description = page.locator("#description-en")
    description.fill("We sweep at\n{intervention.adress}.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 2")
    description.fill("{unit.name} sweeps your chimney in {intervention.duration|forty minutes}.")
    save(page)
    tabs.get_by_role("link", name="Portal", exact=True).click()
    page.get_by_label("Clients can find it on the portal").check()
    save(page)
    tabs.get_by_role("link", name="Portal actions").click()


def let_clients_book_and_cancel(page: Page) -> None:
    """Private people may book, and cancel while the visit is scheduled."""
    actions = page.url
    add_action(page, "unit:book")
    page.get_by_label("Clients have this action").check()
    add_condition(page, "The client is")
    page.locator("[data-conditions-tree]").get_by_label("a company").uncheck()
    page.locator("[data-conditions-tree]").get_by_label("a private person").check()
    expect(page.locator("[data-conditions-sentence]")).to_have_text("When the client is a private person.")
    save(page)
    page.goto(actions)
    add_action(page, "cancel")
    page.get_by_label("Clients have this action").check()
    page.locator("#label-en").fill("I cannot be there")
    add_condition(page, "Status is one of")
    page.locator("[data-conditions-tree]").get_by_label("requested").uncheck()
    page.locator("[data-conditions-tree]").get_by_label("scheduled", exact=True).check()
    expect(page.locator("[data-conditions-sentence]")).to_have_text("When the status is scheduled.")
    save(page)


def add_action(page: Page, kind: str) -> None:
    page.get_by_label("What may the client do?").select_option(kind)
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/settings/actions/*")


def add_condition(page: Page, words: str) -> None:
    page.get_by_role("button", name="Add a condition").click()
    page.locator("[data-conditions-tree]").get_by_label("Condition", exact=True).select_option(label=words)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".flashes")).to_contain_text("Saved.")


# --- The client ---------------------------------------------------------------------------------------


def enter_portal(page: Page, rows: Session, name: str) -> None:
    contact = rows.scalars(select(Contact).where(Contact.name == name)).one()
    secret = sessions.open_session(rows, "contact", contact.id, contact.unit_id, now=clock.now())
    rows.commit()
    page.goto("/")
    page.context.add_cookies([{"name": COOKIES["contact"], "value": secret, "url": page.url.rstrip("/")}])
    page.goto("/portal/clima/")


def book(page: Page, rows: Session, axe: Axe) -> Intervention:
    page.goto("/portal/clima/book")
    expect(page.locator("main")).to_contain_text("Porto Clima sweeps your chimney in forty minutes.")
    page.get_by_text("Chimney sweep").first.click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Last swept")).to_be_hidden()
    page.get_by_label("Yes").check()
    page.get_by_label("Last swept").fill("Never")
    assert axe(page) == []
    page.get_by_role("button", name="Continue").click()
    page.locator("input[type=radio][name=window]").first.check()
    page.get_by_role("button", name=re.compile("Keep this time|Continue")).click()
    page.get_by_role("button", name=re.compile("Confirm|Book")).last.click()
    page.wait_for_url("**/booked**")
    rows.expire_all()
    return rows.scalars(select(Intervention)).one()


def finish_the_work(rows: Session, visit: Intervention) -> str:
    """The work is done, and the link to the questionnaire is in the client's e-mail."""
    now = clock.now()
    visit.actual_begins_at, visit.actual_ends_at, visit.outcome = now - timedelta(hours=1), now, "ok"
    lifecycle.move(rows, visit, "completed", actor=SYSTEM, now=now)
    questionnaires.ask(rows, rows.get_one(BusinessUnit, visit.unit_id), visit, now=now)
    rows.commit()
    message = rows.scalars(select(OutboxMessage).where(OutboxMessage.kind == "questionnaire")).one()
    return "/questionnaire/" + message.text.partition("/questionnaire/")[2].split()[0]
