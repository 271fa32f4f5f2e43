"""The arrival windows that can be promised: those with names, or a grid over the working hours of each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.domain.catalogue.arrival_windows import NamedWindow, named_windows
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.teams.models import Technician

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Promises:
    """Which windows are promised: the named ones, or a grid of windows of `width` minutes where there are none."""

    width: int
    named: tuple[NamedWindow, ...] = ()

    @classmethod
    def of(cls, activity_type: ActivityType) -> "Promises":
        """What an activity type promises."""
        return cls(activity_type.arrival_window_minutes, named_windows(activity_type))

    def on(self, technicians: Sequence[Technician], day: date, zone: str) -> list[Window]:
        """The windows of one local day; a day on which nobody ever works has none."""
        hours = [h for technician in technicians for h in technician.weekly_hours if h.weekday == day.weekday()]
        if not hours:
            return []
        if self.named:
            return [(begins, ends) for begins, ends in (one.on(day, zone) for one in self.named) if begins < ends]
        opens, closes = min(h.begins_minute for h in hours), max(h.ends_minute for h in hours)
        return [
            (at_wall_time(day, minute, zone), at_wall_time(day, minute + self.width, zone))
            for minute in range(opens, closes, self.width)
            if minute + self.width <= 1440
        ]

    def around(self, technicians: Sequence[Technician], zone: str, at: datetime) -> Window:
        """The shortest window that holds an instant; outside all of them, one of `width` minutes that begins at it."""
        day = local_day(at, zone)
        holding = [window for window in self.on(technicians, day, zone) if window[0] <= at < window[1]]
        if holding:
            return min(holding, key=lambda window: window[1] - window[0])
        return at, at + (at_wall_time(day, self.width, zone) - at_wall_time(day, 0, zone))
