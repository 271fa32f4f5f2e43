"""The slots a client may choose from: the assistant's candidates, one for each arrival window."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from fieldsvc.core.dates import local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.arrival_windows import name_of
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.planning import assistant
from fieldsvc.domain.planning.assistant import Refused, Suggestion
from fieldsvc.domain.planning.bands import is_within
from fieldsvc.domain.planning.problem import Spot, demand_of
from fieldsvc.domain.planning.windows import Promises, Window
from fieldsvc.domain.planning.words import recommendation_words
from fieldsvc.domain.units.models import BusinessUnit

RECOMMENDED = 3
TOO_DEAR = "band"


@dataclass(frozen=True, slots=True)
class Slot:
    """One choice: an arrival window with its best candidate, what it is called, and what recommends it, or nothing."""

    window: Window
    best: Suggestion
    why: str = ""
    name: str = ""

    @property
    def begins_at(self) -> datetime:
        """When the arrival window opens."""
        return self.window[0]

    @property
    def ends_at(self) -> datetime:
        """When the arrival window closes."""
        return self.window[1]

    @property
    def key(self) -> str:
        """The window as a form posts it."""
        return window_key(self.window)


@dataclass(frozen=True, slots=True)
class Slots:
    """What one person may choose from now, cheapest first, and why there is not more.

    Only `explained` ones know all that is `refused`; the others what costs too much.
    """

    slots: list[Slot]
    refused: list[Refused]
    closed: dict[date, str]
    first_day: date
    last_day: date
    why_not: Callable[[], list[Refused]] = list

    def explained(self) -> "Slots":
        """The same with every technician-day that has no slot, and why."""
        return replace(self, refused=[*self.why_not(), *self.refused], why_not=list)

    def on(self, day: date, zone: str) -> list[Slot]:
        """The slots of one local day, in the order of the clock."""
        return sorted((s for s in self.slots if local_day(s.begins_at, zone) == day), key=lambda s: s.begins_at)

    def at(self, window: Window) -> Slot | None:
        """The slot with exactly this window."""
        return next((slot for slot in self.slots if slot.window == window), None)

    def nearest(self, window: Window, limit: int = 3) -> list[Slot]:
        """The slots closest in time to a window that is gone."""
        return sorted(self.slots, key=lambda slot: abs(slot.begins_at - window[0]))[:limit]


def find(
    session: Session,
    unit: BusinessUnit,
    activity_type: ActivityType,
    spot: Spot | None,
    *,
    now: datetime,
    days: int | None = None,
    without: Sequence[int] = (),
    minutes: int | None = None,
    lowest_band: str = "",
) -> Slots:
    """Every slot from the booking notice to the booking horizon (or `days` days), each reachable as things stand.

    `without` are interventions that do not count, such as the person's own hold; `minutes` is the length of the work
    where it is not the activity type's, and `lowest_band` the last that is good enough where it is not the same as for
    the activity type.
    """
    asked = question(unit, activity_type, spot, now=now, days=days, without=without, minutes=minutes)
    answer = assistant.suggest(session, unit, asked, now=now)
    best: dict[Window, Suggestion] = {}
    for suggestion in good_enough(answer.found, activity_type, lowest_band):
        best.setdefault(suggestion.window, suggestion)
    return Slots(
        slots=[
            Slot(window, suggestion, _recommendation(suggestion, rank), name_of(activity_type, *window, unit.zone))
            for rank, (window, suggestion) in enumerate(best.items())
        ],
        refused=_too_dear(answer.found, activity_type, lowest_band),
        closed=answer.closed,
        first_day=asked.days[0],
        last_day=asked.days[-1],
        why_not=answer.why_not,
    )


def good_enough(found: Iterable[Suggestion], activity_type: ActivityType, lowest_band: str) -> list[Suggestion]:
    """What a client may be offered: nothing that costs more than the lowest band; staff may do as they see fit."""
    lowest = lowest_band or activity_type.lowest_band
    return [suggestion for suggestion in found if is_within(suggestion.band, lowest)]


def question(
    unit: BusinessUnit,
    activity_type: ActivityType,
    spot: Spot | None,
    *,
    now: datetime,
    days: int | None = None,
    without: Sequence[int] = (),
    minutes: int | None = None,
) -> assistant.Question:
    """What a client asks: this work, at this place or at none, between the booking notice and the booking horizon."""
    earliest_at = now + timedelta(hours=activity_type.booking_notice_hours)
    first = local_day(earliest_at, unit.zone)
    last = local_day(now, unit.zone) + timedelta(days=activity_type.booking_horizon_days)
    count = (last - first).days + 1 if days is None else days
    return assistant.Question(
        demand=demand_of(activity_type, minutes),
        spot=spot,
        days=[first + timedelta(days=offset) for offset in range(max(1, count))],
        promises=Promises.of(activity_type),
        earliest_at=earliest_at,
        without=tuple(without),
    )


def question_for_window(
    unit: BusinessUnit,
    activity_type: ActivityType,
    spot: Spot | None,
    window: Window,
    *,
    now: datetime,
    without: Sequence[int] = (),
    minutes: int | None = None,
) -> assistant.Question | None:
    """The client's question for the day of one window; None when the window lies outside notice and horizon."""
    whole = question(unit, activity_type, spot, now=now, without=without, minutes=minutes)
    day = local_day(window[0], unit.zone)
    return replace(whole, days=[day]) if day in whole.days else None


def window_key(window: Window) -> str:
    """An arrival window as text: two instants with a slash between them."""
    return f"{window[0]:%Y-%m-%dT%H:%MZ}/{window[1]:%Y-%m-%dT%H:%MZ}"


def read_window(text: str) -> Window | None:
    """The arrival window in `text`; None when it is none."""
    begins, slash, ends = text.partition("/")
    try:
        window = (datetime.fromisoformat(begins), datetime.fromisoformat(ends))
    except ValueError:
        return None
    if not slash or any(at.tzinfo is None for at in window) or window[0] >= window[1]:
        return None
    return window


def _too_dear(found: Sequence[Suggestion], activity_type: ActivityType, lowest_band: str) -> list[Refused]:
    """The technician-days that have room, all of which costs too much."""
    offered = {(one.technician_id, one.day) for one in good_enough(found, activity_type, lowest_band)}
    dear = {(one.technician_id, one.day): one for one in found if (one.technician_id, one.day) not in offered}
    because = _("There is room, but the extra travel is more than clients are offered.")
    return [
        Refused(one.technician_id, one.technician_names[0], one.day, because, TOO_DEAR, None) for one in dear.values()
    ]


def _recommendation(suggestion: Suggestion, rank: int) -> str:
    if rank >= RECOMMENDED or suggestion.band != "green":
        return ""
    return recommendation_words(suggestion.reason)
