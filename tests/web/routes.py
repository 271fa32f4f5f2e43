"""Every route of the product with every method, and an address for each that really exists."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.world import Belongings, Web

# After these a secret link is another one, or a thing is gone: they come last.
ENDS_A_LINK = {
    "guest.change_visit",
    "admin.delete_activity_type",
    "portal.questionnaire",
    "field.rotate_feed",
    "field.revoke_feed",
}
JSON_ENDPOINTS = {
    "dispatch.check",
    "dispatch.move",
    "dispatch.lock",
    "dispatch.unschedule",
    "dispatch.undo",
    "admin.preview_text",
    "admin.say_conditions",
    "admin.try_action",
}
WITHOUT_A_FORM = "guest.no_more"  # a mail program posts there; only the secret in the address counts
SIGNS_IN = "guest.change_visit"  # whoever follows it is somebody else from then on
# Names an action of the unit, which all of its clients may have.
OF_EVERYBODY = {"portal.ask_for", "portal.unit_form"}
VISIT_LINKS = {"guest.visit", "guest.visit_calendar", "guest.confirm_visit", "guest.change_visit"}
# What names something that belongs to a unit.
OBJECTS = {
    "intervention_id",
    "draft",
    "plan_id",
    "skill_id",
    "trigger_id",
    "activity_type_id",
    "blackout_day_id",
    "form_id",
    "outbox_id",
    "entry_id",
    "offer_id",
    "client_id",
    "contact_id",
    "site_id",
    "code_id",
    "action_id",
}
NO_ROW, NO_TOKEN = 9_999_999, "no-such-token"
NOWHERE = Belongings(NO_ROW, NO_ROW, NO_ROW, NO_ROW, NO_ROW, NO_TOKEN, NO_TOKEN)


@dataclass(frozen=True)
class Route:
    """One endpoint with one method."""

    endpoint: str
    method: str
    arguments: frozenset[str]

    @property
    def names_an_object(self) -> bool:
        """Whether the address holds the number of something that belongs to somebody."""
        return bool(self.arguments & OBJECTS) and self.endpoint not in OF_EVERYBODY


def routes(app: Flask) -> list[Route]:
    """Every route, but what Flask answers by itself (HEAD, OPTIONS)."""
    found = [
        Route(rule.endpoint, method, frozenset(rule.arguments))
        for rule in app.url_map.iter_rules()
        for method in sorted(methods_of(rule))
    ]
    return sorted(found, key=lambda route: (route.endpoint in ENDS_A_LINK, route.endpoint == SIGNS_IN))


def methods_of(rule: Rule) -> set[str]:
    """The methods a view was written for."""
    return set(rule.methods or ()) - {"HEAD", "OPTIONS"}


def address(web: Web, route: Route, belongings: Belongings, *, slug: str = "alfa") -> str:
    """The address of a route about the things of one client."""
    tokens = {
        "feeds.technician": belongings.feed,
        "guest.messages": belongings.message_token,
        "guest.no_more": belongings.message_token,
    }
    tokens |= dict.fromkeys(VISIT_LINKS, belongings.link)
    values: dict[str, Any] = {
        "unit_slug": slug,
        "slug": "beta",  # whose board the others may look at
        "intervention_id": belongings.done if route.endpoint == "portal.questionnaire" else belongings.intervention,
        "draft": belongings.draft,
        "plan_id": belongings.plan,
        "skill_id": belongings.skill,
        "trigger_id": belongings.trigger,
        "activity_type_id": belongings.activity_type,
        "blackout_day_id": belongings.blackout_day,
        "form_id": belongings.form,
        "number": 1,
        "token": tokens.get(route.endpoint, belongings.questionnaire),
        "message_id": 1,
        "outbox_id": belongings.message,
        "kind_name": "visit_booked",
        "locale": "en",
        "filename": "favicon.svg",
        "action_id": belongings.actions.get(route.endpoint, 9_999_999),
        "document_id": belongings.document,
        "entry_id": belongings.waiting,
        "offer_id": belongings.offer,
        "file_id": belongings.file,
        "wanted": "cancel",
        "client_id": belongings.client,
        "contact_id": belongings.contact,
        "site_id": belongings.site,
        "code_id": belongings.permanent_code,
    }
    with web.app.test_request_context():
        return url_for(route.endpoint, **{name: values[name] for name in route.arguments})


def ask(browser: FlaskClient, route: Route, path: str) -> TestResponse:
    """Ask for a route; a POST says what would really change something."""
    if route.method == "GET":
        return browser.get(path, buffered=True)
    sent: dict[str, Any] = {"reason": "No more", "version": 1, "technician": 1, "begins": 600}
    if route.endpoint in JSON_ENDPOINTS:
        return browser.post(path, json={**sent, "locked": True, "day": "2027-01-04"})
    return browser.post(path, data={**sent, "locked": "y", "outcome": "ok", "site": "1", "activity_type": "1"})
