"""What the offer log says, in words for the staff."""

from collections.abc import Mapping
from typing import Any

from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.booking.slots import TOO_DEAR

SOURCES: Mapping[str, Any] = {
    "portal": _l("Client portal"),
    "assistant": _l("Planning assistant"),
    "waiting_list": _l("Waiting list"),
}
STATES: Mapping[str, Any] = {
    "open": _l("Open"),
    "taken": _l("Taken"),
    "lost": _l("Lost"),
    "left": _l("Left"),
    "replaced": _l("Looked again"),
}
BANDS: Mapping[str, Any] = {"green": _l("Green"), "orange": _l("Orange"), "red": _l("Red")}
MISSING: Mapping[str, Any] = {
    "skill": _l("Lacks a skill"),
    "level": _l("Has too low a level"),
    "no_shift": _l("Does not work on the day"),
    "absent": _l("Is away"),
    "window": _l("Outside the working hours"),
    "overtime": _l("Only in overtime"),
    "full": _l("The day is full"),
    "maximum": _l("The day has as many visits as it may have"),
    "maximum_travel": _l("Too much travel on the day"),
    "capacity": _l("The van is full"),
    "lock": _l("A locked visit is in the way"),
    "people": _l("Not for this technician"),
    "territory": _l("Outside the area"),
    "order": _l("Tied to another visit"),
    "break": _l("The breaks leave no room"),
    "promise": _l("It would break a promise"),
    "travel": _l("The way takes too long"),
    "crew": _l("Not enough technicians at the same time"),
    "broken": _l("The day as planned does not work out"),
    TOO_DEAR: _l("Costs more than clients are offered"),
}


def missing_words(code: str) -> str:
    """Why a technician-day had no slot."""
    return str(MISSING.get(code, code))
