"""Arranges slots as the page shows them: seven days, each with its morning, afternoon and evening."""

from dataclasses import dataclass
from datetime import date, timedelta

from fieldsvc.core.dates import local, local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking.slots import Slot, Slots

DAYS = 7
NOON, EVENING = 12, 18


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a day with its slots, in the order of the clock; without a name where the slots have their own."""

    name: str
    slots: list[Slot]


@dataclass(frozen=True, slots=True)
class Day:
    """A local day; without slots it may be that the unit is closed."""

    on: date
    parts: list[Part]
    is_closed: bool

    @property
    def count(self) -> int:
        """How many slots the day has."""
        return sum(len(part.slots) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of slots, and the ways to the weeks before and after."""

    days: list[Day]
    previous_on: date | None
    next_on: date | None
    next_slot_on: date | None
    last_on: date

    @property
    def total(self) -> int:
        """How many slots the week has."""
        return sum(day.count for day in self.days)


def week_of(slots: Slots, zone: str, wanted: date | None) -> Week:
    """The week that begins on `wanted`, kept between the first and the last day that can be booked."""
    first = min(max(wanted or slots.first_day, slots.first_day), slots.last_day)
    after = first + timedelta(days=DAYS)
    later = [day for slot in slots.slots if (day := local_day(slot.begins_at, zone)) >= after]
    return Week(
        days=[_day(slots, zone, first + timedelta(days=offset)) for offset in range(DAYS)],
        previous_on=max(first - timedelta(days=DAYS), slots.first_day) if first > slots.first_day else None,
        next_on=after if after <= slots.last_day else None,
        next_slot_on=min(later, default=None),
        last_on=slots.last_day,
    )


def _day(slots: Slots, zone: str, on: date) -> Day:
    parts: dict[str, list[Slot]] = {}
    for slot in slots.on(on, zone):
        name = "" if slot.name else _part_of_day(local(slot.begins_at, zone).hour)
        parts.setdefault(name, []).append(slot)
    return Day(on, [Part(name, found) for name, found in parts.items()], on in slots.closed)


def _part_of_day(hour: int) -> str:
    if hour < NOON:
        return _("Morning")
    return _("Afternoon") if hour < EVENING else _("Evening")
