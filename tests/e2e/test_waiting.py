"""From no time to a visit: a client joins the waiting list, a dispatcher cancels another visit, the link books."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.adapters.outbox_only import OutboxOnly
from fieldsvc.core import clock, db, jobs
from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.domain.accounts import passwords
from fieldsvc.domain.booking.models import WaitingEntry
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units import settings
from fieldsvc.jobs.run import run
from fieldsvc.jobs.tasks import Tools
from tests import make
from tests.conftest import CompanyFile
from tests.e2e.conftest import PHONE, Axe, Live, OpenPage

PORTAL = "/portal/casa"
DORA, PASSWORD = "dora@casa.example", "a long password of the staff"
DAYS = 4


def found(session: Session, *, now: datetime) -> None:
    """One technician with room for one visit a day, all of it taken; Marta, who would like to book; Dora, who plans."""
    unit = make.unit(session, slug="casa", name="Casa Quente", phone="222 010 340")
    settings.change(unit, quiet_from_minute=0, quiet_until_minute=0)
    make.staff(session, unit, email=DORA, name="Dora", password_hash=passwords.hash_of(PASSWORD))
    technician = make.technician(session, unit, hours=(540, 630), weekdays=range(7), name="Rui Tavares")
    kind = make.activity_type(
        session,
        unit,
        title={"en": "Boiler service"},
        booking_notice_hours=24,
        booking_horizon_days=DAYS,
        arrival_window_minutes=90,
    )
    marta = make.client(session, unit, name="Marta Figueiredo")
    make.contact(session, marta, name="Marta Figueiredo", email="marta@example.com", phone="+351912345678")
    make.site(session, marta, address="Rua de Cedofeita 418")
    for offset in range(DAYS + 1):
        day = local_day(now, unit.zone) + timedelta(days=offset)
        opens, begins, closes = (at_wall_time(day, minute, unit.zone) for minute in (540, 550, 630))
        make.scheduled(session, unit, technician, begins, window=(opens, closes), activity_type=kind, now=now)


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """The full company, in place of the demo's."""
    return company_file(found)


def test_a_client_waits_without_scripts_on_a_phone_and_books_what_the_dispatcher_cancels(
    open_page: OpenPage, rows: Session, live: Live
) -> None:
    marta = open_page(scripts=False, width=PHONE)
    sign_in(marta, rows)
    to_the_times(marta)
    expect(marta.get_by_role("heading", level=1)).to_have_text("There is no time we can promise yet")
    marta.get_by_role("button", name="Put me on the list").click()
    expect(marta.get_by_role("status").first).to_contain_text("You are on the waiting list.")

    dora = open_page()
    sign_in_as_staff(dora)
    dora.goto(f"/dispatch/interventions/{second_visit(rows)}/cancel")
    dora.get_by_label("Reason").fill("The client is away")
    dora.get_by_role("button", name=re.compile("Cancel")).last.click()
    do_the_jobs(live)

    marta.goto(link_of_the_offer(rows))
    expect(marta.locator("main")).to_contain_text("This time is from the waiting list.")
    marta.get_by_role("button", name="Book this visit").click()
    expect(marta.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    rows.rollback()
    assert rows.scalars(select(WaitingEntry.state)).one() == "taken"

    dora.goto("/settings/offers")
    expect(dora.locator("main")).to_contain_text("Waiting list")
    expect(dora.locator("main")).to_contain_text("Taken")


def test_every_page_of_the_list_and_of_the_log_is_accessible_in_each_look(
    page_in_each_look: Page, rows: Session, live: Live, axe: Axe
) -> None:
    page = page_in_each_look
    sign_in(page, rows)
    to_the_times(page)
    assert axe(page) == []
    draft = re.search(r"/book/(\d+)/", page.url)
    assert draft is not None
    page.goto(f"{PORTAL}/book/{draft[1]}/when?why=1")
    assert axe(page) == []
    page.goto(f"{PORTAL}/book/{draft[1]}/waiting")
    assert axe(page) == []
    page.get_by_role("button", name="Put me on the list").click()
    expect(page.get_by_role("heading", name="Boiler service")).to_be_visible()
    assert axe(page) == []
    page.goto(f"{PORTAL}/")
    assert axe(page) == []
    sign_in_as_staff(page)
    page.goto("/settings/waiting/1")
    assert axe(page) == []
    page.goto(f"/dispatch/interventions/{second_visit(rows)}/cancel")
    page.get_by_label("Reason").fill("The client is away")
    page.get_by_role("button", name=re.compile("Cancel")).last.click()
    do_the_jobs(live)
    for path in (f"{PORTAL}/waiting", f"{PORTAL}/book/{draft[1]}/confirm", f"{PORTAL}/"):
        page.goto(path)
        assert axe(page) == [], path
    for path in ("waiting", "waiting/1", "offers", "offers/1"):
        page.goto(f"/settings/{path}")
        assert axe(page) == [], path
    page.goto(f"{PORTAL}/waiting")
    page.get_by_role("button", name="No, thank you").click()
    expect(page.get_by_role("status").first).to_contain_text("You stay on the list")


def sign_in(page: Page, rows: Session) -> None:
    page.goto(f"{PORTAL}/sign-in")
    page.locator("input[name=identifier]").fill("marta@example.com")
    page.locator("main .btn-primary").first.click()
    rows.rollback()
    newest = select(OutboxMessage.text).where(OutboxMessage.kind == "sign_in_code").order_by(OutboxMessage.id.desc())
    code = re.search(r"\b\d{6}\b", rows.scalars(newest).first() or "")
    assert code is not None
    page.locator("input[name=code]").first.fill(code[0])
    page.locator("main .btn-primary").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Marta")


def to_the_times(page: Page) -> None:
    page.goto(f"{PORTAL}/book")
    page.get_by_text("Boiler service").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Rua de Cedofeita 418").first.click()
    page.get_by_role("button", name="Continue").click()
    if page.url.endswith("/questions"):
        page.get_by_role("button", name="Continue").click()


def sign_in_as_staff(page: Page) -> None:
    page.goto("/staff/sign-in")
    page.locator("input[name=email]").fill(DORA)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dispatch/**")


def second_visit(rows: Session) -> int:
    """A visit in three days: late enough for the booking notice."""
    rows.rollback()
    return list(rows.scalars(select(Intervention.id).order_by(Intervention.window_begins_at)))[3]


def do_the_jobs(live: Live) -> None:
    """What the worker does."""
    engine = db.create_engine(live.config.database_url)
    factory = db.sessions(engine)
    tools = Tools(factory, {"email": OutboxOnly(), "sms": OutboxOnly()}, clock.now)
    while due := _due(factory):
        for job_id in due:
            run(tools, job_id)
    engine.dispose()


def _due(factory: sessionmaker[Session]) -> list[int]:
    with factory() as session:
        session.connection(execution_options=db.READ_ONLY)
        return jobs.due(session, now=clock.now())


def link_of_the_offer(rows: Session) -> str:
    rows.rollback()
    message = rows.scalars(select(OutboxMessage).where(OutboxMessage.kind == "waiting_offer")).one()
    assert message.state == "sent"
    link = re.search(r"http://\S+/confirm", message.text)
    assert link is not None
    return link[0]
