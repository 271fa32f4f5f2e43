"""View as this client: exactly his pages, at a chosen instant, and nothing that anybody could change."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from fieldsvc.core import clock
from fieldsvc.core.audit import AuditEntry
from fieldsvc.domain.accounts.models import SignInSession, Staff
from fieldsvc.domain.booking.models import Offer
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.viewing import COOKIE
from tests.web.routes import address, ask, routes
from tests.web.world import Web

PORTAL = "/portal/alfa"


@pytest.fixture
def web(fresh_web: Web) -> Web:
    return fresh_web


@pytest.fixture
def dora(web: Web) -> FlaskClient:
    """A dispatcher who looks as Ana."""
    browser = web.browser("dispatcher")
    answer = browser.post(f"/settings/view-as/{web.people['ana'].id}")
    assert answer.headers["Location"] == f"{PORTAL}/"
    return browser


def audited(web: Web) -> list[tuple[str, int]]:
    with web.factory() as session:
        rows = select_views()
        return [(entry.action, entry.object_id) for entry in session.scalars(rows)]


def select_views() -> sa.Select[AuditEntry]:
    return sa.select(AuditEntry).where(AuditEntry.action.startswith("contact.view_")).order_by(AuditEntry.id)


def written(at: object) -> str:
    return f"{at:%d/%m/%Y %H:%M}"


def visit_of(web: Web, who: str = "ana") -> str:
    return f"{PORTAL}/visits/{web.belongings[who].intervention}"


# --- What is seen -------------------------------------------------------------------------------------


def test_staff_see_the_pages_of_the_client_marked_with_a_way_out(web: Web, dora: FlaskClient) -> None:
    for path in ("/", "/visits", "/book", f"/visits/{web.belongings['ana'].intervention}"):
        page = dora.get(PORTAL + path)
        assert page.status_code == 200, path
        assert "You see the portal as Ana." in page.text
        assert 'action="/settings/view-as/leave"' in page.text
    assert "You see the portal" not in web.browser("ana").get(f"{PORTAL}/").text


def test_nothing_of_somebody_else_is_seen(web: Web, dora: FlaskClient) -> None:
    assert dora.get(visit_of(web, "sofia")).status_code == 404
    assert dora.get("/portal/beta/").status_code == 303


def test_each_action_of_a_visit_says_the_condition_that_decides(web: Web, dora: FlaskClient) -> None:
    web.change(
        sa.update(PortalAction)
        .where(PortalAction.kind == "cancel")
        .values(conditions={"condition": "client_kind_is", "kinds": ["supplier"]})
    )
    page = dora.get(visit_of(web)).text
    assert "Why each action is shown or hidden" in page
    assert "this is not so: the client is a supplier" in page
    assert "Why each action" not in web.browser("ana").get(visit_of(web)).text


def test_the_portal_is_seen_at_the_chosen_instant(web: Web) -> None:
    web.change(sa.update(PortalAction).where(PortalAction.kind == "cancel").values(notice_hours=24))
    with web.factory() as session:
        visit = session.get_one(Intervention, web.belongings["ana"].intervention)
        opens = visit.window_begins_at
    assert opens is not None
    browser = web.browser("administrator")
    seen = {}
    for hours in (25, 23):
        at = written(opens - timedelta(hours=hours))
        browser.post(f"/settings/view-as/{web.people['ana'].id}", data={"at": at})
        seen[hours] = f"{visit_of(web)}/cancel" in browser.get(visit_of(web)).text
    assert seen == {25: True, 23: False}
    assert f"{visit_of(web)}/cancel" in web.browser("ana").get(visit_of(web)).text


def test_an_instant_that_is_none_is_refused(web: Web) -> None:
    answer = web.browser("administrator").post(f"/settings/view-as/{web.people['ana'].id}", data={"at": "soon"})
    assert answer.status_code == 422
    assert "23/11/2026 14:20" in answer.text


# --- What is not done ---------------------------------------------------------------------------------


def test_no_route_for_clients_takes_anything_while_staff_look(web: Web, dora: FlaskClient) -> None:
    before, asked = web.digest(), 0
    for route in routes(web.app):
        if route.method == "POST" and route.endpoint.partition(".")[0] in {"portal", "guest"}:
            answer = ask(dora, route, address(web, route, web.belongings["ana"]))
            assert (answer.status_code, "only looking" in answer.text) == (403, True), route
            asked += 1
    assert asked > 20
    assert web.digest() == before


@pytest.mark.both_engines
def test_looking_writes_nothing_not_even_what_was_shown(web: Web, dora: FlaskClient) -> None:
    before, offers = web.digest(), web.count(Offer)
    pages = 0
    for route in routes(web.app):
        if route.method == "GET" and route.endpoint.startswith("portal."):
            pages += ask(dora, route, address(web, route, web.belongings["ana"])).status_code == 200
    assert pages > 8
    assert (web.digest(), web.count(Offer)) == (before, offers)
    web.browser("ana").get(f"{PORTAL}/book/{web.belongings['ana'].draft}/when", buffered=True)
    assert web.count(Offer) == offers + 1  # the control: she herself leaves a line


def test_staff_pages_go_on_working_in_the_same_browser(web: Web, dora: FlaskClient) -> None:
    assert dora.get("/dispatch/interventions").status_code == 200
    number = web.belongings["ana"].intervention
    assert dora.post(f"/dispatch/interventions/{number}/cancel", data={"reason": "x"}).status_code != 403


# --- Who may, and how long ----------------------------------------------------------------------------


def test_beginning_and_leaving_are_written_down(web: Web, dora: FlaskClient) -> None:
    ana = web.people["ana"].id
    assert audited(web) == [("contact.view_began", ana)]
    answer = dora.post("/settings/view-as/leave")
    assert answer.headers["Location"].startswith("/dispatch/clients/")
    assert audited(web) == [("contact.view_began", ana), ("contact.view_ended", ana)]
    assert dora.get(f"{PORTAL}/").status_code == 303


def test_a_copied_cookie_is_worth_nothing_after_leaving(web: Web, dora: FlaskClient) -> None:
    cookie = dora.get_cookie(COOKIE)
    assert cookie is not None
    dora.post("/settings/view-as/leave")
    dora.set_cookie(COOKIE, cookie.value)
    assert dora.get(f"{PORTAL}/").status_code == 303


def test_a_view_ends_by_itself_after_half_an_hour(web: Web, dora: FlaskClient) -> None:
    with web.factory() as session:
        row = session.scalars(sa.select(SignInSession).where(SignInSession.principal_kind == "view")).one()
    assert row.expires_at - row.created_at == timedelta(minutes=30)
    web.change(sa.update(SignInSession).where(SignInSession.id == row.id).values(expires_at=clock.now()))
    assert dora.get(f"{PORTAL}/").status_code == 303


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "technician"}])
def test_who_loses_the_right_stops_seeing_at_the_next_request(
    web: Web, dora: FlaskClient, change: dict[str, object]
) -> None:
    assert dora.get(f"{PORTAL}/").status_code == 200
    web.change(sa.update(Staff).where(Staff.id == web.people["dispatcher"].id).values(**change))
    assert dora.get(f"{PORTAL}/").status_code == 303


def test_the_secret_of_a_view_is_no_sign_in_of_the_client(web: Web, dora: FlaskClient) -> None:
    cookie = dora.get_cookie(COOKIE)
    assert cookie is not None
    stranger = web.browser()
    stranger.set_cookie("fieldsvc_portal", cookie.value)
    assert stranger.get(f"{PORTAL}/").status_code == 303


def test_only_staff_of_the_unit_may_look(web: Web) -> None:
    ana = web.people["ana"].id
    assert web.browser("dispatcher_b").post(f"/settings/view-as/{ana}").status_code == 404
    assert web.browser("technician").post(f"/settings/view-as/{ana}").status_code == 403
    assert web.browser("ana").post(f"/settings/view-as/{ana}").status_code == 303  # to the sign-in of the staff
    assert audited(web) == []


def test_there_is_nothing_to_see_of_a_client_without_the_portal(web: Web, dora: FlaskClient) -> None:
    web.change(sa.update(Client).values(portal_access="off"))
    assert web.browser("dispatcher").post(f"/settings/view-as/{web.people['ana'].id}").status_code == 409
    assert dora.get(f"{PORTAL}/").status_code == 303
