"""Why there is no slot, in the client's words: for all the days that can be booked, and for one of them.

What the engine says of each technician-day is put into the few reasons a client can understand; no other client and no
technician is ever named.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fieldsvc.core import dates
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import ngettext
from fieldsvc.domain.booking.slots import TOO_DEAR, Slots
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.planning.assistant import Refused

UNABLE = frozenset(("skill", "level", "people", "territory"))
AWAY = frozenset(("no_shift", "absent"))
LATE = frozenset(("travel", "promise", "order", "maximum_travel"))
LONG = frozenset(("window", "overtime"))
FAR = frozenset((TOO_DEAR,))
MOST_CLOSED_DAYS = 3


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, and what it means; `icon` is its picture."""

    icon: str
    title: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """The next day that cannot be booked yet, and from when it can be."""

    day: date
    opens_on: date


def why_none(slots: Slots, activity_type: ActivityType, minutes: int, zone: str, *, now: datetime) -> list[Why]:
    """Why nothing can be booked at all, the main reason first."""
    if slots.refused and not _able(slots.refused):
        words = _("Please let us call you: a colleague knows who can come.")
        return [Why("users", _("At the moment none of our technicians can do this work"), words)]
    return [
        *_busy(slots.refused, activity_type, minutes),
        *_closed(slots),
        *_too_soon(slots, activity_type, zone, now),
    ]


def why_not_on(day: date, slots: Slots, activity_type: ActivityType, working_weekdays: Collection[int]) -> str:
    """Why a day has no slot."""
    if day > slots.last_day:
        opens_on = day - timedelta(days=activity_type.booking_horizon_days)
        return _("This day can be booked from %(day)s.", day=dates.day(opens_on))
    if day in slots.closed:
        reason = slots.closed[day]
        return _("We are closed: %(reason)s", reason=reason) if reason else _("We are closed on this day.")
    refused = [one for one in slots.refused if one.day == day]
    if day.weekday() not in working_weekdays or (refused and all(one.code in AWAY for one in refused)):
        return _("Nobody works on this day.")
    if not refused:
        return _("It is too soon: the times of this day can no longer be booked.")
    able = [one for one in _able(refused) if one.code not in AWAY]
    if not able:
        return _("Nobody who can do this work is there on this day.")
    return _of_a_day(_main_group(able))


def opening_after(slots: Slots, activity_type: ActivityType, working_weekdays: Collection[int]) -> Opening | None:
    """The first working day beyond the booking horizon; None when the unit never works."""
    for offset in range(1, 8):
        day = slots.last_day + timedelta(days=offset)
        if day.weekday() in working_weekdays:
            return Opening(day, day - timedelta(days=activity_type.booking_horizon_days))
    return None


def _busy(refused: Iterable[Refused], activity_type: ActivityType, minutes: int) -> Iterator[Why]:
    everybody = list(refused)
    codes = Counter(one.code for one in _able(everybody) if one.code not in AWAY)
    if "crew" in codes:
        title = ngettext(
            "It needs %(n)s technician", "It needs %(n)s technicians at the same time", activity_type.crew_size
        )
        yield Why("users", title, _("They are not free together on the days that can be booked."))
    if _count(codes, LATE):
        words = _("Where there is still free time, the way to your address would make us late for someone else.")
        yield Why("route", _("The way to you takes too long"), words)
    if _count(codes, FAR):
        words = _("There is free time, but only far from you. When somebody is nearby, a time opens.")
        yield Why("map-pin", _("Nobody is near your address"), words)
    if _count(codes, LONG):
        title = _("The work takes %(duration)s", duration=dates.minutes_in_words(minutes))
        yield Why("clock", title, _("Where there is still free time, it would end after our day is over."))
    if codes.total() - _count(codes, LATE | LONG | FAR) - codes["crew"] > 0:
        yield _full(everybody)
    elif everybody and not codes:
        yield Why("calendar-off", _("Our technicians are away on the days that can be booked"))


def _full(refused: list[Refused]) -> Why:
    if len(_able(refused)) < len(refused):
        words = _("Only some of our technicians can do this work, and their days are full.")
    else:
        words = _("Their days are full. When somebody cancels, a time opens.")
    return Why("users", _("All our technicians are busy on the days that can be booked"), words)


def _closed(slots: Slots) -> Iterator[Why]:
    if not slots.refused and not slots.closed:
        yield Why("calendar-off", _("We are closed on all the days that can be booked"))
    for day, reason in sorted(slots.closed.items())[:MOST_CLOSED_DAYS]:
        yield Why("calendar-off", _("We are closed on %(day)s", day=dates.day(day)), reason)


def _too_soon(slots: Slots, activity_type: ActivityType, zone: str, now: datetime) -> Iterator[Why]:
    if slots.first_day <= dates.local_day(now, zone):
        return
    hours = activity_type.booking_notice_hours
    words = ngettext(
        "We need %(n)s hour to prepare, so %(day)s is the first day that can be booked.",
        "We need %(n)s hours to prepare, so %(day)s is the first day that can be booked.",
        hours,
        day=dates.day(slots.first_day),
    )
    yield Why("hourglass-high", _("Before %(day)s it is too soon", day=dates.day(slots.first_day)), words)


def _of_a_day(group: frozenset[str]) -> str:
    sentences = {
        LATE: _("The way to you would make us late for someone else."),
        FAR: _("There is free time, but nobody is near your address."),
        LONG: _("The work would end after our day is over."),
    }
    return sentences.get(group, _("All our technicians are busy."))


def _main_group(refused: Iterable[Refused]) -> frozenset[str]:
    groups = Counter(next((group for group in (LATE, FAR, LONG) if one.code in group), frozenset()) for one in refused)
    return groups.most_common(1)[0][0]


def _able(refused: Iterable[Refused]) -> list[Refused]:
    return [one for one in refused if one.code not in UNABLE]


def _count(codes: Counter[str], group: Collection[str]) -> int:
    return sum(codes[code] for code in group)
