"""Shifts: weekly hours on real days, across clock changes, less closed days and absences."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from fieldsvc.core.dates import local
from fieldsvc.core.errors import NotFound
from fieldsvc.domain.teams import find
from fieldsvc.domain.teams.models import Absence, Technician, WeeklyBreak, WeeklyHours
from fieldsvc.domain.teams.shifts import WorkShift, absences_between, shifts
from tests import make
from tests.make import TODAY, TOMORROW, at

LISBON, LORD_HOWE = "Europe/Lisbon", "Australia/Lord_Howe"
LUNCH = WeeklyBreak(earliest_minute=12 * 60, latest_minute=13 * 60, minutes=60)


def technician(begins: int = 8 * 60, ends: int = 17 * 60, *, breaks: Sequence[WeeklyBreak] = ()) -> Technician:
    """Works every day of the week."""
    hours = [
        WeeklyHours(
            weekday=weekday,
            begins_minute=begins,
            ends_minute=ends,
            breaks=[
                WeeklyBreak(earliest_minute=b.earliest_minute, latest_minute=b.latest_minute, minutes=b.minutes)
                for b in breaks
            ],
        )
        for weekday in range(7)
    ]
    return Technician(id=1, weekly_hours=hours)


def away(begins: str, ends: str, day: date = TODAY) -> Absence:
    return Absence(technician_id=1, begins_at=at(day, begins), ends_at=at(day, ends))


def shift(*absences: Absence, breaks: Sequence[WeeklyBreak] = ()) -> WorkShift | None:
    """Today's shift, from 8:00 to 17:00."""
    found = shifts(technician(breaks=breaks), [TODAY], LISBON, {}, absences)
    return found[0] if found else None


def span(found: WorkShift | None) -> tuple[str, str] | None:
    return (f"{found.begins_at:%H:%M}", f"{found.ends_at:%H:%M}") if found else None


# --- Days ---------------------------------------------------------------------------------------------


def test_a_shift_is_made_for_each_working_day_that_is_open() -> None:
    person = technician()
    person.weekly_hours = [hours for hours in person.weekly_hours if hours.weekday < 5]
    days = [TODAY + timedelta(days=number) for number in range(14)]
    found = shifts(person, days, LISBON, {days[2]: "Bank holiday"}, [])
    assert [one.day_on for one in found] == [day for day in days if day.weekday() < 5 and day != days[2]]
    assert {one.ends_at - one.begins_at for one in found} == {timedelta(hours=9)}


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (LISBON, date(2027, 3, 28), 23),
        (LISBON, date(2027, 10, 31), 25),
        (LISBON, date(2027, 6, 1), 24),
        (LORD_HOWE, date(2027, 10, 3), 23.5),
        (LORD_HOWE, date(2027, 4, 4), 24.5),
    ],
)
def test_a_shift_around_the_clock_lasts_as_long_as_the_day(zone: str, day: date, hours: float) -> None:
    [found] = shifts(technician(0, 1440), [day], zone, {}, [])
    assert found.ends_at - found.begins_at == timedelta(hours=hours)
    assert f"{local(found.begins_at, zone):%Y-%m-%d %H:%M}" == f"{day} 00:00"


@pytest.mark.parametrize("zone", [LISBON, LORD_HOWE])
def test_a_working_day_begins_and_ends_at_the_same_hour_on_the_wall_all_year(zone: str) -> None:
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(365)]
    found = shifts(technician(breaks=[LUNCH]), days, zone, {}, [])
    assert len(found) == 365
    walls = {(f"{local(one.begins_at, zone):%H:%M}", f"{local(one.ends_at, zone):%H:%M}") for one in found}
    assert walls == {("08:00", "17:00")}
    assert {f"{local(one.breaks[0].earliest_at, zone):%H:%M}" for one in found} == {"12:00"}
    assert len({one.begins_at.utcoffset() for one in found}) == 1, "all in UTC"
    assert len({one.begins_at.time() for one in found}) == 2, "summer and winter"


def test_a_night_shift_into_a_clock_change_ends_where_the_wall_says() -> None:
    [found] = shifts(technician(0, 2 * 60), [date(2027, 3, 28)], LISBON, {}, [])
    assert found.ends_at - found.begins_at == timedelta(hours=1), "01:00 to 02:00 does not exist that night"


# --- Absences -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("absence", "left"),
    [
        (("7:00", "8:00"), ("08:00", "17:00")),
        (("7:00", "9:30"), ("09:30", "17:00")),
        (("8:00", "9:30"), ("09:30", "17:00")),
        (("15:00", "17:00"), ("08:00", "15:00")),
        (("15:00", "19:00"), ("08:00", "15:00")),
        (("17:00", "19:00"), ("08:00", "17:00")),
        (("8:00", "17:00"), None),
        (("6:00", "19:00"), None),
        (("10:00", "11:00"), ("08:00", "17:00")),
    ],
)
def test_an_absence_cuts_the_shift(absence: tuple[str, str], left: tuple[str, str] | None) -> None:
    assert span(shift(away(*absence))) == left


def test_an_absence_inside_a_shift_is_a_break_at_a_fixed_time() -> None:
    found = shift(away("10:00", "11:15"))
    assert found is not None
    [pause] = found.absences
    assert (pause.earliest_at, pause.latest_at, pause.minutes) == (at(TODAY, "10:00"), at(TODAY, "10:00"), 75)


def test_absences_that_touch_are_one() -> None:
    assert span(shift(away("8:00", "9:00"), away("9:00", "10:00"))) == ("10:00", "17:00")
    assert span(shift(away("9:00", "12:00"), away("8:00", "10:00"))) == ("12:00", "17:00")
    assert shift(away("8:00", "13:00"), away("12:00", "17:00")) is None
    found = shift(away("10:00", "12:00"), away("11:00", "11:30"))
    assert found is not None
    assert [pause.minutes for pause in found.absences] == [120]


def test_an_absence_of_several_days_takes_each_of_them() -> None:
    long = Absence(technician_id=1, begins_at=at(TODAY, "12:00"), ends_at=at(TODAY + timedelta(days=2), "12:00"))
    days = [TODAY + timedelta(days=number) for number in range(3)]
    found = shifts(technician(), days, LISBON, {}, [long])
    assert [(one.day_on, *(span(one) or ())) for one in found] == [
        (days[0], "08:00", "12:00"),
        (days[2], "12:00", "17:00"),
    ]


def test_a_break_stays_as_far_as_it_lies_in_the_shift() -> None:
    whole = shift(breaks=[LUNCH])
    assert whole is not None
    assert (whole.breaks[0].earliest_at, whole.breaks[0].latest_at) == (at(TODAY, "12:00"), at(TODAY, "13:00"))
    late = shift(away("8:00", "12:30"), breaks=[LUNCH])
    assert late is not None
    assert (late.breaks[0].earliest_at, late.breaks[0].latest_at) == (at(TODAY, "12:30"), at(TODAY, "13:00"))
    early = shift(away("13:30", "17:00"), breaks=[LUNCH])
    assert early is not None
    assert (early.breaks[0].earliest_at, early.breaks[0].latest_at) == (at(TODAY, "12:00"), at(TODAY, "12:30"))


@pytest.mark.parametrize("absence", [("8:00", "13:30"), ("12:30", "17:00"), ("12:30", "13:30"), ("11:30", "12:15")])
def test_a_break_that_an_absence_covers_is_taken(absence: tuple[str, str]) -> None:
    found = shift(away(*absence), breaks=[LUNCH])
    assert found is not None
    assert found.breaks == ()


minutes = st.integers(6 * 60, 20 * 60)


@given(st.lists(st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1]), max_size=4))
def test_a_shift_keeps_exactly_the_minutes_nobody_is_away(pairs: list[tuple[int, int]]) -> None:
    """Against a count of minutes."""
    midnight = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    absences = [
        Absence(technician_id=1, begins_at=midnight + timedelta(minutes=a), ends_at=midnight + timedelta(minutes=b))
        for a, b in pairs
    ]
    found = shift(*absences)
    there = {minute for minute in range(8 * 60, 17 * 60) if not any(a <= minute < b for a, b in pairs)}
    if found is None:
        assert not there
        return
    kept = set(range(minute_of(found.begins_at), minute_of(found.ends_at)))
    for pause in found.absences:
        kept -= set(range(minute_of(pause.earliest_at), minute_of(pause.earliest_at) + pause.minutes))
    assert kept == there


def minute_of(instant: datetime) -> int:
    return instant.hour * 60 + instant.minute


# --- Rows ---------------------------------------------------------------------------------------------


def test_absences_are_found_that_touch_the_time_asked_for(session: Session) -> None:
    unit = make.unit(session)
    one, other = make.technician(session, unit), make.technician(session, unit)
    inside = make.absence(session, one, at(TODAY, "10:00"), at(TODAY, "11:00"))
    across = make.absence(session, one, at(TODAY, "7:00"), at(TODAY, "8:30"))
    make.absence(session, one, at(TODAY, "6:00"), at(TODAY, "8:00"))
    make.absence(session, one, at(TODAY, "17:00"), at(TODAY, "18:00"))
    make.absence(session, other, at(TODAY, "10:00"), at(TODAY, "11:00"))
    found = absences_between(session, [one.id], at(TODAY, "8:00"), at(TODAY, "17:00"))
    assert found == {one.id: [across, inside]}


def test_technicians_of_another_unit_do_not_exist(session: Session) -> None:
    unit, other = make.unit(session), make.unit(session)
    mine, theirs = make.technician(session, unit), make.technician(session, other)
    gone = make.technician(session, unit, is_active=False)
    assert find.active(session, unit.id) == [mine]
    assert find.by_id(session, unit.id, gone.id) is gone
    with pytest.raises(NotFound):
        find.by_id(session, unit.id, theirs.id)


def test_a_technician_who_left_does_not_come_in_any_more(session: Session) -> None:
    unit = make.unit(session)
    person = make.staff(session, unit, role="technician")
    row = make.technician(session, unit, staff_id=person.id)
    assert find.of_staff(session, person.id) is row
    row.is_active = False
    session.flush()
    assert find.of_staff(session, person.id) is None


def test_tomorrow_has_its_own_shift() -> None:
    found = shifts(technician(), [TODAY, TOMORROW], LISBON, {}, [away("8:00", "17:00")])
    assert [one.day_on for one in found] == [TOMORROW]
