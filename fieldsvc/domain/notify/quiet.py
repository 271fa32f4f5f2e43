"""The hours in which no message that can wait is sent, in the unit's own time."""

from datetime import datetime, timedelta

from fieldsvc.core import dates


def ends_at(at: datetime, zone: str, from_minute: int, until_minute: int) -> datetime | None:
    """When the quiet hours end that `at` falls into; None when it falls into none.

    Equal minutes mean that there are none. Hours that a clock change repeats count the first time they come.
    """
    local = dates.local(at, zone)
    minute, day = local.hour * 60 + local.minute, local.date()
    is_over_midnight = from_minute > until_minute
    if is_over_midnight:
        is_quiet = minute >= from_minute or minute < until_minute
    else:
        is_quiet = from_minute <= minute < until_minute
    if not is_quiet:
        return None
    ends_on = day + timedelta(days=1) if is_over_midnight and minute >= from_minute else day
    end = dates.at_wall_time(ends_on, until_minute, zone)
    return end if end > at else None
