"""What suits somebody who waits for a time: weekdays, and morning or afternoon."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from babel.dates import get_day_names
from sqlalchemy.orm import Session

from fieldsvc.core.dates import local
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import babel_locale
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking.models import WaitingEntry
from fieldsvc.domain.planning.windows import Window
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.units.models import BusinessUnit

PARTS = ("morning", "afternoon")
NOON_MINUTE = 12 * 60


@dataclass(frozen=True, slots=True)
class Wishes:
    """The weekdays (0 = Monday) and parts of the day that suit; empty ones mean that all do."""

    weekdays: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, entry: WaitingEntry) -> "Wishes":
        """What suits the person of an entry."""
        return cls(tuple(entry.weekdays), tuple(entry.parts))

    def suits(self, window: Window, zone: str) -> bool:
        """Whether the arrival window begins on one of the days and in one of the parts."""
        begins_at = local(window[0], zone)
        is_day = not self.weekdays or begins_at.weekday() in self.weekdays
        return is_day and (not self.parts or part_of(begins_at) in self.parts)


@dataclass(frozen=True, slots=True)
class Hours:
    """The weekdays on which a unit works, and when its day begins and ends, in minutes of wall time."""

    weekdays: tuple[int, ...]
    begins_minute: int
    ends_minute: int

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the day in which the unit works."""
        morning, afternoon = self.begins_minute < NOON_MINUTE, self.ends_minute > NOON_MINUTE
        return tuple(part for part, works in zip(PARTS, (morning, afternoon), strict=True) if works)


def part_of(begins_at: datetime) -> str:
    """The part of the day of a wall time."""
    return PARTS[0] if begins_at.hour * 60 + begins_at.minute < NOON_MINUTE else PARTS[1]


def hours_of(session: Session, unit: BusinessUnit) -> Hours:
    """When the unit's technicians work; every day from 8 to 18 where nobody does yet."""
    hours = [hours for technician in teams.active(session, unit.id) for hours in technician.weekly_hours]
    if not hours:
        return Hours(tuple(range(7)), 8 * 60, 18 * 60)
    return Hours(
        tuple(sorted({one.weekday for one in hours})),
        min(one.begins_minute for one in hours),
        max(one.ends_minute for one in hours),
    )


def in_words(wishes: Wishes) -> str:
    """Which days and times suit: Monday, Friday, in the morning."""
    names = weekday_names()
    days = ", ".join(names[day] for day in wishes.weekdays) or _("every day")
    parts = {"morning": _("in the morning"), "afternoon": _("in the afternoon")}
    return ", ".join([days, *(parts[part] for part in wishes.parts)])


def weekday_names() -> dict[int, str]:
    """The weekdays in the reader's language, 0 is Monday."""
    return dict(get_day_names("wide", locale=babel_locale()))


def read(weekdays: Iterable[str], parts: Iterable[str], hours: Hours) -> Wishes:
    """The wishes of a form; whoever takes every day or both parts has no wish. Raises `Invalid`."""
    names: Mapping[str, int] = {str(day): day for day in range(7)}
    chosen, named = set(weekdays), set(parts)
    if not chosen <= names.keys():
        words = _("Please choose days of the week.")
        raise Invalid(words, {"weekdays": words})
    if not named <= set(PARTS):
        words = _("Please choose morning or afternoon.")
        raise Invalid(words, {"parts": words})
    days = tuple(sorted(names[name] for name in chosen))
    return Wishes(
        () if set(hours.weekdays) <= set(days) else days,
        () if set(hours.parts) <= named else tuple(part for part in PARTS if part in named),
    )
