"""Where the lines of charts and the boxes of a time axis are drawn."""

from datetime import UTC, date, datetime, timedelta

from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.interventions.satisfaction import MonthScore, Score
from fieldsvc.domain.teams.models import Technician
from fieldsvc.web.dispatch.charts import month_line, score_bars
from fieldsvc.web.dispatch.layers import layers_of

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
LISBON = "Europe/Lisbon"


def months(*values: int | None) -> list[MonthScore]:
    """From January 2026 on, one month a value."""
    scores = [Score("", 0 if nps is None else 5, nps, None) for nps in values]
    return [MonthScore(date(2026, number, 1), score) for number, score in enumerate(scores, 1)]


def test_a_month_without_answers_breaks_the_line() -> None:
    line = month_line(months(10, 20, None, 30, 40), date(2026, 5, 31))
    assert len(line.points) == 5
    assert [point.y is None for point in line.points] == [False, False, True, False, False]
    assert len(line.paths) == 2


def test_the_line_stays_between_its_marks() -> None:
    for values in ((61, 38, 45), (-100, 100), (0,), (100, 100), (-3, 4)):
        line = month_line(months(*values), date(2026, len(values), 28))
        heights = [mark.y for mark in line.marks]
        assert len(heights) >= 2, values
        assert all(min(heights) <= point.y <= max(heights) for point in line.points if point.y is not None), values


def test_a_line_without_answers_says_so() -> None:
    line = month_line([], date(2026, 5, 31))
    assert line.words == "No answers."
    assert line.paths == []


def test_bars_are_as_high_as_the_score_was_given_often() -> None:
    drawn = score_bars([0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 10])
    by_score = {bar.score: bar for bar in drawn.bars}
    assert by_score[10].height == 2 * by_score[6].height > 0
    assert (by_score[6].kind, by_score[8].kind, by_score[9].kind) == ("detractor", "passive", "promoter")
    assert score_bars([0] * 11).words == "0 gave 9 or 10, 0 gave 7 or 8, 0 gave 6 or less."


def planned(begins_at: datetime) -> Visit:
    return Visit(technician=Technician(name="Rui"), begins_at=begins_at, ends_at=begins_at + HOUR, is_occupying=True)


def test_the_promise_is_drawn_above_the_planned_work() -> None:
    row = Intervention(window_begins_at=TEN, window_ends_at=TEN + 2 * HOUR, visits=[planned(TEN)])
    drawn = layers_of(row, LISBON)
    assert drawn is not None
    assert drawn.promise is not None
    assert drawn.planned is not None
    assert drawn.floating is not None
    assert drawn.promise.x == drawn.planned.x
    assert drawn.promise.width == 2 * drawn.planned.width == drawn.floating.width
    assert drawn.floating.x + drawn.floating.width <= 100
    assert [tick.hour for tick in drawn.ticks] == ["09:00", "10:00", "11:00", "12:00", "13:00"]


def test_without_a_promise_and_a_plan_there_is_nothing_to_draw() -> None:
    assert layers_of(Intervention(visits=[]), LISBON) is None


def test_a_promise_without_a_plan_and_a_plan_without_a_promise_are_drawn_alone() -> None:
    promised = layers_of(Intervention(window_begins_at=TEN, window_ends_at=TEN + HOUR, visits=[]), LISBON)
    by_hand = layers_of(Intervention(visits=[planned(TEN)]), LISBON)
    assert promised is not None
    assert promised.planned is None
    assert by_hand is not None
    assert by_hand.promise is None
