"""Work for two: a client books it in the portal, and the dispatcher sees and changes it on both lanes."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.core.dates import local_day
from fieldsvc.domain.accounts.passwords import hash_of
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.conftest import CompanyFile
from tests.e2e.conftest import Axe, OpenPage
from tests.e2e.test_portal_booking import code_sent

ZONE = "Europe/Lisbon"
EMAIL, DISPATCHER, PASSWORD = "marta@example.com", "lucia@example.com", "correct horse"
ANA, RUI, EVA = "Ana Leite", "Rui Tavares", "Eva Prata"
MORNING = {"name": {"en": "Morning"}, "begins_minute": 480, "ends_minute": 720}
AFTERNOON = {"name": {"en": "Afternoon"}, "begins_minute": 780, "ends_minute": 1020}


def found(session: Session, *, now: datetime) -> None:
    """A unit with three technicians, and a client who wants work for two with windows that have names."""
    unit = make.unit(session, slug="casa", name="Casa Quente", zone=ZONE)
    make.staff(session, unit, email=DISPATCHER, name="Lúcia Ferraz", password_hash=hash_of(PASSWORD))
    for number, name in enumerate((ANA, RUI, EVA)):
        make.technician(session, unit, name=name, weekdays=range(7), home=make.north(number * 4))
    client = make.client(session, unit, name="Marta Figueiredo")
    make.contact(session, client, name="Marta Figueiredo", email=EMAIL)
    make.site(session, client, km=3)
    make.activity_type(
        session,
        unit,
        title={"en": "Boiler installation"},
        crew_size=2,
        minutes=120,
        arrival_windows=[MORNING, AFTERNOON],
    )


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """This company, in place of the demo's."""
    return company_file(found)


def test_work_for_two_is_booked_in_the_portal_and_stands_on_two_lanes_of_the_board(
    open_page: OpenPage, rows: Session, axe: Axe
) -> None:
    client = open_page(width=390)
    book(client, rows, axe)
    booked = rows.scalars(select(Intervention).where(Intervention.status == "scheduled")).one()
    assert {technician.name for technician in booked.crew} == {ANA, RUI}
    assert booked.window_begins_at is not None
    day = local_day(booked.window_begins_at, ZONE)
    rows.rollback()

    board = open_page()
    board.goto("/staff/sign-in")
    board.get_by_label("E-mail").fill(DISPATCHER)
    board.get_by_label("Password").fill(PASSWORD)
    board.get_by_role("button", name="Sign in").click()
    board.goto(f"/dispatch/board?day={day}")
    expect(visit(board, ANA)).to_contain_text(f"with {RUI}")
    expect(visit(board, RUI)).to_contain_text(f"with {ANA}")
    expect(visit(board, EVA)).to_have_count(0)
    assert axe(board) == []

    # Eva takes the place of the one whose visit is dragged to her; the other one stays.
    drag(board, visit(board, RUI), lane(board, EVA))
    expect(board.locator("#drag-note")).to_have_attribute("data-verdict", "green")
    expect(board.locator("#drag-note")).to_contain_text("together")
    board.mouse.up()
    expect(visit(board, EVA)).to_contain_text(f"with {ANA}")
    expect(visit(board, ANA)).to_contain_text(f"with {EVA}")
    expect(visit(board, RUI)).to_have_count(0)
    board.get_by_role("button", name="Undo").click()
    expect(visit(board, RUI)).to_contain_text(f"with {ANA}")


def test_without_scripts_one_of_a_crew_is_replaced_by_a_form(open_page: OpenPage, rows: Session, axe: Axe) -> None:
    booked = planned_by_hand(rows)
    page = open_page(scripts=False)
    page.goto("/staff/sign-in")
    page.get_by_label("E-mail").fill(DISPATCHER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"/dispatch/interventions/{booked}/move")
    page.get_by_label("Technician").select_option(label=EVA)
    page.get_by_label("In place of").select_option(label=ANA)
    page.get_by_role("button", name="Move").click()
    expect(page.locator("main")).to_contain_text(EVA)
    rows.expire_all()
    assert {technician.name for technician in rows.get_one(Intervention, booked).crew} == {RUI, EVA}


def planned_by_hand(rows: Session) -> int:
    """An intervention of Ana and Rui in two days, in the database."""
    unit, kind = rows.scalars(select(BusinessUnit)).one(), rows.scalars(select(ActivityType)).one()
    site = rows.scalars(select(Site)).one()
    crew = rows.scalars(select(Technician).where(Technician.name.in_((ANA, RUI))).order_by(Technician.name)).all()
    begins_at = clock.now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=2)
    row = make.crew_visit(rows, unit, crew, begins_at, activity_type=kind, site=site)
    rows.commit()
    return row.id


def book(page: Page, rows: Session, axe: Axe) -> None:
    """Sign in and take the first morning that is offered."""
    page.goto("/portal/casa/")
    page.get_by_label("E-mail or mobile phone").fill(EMAIL)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Six-digit code").fill(code_sent(rows))
    page.get_by_role("button", name="Sign in").click()
    page.goto("/portal/casa/book")
    page.get_by_role("radio", name="Boiler installation").check()
    for _step in ("what", "where"):
        page.locator("main .btn-primary").click()
    if page.locator("input[name=window]").count() == 0:
        page.locator("main .btn-primary").click()
    page.get_by_role("radio", name="Morning 08:00–12:00").first.check()
    expect(page.locator("[data-chosen]")).to_contain_text("Morning, 08:00–12:00")
    assert axe(page) == []
    page.get_by_role("button", name="Keep this time").click()
    expect(page.locator("main")).to_contain_text("Morning, 08:00–12:00")
    page.get_by_role("button", name="Book this visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    assert axe(page) == []


def visit(page: Page, technician: str) -> Locator:
    return lane(page, technician).locator(".visit", has_text="Marta Figueiredo")


def lane(page: Page, technician: str) -> Locator:
    return (
        page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(technician))).locator(".lane")
    )


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Take a visit of two hours and hold it over another lane an hour later; the button stays down."""
    begins, target = what.bounding_box(), to.bounding_box()
    assert begins is not None
    assert target is not None
    x = begins["x"] + 10
    page.mouse.move(x, begins["y"] + 10)
    page.mouse.down()
    page.mouse.move(x + 8, begins["y"] + 20)
    page.mouse.move(x + begins["width"] / 2, target["y"] + target["height"] / 2, steps=5)
