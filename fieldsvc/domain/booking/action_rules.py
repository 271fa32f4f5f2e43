"""What the product always asks of each kind of portal action, whatever an administrator's conditions say.

A rule is a tree of the condition language, so that it is explained, simulated and dated like every other.
"""

from dataclasses import dataclass
from typing import Any

from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.catalogue.models import ActivityType, PortalAction

NOT_BEGUN = ["scheduled", "dispatched"]
WAITING = ["requested", "unscheduled"]
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind is called, its icon, and where it may stand: on an intervention, or on the portal's first page."""

    words: Any
    label: Any
    icon: str
    on_intervention: bool = True
    on_unit: bool = False


KINDS = {
    "book": Kind(_l("Book an appointment"), _l("Choose an appointment"), "calendar-plus", on_unit=True),
    "ask": Kind(_l("Ask with a preferred date"), _l("Ask for a visit"), "calendar-event", on_unit=True),
    "reschedule": Kind(_l("Change the time"), _l("Change the time"), "calendar-time"),
    "cancel": Kind(_l("Cancel"), _l("Cancel the visit"), "x"),
    "confirm": Kind(_l("Confirm the time"), _l("Confirm the time"), "check"),
    "form": Kind(_l("Fill a form"), _l("Fill in the form"), "forms", on_unit=True),
    "questionnaire": Kind(_l("Answer the questionnaire"), _l("Tell us how it went"), "star"),
    "document": Kind(_l("Approve or decline a document"), _l("Approve or decline"), "clipboard-check"),
    "message": Kind(_l("Send a message"), _l("Send a message"), "message"),
    "file": Kind(_l("Attach a file"), _l("Attach a file"), "paperclip"),
}


def applies(action: PortalAction) -> Tree:
    """When there is anything to do at all; otherwise the client is not even told why not."""
    rules: dict[str, list[Tree]] = {
        "book": [_status(WAITING)],
        "reschedule": [_status(NOT_BEGUN), {"condition": "window_known"}],
        "cancel": [_status([*WAITING, *NOT_BEGUN])],
        "confirm": [_status(NOT_BEGUN), {"condition": "window_known"}, {"condition": "is_not_confirmed"}],
        "form": [_not_cancelled()],
        "questionnaire": [{"condition": "questionnaire_waits"}],
        "document": [{"condition": "document_waits"}],
        "file": [_not_cancelled()],
    }
    trees = rules.get(action.kind, [])
    return {} if action.is_for_unit or not trees else {"all": trees}


def in_time(action: PortalAction, activity_type: ActivityType) -> Tree:
    """Until when; an old intervention can never be moved, cancelled or confirmed."""
    if action.kind not in {"reschedule", "cancel", "confirm"}:
        return {}
    notice = notice_of(action, activity_type)
    trees: list[Tree] = [{"condition": "not_yet_begun"}]
    if notice:
        trees.append({"condition": "notice_hours", "hours": notice})
    return {"all": trees}


def notice_of(action: PortalAction, activity_type: ActivityType) -> int:
    """How many hours before the window the client must have decided: the action's own, else the activity type's."""
    if action.notice_hours is not None:
        return action.notice_hours
    of_type = {"reschedule": activity_type.reschedule_notice_hours, "cancel": activity_type.cancel_notice_hours}
    return of_type.get(action.kind, 0)


def _status(statuses: list[str]) -> Tree:
    return {"condition": "status_is", "statuses": statuses}


def _not_cancelled() -> Tree:
    return {"condition": "status_is_not", "statuses": ["cancelled"]}
