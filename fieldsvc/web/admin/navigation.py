"""The pages of the settings, by what they are about; a template shows them beside every one of them."""

from typing import NamedTuple

from flask import g

from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.web.access import Who, who_may
from fieldsvc.web.admin.blueprint import blueprint


class Entry(NamedTuple):
    """One line of the navigation."""

    endpoint: str
    icon: str
    words: object


NAVIGATION: tuple[tuple[object, tuple[Entry, ...]], ...] = (
    (
        _l("Unit"),
        (
            Entry("admin.unit", "building", _l("Name, language and rules")),
            Entry("admin.portal", "palette", _l("Portal: look and sign-in")),
            Entry("admin.access", "door", _l("Who sees what")),
            Entry("admin.blackout_days", "calendar-off", _l("Closed days")),
        ),
    ),
    (
        _l("Work"),
        (
            Entry("admin.activity_types", "tool", _l("Activity types")),
            Entry("admin.forms", "forms", _l("Forms")),
            Entry("admin.simulator", "flask", _l("Simulator")),
            Entry("admin.skills", "certificate", _l("Skills")),
        ),
    ),
    (
        _l("Messages"),
        (
            Entry("admin.messages", "mail", _l("Messages")),
            Entry("admin.triggers", "bolt", _l("Triggers")),
            Entry("admin.message_log", "history", _l("Message log")),
        ),
    ),
    (
        _l("Insight"),
        (
            Entry("admin.waiting_entries", "bell", _l("Waiting list")),
            Entry("admin.offers", "list-check", _l("Offered, taken, lost")),
        ),
    ),
)


@blueprint.app_context_processor
def navigation() -> dict[str, object]:
    """Give the templates the navigation of the settings, as far as the reader may go."""
    return {"settings_navigation": [(heading, mine) for heading, all_of in NAVIGATION if (mine := _open(all_of))]}


def _open(entries: tuple[Entry, ...]) -> list[Entry]:
    """The pages that the reader may open."""
    is_administrator = g.get("staff_role") == "administrator"
    return [entry for entry in entries if is_administrator or who_may(entry.endpoint, "GET") is Who.DISPATCHER]
