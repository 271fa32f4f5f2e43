"""An administrator says when clients may do what, with the keyboard alone, and looks at it through their eyes."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.domain.accounts.passwords import hash_of
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.interventions.models import Intervention
from tests import make
from tests.conftest import CompanyFile
from tests.e2e.conftest import Axe, OpenPage

EMAIL, PASSWORD = "teresa@example.com", "correct horse"
TREE = "[data-conditions-tree]"
SENTENCE = "[data-conditions-sentence]"


def found(session: Session, *, now: datetime) -> None:
    """A unit with an administrator and one visit in four days, which its client may cancel."""
    unit = make.unit(session, slug="clima", name="Porto Clima")
    make.staff(session, unit, email=EMAIL, name="Teresa", role="administrator", password_hash=hash_of(PASSWORD))
    work = make.activity_type(session, unit, title={"en": "Boiler service"})
    for kind in ("cancel", "message", "reschedule"):
        make.portal_action(session, work, kind)
    client = make.client(session, unit, name="Casa Lima", kind="individual")
    make.contact(session, client, name="Marta Lima")
    begins_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=4)
    make.scheduled(
        session,
        unit,
        make.technician(session, unit, weekdays=range(7)),
        begins_at,
        activity_type=work,
        site=make.site(session, client),
    )


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """This company, in place of the demo's."""
    return company_file(found)


def test_nested_conditions_are_built_with_the_keyboard_said_saved_and_simulated(page: Page, rows: Session) -> None:
    action, visit = cancel_of(rows), rows.scalars(select(Intervention)).one()
    sign_in(page)
    page.goto(f"/settings/actions/{action.id}")
    expect(page.locator(SENTENCE)).to_have_text("Always.")
    effect = page.locator("[data-action-effect]")
    expect(effect).to_have_text("With this change, 1 of 1 open interventions keep the action, 0 lose it.")

    press(page, button(page, "Add a condition"))
    expect(choice(page, 0)).to_be_focused()
    choose(page, choice(page, 0), "At least … hours before the arrival window")
    write(page, page.get_by_role("spinbutton", name="Hours"), "48")
    press(page, button(page, "Add a group"))
    choose(page, choice(page, 1), "The client is")
    reach(page, tick(page, "a company"))
    page.keyboard.press("Space")
    reach(page, tick(page, "a supplier"))
    page.keyboard.press("Space")
    expect(page.locator(SENTENCE)).to_have_text(
        "When it is at least 48 hours before the arrival window and the client is a supplier."
    )
    expect(effect).to_have_text("With this change, 0 of 1 open interventions keep the action, 1 lose it.")
    choose(page, page.locator(TREE).get_by_label("How the group is read").nth(1), "none")
    expect(page.locator(SENTENCE)).to_have_text(
        "When it is at least 48 hours before the arrival window and not when the client is a supplier."
    )
    expect(effect).to_have_text("With this change, 1 of 1 open interventions keep the action, 0 lose it.")

    choose(page, page.get_by_label("Intervention", exact=True), f"{visit.reference}")
    expect(page.locator("[data-try-verdict]")).to_contain_text("Shown")
    expect(page.locator(".condition-result.is-true")).to_have_count(3)
    press(page, page.get_by_role("button", name="Save changes"))
    expect(page.locator(".flashes")).to_contain_text("Saved.")
    rows.expire_all()
    assert cancel_of(rows).conditions == {
        "all": [
            {"condition": "notice_hours", "hours": 48},
            {"none": [{"condition": "client_kind_is", "kinds": ["supplier"]}]},
        ]
    }

    page.goto("/settings/simulator")
    write(page, page.get_by_role("searchbox", name="Intervention or client"), visit.reference)
    page.keyboard.press("Enter")
    press(page, page.get_by_role("link", name="Boiler service"))
    cancel = page.get_by_role("listitem").filter(has_text="Cancel the visit")
    expect(cancel).to_contain_text("Shown")
    press(page, page.get_by_role("link", name="Next change"))
    expect(cancel).to_contain_text("Hidden")
    expect(cancel).to_contain_text("this is not so: it is at least 48 hours before the arrival window")

    press(page, page.get_by_role("button", name="View as this client"))
    expect(page.locator(".view-bar")).to_contain_text("You see the portal as Marta Lima.")
    page.goto(f"/portal/clima/visits/{visit.id}")
    expect(page.get_by_role("link", name="Cancel the visit")).to_have_count(0)
    expect(page.get_by_role("region", name="Why each action")).to_contain_text("at least 48 hours")
    press(page, page.get_by_role("button", name="Leave"))
    page.wait_for_url("**/dispatch/clients/*")
    page.goto(f"/portal/clima/visits/{visit.id}")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_conditions_are_moved_wrapped_and_removed_without_a_mouse(page: Page, rows: Session) -> None:
    set_conditions(
        rows,
        {
            "all": [
                {"condition": "is_locked"},
                {"any": [{"condition": "due_passed"}, {"condition": "window_known"}]},
                {"condition": "is_confirmed"},
            ]
        },
    )
    sign_in(page)
    page.goto(f"/settings/actions/{cancel_of(rows).id}")

    def tree() -> object:
        return json.loads(page.locator("textarea[name=conditions]").input_value())

    press(page, button(page, "Move down", 0))
    assert tree() == {
        "all": [
            {"any": [{"condition": "is_locked"}, {"condition": "due_passed"}, {"condition": "window_known"}]},
            {"condition": "is_confirmed"},
        ]
    }
    expect(page.locator("[data-conditions-status]")).to_have_text("Moved: now 1 of 3.")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert tree() == {
        "all": [
            {"any": [{"condition": "due_passed"}, {"condition": "window_known"}]},
            {"condition": "is_locked"},
            {"condition": "is_confirmed"},
        ]
    }
    press(page, page.locator(TREE).get_by_role("button", name="Put into a group").last)
    press(page, page.locator(TREE).get_by_role("button", name="Remove the group").first)
    assert tree() == {"all": [{"condition": "is_locked"}, {"any": [{"condition": "is_confirmed"}]}]}
    press(page, page.locator(TREE).get_by_role("button", name="Remove", exact=True).last)
    press(page, page.locator(TREE).get_by_role("button", name="Remove", exact=True).last)
    assert tree() == {}
    expect(page.locator(SENTENCE)).to_have_text("Always.")


def test_a_condition_is_dragged_into_a_group(page: Page, rows: Session) -> None:
    set_conditions(rows, {"all": [{"condition": "is_locked"}, {"any": [{"condition": "due_passed"}]}]})
    sign_in(page)
    page.goto(f"/settings/actions/{cancel_of(rows).id}")
    grips = page.locator(f"{TREE} .grip")
    page.locator(TREE).scroll_into_view_if_needed()
    start, goal = grips.nth(0).bounding_box(), page.locator(".condition-group .condition").last.bounding_box()
    assert start is not None
    assert goal is not None
    page.mouse.move(start["x"] + 4, start["y"] + 4)
    page.mouse.down()
    page.mouse.move(goal["x"] + 60, goal["y"] + 10, steps=5)
    page.mouse.up()
    expect(page.locator("textarea[name=conditions]")).to_have_value(
        '{"all":[{"any":[{"condition":"is_locked"},{"condition":"due_passed"}]}]}'
    )


def test_without_scripts_conditions_are_written_as_json(open_page: OpenPage, rows: Session) -> None:
    page = open_page(scripts=False)
    sign_in(page)
    page.goto(f"/settings/actions/{cancel_of(rows).id}")
    page.get_by_role("textbox", name="When is it available?").fill(
        '{"all": [{"condition": "notice_hours", "hours": -1}]}'
    )
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("alert")).to_contain_text("conditions.all[0].hours: expected a whole number")
    page.get_by_role("textbox", name="When is it available?").fill('{"condition": "is_not_locked"}')
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(SENTENCE)).to_have_text("When the visit is not locked in the plan.")


def test_the_pages_have_no_fault_in_any_look(page_in_each_look: Page, rows: Session, axe: Axe) -> None:
    page = page_in_each_look
    set_conditions(
        rows, {"all": [{"condition": "weekday_is", "weekdays": ["mon"]}, {"none": [{"condition": "is_locked"}]}]}
    )
    visit = rows.scalars(select(Intervention)).one()
    sign_in(page)
    action = cancel_of(rows)
    for path in (
        f"/settings/activity-types/{action.activity_type_id}/actions",
        f"/settings/actions/{action.id}",
        "/settings/simulator",
        f"/settings/simulator?intervention={visit.id}",
    ):
        page.goto(path)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    page.get_by_role("button", name="View as this client").click()
    page.goto(f"/portal/clima/visits/{visit.id}")
    assert axe(page) == []


def cancel_of(rows: Session) -> PortalAction:
    return rows.scalars(select(PortalAction).where(PortalAction.kind == "cancel")).one()


def set_conditions(rows: Session, tree: dict[str, object]) -> None:
    cancel_of(rows).conditions = tree
    rows.commit()


def button(page: Page, name: str, number: int = -1) -> Locator:
    found = page.locator(TREE).get_by_role("button", name=name, exact=True)
    return found.last if number < 0 else found.nth(number)


def choice(page: Page, number: int) -> Locator:
    return page.locator(f"{TREE} .condition-choice").nth(number)


def tick(page: Page, name: str) -> Locator:
    return page.locator(TREE).get_by_role("checkbox", name=name)


def choose(page: Page, control: Locator, words: str) -> None:
    """Choose an option with the arrows, as somebody does who has no mouse."""
    reach(page, control)
    page.keyboard.press("Home")
    for _step in range(60):
        if control.evaluate("element => element.selectedOptions[0].textContent").startswith(words):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"there is no {words}")


def sign_in(page: Page) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".app-rail, .app-top").first).to_be_visible()


def reach(page: Page, control: Locator) -> None:
    """Press Tab until the control has the focus."""
    for _step in range(250):
        if control.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {control}")


def press(page: Page, control: Locator) -> None:
    reach(page, control)
    page.keyboard.press("Enter")


def write(page: Page, control: Locator, text: str) -> None:
    reach(page, control)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)
