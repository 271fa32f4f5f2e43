"""The arrival windows of an activity type that have names, such as morning and afternoon."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from fieldsvc.core import dates
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.models import ActivityType


@dataclass(frozen=True, slots=True)
class NamedWindow:
    """A window of every day, in minutes of wall time."""

    name: Mapping[str, str] = field(hash=False)
    begins_minute: int
    ends_minute: int

    def on(self, day: date, zone: str) -> tuple[datetime, datetime]:
        """Its two instants on a local day; they are the same where a clock change skips all of it."""
        return dates.at_wall_time(day, self.begins_minute, zone), dates.at_wall_time(day, self.ends_minute, zone)


def named_windows(activity_type: ActivityType) -> tuple[NamedWindow, ...]:
    """The windows with names, in the order of the clock; none means a grid of equal ones."""
    named = [
        NamedWindow(one["name"], one["begins_minute"], one["ends_minute"]) for one in activity_type.arrival_windows
    ]
    return tuple(sorted(named, key=lambda one: (one.begins_minute, one.ends_minute)))


def name_of(activity_type: ActivityType, begins_at: datetime, ends_at: datetime, zone: str) -> str:
    """What a window is called, in the reader's language; empty for one without a name."""
    day = dates.local_day(begins_at, zone)
    called = (one.name for one in named_windows(activity_type) if one.on(day, zone) == (begins_at, ends_at))
    return pick(next(called, None))


def words_of(activity_type: ActivityType, begins_at: datetime, ends_at: datetime, zone: str) -> str:
    """A window as people read it: Morning, 08:00–12:00."""
    hours = dates.window(begins_at, ends_at, zone)
    name = name_of(activity_type, begins_at, ends_at, zone)
    return _("%(name)s, %(window)s", name=name, window=hours) if name else hours
