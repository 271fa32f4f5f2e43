"""An administrator gives the portal its look, opens and closes it for many, and hands out a permanent code."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.domain.accounts import passwords
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.conftest import CompanyFile
from tests.e2e.conftest import DESK, Axe, OpenPage
from tests.e2e.conftest import PHONE as PHONE_WIDTH
from tests.web.portal import company
from tests.web.portal.company import PORTAL

ALDA, PASSWORD = "alda@casa.example", "a long password of the staff"


def found(session: Session, **values: object) -> None:
    """The company of the portal's tests, with somebody who may shape it and some more clients."""
    company.found(session, **values)  # type: ignore[arg-type]
    unit = session.scalars(select(BusinessUnit)).one()
    make.staff(session, unit, email=ALDA, role="administrator", password_hash=passwords.hash_of(PASSWORD))
    for number in range(30):
        client = make.client(session, unit, name=f"Client {number:02}")
        make.contact(session, client)
        make.site(session, client)


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """That company, in place of the demo's."""
    return company_file(found)


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """A picture with a transparent ground."""
    path = tmp_path / "logo.webp"
    Image.new("RGBA", (600, 200), (120, 20, 90, 255)).save(path, "WEBP")
    return path


def come_in(page: Page) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("E-mail").fill(ALDA)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dispatch/**")


def test_a_logo_and_a_colour_of_ones_own_look_right_everywhere(open_page: OpenPage, logo: Path, axe: Axe) -> None:
    admin = open_page()
    come_in(admin)
    admin.goto("/settings/portal")
    admin.get_by_role("radio", name="A colour of our own").check()
    admin.get_by_label("Our own colour").fill("#ffb300")
    admin.get_by_label("Logo").set_input_files(logo)
    admin.get_by_label("English").fill("Welcome to {unit.name}")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_text("#ffb300 is too bright for white text.")).to_be_visible()
    expect(admin.get_by_role("img", name="Your logo")).to_be_visible()
    assert axe(admin) == []
    for width in (PHONE_WIDTH, DESK):
        for colours in ("light", "dark"):
            page = open_page(width=width, colours=colours)
            page.goto(f"{PORTAL}/sign-in")
            brand = page.get_by_role("img", name="Casa Quente")
            expect(brand).to_be_visible()
            assert brand.evaluate("image => image.naturalWidth") == 600
            assert axe(page) == []
    light = open_page().request.get(f"{PORTAL}/theme.css").text()
    assert "--unit-accent: #" in light
    button = admin.get_by_role("button", name="Save")
    assert button.evaluate("button => getComputedStyle(button).backgroundColor") != "rgb(11, 93, 112)", "not teal"


def test_a_picture_that_is_none_is_refused_beside_its_field(open_page: OpenPage, tmp_path: Path, axe: Axe) -> None:
    page = open_page(width=PHONE_WIDTH)
    come_in(page)
    hostile = tmp_path / "logo.png"
    hostile.write_text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
    page.goto("/settings/portal")
    page.get_by_label("Logo").set_input_files(hostile)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#logo-error")).to_contain_text("Please choose a picture")
    assert axe(page) == []


def test_the_portal_of_many_is_closed_and_opened_again(open_page: OpenPage, rows: Session, axe: Axe) -> None:
    page = open_page()
    come_in(page)
    page.goto("/dispatch/clients")
    page.get_by_label("Search", exact=True).fill("Client")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="30 clients")).to_be_visible()
    page.get_by_label("Tick every client of this page").check()
    expect(page.get_by_label("Tick Client 00")).to_be_checked()
    page.get_by_label("All 30 clients found").check()
    page.locator("#access").select_option("off")
    assert axe(page) == []
    page.get_by_role("button", name="Change the portal of those ticked").click()
    expect(page.get_by_role("heading", name="Change the portal of 30 clients?")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Yes, change it").click()
    expect(page.get_by_text("The portal of 30 clients is changed.")).to_be_visible()
    assert closed(rows) == 30
    page.get_by_role("button", name="Undo the change of the portal").click()
    expect(page.get_by_text("30 clients have what they had before.")).to_be_visible()
    assert closed(rows) == 0


def closed(rows: Session) -> int:
    rows.expire_all()
    return len(rows.scalars(select(Client.id).where(Client.portal_access == "off")).all())


def test_the_record_explains_who_may_do_what(open_page: OpenPage, axe: Axe) -> None:
    for width in (PHONE_WIDTH, DESK):
        page = open_page(width=width, colours="dark" if width == DESK else "light")
        come_in(page)
        page.goto("/dispatch/clients?q=Marta")
        page.get_by_role("link", name="Marta Figueiredo").click()
        expect(page.get_by_role("heading", name="Portal access, explained")).to_be_visible()
        page.get_by_text("Marta Figueiredo can sign in").click()
        expect(page.get_by_text("Sees every visit of the client.")).to_be_visible()
        assert axe(page) == []
        for name in ("Change", "Contact", "Site"):
            with page.expect_navigation():
                page.get_by_role("link", name=name, exact=True).click()
            assert axe(page) == []
            page.go_back()


def test_a_permanent_code_opens_the_portal_on_a_phone_without_scripts(open_page: OpenPage, axe: Axe) -> None:
    admin = open_page()
    come_in(admin)
    admin.goto("/settings/portal")
    admin.get_by_label("By a permanent code that staff made").check()
    admin.get_by_role("button", name="Save").click()
    admin.goto("/dispatch/clients?q=Marta")
    admin.get_by_role("link", name="Marta Figueiredo").click()
    admin.get_by_role("button", name="New code for Marta Figueiredo").click()
    assert axe(admin) == []
    code = admin.locator("[data-permanent-code]").inner_text()
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", code)
    admin.get_by_role("link", name="I have it").click()
    expect(admin.locator("main")).not_to_contain_text(code)

    page = open_page(width=PHONE_WIDTH, scripts=False)
    page.goto(f"{PORTAL}/sign-in")
    page.get_by_label("E-mail or mobile phone").fill(company.PHONE)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Six-digit code, or your permanent code").fill(code.lower())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Marta")

    admin.get_by_role("button", name=f"Revoke {code[-2:]}").click()
    expect(admin.get_by_text("The code is revoked.")).to_be_visible()
    again = open_page(width=PHONE_WIDTH, scripts=False)
    again.goto(f"{PORTAL}/sign-in")
    again.get_by_label("E-mail or mobile phone").fill(company.PHONE)
    again.get_by_role("button", name="Send me a code").click()
    again.get_by_label("Six-digit code, or your permanent code").fill(code)
    again.get_by_role("button", name="Sign in").click()
    expect(again.locator("#code-error")).to_contain_text("You have 4 more tries")


def test_the_common_door_asks_and_takes_a_code(open_page: OpenPage, axe: Axe) -> None:
    page = open_page(width=PHONE_WIDTH)
    page.goto("/portal/")
    assert axe(page) == []
    page.get_by_label("E-mail or mobile phone").fill(company.EMAIL)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", name="Type your code")).to_be_visible()
    assert axe(page) == []
