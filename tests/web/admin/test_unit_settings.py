"""The pages of the unit and of its portal: what an administrator changes there takes effect at the next request."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from fieldsvc.core.audit import AuditEntry
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.units import colours
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import UnitSettings, settings_of
from tests.web.world import Web

UNIT = {
    "name": "Alfa",
    "phone": "222 010 340",
    "email": "help@alfa.example",
    "address": "Rua 1, Porto",
    "emergency_phone": "112",
    "zone": "Europe/Lisbon",
    "locale": "en",
    "languages": ["en", "pt-PT"],
    "quiet_from": "21:00",
    "quiet_until": "08:00",
    "hold_minutes": "5",
    "waiting_hold_minutes": "30",
    "questionnaire_reminder_days": "5",
    "green_up_to_minutes": "15",
    "orange_up_to_minutes": "30",
}
PORTAL = {
    "is_portal_open": "y",
    "new_clients_have_portal": "y",
    "sign_in_by_email": "y",
    "sign_in_by_phone": "y",
    "accent": "plum",
    "own_colour": "#0b7285",
}


def picture(kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (900, 600), "navy").save(written, kind)
    return written.getvalue()


@pytest.fixture
def own(fresh_web: Web) -> Web:
    return fresh_web


@pytest.fixture
def admin(own: Web) -> FlaskClient:
    return own.browser("administrator")


def stored(web: Web) -> BusinessUnit:
    with web.factory() as session:
        return session.scalars(sa.select(BusinessUnit).where(BusinessUnit.slug == "alfa")).one()


def settings(web: Web) -> UnitSettings:
    return settings_of(stored(web))


def version(admin: FlaskClient, page: str) -> str:
    """What the page sends back of what it has shown."""
    [found] = re.findall(r'name="version"[^>]* value="(\w+)"', admin.get(page).text)
    return str(found)


def save_unit(admin: FlaskClient, **more: Any) -> TestResponse:
    return admin.post("/settings/unit", data={"version": version(admin, "/settings/unit"), **UNIT, **more})


def save_portal(admin: FlaskClient, **more: Any) -> TestResponse:
    seen = version(admin, "/settings/portal")
    boundary, body = encode_multipart(
        {"version": seen, **PORTAL, **more}
    )  # in memory: a file of the client's would stay open
    return admin.post("/settings/portal", data=body, content_type=f"multipart/form-data; boundary={boundary}")


# --- The unit -----------------------------------------------------------------------------------------


def test_everything_about_the_unit_is_kept_and_shown_again(own: Web, admin: FlaskClient) -> None:
    assert save_unit(admin, hold_minutes="7", quiet_from="22:30").status_code == 303
    unit, kept = stored(own), settings(own)
    assert (unit.name, unit.phone, unit.email, unit.address) == (
        "Alfa",
        "222 010 340",
        "help@alfa.example",
        "Rua 1, Porto",
    )
    assert (kept.hold_minutes, kept.quiet_from_minute, kept.emergency_phone) == (7, 22 * 60 + 30, "112")
    page = admin.get("/settings/unit").text
    assert 'value="22:30"' in page
    assert 'value="222 010 340"' in page
    assert own.count(AuditEntry, AuditEntry.action == "unit.changed") == 1


def test_a_zone_that_is_no_place_stays_chosen(own: Web, admin: FlaskClient) -> None:
    own.change(sa.update(BusinessUnit).values(zone="UTC"))
    assert '<option selected value="UTC">UTC</option>' in admin.get("/settings/unit").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 101),
        ("email", "no address"),
        ("phone", "call me"),
        ("emergency_phone", "javascript:alert(1)"),
        ("zone", "Mars/Olympus"),
        ("locale", "fr"),
        ("languages", []),
        ("languages", ["tlh"]),
        ("quiet_from", "25:00"),
        ("hold_minutes", "0"),
        ("hold_minutes", "9" * 400),
        ("waiting_hold_minutes", "abc"),
        ("questionnaire_reminder_days", "-1"),
        ("orange_up_to_minutes", "10"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(
    web: Web, field: str, value: str | list[str]
) -> None:
    before = stored(web).settings
    answer = save_unit(web.browser("administrator"), **{"address": "Typed street 9", field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert re.search(rf'aria-describedby="[^"]*\b{field}-error\b', answer.text)
    assert field == "address" or "Typed street 9" in answer.text
    assert stored(web).settings == before


@pytest.mark.parametrize("page", ["/settings/unit", "/settings/portal"])
def test_who_saw_an_older_page_is_told_and_can_decide(own: Web, admin: FlaskClient, page: str) -> None:
    save, mine, theirs = {
        "/settings/unit": (save_unit, {"address": "My street 1"}, {"address": "Their street 2"}),
        "/settings/portal": (save_portal, {"home_text-en": "Mine"}, {"home_text-en": "Theirs"}),
    }[page]
    seen = version(admin, page)
    assert save(admin, **mine, version=seen).status_code == 303
    before = stored(own)
    answer = save(admin, **theirs, version=seen)
    assert answer.status_code == 409
    assert "Somebody else has changed this page in the meantime." in answer.text
    assert next(iter(theirs.values())) in answer.text, "what was typed stays"
    assert (stored(own).address, stored(own).settings) == (before.address, before.settings)
    [present] = re.findall(r'name="version"[^>]* value="(\w+)"', answer.text)
    assert save(admin, **theirs, version=present).status_code == 303
    assert (stored(own).address, stored(own).settings) != (before.address, before.settings)


def test_what_the_other_page_changed_disturbs_nobody(own: Web, admin: FlaskClient) -> None:
    seen = version(admin, "/settings/unit")
    assert save_portal(admin, accent="brick").status_code == 303
    assert save_unit(admin, version=seen).status_code == 303
    assert settings(own).accent == "brick"


@pytest.mark.parametrize("save", [save_unit, save_portal])
def test_an_edit_without_its_version_is_refused(web: Web, save: Callable[..., TestResponse]) -> None:
    before = stored(web).settings
    assert save(web.browser("administrator"), version="").status_code == 428
    assert stored(web).settings == before


def test_the_portal_offers_only_the_languages_of_the_unit(own: Web, admin: FlaskClient) -> None:
    save_unit(admin, languages=["en", "fr"])
    page = own.browser().get("/portal/alfa/sign-in", headers={"Accept-Language": "pt-PT"}).text
    assert 'lang="en"' in page, "not offered: the main language instead"
    assert set(re.findall(r'name="locale" value="([^"]+)"', page)) == {"en", "fr"}
    browser = own.browser()
    browser.post("/portal/alfa/language", data={"locale": "pt-BR"})
    assert '<html lang="en"' in browser.get("/portal/alfa/sign-in").text


def test_a_dispatcher_has_no_business_here(web: Web) -> None:
    for path in ("/settings/unit", "/settings/portal"):
        assert web.browser("dispatcher").get(path).status_code == 403


# --- The portal ---------------------------------------------------------------------------------------


def test_a_portal_that_is_closed_is_closed_at_the_next_request(own: Web, admin: FlaskClient) -> None:
    ana = own.browser("ana")
    assert ana.get("/portal/alfa/").status_code == 200
    assert save_portal(admin, is_portal_open="").status_code == 303
    assert ana.get("/portal/alfa/").status_code == 303
    assert save_portal(admin).status_code == 303
    assert ana.get("/portal/alfa/").status_code == 200


def test_one_way_to_sign_in_must_remain(web: Web) -> None:
    answer = save_portal(web.browser("administrator"), sign_in_by_email="", sign_in_by_phone="")
    assert answer.status_code == 422
    assert "at least one way to sign in" in answer.text


def test_a_bright_colour_is_darkened_and_the_page_says_so(own: Web, admin: FlaskClient) -> None:
    assert save_portal(admin, accent="own", own_colour="#FFD700").status_code == 303
    used = colours.accent_of("#ffd700").used
    page = admin.get("/settings/portal").text
    assert f"#ffd700 is too bright for white text. It is used as {used}." in page
    portal = own.browser().get("/portal/alfa/sign-in").text
    [address] = re.findall(r'href="(/portal/alfa/theme\.css[^"]*)"', portal)
    sheet = own.browser().get(address)
    assert sheet.text == f":root {{ --unit-accent: {used}; }}\n"
    assert "immutable" in sheet.headers["Cache-Control"]
    assert own.browser().get(address, headers={"If-None-Match": sheet.headers["ETag"]}).status_code == 304


def test_a_preset_needs_no_sheet_of_its_own(web: Web) -> None:
    assert "theme.css" not in web.browser().get("/portal/alfa/sign-in").text


@pytest.mark.parametrize(
    "colour", ["red", "#12", "#12345g", "#1234567", "</style><script>", "#fff;} body{display:none"]
)
def test_what_is_no_colour_is_refused(web: Web, colour: str) -> None:
    answer = save_portal(web.browser("administrator"), accent="own", own_colour=colour)
    assert answer.status_code == 422
    assert 'id="accent"' in answer.text


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_becomes_one_that_can_be_read(number: int) -> None:
    accent = colours.accent_of(f"#{number:06x}")
    for ground in ("#ffffff", colours.PAPER):
        assert colours.contrast(accent.used, ground) >= 4.5
    assert accent.is_darkened is (colours.contrast(accent.chosen, colours.PAPER) < 4.5)


def test_the_presets_are_readable_as_they_are() -> None:
    assert [name for name, colour in colours.PRESETS.items() if colours.readable(colour) != colour] == []


# --- The logo -----------------------------------------------------------------------------------------


def test_a_logo_is_shown_in_the_portal_on_our_pages_and_kept_by_browsers(own: Web, admin: FlaskClient) -> None:
    before = settings(own).logo_id
    assert save_portal(admin, logo=FileStorage(io.BytesIO(picture("JPEG")), "../../logo.svg")).status_code == 303
    assert settings(own).logo_id > before
    for browser, path in ((own.browser(), "/portal/alfa/sign-in"), (admin, "/dispatch/board")):
        [address] = re.findall(r'<img[^>]* src="(/portal/alfa/logo\.png[^"]*)"', browser.get(path).text)
        answer = own.browser().get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        with Image.open(io.BytesIO(answer.data)) as logo:
            assert logo.height == 512
        assert "immutable" in answer.headers["Cache-Control"]
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        again = own.browser().get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_a_logo_can_be_removed(own: Web, admin: FlaskClient) -> None:
    save_portal(admin, remove_logo="y")
    assert settings(own).logo_id == 0
    assert "logo.png" not in own.browser().get("/portal/alfa/sign-in").text
    assert own.browser().get("/portal/alfa/logo.png").status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<script>alert(1)</script>",
        b"%PDF-1.7",
        picture()[:100],
        picture() + bytes(2_000_000),
        b"",
    ],
    ids=["svg", "script", "pdf", "half", "large", "empty"],
)
def test_a_logo_that_is_no_picture_is_refused_and_the_old_one_stays(web: Web, content: bytes) -> None:
    before = settings(web).logo_id
    answer = save_portal(
        web.browser("administrator"), logo=FileStorage(io.BytesIO(content), "logo.png"), accent="brick"
    )
    assert answer.status_code == 422
    assert 'id="logo-error"' in answer.text
    assert settings(web).logo_id == before
    assert 'value="brick" checked' in answer.text, "what was chosen beside it stays"


def test_a_form_that_is_too_large_is_refused_before_it_is_read(web: Web) -> None:
    answer = save_portal(web.browser("administrator"), logo=FileStorage(io.BytesIO(bytes(33_000_000)), "logo.png"))
    assert answer.status_code == 413


# --- The text of the first page -----------------------------------------------------------------------


def test_the_first_page_says_what_the_administrator_wrote_with_its_codes_filled(own: Web, admin: FlaskClient) -> None:
    text = "Hello {contact.name}, closed on Friday.\n<script>alert(1)</script>"
    assert save_portal(admin, **{"home_text-en": text}).status_code == 303
    page = own.browser("ana").get("/portal/alfa/").text
    assert "Hello Ana, closed on Friday." in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("text", ["{no.such.code}", "{intervention.date}", "{{ config.SECRET_KEY }}", "{", "x" * 2001])
def test_a_text_that_could_not_be_filled_is_refused_with_its_place(web: Web, text: str) -> None:
    answer = save_portal(web.browser("administrator"), **{"home_text-en": text})
    assert answer.status_code == 422
    assert 'id="home_text-error"' in answer.text


# --- The four levels ----------------------------------------------------------------------------------


def test_the_four_levels_are_on_one_page(own: Web, admin: FlaskClient) -> None:
    own.change(sa.update(Client).where(Client.id == own.belongings["ana"].client).values(portal_access="off"))
    page = admin.get("/settings/access").text
    for words in ("1 of 2 have it", "1 follows the unit", "1 switched off", "Boiler service", "not on the portal"):
        assert words in page, words
    save_portal(admin, new_clients_have_portal="")
    page = admin.get("/settings/access").text
    assert "0 of 2 have it" in page
    assert "Only clients it was switched on for" in page
