"""Arranges what the assistant found as the page shows it: a grid of days and arrival windows, and the best ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from fieldsvc.core.dates import hour, local
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import ngettext
from fieldsvc.domain.catalogue.arrival_windows import words_of
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.planning.assistant import Refused, Suggestion, Suggestions


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate that can be chosen; `value` is what the form sends."""

    value: str
    found: Suggestion
    hour: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One arrival window with its best candidate on each day, or None."""

    words: str
    cells: list[Choice | None]


@dataclass(frozen=True, slots=True)
class Day:
    """A column: how many windows have a candidate, and what is said where there is none."""

    on: date
    count: int
    words_without: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One technician and reason, with the days it is true for."""

    name: str
    days: str
    reason: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything the assistant's page shows."""

    days: list[Day]
    rows: list[GridRow]
    best: list[Choice]
    refused: list[WhyNot]


def grid_of(found: Suggestions, activity_type: ActivityType, days: Sequence[date], zone: str, *, best: int = 5) -> Grid:
    """The grid over `days`; a cell holds the candidate that costs the plan least."""
    cells: dict[tuple[str, date], Choice] = {}
    order: dict[str, tuple[time, time]] = {}
    choices = [Choice(value_of(one), one, hour(one.begins_at, zone)) for one in found.found]
    for choice in sorted(choices, key=lambda one: one.found.cost):
        words = words_of(activity_type, *choice.found.window, zone)
        begins, ends = (local(at, zone).time() for at in choice.found.window)
        order.setdefault(words, (begins, ends))
        cells.setdefault((words, choice.found.day), choice)
    windows = sorted(order, key=lambda words: order[words])
    return Grid(
        days=[Day(on, sum(key[1] == on for key in cells), _words_without(found, on)) for on in days],
        rows=[GridRow(words, [cells.get((words, on)) for on in days]) for words in windows],
        best=sorted(cells.values(), key=lambda one: one.found.cost)[:best],
        refused=_why_not(found.refused),
    )


def value_of(one: Suggestion) -> str:
    """A candidate as a form value: technicians and planned start."""
    return f"{','.join(map(str, one.technician_ids))} {one.begins_at.isoformat()}"


def read_value(text: str) -> tuple[tuple[int, ...], datetime] | None:
    """Technicians and planned start of a form value; None for anything else."""
    crew, _space, instant = text.partition(" ")
    names = crew.split(",")
    if not all(name.isascii() and name.isdecimal() and len(name) <= 9 for name in names):
        return None
    try:
        begins_at = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return (tuple(map(int, names)), begins_at) if begins_at.tzinfo else None


def _words_without(found: Suggestions, on: date) -> str:
    if on in found.closed:
        return found.closed[on] or _("Closed")
    nobody_works = all(one.code == "no_shift" for one in found.refused if one.day == on)
    return _("Nobody works") if nobody_works and all(one.day != on for one in found.found) else _("Full")


def _why_not(refused: Sequence[Refused]) -> list[WhyNot]:
    days: dict[tuple[str, str], list[date]] = {}
    for one in refused:
        days.setdefault((one.technician_name, one.because), []).append(one.day)
    return [WhyNot(name, _days_words(on), because) for (name, because), on in days.items()]


def _days_words(days: Sequence[date]) -> str:
    return ngettext("%(n)s day", "%(n)s days", len(days))
