"""The kinds of portal actions: what they are called, and what can be said of each."""

from dataclasses import dataclass
from typing import Any

from fieldsvc.core.text import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: `words` name it for an administrator, `label` is what a client reads when nothing else was written.

    It stands on an intervention, on the portal's first page (`on_unit`), or on both. `settings` are the columns that
    mean something for it; `unit_settings` those on the first page.
    """

    words: Any
    label: Any
    icon: str
    settings: frozenset[str] = frozenset()
    on_unit: bool = False
    unit_settings: frozenset[str] = frozenset()


TIME = frozenset({"lowest_band", "counts_as_confirmed"})

KINDS = {
    "book": Kind(
        _l("Book an appointment"),
        _l("Choose an appointment"),
        "calendar-plus",
        TIME,
        on_unit=True,
        unit_settings=TIME | {"new_activity_type_id", "most_times"},
    ),
    "ask": Kind(
        _l("Ask with a preferred date"),
        _l("Ask for a visit"),
        "calendar-event",
        frozenset({"form_id", "new_activity_type_id"}),
        on_unit=True,
        unit_settings=frozenset({"form_id", "new_activity_type_id", "most_times"}),
    ),
    "reschedule": Kind(
        _l("Change the time"), _l("Change the time"), "calendar-time", TIME | {"notice_hours", "most_times"}
    ),
    "cancel": Kind(_l("Cancel"), _l("Cancel the visit"), "x", frozenset({"notice_hours"})),
    "confirm": Kind(_l("Confirm the time"), _l("Confirm the time"), "check", frozenset({"notice_hours"})),
    "form": Kind(
        _l("Fill in a form"),
        _l("Fill in the form"),
        "forms",
        frozenset({"form_id", "most_times"}),
        on_unit=True,
        unit_settings=frozenset({"form_id", "most_times"}),
    ),
    "questionnaire": Kind(_l("Answer the questionnaire"), _l("Tell us how it went"), "star"),
    "document": Kind(_l("Approve or decline a document"), _l("Approve or decline"), "clipboard-check"),
    "message": Kind(_l("Send a message"), _l("Send a message"), "message", frozenset({"most_times"})),
    "file": Kind(_l("Attach a file"), _l("Attach a file"), "paperclip", frozenset({"most_times"})),
}


def settings_of_kind(kind: str, *, is_for_unit: bool) -> frozenset[str]:
    """The columns that mean something for a kind where it stands."""
    return KINDS[kind].unit_settings if is_for_unit else KINDS[kind].settings
