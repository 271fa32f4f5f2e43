"""Conditions about the times of an intervention, as they stand at the instant somebody asks."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import ngettext
from fieldsvc.domain.catalogue.conditions.facts import Facts
from fieldsvc.domain.catalogue.conditions.registry import condition, number

MOST_HOURS = 10_000
MOST_DAYS = 1_000
HOURS = _l("Hours")
DAYS = _l("Days")
MOMENT = timedelta(seconds=1)


def _around(span: timedelta) -> list[timedelta | None]:
    """Just before, at and after a span; and no time at all."""
    return [None, span - MOMENT, span, span + MOMENT]


def _before_window(facts: Facts, hours: int) -> Iterator[datetime]:
    if facts.window_begins_at is not None:
        yield facts.window_begins_at - timedelta(hours=hours)


def _at_window(facts: Facts) -> Iterator[datetime]:
    yield from _before_window(facts, 0)


@condition(
    _l("At least … hours before the arrival window"),
    "intervention",
    "time",
    sentence=lambda hours: ngettext(
        "it is at least %(n)s hour before the arrival window",
        "it is at least %(n)s hours before the arrival window",
        hours,
    ),
    words=lambda hours: ngettext(
        "Possible up to %(n)s hour before the visit.", "Possible up to %(n)s hours before the visit.", hours
    ),
    samples=lambda hours: {"window": _around(timedelta(hours=hours))},
    turns=_before_window,
    hours=number(HOURS, 0, MOST_HOURS),
)
def notice_hours(facts: Facts, hours: int) -> bool:
    """At least `hours` before the arrival window opens; always while there is no window."""
    return facts.window_begins_at is None or facts.window_begins_at - facts.now >= timedelta(hours=hours)


def _less_than_turns(facts: Facts, hours: int) -> Iterator[datetime]:
    yield from _before_window(facts, hours)
    yield from _at_window(facts)


@condition(
    _l("Less than … hours before the arrival window"),
    "intervention",
    "time",
    sentence=lambda hours: ngettext(
        "it is less than %(n)s hour before the arrival window",
        "it is less than %(n)s hours before the arrival window",
        hours,
    ),
    words=lambda hours: ngettext(
        "Possible only in the last hour before the visit.",
        "Possible only in the last %(n)s hours before the visit.",
        hours,
    ),
    samples=lambda hours: {"window": [*_around(timedelta(hours=hours)), *_around(timedelta())]},
    turns=_less_than_turns,
    hours=number(HOURS, 1, MOST_HOURS),
)
def less_than_hours_before(facts: Facts, hours: int) -> bool:
    """The arrival window opens within `hours`, and has not opened yet."""
    opens = facts.window_begins_at
    return opens is not None and timedelta() < opens - facts.now < timedelta(hours=hours)


@condition(
    _l("Before the arrival window begins"),
    "intervention",
    "time",
    sentence=lambda: _("the visit has not begun"),
    words=lambda: _("Possible only before the visit begins."),
    samples=lambda: {"window": _around(timedelta())},
    turns=_at_window,
)
def not_yet_begun(facts: Facts) -> bool:
    """Before the arrival window opens: an old intervention can never be changed."""
    return facts.window_begins_at is None or facts.now < facts.window_begins_at


@condition(
    _l("The arrival window is known"),
    "intervention",
    sentence=lambda: _("the arrival window is known"),
    words=lambda: _("Possible only when the visit has a time."),
    samples=lambda: {"window": [None, timedelta(days=3)]},
)
def window_known(facts: Facts) -> bool:
    """The client was promised an arrival window."""
    return facts.window_begins_at is not None


@condition(
    _l("The arrival window is not known yet"),
    "intervention",
    sentence=lambda: _("the visit has no time yet"),
    words=lambda: _("Possible only while the visit has no time."),
    samples=lambda: {"window": [None, timedelta(days=3)]},
)
def window_unknown(facts: Facts) -> bool:
    """The client was promised no arrival window yet."""
    return facts.window_begins_at is None


def _after_closing(facts: Facts, hours: int) -> Iterator[datetime]:
    if facts.closed_at is not None:
        yield facts.closed_at + timedelta(hours=hours)


@condition(
    _l("At most … hours after the end of the work"),
    "intervention",
    "time",
    sentence=lambda hours: ngettext(
        "the work ended at most %(n)s hour ago", "the work ended at most %(n)s hours ago", hours
    ),
    words=lambda hours: ngettext(
        "Possible up to %(n)s hour after the end of the work.",
        "Possible up to %(n)s hours after the end of the work.",
        hours,
    ),
    samples=lambda hours: {"closed": _around(timedelta(hours=hours))},
    turns=_after_closing,
    hours=number(HOURS, 1, MOST_HOURS),
)
def hours_after_closing(facts: Facts, hours: int) -> bool:
    """The intervention ended, `hours` ago or less."""
    return facts.closed_at is not None and facts.now - facts.closed_at <= timedelta(hours=hours)


def _after_creation(facts: Facts, days: int) -> Iterator[datetime]:
    if facts.created_at is not None:
        yield facts.created_at + timedelta(days=days)


@condition(
    _l("Created at most … days ago"),
    "intervention",
    "time",
    sentence=lambda days: ngettext(
        "it was created at most %(n)s day ago", "it was created at most %(n)s days ago", days
    ),
    words=lambda days: ngettext(
        "Possible up to %(n)s day after the visit was asked for.",
        "Possible up to %(n)s days after the visit was asked for.",
        days,
    ),
    samples=lambda days: {"created": _around(timedelta(days=days))},
    turns=_after_creation,
    days=number(DAYS, 1, MOST_DAYS),
)
def created_within(facts: Facts, days: int) -> bool:
    """The intervention was created `days` ago or less."""
    return facts.created_at is not None and facts.now - facts.created_at <= timedelta(days=days)


def _midnight_after(facts: Facts, offset: int) -> Iterator[datetime]:
    if facts.due_on is not None:
        yield at_wall_time(facts.due_on + timedelta(days=offset), 0, facts.zone)


@condition(
    _l("The due date has passed"),
    "intervention",
    "time",
    sentence=lambda: _("the due date has passed"),
    words=lambda: _("Possible only after the due date."),
    samples=lambda: {"due": [None, -1, 0]},
    turns=lambda facts: _midnight_after(facts, 1),
)
def due_passed(facts: Facts) -> bool:
    """The day by which the work was to be done lies behind."""
    return facts.due_on is not None and local_day(facts.now, facts.zone) > facts.due_on


@condition(
    _l("Due within … days"),
    "intervention",
    "time",
    sentence=lambda days: ngettext("it is due within %(n)s day", "it is due within %(n)s days", days),
    words=lambda days: ngettext(
        "Possible only in the last day before the work is due.",
        "Possible only in the last %(n)s days before the work is due.",
        days,
    ),
    samples=lambda days: {"due": [None, -1, 0, days, days + 1]},
    turns=lambda facts, days: (*_midnight_after(facts, -days), *_midnight_after(facts, 1)),
    days=number(DAYS, 0, MOST_DAYS),
)
def due_within(facts: Facts, days: int) -> bool:
    """The work is due today or in the next `days` days."""
    return facts.due_on is not None and 0 <= (facts.due_on - local_day(facts.now, facts.zone)).days <= days
