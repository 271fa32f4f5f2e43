"""An administrator builds a form with the keyboard; a client answers it on a phone, with scripts and without."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.domain.accounts import sessions
from fieldsvc.domain.accounts.passwords import hash_of
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field, as_rows
from fieldsvc.domain.catalogue.models import Form
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.web.principal import COOKIES
from tests import make
from tests.conftest import CompanyFile
from tests.domain.catalogue.test_hidden_questions import filled
from tests.e2e.conftest import PHONE, Axe, OpenPage
from tests.e2e.test_activity_types import press, reach, write

EMAIL, PASSWORD = "teresa@example.com", "correct horse"
IF_SHOWN = {"condition": "answer_is", "field": "error", "value": "yes"}
FIELDS: list[dict[str, Any]] = [
    {"code": "error", "kind": "yes_no", "label": {"en": "Is an error shown?"}, "is_required": True},
    {"code": "which", "kind": "short_text", "label": {"en": "Which error code?"}, "is_required": True},
    {"code": "photo", "kind": "photo", "label": {"en": "Photo of the display"}},
    {"code": "agreed", "kind": "signature", "label": {"en": "I agree to the visit"}, "is_required": True},
]
FIELDS[1]["show_if"] = IF_SHOWN


def found(session: Session, *, now: datetime) -> None:
    """A unit with an administrator, an empty form, and a client on the way to a booking that asks another form."""
    unit = make.unit(session, slug="clima", name="Porto Clima")
    make.staff(session, unit, email=EMAIL, name="Teresa", role="administrator", password_hash=hash_of(PASSWORD))
    session.add(Form(unit_id=unit.id, code="heat_pump", kind="intake", title={"en": "Heat pump intake"}, draft=[]))
    contact = make.contact(session, make.client(session, unit), name="Ana")
    form = make.form(session, unit, FIELDS)
    kind = make.activity_type(session, unit, intake_form_id=form.id)
    make.technician(session, unit, weekdays=range(7))
    site = make.site(session, contact.client)
    draft = BookingDraft(
        unit_id=unit.id, contact_id=contact.id, activity_type_id=kind.id, site_id=site.id, created_at=now
    )
    session.add(draft)
    session.flush()


@pytest.fixture(scope="session")
def demo_database(company_file: CompanyFile) -> Path:
    """This company, in place of the demo's."""
    return company_file(found)


def test_a_form_with_a_condition_is_built_and_published_with_the_keyboard(page: Page, rows: Session, axe: Axe) -> None:
    sign_in(page)
    page.goto("/settings/forms")
    press(page, page.get_by_role("link", name="Heat pump intake"))
    press(page, page.get_by_role("button", name="Yes / no"))
    write(page, page.locator("#label-en"), "Is an error shown?")
    expect(page.locator("#code")).to_have_value("is_an_error_shown")
    expect(page.locator("[data-preview]")).to_contain_text("Is an error shown?")
    press(page, page.get_by_role("button", name="Short text"))
    write(page, page.locator("#label-en"), "Which error code?")
    press(page, page.get_by_role("button", name="Add a condition"))
    reach(page, page.get_by_label("Answer", exact=True))
    page.keyboard.type("Y")
    expect(page.locator("[data-conditions-sentence]")).to_contain_text("“Is an error shown?” is “yes”")
    assert axe(page) == []
    press(page, page.get_by_role("button", name="Save draft"))
    expect(page.locator(".asked-row.is-open")).to_contain_text("which_error_code")
    preview = page.locator("[data-preview]")
    expect(preview.get_by_label("Which error code?")).to_be_hidden()
    preview.get_by_label("Yes").check()
    expect(preview.get_by_label("Which error code?")).to_be_visible()
    press(page, page.get_by_role("button", name="Publish version 1"))
    expect(page.get_by_role("status").first).to_contain_text("Version 1 is published.")
    published = rows.scalars(select(Form).where(Form.code == "heat_pump")).one().fields
    condition = {"condition": "answer_is", "field": "is_an_error_shown", "value": "yes"}
    assert [field.code for field in published] == ["is_an_error_shown", "which_error_code"]
    assert published[1].show_if in (condition, {"all": [condition]})


def test_the_builder_is_readable_in_every_look(page_in_each_look: Page, axe: Axe) -> None:
    page = page_in_each_look
    sign_in(page)
    page.goto("/settings/forms/2?field=which")
    expect(page.locator("[data-conditions-sentence]")).to_contain_text("is “yes”")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_language_of_the_preview_is_said_to_everybody(page: Page) -> None:
    sign_in(page)
    page.goto("/settings/forms")
    page.get_by_role("link", name="Heat pump intake").click()
    languages = page.get_by_role("group", name="Language of the preview")
    expect(languages.locator("[aria-current=true]")).to_have_text(["en"])
    languages.get_by_role("link", name="fr").click()
    expect(languages.locator("[aria-current=true]")).to_have_text(["fr"])


def test_fields_are_moved_with_the_keyboard(page: Page, rows: Session) -> None:
    sign_in(page)
    page.goto("/settings/forms/2")
    press(page, page.get_by_role("button", name="Move Photo of the display up"))
    press(page, page.get_by_role("button", name="Save draft"))
    expect(page.locator(".asked-row [data-row-label]").nth(1)).to_have_text("Photo of the display")
    form = rows.get_one(Form, 2)
    assert [one["code"] for one in form.draft] == ["error", "photo", "which", "agreed"]


def test_a_client_answers_on_a_phone_with_a_photo_and_a_signature(open_page: OpenPage, rows: Session, axe: Axe) -> None:
    page = open_page(width=PHONE, colours="dark")
    open_questions(page, rows)
    which = page.get_by_label("Which error code?")
    expect(which).to_be_hidden()
    page.get_by_label("Yes").check()
    expect(which).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Please sign, or type your name.")
    which.fill("F.732")
    page.get_by_label("Photo of the display").set_input_files(picture())
    draw(page)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="When")).to_be_visible()
    kept = kept_answers(rows)
    assert (kept["error"], kept["which"]) == (True, "F.732")
    files = {file.id: file for file in rows.scalars(select(StoredFile))}
    assert files[kept["photo"]].content_type in {"image/png", "image/jpeg"}
    signature = Image.open(BytesIO(files[kept["agreed"]["file"]].content)).convert("L")
    shades = set(signature.tobytes())
    assert {min(shades) < 32, 255 in shades} == {True}


def test_without_scripts_the_page_comes_back_with_the_questions_an_answer_opened(
    open_page: OpenPage, rows: Session
) -> None:
    page = open_page(width=PHONE, scripts=False)
    open_questions(page, rows)
    page.get_by_label("Yes").check()
    page.get_by_label("Photo of the display").set_input_files(picture())
    page.get_by_label("Or type your full name").fill("Ana Alves")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Your answers opened more questions.")).to_be_visible()
    expect(page.get_by_text("photo.png")).to_be_visible()
    page.get_by_label("Which error code?").fill("F.732")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="When")).to_be_visible()
    kept = kept_answers(rows)
    assert (kept["which"], kept["agreed"]) == ("F.732", {"name": "Ana Alves"})
    assert rows.get_one(StoredFile, kept["photo"]).name == "photo.png"


def test_a_hidden_question_does_not_block_without_scripts(open_page: OpenPage, rows: Session) -> None:
    page = open_page(width=PHONE, scripts=False)
    open_questions(page, rows)
    page.get_by_label("No", exact=True).check()
    page.get_by_label("Or type your full name").fill("Ana Alves")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="When")).to_be_visible()
    assert kept_answers(rows) == {"error": False, "agreed": {"name": "Ana Alves"}}


def test_what_the_browser_shows_is_what_the_server_asks(page: Page, rows: Session) -> None:
    """Random forms with random answers: the questions on the screen are those that are asked and required."""
    sign_in(page)
    form = rows.scalars(select(Form).where(Form.code == "heat_pump")).one()
    seen: set[bool] = set()

    @given(filled())
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    def check(case: tuple[list[Field], dict[str, Any]]) -> None:
        fields, typed = case
        form.draft = as_rows(fields)
        rows.commit()
        page.goto(f"/settings/forms/{form.id}/test")
        for code, value in typed.items():
            page.evaluate(FILL, [code, value if isinstance(value, list) else [value]])
        wanted = [field.code for field in answers.look(fields, typed).shown]
        assert page.evaluate(VISIBLE) == wanted
        seen.add(len(wanted) < len(fields))

    check()
    assert seen == {True, False}


# What a person types, in the order of the questions, whether they are shown or not.
FILL = """([code, values]) => {
  const place = document.querySelector(`[data-question="${code}"]`);
  for (const input of place.querySelectorAll('input, textarea')) {
    if (['radio', 'checkbox'].includes(input.type)) input.checked = values.includes(input.value);
    else input.value = values[0];
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
}"""
VISIBLE = "[...document.querySelectorAll('[data-question]:not([hidden])')].map(one => one.dataset.question)"


def sign_in(page: Page) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dispatch/**")


def open_questions(page: Page, rows: Session) -> None:
    """Sign the client in, and open the questions of the booking."""
    contact = rows.scalars(select(Contact)).one()
    secret = sessions.open_session(rows, "contact", contact.id, contact.unit_id, now=clock.now())
    rows.commit()
    page.goto("/")
    address = page.url.rstrip("/")
    page.context.add_cookies([{"name": COOKIES["contact"], "value": secret, "url": address}])
    draft = rows.scalars(select(BookingDraft)).one()
    page.goto(f"/portal/clima/book/{draft.id}/questions")


def kept_answers(rows: Session) -> dict[str, Any]:
    rows.expire_all()
    return dict(rows.scalars(select(BookingDraft)).one().answers)


def picture() -> Any:
    """A photo as a phone sends it."""
    file = BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "PNG")
    return {"name": "photo.png", "mimeType": "image/png", "buffer": file.getvalue()}


def draw(page: Page) -> None:
    """Draw a line in the field of the signature."""
    pad = page.locator(".signature-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 40, steps=5)
    page.mouse.up()
    expect(page.locator("[data-signature].is-signed")).to_be_visible()
