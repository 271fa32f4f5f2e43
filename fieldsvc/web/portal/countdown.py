"""A time that is kept for the reader, and how long still, in words."""

import math
from dataclasses import dataclass
from datetime import datetime

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import ngettext
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.booking.slots import window_key
from fieldsvc.domain.interventions.models import Intervention


@dataclass(frozen=True, slots=True)
class Countdown:
    """What the page's script says: `left` has the words for each number of minutes."""

    seconds: int
    left: list[str]
    over: str


def running_hold(draft: BookingDraft, *, now: datetime) -> Intervention | None:
    """The time that is kept for the draft's owner at this instant, if any."""
    held = draft.hold
    if held is None or held.status != "held" or held.held_until is None or held.held_until <= now:
        return None
    return held


def kept_window(draft: BookingDraft, *, now: datetime) -> str:
    """The window that is kept for the draft's owner, as a form posts it; empty without one."""
    held = running_hold(draft, now=now)
    if held is None or held.window_begins_at is None or held.window_ends_at is None:
        return ""
    return window_key((held.window_begins_at, held.window_ends_at))


def countdown_of(held: Intervention, *, now: datetime) -> Countdown:
    """How long a running hold still lasts."""
    assert held.held_until is not None
    seconds = int((held.held_until - now).total_seconds())
    minutes = range(math.ceil(seconds / 60) + 1)
    return Countdown(
        seconds=seconds,
        left=[ngettext("%(n)s minute left.", "%(n)s minutes left.", number) for number in minutes],
        over=_("The time is no longer kept for you."),
    )
