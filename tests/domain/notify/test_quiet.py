"""Quiet hours are those of the unit's own clock, also when it is put forward or back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsvc.core import dates
from fieldsvc.domain.notify.quiet import ends_at

LISBON = "Europe/Lisbon"
NIGHT = (21 * 60, 8 * 60)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-11-23T20:59", None),
        ("2026-11-23T21:00", "2026-11-24T08:00"),
        ("2026-11-24T00:00", "2026-11-24T08:00"),
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", None),
        ("2026-07-01T20:00", "2026-07-02T07:00"),  # summer: 21:00 to 8:00 are 20:00 to 7:00 UTC
        ("2026-03-28T23:00", "2026-03-29T07:00"),  # the night the clock goes forward has an hour less
        ("2026-10-24T22:00", "2026-10-25T08:00"),  # and the one it goes back, an hour more
    ],
)
def test_a_night_ends_at_eight_in_the_morning_of_the_unit(at: str, end: str | None) -> None:
    assert ends_at(utc(at), LISBON, *NIGHT) == (utc(end) if end else None)


def test_equal_hours_are_no_quiet_at_all() -> None:
    assert ends_at(utc("2026-11-23T03:00"), LISBON, 600, 600) is None


def test_quiet_hours_may_lie_within_a_day() -> None:
    assert ends_at(utc("2026-11-23T13:00"), LISBON, 12 * 60, 14 * 60) == utc("2026-11-23T14:00")
    assert ends_at(utc("2026-11-23T14:00"), LISBON, 12 * 60, 14 * 60) is None


def test_an_hour_that_comes_twice_is_quiet_the_first_time() -> None:
    first, second = utc("2026-10-25T00:15"), utc("2026-10-25T01:15")  # both are 1:15 in Lisbon
    assert ends_at(first, LISBON, 60, 90) == utc("2026-10-25T00:30")
    assert ends_at(second, LISBON, 60, 90) is None


@given(
    st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: utc("2026-01-01T00:00") + timedelta(minutes=minutes)),
    st.sampled_from([LISBON, "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
def test_a_message_waits_less_than_a_day_and_is_then_sent(at: datetime, zone: str, begins: int, ends: int) -> None:
    end = ends_at(at, zone, begins, ends)
    if end is None:
        return
    assert at < end <= at + timedelta(hours=25)
    local = dates.local(end, zone)
    # A clock change may skip the very minute; then it is the same stretch later.
    assert ends_at(end, zone, begins, ends) is None or (local.hour * 60 + local.minute - ends) % 1440 <= 60
