"""An administrator shapes the catalogue: with the keyboard alone, by dragging, and without scripts."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.domain.accounts.passwords import hash_of
from fieldsvc.domain.catalogue.models import ActivityType
from tests import make
from tests.conftest import CompanyFile
from tests.e2e.conftest import Axe, OpenPage

EMAIL, PASSWORD = "teresa@example.com", "correct horse"
LIST = "/settings/activity-types"
BOILER, LEAK, PUMP = "Boiler service", "Leak inspection", "Heat pump check"


def found(session: Session, *, now: datetime) -> None:
    """A unit with an administrator, two technicians and three activity types."""
    unit = make.unit(session, slug="clima", name="Porto Clima")
    make.staff(session, unit, email=EMAIL, name="Teresa", role="administrator", password_hash=hash_of(PASSWORD))
    gas = make.skill(session, unit, "gas")
    make.technician(session, unit, skills={gas: 3}, name="Rui Carvalho")
    make.technician(session, unit, name="Nuno Teixeira")
    for position, title in enumerate((BOILER, LEAK, PUMP)):
        make.activity_type(session, unit, title={"en": title}, position=position)


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """This company, in place of the demo's."""
    return company_file(found)


def test_an_activity_type_is_made_from_nothing_with_the_keyboard_alone(page: Page, rows: Session) -> None:
    sign_in(page)
    page.goto(LIST)
    press(page, page.get_by_role("link", name="New activity type"))
    write(page, page.get_by_label("English"), "Chimney sweep")
    write(page, page.get_by_label("Reference"), "chimney")
    write(page, page.get_by_label("Duration"), "soon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("English")).to_have_value("Chimney sweep")
    write(page, page.get_by_label("Duration"), "40")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who can do it")).to_be_visible()

    reach(page, page.locator("summary", has_text="Add a skill"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("Level of Gas at least"))
    page.keyboard.press("3")
    press(page, page.get_by_role("button", name="Add a window"))
    expect(page.locator(".window-row").get_by_label("English")).to_be_focused()
    page.keyboard.type("Morning")
    write_hour(page, page.get_by_label("From"), "0800a")
    write_hour(page, page.get_by_label("To", exact=True), "1200p")
    press(page, page.get_by_role("button", name="Save changes"))
    expect(page.locator(".flashes")).to_contain_text("Saved.")
    expect(page.locator("#skills")).to_contain_text("1 of 2")

    press(page, page.get_by_role("link", name="Forms", exact=True).last)
    for number, step in enumerate(("Lay a sheet", "Sweep")):
        press(page, page.get_by_role("button", name="Add a step"))
        expect(page.locator(f"[name=checklist-{number}-step-en]")).to_be_focused()
        page.keyboard.type(step)
    press(page, page.get_by_role("button", name="Move step 2 up"))
    expect(page.locator("[data-orderly] + [role=status]")).to_contain_text("now number 1 of 2")
    press(page, page.get_by_role("button", name="Save changes"))
    press(page, page.get_by_role("link", name="Texts"))
    write(page, page.get_by_label("English").nth(1), "We sweep at {intervention.adress}.")
    press(page, page.get_by_role("button", name="Save changes"))
    expect(page.get_by_role("alert")).to_contain_text("Did you mean {intervention.address}?")
    write(page, page.get_by_label("English").nth(1), "We sweep at {intervention.address}.")
    press(page, page.get_by_role("button", name="Save changes"))
    press(page, page.get_by_role("link", name="Portal", exact=True).last)
    reach(page, page.get_by_label("Clients can find it on the portal"))
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Save changes"))
    expect(page.locator(".flashes")).to_contain_text("Saved.")

    row = by_title(rows, "Chimney sweep")
    assert (row.reference, row.minutes, row.is_on_portal) == ("chimney", 40, True)
    assert [(one.skill.code, one.level) for one in row.skills] == [("gas", 3)]
    assert row.arrival_windows == [{"name": {"en": "Morning"}, "begins_minute": 480, "ends_minute": 720}]
    assert row.checklist == [{"en": "Sweep"}, {"en": "Lay a sheet"}]
    assert row.description == {"en": "We sweep at {intervention.address}."}


def test_the_list_is_ordered_copied_and_archived_with_the_keyboard(page: Page, rows: Session) -> None:
    sign_in(page)
    page.goto(LIST)
    up = page.get_by_role("button", name=f"Move {PUMP} up")
    press(page, up)
    expect(up).to_be_focused()
    expect(page.locator("[data-orderly] + [role=status]")).to_have_text(f"{PUMP} is now number 2 of 3.")
    page.keyboard.press("Enter")
    expect(page.locator("[data-orderly] + [role=status]")).to_have_text(f"{PUMP} is now number 1 of 3.")
    expect(page.get_by_role("button", name=f"Move {PUMP} down")).to_be_focused()
    page.reload()
    assert titles(page) == [PUMP, BOILER, LEAK]
    press(page, page.get_by_role("button", name=f"Copy: {BOILER}"))
    expect(page.get_by_role("heading", name="Boiler service (copy)", level=2)).to_be_visible()
    page.goto(LIST)
    assert titles(page) == [PUMP, BOILER, f"{BOILER} (copy)", LEAK]
    press(page, page.get_by_role("button", name=f"Archive: {BOILER} (copy)"))
    expect(page.locator(".flashes")).to_contain_text("is archived")
    assert titles(page) == [PUMP, BOILER, LEAK]
    assert by_title(rows, f"{BOILER} (copy)").is_archived


def test_a_row_is_dragged_to_its_place_and_escape_puts_it_back(page: Page) -> None:
    sign_in(page)
    page.goto(LIST)
    drag(page, LEAK, below=PUMP)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert titles(page) == [BOILER, LEAK, PUMP]
    drag(page, BOILER, below=PUMP)
    with page.expect_response(f"**{LIST}/order") as answered:
        page.mouse.up()
    assert answered.value.status == 204
    page.reload()
    assert titles(page) == [LEAK, PUMP, BOILER]


def test_an_order_that_cannot_be_saved_is_said_and_taken_back(page: Page) -> None:
    sign_in(page)
    page.goto(LIST)
    page.route(f"**{LIST}/order", lambda route: route.abort())
    press(page, page.get_by_role("button", name=f"Move {PUMP} up"))
    expect(page.locator("[data-toasts]")).to_contain_text("could not be saved")
    assert titles(page) == [BOILER, LEAK, PUMP]


def test_everything_works_without_scripts(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    sign_in(page)
    page.goto(LIST)
    page.get_by_role("button", name=f"Move {PUMP} up").click()
    assert titles(page) == [BOILER, PUMP, LEAK]
    page.get_by_role("link", name=PUMP).click()
    page.get_by_role("link", name="Forms", exact=True).last.click()
    for _step in range(2):
        page.get_by_role("button", name="Add a step").click()
        page.wait_for_load_state()
    page.locator("[name=checklist-0-step-en]").fill("First")
    page.locator("[name=checklist-1-step-en]").fill("Second")
    page.get_by_role("button", name="Move step 1 down").click()
    page.get_by_role("button", name="Save changes").click()
    assert [box.input_value() for box in page.locator("ul.orderly [lang=en]").all() if box.get_attribute("value")] == [
        "Second",
        "First",
    ]


def test_the_pages_are_clean_in_each_look(page_in_each_look: Page, axe: Axe, rows: Session) -> None:
    page = page_in_each_look
    sign_in(page)
    row = by_title(rows, BOILER)
    for address in (
        LIST,
        f"{LIST}/new",
        *(f"{LIST}/{row.id}{tab}" for tab in ("", "/planning", "/portal", "/forms", "/texts")),
        "/settings/blackout-days",
    ):
        page.goto(address)
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address


# --- Hands --------------------------------------------------------------------------------------------


def sign_in(page: Page) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.locator("[type=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/dispatch/**")


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _step in range(200):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def press(page: Page, target: Locator) -> None:
    reach(page, target)
    page.keyboard.press("Enter")


def write(page: Page, target: Locator, text: str) -> None:
    reach(page, target)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def write_hour(page: Page, target: Locator, digits: str) -> None:
    """Type an hour as a clock of twelve hours wants it; one of twenty-four takes no notice of the letter."""
    reach(page, target)
    page.keyboard.type(digits)


def drag(page: Page, title: str, *, below: str) -> None:
    boxes = [row_of(page, title).locator(".grip").bounding_box(), row_of(page, below).bounding_box()]
    grip, place = boxes
    assert grip is not None
    assert place is not None
    page.mouse.move(grip["x"] + 4, grip["y"] + 4)
    page.mouse.down()
    for share in (0.2, 0.4, 0.6, 0.8, 1):
        page.mouse.move(grip["x"] + 4, grip["y"] + share * (place["y"] + place["height"] - 2 - grip["y"]))


def row_of(page: Page, title: str) -> Locator:
    return page.locator(f"[data-orderly] > [data-name='{title}']")


def titles(page: Page) -> list[str]:
    return [row.get_attribute("data-name") or "" for row in page.locator("ul.orderly > li").all()]


def by_title(rows: Session, title: str) -> ActivityType:
    rows.expire_all()
    return next(row for row in rows.scalars(select(ActivityType)) if row.title.get("en") == title)
