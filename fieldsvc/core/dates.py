"""Days, hours and amounts as people write them, in a zone and in the reader's language."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from fieldsvc.core.text import babel_locale, gettext, ngettext

# Babel's own pattern for a weekday with a day abbreviates one of the two in Portuguese.
DAY_PATTERNS = {"en": "EEEE d MMMM", "pt": "EEEE, d 'de' MMMM"}


@cache
def zone_of(name: str) -> ZoneInfo:
    """The zone called `name`, such as Europe/Lisbon."""
    return ZoneInfo(name)


def local(at: datetime, zone: str) -> datetime:
    """The instant as wall time of the zone."""
    return at.astimezone(zone_of(zone))


def local_day(at: datetime, zone: str) -> date:
    """The local day the instant falls on."""
    return local(at, zone).date()


def at_wall_time(day: date, minute: int, zone: str) -> datetime:
    """The instant, in UTC, at `minute` of wall time of a local day.

    A wall time that a clock change skips is read with the offset before it; one that comes twice is the first.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone_of(zone))
    # Adding to an instant with a zone moves the clock on the wall, whatever the zone does in between.
    return (midnight + timedelta(minutes=minute)).astimezone(UTC)


def wall_minutes(at: datetime, day: date, zone: str) -> int:
    """An instant in minutes of the zone's wall time, counted from the midnight of `day`."""
    clock = local(at, zone)
    return (clock.date() - day).days * 24 * 60 + clock.hour * 60 + clock.minute


def zone_words(zone: str) -> str:
    """The zone's city in the reader's language, such as Lisbon."""
    names = babel_locale().time_zones.get(zone, {})
    return names.get("city") or zone.rsplit("/", 1)[-1].replace("_", " ")


def day(value: date | datetime, zone: str | None = None) -> str:
    """Weekday, day and month: Thursday 12 November."""
    locale = babel_locale()
    return format_date(_date(value, zone), DAY_PATTERNS.get(locale.language, DAY_PATTERNS["en"]), locale=locale)


def day_short(value: date | datetime, zone: str | None = None) -> str:
    """The same, short: Thu 12 Nov."""
    settled, locale = _date(value, zone), babel_locale()
    if locale.language == "fr":  # three letters do not tell juin from juillet
        return format_date(settled, "EEE d MMM", locale=locale)
    # "Short" weekdays and months are whole words or have dots in Portuguese.
    weekday, month = (format_date(settled, pattern, locale=locale)[:3] for pattern in ("EEEE", "MMMM"))
    return f"{weekday}, {settled.day} {month}" if locale.language == "pt" else f"{weekday} {settled.day} {month}"


def date_long(value: date | datetime, zone: str | None = None) -> str:
    """Day, month and year: 12 November 2026."""
    return format_date(_date(value, zone), "long", locale=babel_locale())


def hour(at: datetime, zone: str) -> str:
    """Hour and minute, 24 h: 10:00."""
    return local(at, zone).strftime("%H:%M")


def window(begins_at: datetime, ends_at: datetime, zone: str) -> str:
    """An arrival window: 10:00–12:00."""
    return f"{hour(begins_at, zone)}–{hour(ends_at, zone)}"


def moment(at: datetime, zone: str) -> str:
    """Day and hour of an instant: 12 Nov 2026, 10:00."""
    return format_datetime(local(at, zone), "d MMM y, HH:mm", locale=babel_locale())


def minutes(value: int) -> str:
    """A duration: 45 min, 1 h, 1 h 15."""
    hours, rest = divmod(int(value), 60)
    if not hours:
        return gettext("%(n)s min", n=rest)
    return gettext("%(hours)s h", hours=hours) if not rest else f"{hours} h {rest:02d}"


def minutes_in_words(value: int) -> str:
    """A duration as a person says it: about 1 hour."""
    hours, rest = divmod(int(value), 60)
    if not hours:
        return ngettext("%(n)s minute", "%(n)s minutes", rest)
    if not rest:
        return ngettext("%(n)s hour", "%(n)s hours", hours)
    return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)


def money(cents: int, currency: str = "EUR") -> str:
    """An amount with its currency."""
    return format_currency(cents / 100, currency, locale=babel_locale())


def relative_day(value: datetime, now: datetime, zone: str) -> str:
    """Today, tomorrow, in 3 days, yesterday, 3 days ago."""
    days = (local_day(value, zone) - local_day(now, zone)).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    if days == -1:
        return gettext("yesterday")
    if days > 0:
        return ngettext("in %(n)s day", "in %(n)s days", days)
    return ngettext("%(n)s day ago", "%(n)s days ago", -days)


def _date(value: date | datetime, zone: str | None) -> date:
    if isinstance(value, datetime):
        return local_day(value, zone) if zone else value.date()
    return value
