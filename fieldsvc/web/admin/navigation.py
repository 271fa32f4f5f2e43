"""The pages of the settings, by what they are about; a template shows them beside every one of them."""

from typing import NamedTuple

from fieldsvc.core.text import lazy_gettext as _l
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
)


@blueprint.app_context_processor
def navigation() -> dict[str, object]:
    """Give the templates the navigation of the settings."""
    return {"settings_navigation": NAVIGATION}
