"""A dispatcher's day on the planning board and the pages around it, in a real browser."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock, dates
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions.models import Intervention
from tests.conftest import CompanyFile
from tests.e2e.conftest import Axe, OpenPage
from tests.web.dispatch import company
from tests.web.dispatch.company import HELENA, HOTEL, QUINTA

INES, NUNO = "Inês Magalhães", "Nuno Teixeira"


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """The company of the dispatchers' tests, in place of the demo's."""
    return company_file(company.found)


# --- On the board -------------------------------------------------------------------------------------


def test_a_visit_is_dragged_to_another_technician_and_undone(page: Page, rows: Session) -> None:
    open_board(page)
    drag(page, visit(page, HELENA), lane(page, INES), minutes=30)
    expect(page.locator("#drag-note")).to_have_attribute("data-verdict", "green")
    page.mouse.up()
    expect(visit(page, HELENA, INES)).to_contain_text("10:30")
    assert planned(rows, HELENA) == (INES, "10:30")
    page.get_by_role("button", name="Undo").click()
    expect(visit(page, HELENA, "Rui Carvalho")).to_contain_text("10:00")
    assert planned(rows, HELENA) == ("Rui Carvalho", "10:00")


def test_a_technician_without_the_skill_turns_red_and_the_visit_stays(page: Page, rows: Session) -> None:
    open_board(page)
    drag(page, visit(page, HELENA), lane(page, NUNO), minutes=0)
    expect(page.locator("#drag-note")).to_have_attribute("data-verdict", "red")
    expect(page.locator("#drag-note")).to_contain_text(NUNO)
    page.mouse.up()
    expect(toast(page)).to_contain_text(f"{HELENA} stays where it was")
    assert planned(rows, HELENA) == ("Rui Carvalho", "10:00")


def test_escape_lets_go_of_a_dragged_visit(page: Page, rows: Session) -> None:
    open_board(page)
    drag(page, visit(page, HELENA), lane(page, INES), minutes=30)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".ghost")).to_have_count(0)
    assert planned(rows, HELENA) == ("Rui Carvalho", "10:00")


def test_everything_can_be_done_with_the_keys(page: Page, rows: Session) -> None:
    open_board(page)
    visit(page, HELENA).focus()
    page.keyboard.press("ArrowRight")
    expect(visit(page, HOTEL)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Alt+ArrowRight")
    expect(visit(page, HELENA)).to_contain_text("10:15")
    expect(visit(page, HELENA)).to_be_focused()
    page.keyboard.press("l")
    expect(toast(page)).to_contain_text("locked")
    expect(visit(page, HELENA).locator(".mask-lock")).to_be_visible()
    page.keyboard.press("Alt+ArrowRight")
    expect(toast(page)).to_contain_text("Press L")
    page.keyboard.press("l")
    expect(visit(page, HELENA).locator(".mask-lock")).to_have_count(0)
    page.keyboard.press("u")
    expect(card(page, HELENA)).to_be_visible()
    assert planned(rows, HELENA) is None
    page.keyboard.press("Control+z")
    expect(visit(page, HELENA)).to_contain_text("10:15")
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys on the board")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_label("Search unscheduled")).to_be_focused()


def test_only_one_visit_is_in_the_order_of_the_tab_key(page: Page) -> None:
    open_board(page)
    assert page.locator(".visit").count() == 2
    assert page.locator(".board [tabindex='0']").count() == 1


def test_the_dialog_moves_a_visit_and_asks_for_a_reason_when_a_promise_breaks(page: Page, rows: Session) -> None:
    open_board(page)
    visit(page, HELENA).focus()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog", name=f"Move {HELENA}")
    expect(dialog.get_by_label("Technician")).to_be_focused()
    dialog.get_by_label("Technician").select_option(label=option_of(dialog, INES))
    dialog.get_by_label("Planned start").fill("12:30")
    expect(dialog.get_by_role("status")).to_contain_text("Possible, with a reason")
    dialog.get_by_role("button", name="Move").click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Reason").fill("She is at work in the morning")
    dialog.get_by_role("button", name="Move").click()
    expect(dialog).to_be_hidden()
    expect(visit(page, HELENA, INES)).to_be_focused()
    assert planned(rows, HELENA) == (INES, "12:30")


def test_a_move_that_comes_too_late_shows_the_colleagues_version(
    page: Page, open_page: OpenPage, rows: Session
) -> None:
    open_board(page)
    page.route("**/changes*", lambda route: route.continue_() if "since=-1" in route.request.url else route.abort())
    colleague = open_page()
    open_board(colleague, company.COLLEAGUE)
    visit(colleague, HELENA).focus()
    colleague.keyboard.press("Alt+ArrowRight")
    expect(visit(colleague, HELENA)).to_contain_text("10:15")

    visit(page, HELENA).focus()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog", name=f"Move {HELENA}")
    dialog.get_by_label("Planned start").fill("11:00")
    dialog.get_by_role("button", name="Move").click()
    conflict = page.get_by_role("dialog", name=re.compile("A colleague was faster"))
    expect(conflict).to_contain_text("10:15, Rui Carvalho")
    expect(conflict).to_contain_text("11:00, Rui Carvalho")
    expect(visit(page, HELENA)).to_contain_text("10:15")
    assert planned(rows, HELENA) == ("Rui Carvalho", "10:15")
    conflict.get_by_role("button", name="Move it anyway").click()
    expect(dialog.get_by_label("Planned start")).to_have_value("11:00")
    dialog.get_by_role("button", name="Move").click()
    expect(visit(page, HELENA)).to_contain_text("11:00")
    assert planned(rows, HELENA) == ("Rui Carvalho", "11:00")


def test_what_a_colleague_does_appears_by_itself(page: Page, open_page: OpenPage) -> None:
    open_board(page)
    colleague = open_page()
    open_board(colleague, company.COLLEAGUE)
    visit(colleague, HOTEL).focus()
    colleague.keyboard.press("l")
    expect(visit(page, HOTEL).locator(".mask-lock")).to_be_visible(timeout=10_000)


def test_the_board_says_when_the_server_does_not_answer(page: Page) -> None:
    open_board(page)
    expect(page.locator("[data-freshness]")).to_have_text("Up to date")
    page.route("**/changes*", lambda route: route.abort())
    expect(page.locator("[data-freshness]")).to_contain_text("No connection since", timeout=10_000)
    page.unroute("**/changes*")
    expect(page.locator("[data-freshness]")).to_have_text("Up to date", timeout=10_000)


def test_a_suggestion_is_drawn_on_the_lanes_and_booked(page: Page, rows: Session, axe: Axe) -> None:
    open_board(page)
    page.get_by_role("button", name=f"Suggest a time for {QUINTA}").click()
    side = page.get_by_role("complementary", name="Suggest a time")
    expect(side.get_by_role("radio")).not_to_have_count(0)
    expect(page.locator(".candidate[aria-pressed=true], .candidate")).not_to_have_count(0)
    expect(side).to_contain_text(NUNO)
    assert axe(page) == []
    page.locator(".candidate").last.click()
    expect(page.locator(".candidate[aria-pressed=true]")).to_have_count(1)
    side.get_by_role("button", name=re.compile("^Schedule ")).click()
    expect(visit(page, QUINTA)).to_be_visible()
    expect(side).to_be_hidden()
    assert planned(rows, QUINTA) is not None


def test_an_unscheduled_intervention_is_dragged_onto_a_lane(page: Page, rows: Session) -> None:
    open_board(page)
    drag(page, card(page, QUINTA), lane(page, INES), minutes=60)
    expect(page.locator("#drag-note")).to_have_attribute("data-verdict", "green")
    page.mouse.up()
    expect(visit(page, QUINTA, INES)).to_be_visible()
    expect(card(page, QUINTA)).to_have_count(0)
    assert planned(rows, QUINTA) is not None


def test_the_unscheduled_list_is_searched(page: Page) -> None:
    open_board(page)
    page.get_by_label("Search unscheduled").fill("camelias")
    expect(card(page, QUINTA)).to_be_visible()
    page.get_by_label("Search unscheduled").fill("nobody")
    expect(page.get_by_text("Nothing fits the search.")).to_be_visible()


def test_four_hundred_visits_are_drawn_at_once(page: Page) -> None:
    open_board(page)
    milliseconds = page.evaluate(MANY_VISITS)
    assert page.locator(".visit").count() == 400
    assert min(milliseconds) <= 200


MANY_VISITS = """async () => {
  const { show } = await import('/static/js/board/store.js');
  const board = JSON.parse(document.getElementById('board-data').textContent);
  const row = board.rows.find(one => one.items.some(item => item.kind === 'visit'));
  const item = row.items.find(one => one.kind === 'visit');
  board.rows = Array.from({ length: 50 }, (_, number) => ({
    ...row, id: 1000 + number, name: `Technician ${number}`, items: Array.from({ length: 8 }, (_, place) => ({
      ...item, intervention: 5000 + number * 8 + place, begins: 480 + place * 65, minutes: 45, conflict: [],
    })),
  }));
  const times = [];
  for (let round = 0; round < 5; round += 1) {
    board.rows.forEach(one => { one.load = round; });
    const begins = performance.now();
    show(structuredClone(board));
    document.getElementById('board').getBoundingClientRect();
    times.push(performance.now() - begins);
  }
  return times;
}"""


# --- Around the board -----------------------------------------------------------------------------------


def test_every_page_is_sound_in_each_look(page_in_each_look: Page, rows: Session, axe: Axe) -> None:
    page = page_in_each_look
    page.goto("/staff/sign-in")
    assert axe(page) == []
    open_board(page)
    helena, quinta = (number_of(rows, name) for name in (HELENA, QUINTA))
    pages = (
        f"/dispatch/board?day={day()}",
        f"/dispatch/board?view=week&day={day()}",
        "/dispatch/interventions",
        "/dispatch/interventions?q=nobody",
        "/dispatch/interventions/new?q=h",
        "/dispatch/interventions/new?client=1",
        *(f"/dispatch/interventions/{helena}{name}" for name in ("", "/assistant", "/move", "/complete", "/cancel")),
        f"/dispatch/interventions/{quinta}/assistant",
        "/dispatch/satisfaction",
    )
    for address in pages:
        page.goto(address)
        assert axe(page) == [], address
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{address} is {over} px too wide"


def test_a_wrong_password_is_said_and_the_address_stays(page: Page, axe: Axe) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("E-mail").fill(company.DISPATCHER)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_value(company.DISPATCHER)
    assert axe(page) == []


def test_an_intervention_is_made_booked_and_completed(page: Page, rows: Session) -> None:
    sign_in(page, company.DISPATCHER)
    page.goto("/dispatch/interventions")
    page.get_by_role("link", name="New intervention").click()
    page.get_by_label("Name, reference, phone or e-mail").fill("camél")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=QUINTA).click()
    page.get_by_label("Notes for the technician").fill("Bring a ladder")
    page.get_by_role("button", name="Create and find a time").click()
    page.get_by_role("button", name="Book the chosen time").click()
    expect(page.get_by_role("status").first).to_contain_text("in the plan")
    expect(page.locator("main")).to_contain_text("Bring a ladder")
    expect(page.locator(".two-layers")).to_contain_text("Promised: arrives")

    page.get_by_role("link", name="Complete").click()
    page.get_by_label("Day").fill((clock.now() - timedelta(days=1)).date().isoformat())
    page.get_by_text("OK, the work is done").click()
    page.get_by_role("button", name="Complete").click()
    expect(page.locator(".page-head")).to_contain_text("Completed")
    newest = rows.scalars(select(Intervention).order_by(Intervention.id.desc()).limit(1)).one()
    assert (newest.status, newest.outcome) == ("completed", "ok")


def test_without_scripts_the_board_lists_the_visits(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    sign_in(page, company.DISPATCHER)
    page.goto(f"/dispatch/board?day={day()}")
    page.get_by_role("link", name=re.compile(HELENA)).click()
    page.get_by_role("link", name="Move").click()
    page.get_by_label("Planned start").fill("11:30")
    page.get_by_role("button", name="Move").click()
    expect(page.locator(".two-layers")).to_contain_text("Planned 11:30")


def test_the_theme_is_kept(page: Page) -> None:
    open_board(page)
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


# --- Steps and places -----------------------------------------------------------------------------------


def day() -> str:
    return company.day_on(clock.now()).isoformat()


def sign_in(page: Page, email: str) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(company.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/(dispatch|field)/"))


def open_board(page: Page, email: str = company.DISPATCHER) -> None:
    sign_in(page, email)
    page.goto(f"/dispatch/board?day={day()}")
    expect(visit(page, HELENA)).to_be_visible()


def visit(page: Page, client: str, technician: str | None = None) -> Locator:
    place = page.locator(".board") if technician is None else lane(page, technician)
    return place.locator(".visit", has_text=client)


def lane(page: Page, technician: str) -> Locator:
    return page.get_by_role("row").filter(has_text=technician).locator(".lane")


def card(page: Page, client: str) -> Locator:
    return page.locator(".open-card", has_text=client)


def toast(page: Page) -> Locator:
    return page.locator("[data-toasts]")


def option_of(dialog: Locator, technician: str) -> str:
    return dialog.locator("option", has_text=technician).inner_text()


def drag(page: Page, what: Locator, to: Locator, minutes: int) -> None:
    """Take something and hold it over a lane, so many minutes after Helena's visit; the button stays down."""
    begins = what.bounding_box()
    target = to.bounding_box()
    anchor = visit(page, HELENA).bounding_box()
    assert begins is not None
    assert target is not None
    assert anchor is not None
    pixels = anchor["width"] / 60
    grip = 12.0
    page.mouse.move(begins["x"] + grip, begins["y"] + grip)
    page.mouse.down()
    page.mouse.move(begins["x"] + grip + 20, begins["y"] + grip, steps=3)
    page.mouse.move(anchor["x"] + grip + minutes * pixels, target["y"] + target["height"] / 2, steps=8)


def number_of(rows: Session, name: str) -> int:
    found = rows.scalars(select(Intervention.id).join(Client).where(Client.name == name)).one()
    rows.rollback()
    return found


def planned(rows: Session, name: str) -> tuple[str, str] | None:
    """Who goes to a client and when, in the database."""
    rows.rollback()
    row = rows.get_one(Intervention, number_of(rows, name), populate_existing=True)
    at: tuple[str, datetime] | None = (row.planned.technician.name, row.planned.begins_at) if row.planned else None
    rows.rollback()
    return (at[0], dates.hour(at[1], company.ZONE)) if at else None
