"""Wall time and instants, over every zone whose clocks change in 2027; and dates as people write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from fieldsvc.core import dates
from fieldsvc.core.text import in_locale
from tests.make import NOON

MINUTE = timedelta(minutes=1)
FIRST, LAST = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)


def transitions(zone: str) -> list[datetime]:
    """The instants of 2027, to the minute, at which the clocks of a zone change."""
    found = []
    at, info = FIRST, ZoneInfo(zone)
    while at < LAST:
        after = at + timedelta(days=1)
        if at.astimezone(info).utcoffset() != after.astimezone(info).utcoffset():
            begins, ends = at, after
            while ends - begins > MINUTE:
                middle = begins + (ends - begins) // 2
                same = middle.astimezone(info).utcoffset() == begins.astimezone(info).utcoffset()
                begins, ends = (middle, ends) if same else (begins, middle)
            found.append(ends.replace(second=0, microsecond=0))
        at = after
    return found


CHANGING = {zone: found for zone in sorted(available_timezones()) if (found := transitions(zone))}


def test_every_minute_of_wall_time_around_a_clock_change_is_the_instant_it_says() -> None:
    """Against an oracle that walks the instants minute by minute and looks at the wall."""
    checked = skipped = doubled = 0
    for zone, changes in CHANGING.items():
        for change in changes:
            info = ZoneInfo(zone)
            before = (change - MINUTE).astimezone(info).utcoffset()
            assert before is not None
            walls: dict[tuple[date, int], datetime] = {}
            instant = change - timedelta(hours=3)
            while instant < change + timedelta(hours=3):
                wall = instant.astimezone(info)
                key = wall.date(), wall.hour * 60 + wall.minute
                doubled += key in walls
                walls.setdefault(key, instant)
                instant += MINUTE
            for (day, minute), first in walls.items():
                assert dates.at_wall_time(day, minute, zone) == first, (zone, day, minute)
            checked += len(walls)
            last = (change - MINUTE).astimezone(info).replace(tzinfo=None)
            gap = last + MINUTE
            while (gap.date(), gap.hour * 60 + gap.minute) not in walls:
                expected = gap.replace(tzinfo=UTC) - before
                assert dates.at_wall_time(gap.date(), gap.hour * 60 + gap.minute, zone) == expected, (zone, gap)
                skipped += 1
                gap += MINUTE
    assert len(CHANGING) > 100
    assert checked > 50_000
    assert skipped > 5_000
    assert doubled > 5_000


@pytest.mark.parametrize(
    ("zone", "day", "minute", "instant"),
    [
        ("Europe/Amsterdam", date(2027, 10, 31), 150, "2027-10-31T00:30"),
        ("Europe/Amsterdam", date(2027, 3, 28), 150, "2027-03-28T01:30"),
        ("Australia/Lord_Howe", date(2027, 10, 3), 135, "2027-10-02T15:45"),
        ("Europe/Lisbon", date(2027, 3, 28), 1440, "2027-03-28T23:00"),
        ("America/St_Johns", date(2027, 1, 1), 0, "2027-01-01T03:30"),
    ],
)
def test_the_cases_everybody_gets_wrong(zone: str, day: date, minute: int, instant: str) -> None:
    assert dates.at_wall_time(day, minute, zone) == datetime.fromisoformat(instant + "+00:00")


def test_the_trap_is_real() -> None:
    """The control: adding the minutes to midnight as an instant is wrong by the change."""
    midnight = datetime(2027, 3, 28, tzinfo=ZoneInfo("Europe/Lisbon")).astimezone(UTC)
    assert midnight + timedelta(hours=10) != dates.at_wall_time(date(2027, 3, 28), 600, "Europe/Lisbon")


def test_an_instant_is_written_in_the_units_zone_and_the_readers_language() -> None:
    late = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
    assert dates.local_day(late, "Europe/Lisbon") == date(2027, 7, 1)
    assert dates.hour(late, "Europe/Lisbon") == "00:30"
    assert dates.window(late, late + timedelta(hours=2), "Europe/Lisbon") == "00:30–02:30"
    assert dates.day(NOON, "Europe/Lisbon") == "Monday 23 November"
    assert dates.date_long(date(2026, 11, 12)) == "12 November 2026"
    with in_locale("pt-PT"):
        assert dates.day(NOON, "Europe/Lisbon") == "segunda-feira, 23 de novembro"
        assert dates.date_long(date(2026, 11, 12)) == "12 de novembro de 2026"


def test_a_short_day_in_french_tells_june_from_july() -> None:
    with in_locale("fr"):
        assert dates.day(NOON, "Europe/Lisbon") == "lundi 23 novembre"
        assert [dates.day_short(date(2027, month, 1)) for month in (6, 7)] == ["mar. 1 juin", "jeu. 1 juil."]


def test_days_are_counted_on_the_wall() -> None:
    now = datetime(2027, 6, 30, 22, 30, tzinfo=UTC)
    in_an_hour = now + timedelta(hours=1)
    assert dates.relative_day(in_an_hour, now, "UTC") == "today"
    assert dates.relative_day(in_an_hour, now, "Europe/Lisbon") == "tomorrow"
    assert dates.relative_day(now - timedelta(days=1), now, "UTC") == "yesterday"
    assert dates.relative_day(now + timedelta(days=3), now, "UTC") == "in 3 days"
    assert dates.relative_day(now - timedelta(days=3), now, "UTC") == "3 days ago"


@pytest.mark.parametrize(
    ("locale", "zone", "name"),
    [
        ("en", "Europe/Lisbon", "Lisbon"),
        ("pt-PT", "Europe/Lisbon", "Lisboa"),
        ("fr", "Europe/Lisbon", "Lisbonne"),
        ("pt-BR", "America/Sao_Paulo", "São Paulo"),
        ("en", "Etc/GMT+5", "GMT+5"),
    ],
)
def test_a_zone_is_named_after_its_city(locale: str, zone: str, name: str) -> None:
    with in_locale(locale):
        assert dates.zone_words(zone) == name
