"""The arrival windows that can be promised: a grid over the working hours of each day."""

from collections.abc import Sequence
from datetime import date, datetime

from fieldsvc.core.dates import at_wall_time
from fieldsvc.domain.teams.models import Technician

Window = tuple[datetime, datetime]


def arrival_windows(technicians: Sequence[Technician], day: date, width: int, zone: str) -> list[Window]:
    """The windows of `width` minutes of one local day, from the first technician's beginning to the last one's end."""
    hours = [h for technician in technicians for h in technician.weekly_hours if h.weekday == day.weekday()]
    if not hours:
        return []
    opens, closes = min(h.begins_minute for h in hours), max(h.ends_minute for h in hours)
    return [
        (at_wall_time(day, minute, zone), at_wall_time(day, minute + width, zone))
        for minute in range(opens, closes, width)
        if minute + width <= 1440
    ]


def window_around(technicians: Sequence[Technician], day: date, width: int, zone: str, at: datetime) -> Window:
    """The window of the grid that holds the instant `at`; outside the grid, one that begins at it."""
    for begins_at, ends_at in arrival_windows(technicians, day, width, zone):
        if begins_at <= at < ends_at:
            return begins_at, ends_at
    return at, at + (at_wall_time(day, width, zone) - at_wall_time(day, 0, zone))
