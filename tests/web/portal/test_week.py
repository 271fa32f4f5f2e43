from datetime import date, timedelta

from fieldsvc.domain.booking.slots import Slots
from fieldsvc.web.portal.week import week_of

FIRST = date(2026, 11, 12)
ZONE = "Europe/Lisbon"


def nothing_free(*, days: int, closed: dict[date, str] | None = None) -> Slots:
    last = FIRST + timedelta(days=days - 1)
    return Slots(slots=[], refused=[], closed=closed or {}, first_day=FIRST, last_day=last)


def test_a_week_begins_on_the_first_day_that_can_be_booked() -> None:
    week = week_of(nothing_free(days=28), ZONE, None)
    assert [day.on for day in week.days] == [FIRST + timedelta(days=offset) for offset in range(7)]
    assert (week.previous_on, week.next_on) == (None, FIRST + timedelta(days=7))


def test_a_week_asked_for_outside_the_horizon_is_moved_into_it() -> None:
    slots = nothing_free(days=10)
    assert week_of(slots, ZONE, date(2020, 1, 1)).days[0].on == FIRST
    late = week_of(slots, ZONE, date(2030, 1, 1))
    assert late.days[0].on == FIRST + timedelta(days=9)
    assert late.next_on is None


def test_the_week_before_never_begins_too_early() -> None:
    week = week_of(nothing_free(days=28), ZONE, FIRST + timedelta(days=3))
    assert week.previous_on == FIRST


def test_a_closed_day_is_marked() -> None:
    week = week_of(nothing_free(days=7, closed={FIRST: "Bank holiday"}), ZONE, None)
    assert [day.is_closed for day in week.days] == [True] + [False] * 6
    assert week.total == 0
