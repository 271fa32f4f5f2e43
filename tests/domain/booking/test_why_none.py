"""Why there is no slot, in the client's words, and never with anybody's name."""

from datetime import date, timedelta

import pytest

from fieldsvc.domain.booking.slots import Slots
from fieldsvc.domain.booking.why_none import opening_after, why_none, why_not_on
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.planning.assistant import Refused
from tests.make import NOON, TODAY, TOMORROW

WORK = ActivityType(minutes=60, crew_size=1, booking_notice_hours=24, booking_horizon_days=10)
CREW = ActivityType(minutes=60, crew_size=2, booking_notice_hours=0, booking_horizon_days=10)
LAST = TODAY + timedelta(days=10)
WORKDAYS = range(5)


def slots(*codes: str, day: date = TOMORROW, closed: dict[date, str] | None = None, first: date = TODAY) -> Slots:
    refused = [Refused(1, "Rui Tavares", day, "said to the staff", code, None) for code in codes]
    return Slots([], refused, closed or {}, first, LAST)


def titles(found: Slots, work: ActivityType = WORK) -> list[str]:
    return [why.title for why in why_none(found, work, 240, "Europe/Lisbon", now=NOON)]


@pytest.mark.parametrize(
    ("codes", "title"),
    [
        (["skill", "level"], "At the moment none of our technicians can do this work"),
        (["full", "full"], "All our technicians are busy on the days that can be booked"),
        (["travel"], "The way to you takes too long"),
        (["promise"], "The way to you takes too long"),
        (["band"], "Nobody is near your address"),
        (["window"], "The work takes 4 hours"),
        (["overtime"], "The work takes 4 hours"),
        (["no_shift"], "Our technicians are away on the days that can be booked"),
        (["something the engine learns to say"], "All our technicians are busy on the days that can be booked"),
    ],
)
def test_each_reason_of_the_engine_is_said_as_a_client_understands_it(codes: list[str], title: str) -> None:
    assert titles(slots(*codes)) == [title]


def test_several_reasons_are_all_said() -> None:
    assert titles(slots("full", "travel", "band")) == [
        "The way to you takes too long",
        "Nobody is near your address",
        "All our technicians are busy on the days that can be booked",
    ]


def test_a_crew_that_is_never_free_together_is_said() -> None:
    assert titles(slots("crew"), CREW) == ["It needs 2 technicians at the same time"]


def test_holidays_are_named_and_the_notice_is_explained() -> None:
    found = slots("full", closed={TOMORROW: "Saint Martin"}, first=TOMORROW)
    assert titles(found)[1:] == ["We are closed on Tuesday 24 November", "Before Tuesday 24 November it is too soon"]
    [_busy, closed, soon] = why_none(found, WORK, 60, "Europe/Lisbon", now=NOON)
    assert closed.words == "Saint Martin"
    assert "24 hours" in soon.words


def test_a_unit_that_never_opens_is_closed() -> None:
    assert titles(slots()) == ["We are closed on all the days that can be booked"]


def test_nobody_is_named() -> None:
    for why in why_none(slots("full", "travel", "skill", "crew", "band"), WORK, 60, "Europe/Lisbon", now=NOON):
        assert "Rui" not in why.title + why.words


@pytest.mark.parametrize(
    ("found", "day", "words"),
    [
        (slots(closed={TOMORROW: "Saint Martin"}), TOMORROW, "We are closed: Saint Martin"),
        (slots(closed={TOMORROW: ""}), TOMORROW, "We are closed on this day."),
        (slots("no_shift"), TOMORROW, "Nobody works on this day."),
        (slots(), TODAY + timedelta(days=5), "Nobody works on this day."),
        (slots(), TODAY, "It is too soon: the times of this day can no longer be booked."),
        (slots("skill", "no_shift"), TOMORROW, "Nobody who can do this work is there on this day."),
        (slots("travel", "travel", "full"), TOMORROW, "The way to you would make us late for someone else."),
        (slots("band"), TOMORROW, "There is free time, but nobody is near your address."),
        (slots("window", "skill"), TOMORROW, "The work would end after our day is over."),
        (slots("full", "no_shift"), TOMORROW, "All our technicians are busy."),
        (slots(), LAST + timedelta(days=1), "This day can be booked from Tuesday 24 November."),
    ],
)
def test_each_day_without_a_slot_has_its_reason(found: Slots, day: date, words: str) -> None:
    assert why_not_on(day, found, WORK, WORKDAYS) == words


def test_the_next_day_that_opens_is_a_working_day() -> None:
    opening = opening_after(slots(), WORK, WORKDAYS)
    assert opening is not None
    assert opening.day == LAST + timedelta(days=1)
    friday = Slots([], [], {}, TODAY, TODAY + timedelta(days=11))
    opening = opening_after(friday, ActivityType(booking_horizon_days=11), WORKDAYS)
    assert opening is not None
    assert (opening.day.weekday(), opening.opens_on) == (0, TODAY + timedelta(days=3))
    assert opening_after(friday, WORK, ()) is None
