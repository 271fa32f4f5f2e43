"""The kinds of activities: work at a site, work without one, a call, and a task that only the staff see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldsvc.core.text import lazy_gettext as _l

INTERVENTION, REMOTE, CALL, TASK = CODES = ("intervention", "remote", "call", "task")
PRIVATE, SHARED = VISIBILITIES = ("private", "shared")
"""What other units see of it on a board that they may look at: a grey box, or what it is."""


@dataclass(frozen=True, slots=True)
class ActivityKind:
    """What sets a kind apart: whether it happens at a site, and whether its client ever sees it."""

    words: Any
    explanation: Any
    icon: str
    where: Any = ""
    """What stands in the place of an address."""
    has_place: bool = False
    is_for_clients: bool = True


KINDS: Mapping[str, ActivityKind] = {
    INTERVENTION: ActivityKind(
        _l("Intervention"), _l("Work at the client's site. Somebody drives there."), "map-pin", has_place=True
    ),
    REMOTE: ActivityKind(
        _l("Intervention without a place"),
        _l("Done from wherever the technician is: no address, no travel."),
        "world",
        _l("At a distance"),
    ),
    CALL: ActivityKind(
        _l("Call"), _l("A call with the client at the time agreed: no address, no travel."), "phone", _l("By phone")
    ),
    TASK: ActivityKind(
        _l("Task"),
        _l("Work for a client that he does not see: no address, no travel, no messages."),
        "clipboard-check",
        _l("No place"),
        is_for_clients=False,
    ),
}


def where(kind: str, address: str) -> str:
    """The address of work at a site, or what stands in its place."""
    return address if KINDS[kind].has_place else str(KINDS[kind].where)
