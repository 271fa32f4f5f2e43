"""Conditions about the instant somebody asks, on the unit's own clock and calendar."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from fieldsvc.core.dates import at_wall_time, date_long, local, local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.catalogue.conditions.facts import Facts
from fieldsvc.domain.catalogue.conditions.registry import condition, day, named, number, some_of

WEEKDAYS = {
    "mon": _l("Monday"),
    "tue": _l("Tuesday"),
    "wed": _l("Wednesday"),
    "thu": _l("Thursday"),
    "fri": _l("Friday"),
    "sat": _l("Saturday"),
    "sun": _l("Sunday"),
}
NUMBERS = dict(zip(WEEKDAYS, range(7), strict=True))
A_MONDAY = date(2026, 11, 23)
NEAR_DAYS = range(-8, 9)


def _near_midnights(facts: Facts, **_parameters: object) -> Iterator[datetime]:
    """Every midnight of the weeks around."""
    today = local_day(facts.now, facts.zone)
    for offset in NEAR_DAYS:
        yield at_wall_time(today + timedelta(days=offset), 0, facts.zone)


def _near_hours(facts: Facts, begins: int, ends: int) -> Iterator[datetime]:
    today = local_day(facts.now, facts.zone)
    for offset in NEAR_DAYS:
        for hour in (begins, ends):
            yield at_wall_time(today + timedelta(days=offset), hour * 60, facts.zone)


@condition(
    _l("Today is one of these weekdays"),
    "time",
    sentence=lambda weekdays: _("today is a %(weekdays)s", weekdays=named(WEEKDAYS, weekdays)),
    words=lambda weekdays: _("Possible only on these days: %(weekdays)s.", weekdays=named(WEEKDAYS, weekdays)),
    samples=lambda weekdays: {"day": [A_MONDAY + timedelta(days=number) for number in range(7)]},
    turns=_near_midnights,
    weekdays=some_of(_l("Weekdays"), WEEKDAYS),
)
def weekday_is(facts: Facts, weekdays: list[str]) -> bool:
    """The local day is one of `weekdays`."""
    return local_day(facts.now, facts.zone).weekday() in {NUMBERS[name] for name in weekdays}


@condition(
    _l("The hour of the day is between"),
    "time",
    sentence=lambda begins, ends: _("it is between %(begins)s and %(ends)s", begins=f"{begins}:00", ends=f"{ends}:00"),
    words=lambda begins, ends: _(
        "Possible only between %(begins)s and %(ends)s.", begins=f"{begins}:00", ends=f"{ends}:00"
    ),
    samples=lambda begins, ends: {"hour": sorted({begins, ends % 24, (begins - 1) % 24, (ends - 1) % 24})},
    turns=_near_hours,
    begins=number(_l("From"), 0, 23),
    ends=number(_l("Until"), 1, 24),
)
def hour_between(facts: Facts, begins: int, ends: int) -> bool:
    """The local hour is `begins` or later and before `ends`; an end before the beginning is on the next day."""
    hour = local(facts.now, facts.zone).hour
    return begins <= hour < ends if begins < ends else hour >= begins or hour < ends


def _at_midnight(facts: Facts, first: str) -> Iterator[datetime]:
    yield at_wall_time(date.fromisoformat(first), 0, facts.zone)


def _week_around(first: str) -> list[date]:
    settled = date.fromisoformat(first)
    return [settled + timedelta(days=offset) for offset in range(-7, 7)]


@condition(
    _l("From a day on"),
    "time",
    sentence=lambda first: _("it is %(day)s or later", day=date_long(date.fromisoformat(first))),
    words=lambda first: _("Possible from %(day)s.", day=date_long(date.fromisoformat(first))),
    samples=lambda first: {"day": _week_around(first)},
    turns=_at_midnight,
    first=day(_l("Day")),
)
def from_day(facts: Facts, first: str) -> bool:
    """The local day is `first` or later."""
    return local_day(facts.now, facts.zone) >= date.fromisoformat(first)


@condition(
    _l("Before a day"),
    "time",
    sentence=lambda first: _("it is before %(day)s", day=date_long(date.fromisoformat(first))),
    words=lambda first: _("Possible only before %(day)s.", day=date_long(date.fromisoformat(first))),
    samples=lambda first: {"day": _week_around(first)},
    turns=_at_midnight,
    first=day(_l("Day")),
)
def before_day(facts: Facts, first: str) -> bool:
    """The local day is before `first`."""
    return local_day(facts.now, facts.zone) < date.fromisoformat(first)
