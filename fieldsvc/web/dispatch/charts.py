"""Where the lines and bars of a chart are drawn; the templates write them as SVG, in the units of its view box."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from fieldsvc.core.text import babel_locale
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions.satisfaction import MonthScore, Score

LEFT, RIGHT, TOP, BOTTOM = 44, 652, 24, 200
BAR_LEFT, BAR_STEP, BAR_BASE, BAR_ROOM = 8, 39, 196, 170
STEPS = (10, 20, 50)
NO_ANSWERS = Score("", 0, None, None)


@dataclass(frozen=True, slots=True)
class Mark:
    """A value of the vertical axis."""

    value: int
    y: float


@dataclass(frozen=True, slots=True)
class Point:
    """One month of the line; without answers it has no height."""

    month: str
    month_and_year: str
    x: float
    y: float | None
    score: Score
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class Line:
    """NPS by month; `paths` are the unbroken pieces."""

    words: str
    marks: list[Mark]
    points: list[Point]
    paths: list[str]


@dataclass(frozen=True, slots=True)
class Bar:
    """How often one score was given."""

    score: int
    answers: int
    kind: str
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Group:
    """Detractors, passives and promoters below their bars."""

    words: str
    x: float


@dataclass(frozen=True, slots=True)
class Bars:
    """The distribution of the scores from 0 to 10."""

    words: str
    bars: list[Bar]
    groups: list[Group]


def month_line(months: Sequence[MonthScore], last_day: date) -> Line:
    """The NPS of every month from the first answers to `last_day`, also of those without answers."""
    scores = {row.month: row.score for row in months}
    answered = [month for month in scores if scores[month].nps is not None]
    shown = list(_months(min(answered, default=last_day), last_day))
    scale = _Scale.of([score.nps for score in scores.values() if score.nps is not None])
    labelled = {*answered[-1:], *_lowest(answered, scores)}
    step = (RIGHT - LEFT) / max(1, len(shown) - 1)
    points = [
        _point(month, LEFT + step * place, scores.get(month, NO_ANSWERS), scale, month in labelled)
        for place, month in enumerate(shown)
    ]
    return Line(_line_words(points), scale.marks(), points, list(_paths(points)))


def score_bars(distribution: Sequence[int]) -> Bars:
    """Bars for how often each score from 0 to 10 was given."""
    highest = max(1, *distribution)
    bars = [_bar(score, answers, highest) for score, answers in enumerate(distribution)]
    detractors, passives, promoters = sum(distribution[:7]), sum(distribution[7:9]), sum(distribution[9:])
    groups = [
        Group(_("Detractors %(n)s", n=detractors), 130),
        Group(_("Passives %(n)s", n=passives), 309),
        Group(_("Promoters %(n)s", n=promoters), 394),
    ]
    words = _(
        "%(promoters)s gave 9 or 10, %(passives)s gave 7 or 8, %(detractors)s gave 6 or less.",
        promoters=promoters,
        passives=passives,
        detractors=detractors,
    )
    return Bars(words, bars, groups)


@dataclass(frozen=True, slots=True)
class _Scale:
    """The vertical axis of the NPS, in round steps around what was answered."""

    lowest: int
    highest: int
    step: int

    @classmethod
    def of(cls, values: Sequence[int]) -> "_Scale":
        step = next((step for step in STEPS if max(values, default=0) - min(values, default=0) <= 4 * step), STEPS[-1])
        lowest = max(-100, min(values, default=0) // step * step)
        highest = min(100, -(-(max(values, default=0) + 1) // step) * step)
        return cls(lowest, max(highest, lowest + step), step)

    def height(self, value: int) -> float:
        return round(BOTTOM - (value - self.lowest) / (self.highest - self.lowest) * (BOTTOM - TOP), 1)

    def marks(self) -> list[Mark]:
        return [Mark(value, self.height(value)) for value in range(self.lowest, self.highest + 1, self.step)]


def _months(first_day: date, last_day: date) -> Iterator[date]:
    month = first_day.replace(day=1)
    while month <= last_day:
        yield month
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _lowest(answered: Sequence[date], scores: dict[date, Score]) -> Iterator[date]:
    if answered:
        yield min(answered, key=lambda month: scores[month].nps or 0)


def _point(month: date, x: float, score: Score, scale: _Scale, is_labelled: bool) -> Point:
    locale = babel_locale()
    return Point(
        month=format_date(month, "MMM", locale=locale).rstrip("."),
        month_and_year=format_date(month, "MMMM y", locale=locale),
        x=round(x, 1),
        y=None if score.nps is None else scale.height(score.nps),
        score=score,
        is_labelled=is_labelled,
    )


def _paths(points: Sequence[Point]) -> Iterator[str]:
    piece: list[str] = []
    for point in points:
        if point.y is None:
            yield from _path(piece)
            piece = []
        else:
            piece.append(f"{point.x} {point.y}")
    yield from _path(piece)


def _path(piece: Sequence[str]) -> Iterator[str]:
    if len(piece) > 1:
        yield "M" + "L".join(piece)


def _line_words(points: Sequence[Point]) -> str:
    answered = [point for point in points if point.score.nps is not None]
    if not answered:
        return _("No answers.")
    first, last = answered[0], answered[-1]
    return _(
        "From %(first)s in %(first_month)s to %(last)s in %(last_month)s.",
        first=first.score.nps,
        first_month=first.month_and_year,
        last=last.score.nps,
        last_month=last.month_and_year,
    )


def _bar(score: int, answers: int, highest: int) -> Bar:
    kind = "detractor" if score <= 6 else "passive" if score <= 8 else "promoter"
    height = round(answers / highest * BAR_ROOM, 1)
    return Bar(score, answers, kind, BAR_LEFT + BAR_STEP * score, round(BAR_BASE - height, 1), height)
