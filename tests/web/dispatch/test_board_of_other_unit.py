"""CD-17: the page of another unit's board. Whatever is asked, nothing private is anywhere in what the browser gets."""

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.domain.units import settings
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.conftest import NewWeb
from tests.web.inline import inline
from tests.web.world import Web

GAMA = "/dispatch/units/gama/board"
ZONE = "Atlantic/Azores"
MAY = ("dispatcher", "administrator", "dispatcher_b", "administrator_b")
MAY_NOT = ("technician", "technician_b")
OUTSIDERS = ("anonymous", "ana", "bela")


def day() -> date:
    """Two days ahead where the unit is."""
    return local_day(clock.now(), ZONE) + timedelta(days=2)


@pytest.fixture
def own(new_web: NewWeb) -> Web:
    """The product with a third unit, Gama on the Azores, which shows its board."""
    web = new_web()
    with web.factory.begin() as session:
        gama = make.unit(session, slug="gama", name="Gama & <b>Sons</b>", zone=ZONE)
        settings.change(gama, is_board_shown_to_units=True)
        _fill(session, gama)
    return web


def _fill(session: Session, gama: BusinessUnit) -> None:
    zita = make.technician(session, gama, name="Zita", weekdays=range(7))
    make.technician(session, gama, name="Olga", weekdays=())
    for visibility, hour in (("private", 9), ("shared", 11)):
        client = make.client(session, gama, name=f"{visibility} client")
        make.contact(session, client, name=f"{visibility} person", phone="+351912345678")
        where: dict[str, Any] = {
            "address": f"{visibility} street",
            "city": f"{visibility} town",
            "access_notes": f"{visibility} code",
        }
        site = make.site(session, client, **where)
        kind = make.activity_type(session, gama, title={"en": f"{visibility} work"}, visibility=visibility)
        values: dict[str, Any] = {"activity_type": kind, "site": site, "notes": f"{visibility} notes"}
        make.scheduled(session, gama, zita, at_wall_time(day(), hour * 60 + 7, ZONE), status="in_progress", **values)
    make.absence(session, zita, at_wall_time(day(), 840, ZONE), at_wall_time(day(), 900, ZONE), reason="private doctor")


def show(web: Web, slug: str, is_shown: bool) -> None:
    with web.factory.begin() as session:
        unit = session.scalars(sa.select(BusinessUnit).where(BusinessUnit.slug == slug)).one()
        settings.change(unit, is_board_shown_to_units=is_shown)


def words(page: str) -> str:
    """What a person reads of the page itself, without the frame around it."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_a_private_visit_is_a_grey_box_with_its_time(own: Web) -> None:
    page = own.browser("dispatcher").get(f"{GAMA}?day={day()}").text
    assert "09:07–10:07 Busy" in words(page)
    assert "14:00–15:00 Away" in words(page)
    assert "private" not in page, "every name, title, address, note and reason of it begins with this word"
    for secret in ("912345678", "INT-", "doctor"):
        assert secret not in page
    assert page.count("In progress") == 1, "of the shared one"
    assert "/dispatch/interventions/" not in page


def test_a_shared_visit_says_what_for_whom_in_which_town_and_how_far(own: Web) -> None:
    page = own.browser("dispatcher").get(f"{GAMA}?day={day()}").text
    assert "11:07–12:07 shared work shared client, shared town In progress" in words(page)
    for more in ("street", "notes", "code", "person", "912345678"):
        assert more not in words(page), more


def test_hours_days_off_and_the_zone_are_said(own: Web) -> None:
    page = own.browser("dispatcher").get(f"{GAMA}?day={day()}").text
    text = words(page)
    assert "Zita Works 08:00–17:00" in text
    assert "Olga No shift" in text
    assert "All times are Azores time, as in Gama & <b>Sons</b>." in text
    assert "<b>Sons" not in page
    assert inline(page) == []


def test_it_can_be_looked_at_and_not_touched(own: Web) -> None:
    browser = own.browser("dispatcher")
    page = browser.get(f"{GAMA}?day={day()}").text
    main = page[page.index("<main") : page.index("</main>")]
    assert 'method="post"' not in main
    assert "<script" not in main
    assert "draggable" not in main
    before = own.digest()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert browser.open(GAMA, method=method).status_code in {403, 405}
    browser.get(f"{GAMA}?day={day()}")
    assert own.digest() == before


def test_one_walks_from_day_to_day(own: Web) -> None:
    browser = own.browser("dispatcher")
    page = browser.get(f"{GAMA}?day={day()}").text
    for other in (day() - timedelta(days=1), day() + timedelta(days=1)):
        assert f'href="{GAMA}?day={other}"' in page
        assert "Nothing planned." in words(browser.get(f"{GAMA}?day={other}").text)
    assert f'href="{GAMA}"' in page
    assert f'value="{local_day(clock.now(), ZONE)}"' in browser.get(GAMA).text


@pytest.mark.parametrize("who", MAY)
def test_who_plans_in_another_unit_may_look(own: Web, who: str) -> None:
    assert own.browser(who).get(GAMA).status_code == 200


def test_technicians_clients_and_strangers_may_not(own: Web) -> None:
    for who in MAY_NOT:
        assert own.browser(who).get(GAMA).status_code == 403, who
    for who in OUTSIDERS:
        answer = own.browser(who).get(GAMA)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/staff/sign-in"), who


def test_a_unit_without_technicians_says_so(own: Web) -> None:
    with own.factory.begin() as session:
        settings.change(make.unit(session, slug="empty", name="Empty"), is_board_shown_to_units=True)
    assert "Nobody works in the field here yet." in own.browser("dispatcher").get("/dispatch/units/empty/board").text


# --- Which units can be chosen ------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["day", "week"])
def test_the_board_leads_to_the_units_that_show_theirs(own: Web, view: str) -> None:
    browser = own.browser("dispatcher")
    wanted = {"day": day().isoformat(), "view": view}
    assert f'href="{GAMA}?day={day()}"' in browser.get("/dispatch/board", query_string=wanted).text
    show(own, "gama", False)
    page = browser.get("/dispatch/board", query_string=wanted).text
    assert "/units/gama/" not in page
    assert "/units/beta/" in page
    show(own, "beta", False)
    assert "Other units" not in browser.get("/dispatch/board", query_string=wanted).text


def test_a_unit_that_does_not_show_its_board_answers_like_none(own: Web) -> None:
    browser = own.browser("dispatcher")
    assert browser.get(GAMA).status_code == 200
    show(own, "gama", False)
    hidden, missing = browser.get(GAMA), browser.get("/dispatch/units/nowhere/board")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert re.sub("gama|nowhere", "…", plain(hidden.text)) == re.sub("gama|nowhere", "…", plain(missing.text))


def test_ones_own_address_leads_to_ones_own_board(own: Web) -> None:
    answer = own.browser("dispatcher").get(f"/dispatch/units/alfa/board?day={day()}")
    assert (answer.status_code, answer.location) == (303, f"/dispatch/board?day={day()}")


def test_the_tick_of_an_administrator_opens_the_board_and_closes_it(own: Web) -> None:
    admin, neighbour = own.browser("administrator"), own.browser("dispatcher_b")
    alfa = "/dispatch/units/alfa/board"
    assert neighbour.get(alfa).status_code == 404
    form = {
        "name": "Alfa",
        "zone": "Europe/Lisbon",
        "locale": "en",
        "languages": ["en"],
        "quiet_from": "21:00",
        "quiet_until": "08:00",
        "hold_minutes": "5",
        "waiting_hold_minutes": "30",
        "questionnaire_reminder_days": "5",
        "green_up_to_minutes": "15",
        "orange_up_to_minutes": "30",
    }
    tick = re.compile(r'name="is_board_shown_to_units" value="y"( checked)?')
    for sent, is_shown in (({"is_board_shown_to_units": "y"}, True), ({}, False)):
        carried = hidden_in(admin.get("/settings/unit").text)
        assert admin.post("/settings/unit", data={**carried, **form, **sent}).status_code == 303
        assert neighbour.get(alfa).status_code == (200 if is_shown else 404)
        found = tick.search(admin.get("/settings/unit").text)
        assert found is not None
        assert bool(found[1]) is is_shown


# --- Hostile questions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    ["", "nonsense", "0001-01-01", "9999-12-31", "2026-02-30", "٢٠٢٦-١١-٢٤", "'; --", "x" * 5000, "-1"],
)
def test_a_day_that_is_none_shows_today(own: Web, wanted: str) -> None:
    answer = own.browser("dispatcher").get(GAMA, query_string={"day": wanted, "slug": "alfa", "unit": "1"})
    assert answer.status_code == 200
    assert f'value="{local_day(clock.now(), ZONE)}"' in answer.text


@pytest.mark.parametrize("slug", ["GAMA", "gama%20", "%27%20OR%201=1--", "..%2Fgama", "1", "%F0%9F%98%80", "x" * 3000])
def test_a_slug_that_is_none_is_not_found(own: Web, slug: str) -> None:
    assert own.browser("dispatcher").get(f"/dispatch/units/{slug}/board").status_code == 404


def test_a_slug_that_no_database_keeps_is_refused(own: Web) -> None:
    assert own.browser("dispatcher").get("/dispatch/units/a%00b/board").status_code in {400, 404}


def plain(page: str) -> str:
    """The page without what is new on every page."""
    return re.sub(r'(csrf-token" content|csrf_token" value)="[^"]+"', "", page)


def hidden_in(page: str) -> dict[str, str]:
    """What the form of a page carries beside what is typed."""
    tags = [tag for tag in re.findall(r"<input[^>]*>", page) if 'type="hidden"' in tag]
    found = [(re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: value[1] for name, value in found if name and value}
