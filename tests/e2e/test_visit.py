"""A client with a visit, in a real browser: what waits for him, done on a phone without scripts; on the way."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Executable, select, update
from sqlalchemy.orm import Session

from fieldsvc.core import clock, tokens
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import lifecycle, visit_links
from fieldsvc.domain.interventions.models import FormAnswer, Intervention, Message, VisitLink
from fieldsvc.domain.notify.models import OutboxMessage
from tests.conftest import CompanyFile
from tests.e2e.conftest import PHONE as PHONE_WIDTH
from tests.e2e.conftest import Axe, Colours, OpenPage
from tests.make import DISPATCHER
from tests.web.portal import company, marta
from tests.web.portal.company import PORTAL

PICTURE = Path(__file__).parents[2] / "docs/images/portal.png"


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """The company of the portal's tests with Marta's visit, in place of the demo's."""
    return company_file(marta.found)


def test_somebody_with_a_phone_only_does_everything_without_scripts(open_page: OpenPage, rows: Session) -> None:
    change(rows, update(Contact).where(Contact.email == company.EMAIL).values(email=None))
    page = open_page(scripts=False, width=PHONE_WIDTH)
    sign_in(page, rows, company.PHONE)
    waiting = page.get_by_role("region", name="Waiting for you")
    expect(waiting).to_contain_text("Fill in the form")
    waiting.get_by_role("link", name="Fill in").first.click()

    page.get_by_role("button", name="Save my answers").click()
    expect(page.get_by_role("alert")).to_contain_text("Please answer this question.")
    page.get_by_label("Where can we park?").fill("In the yard")
    page.get_by_label("A picture of the gauge").set_input_files(PICTURE)
    page.get_by_role("button", name="Save my answers").click()
    expect(page.get_by_role("status")).to_contain_text("your answers are saved")
    expect(page.get_by_role("complementary")).to_contain_text("In the yard")

    page.get_by_label("Your message").fill("The bell is broken <b>really</b>")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("The bell is broken <b>really</b>")

    page.get_by_role("link", name="Attach a file").click()
    page.get_by_label("Choose files").set_input_files(PICTURE)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name="portal.png").first).to_be_visible()

    page.get_by_role("link", name="Quote").click()
    page.get_by_role("radio", name="I approve it").check()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("region", name="Documents")).to_contain_text("Approved")

    page.get_by_role("button", name="Confirm the time").click()
    expect(page.locator("main")).to_contain_text("Confirmed by you")
    assert [row.text for row in rows.scalars(select(Message))] == ["The bell is broken <b>really</b>"]
    assert [row.answers["parking"] for row in rows.scalars(select(FormAnswer))] == ["In the yard"]


def test_the_way_to_the_client_renews_itself_with_scripts_and_without(
    open_page: OpenPage, axe: Axe, rows: Session
) -> None:
    visit = marta_visit(rows)
    begins_at = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=25)
    visit.window_begins_at, visit.window_ends_at = begins_at - timedelta(hours=1), begins_at + timedelta(hours=1)
    [planned] = visit.visits
    planned.begins_at, planned.ends_at = begins_at, begins_at + timedelta(hours=1)
    lifecycle.move(rows, visit, "travelling", actor=DISPATCHER, now=clock.now())
    token = tokens.make()
    rows.execute(update(VisitLink).where(VisitLink.intervention_id == visit.id).values(token_hash=tokens.digest(token)))
    rows.commit()

    plain = open_page(scripts=False, width=PHONE_WIDTH)
    plain.goto(f"/visit/{token}")
    expect(plain.get_by_role("heading", level=1)).to_have_text("Rui is on the way")
    expect(plain.get_by_role("link", name="Call Rui")).to_have_attribute("href", "tel:+351912000418")
    assert plain.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count() == 1

    looks: tuple[Colours, ...] = ("light", "dark")
    pages = [open_page(width=PHONE_WIDTH, colours=colours) for colours in looks]
    for page in pages:
        page.clock.install()
        page.goto(f"/visit/{token}")
        assert axe(page) == []
        before = page.locator("[data-under-way]").element_handle()
        with page.expect_response(f"**/visit/{token}"):
            page.clock.run_for(61_000)
        page.wait_for_function("part => !part.isConnected", arg=before)
        expect(page.get_by_role("heading", level=1)).to_have_text("Rui is on the way")

    lifecycle.move(rows, visit, "in_progress", actor=DISPATCHER, now=clock.now())
    rows.commit()
    with pages[-1].expect_navigation():
        pages[-1].clock.run_for(61_000)
    expect(pages[-1].locator("[data-under-way]")).to_have_count(0)
    expect(pages[-1].locator("main")).to_contain_text("Technician at work")


def test_every_page_of_a_visit_is_accessible_in_each_look(page_in_each_look: Page, axe: Axe, rows: Session) -> None:
    page = page_in_each_look
    sign_in(page, rows, company.EMAIL)
    visit = marta_visit(rows)
    kind = visit.activity_type
    numbers = {action.kind: action.id for action in kind.actions if not action.is_for_unit}
    token = visit_links.make(rows, visit, visit.contact, now=clock.now())  # type: ignore[arg-type]
    rows.commit()
    path = f"{PORTAL}/visits/{visit.id}"
    for address in (
        f"{PORTAL}/",
        f"{PORTAL}/visits",
        path,
        f"{path}/forms/{numbers['form']}",
        f"{path}/ask/{numbers['ask']}",
        f"{path}/message",
        f"{path}/files",
        f"{path}/documents/1",
        f"/visit/{token}",
    ):
        page.goto(address)
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address


def sign_in(page: Page, rows: Session, identity: str) -> None:
    page.goto(f"{PORTAL}/sign-in")
    page.get_by_role("textbox").first.fill(identity)
    page.locator("main .btn-primary").click()
    page.get_by_label("Six-digit code").fill(code_sent(rows))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Marta")


def code_sent(rows: Session) -> str:
    rows.expire_all()
    newest = select(OutboxMessage.text).where(OutboxMessage.kind == "sign_in_code").order_by(OutboxMessage.id.desc())
    words = (rows.scalars(newest).first() or "").split()
    rows.rollback()
    return next(word.strip(".") for word in words if word.strip(".").isdecimal() and len(word.strip(".")) == 6)


def marta_visit(rows: Session) -> Intervention:
    rows.expire_all()
    return rows.scalars(
        select(Intervention)
        .join(Contact, Contact.id == Intervention.contact_id)
        .where(Contact.name == "Marta Figueiredo", Intervention.status == "scheduled")
    ).one()


def change(rows: Session, statement: Executable) -> None:
    rows.execute(statement)
    rows.commit()
