"""What templates use: dates, words and numbers in the reader's language and the unit's zone."""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from babel.dates import format_date
from flask import Flask, g, request

from fieldsvc.core import dates, phone, sizes, text
from fieldsvc.domain.catalogue.activity_kinds import KINDS
from fieldsvc.domain.catalogue.arrival_windows import words_of
from fieldsvc.domain.units.colours import PRESETS, accent_of
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web import principal
from fieldsvc.web.session import config, now

THEMES = ("light", "dark")


class DateParts(NamedTuple):
    """A date as a calendar leaf shows it."""

    weekday: str
    day: str
    month: str
    year: str


def zone() -> str:
    """The zone in which this page shows its times."""
    unit: BusinessUnit | None = g.get("unit")
    return unit.zone if unit else "UTC"


def date_parts(value: date | datetime) -> DateParts:
    """Short weekday, day, short month and year."""
    day = dates.local_day(value, zone()) if isinstance(value, datetime) else value
    locale = text.babel_locale()
    parts = (format_date(day, pattern, locale=locale).rstrip(".") for pattern in ("EEE", "d", "MMM", "y"))
    return DateParts(*parts)


def weekday(value: date | datetime) -> str:
    """The weekday in full."""
    day = dates.local_day(value, zone()) if isinstance(value, datetime) else value
    return format_date(day, "EEEE", locale=text.babel_locale())


def iso(value: date | datetime) -> str:
    """For machines: 2026-11-12T10:00:00Z, or the date."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def initials(name: str) -> str:
    """Marta Figueiredo → MF."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def install(app: Flask) -> None:
    """Give the templates their filters and what every page needs."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(text.gettext, text.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(
        words=text.pick,
        day=lambda value: dates.day(value, zone()),
        day_short=lambda value: dates.day_short(value, zone()),
        date_long=lambda value: dates.date_long(value, zone()),
        weekday=weekday,
        date_parts=date_parts,
        hour=lambda value: dates.hour(value, zone()),
        datetime=lambda value: dates.moment(value, zone()),
        window=_window,
        minutes=dates.minutes,
        minutes_in_words=dates.minutes_in_words,
        money=dates.money,
        relative_day=lambda value: dates.relative_day(value, now(), zone()),
        iso=iso,
        size=sizes.in_words,
        phone=phone.in_words,
        initials=initials,
    )
    app.context_processor(page_context)
    # Before anything can be refused; `access` does it again when it knows who reads.
    app.url_value_preprocessor(lambda _endpoint, _values: choose_locale())


def choose_locale() -> None:
    """The reader's language: the cookie, else his own setting, else the browser's, else the unit's."""
    chosen = request.cookies.get("locale", "")
    person: Any = None
    if "principal" in g:
        person = g.principal.contact or g.principal.staff
    offered = offered_languages()
    if chosen not in offered and person is not None:
        chosen = person.locale
    if chosen not in offered:
        accepted = {tag: quality for tag, quality in request.accept_languages if tag != "*"}
        chosen = text.best_locale(accepted, offered)
    text.set_locale(chosen)


def offered_languages() -> tuple[str, ...]:
    """The languages of this page: in a portal those of its unit, else all; that of the unit before the others."""
    unit: BusinessUnit | None = g.get("unit")
    if unit is None:
        return tuple(text.LOCALES)
    is_portal = "unit_slug" in (request.view_args or {})
    tags = settings_of(unit).languages if is_portal else text.LOCALES
    return tuple(dict.fromkeys(tag for tag in (unit.locale, *tags) if tag in text.LOCALES)) or tuple(text.LOCALES)


def page_context() -> dict[str, Any]:
    """What every template may use."""
    unit: BusinessUnit | None = g.get("unit")
    person = g.get("principal")
    settings = settings_of(unit) if unit else None
    accent = accent_of(settings.accent) if settings else None
    theme = request.cookies.get("theme")
    return {
        "lang": text.current_locale(),
        "locales": {tag: text.LOCALES[tag] for tag in offered_languages()},
        "theme": theme if theme in THEMES else None,
        "accent": settings.accent if settings else None,
        "own_colour": accent.used[1:] if settings and accent and settings.accent not in PRESETS else None,
        "unit": unit,
        "unit_settings": settings,
        "contact": person.contact if person else None,
        "view": g.get("view"),
        "staff": person.staff if person else None,
        "technician": principal.technician() if person and person.staff else None,
        "zone_name": dates.zone_words(unit.zone) if unit else "UTC",
        "is_demo": config().is_demo,
        "activity_kinds": KINDS,
        "now": now(),
    }


def _window(value: Any) -> str:
    """A pair of instants, or what an intervention is promised, with the name that its window has."""
    if isinstance(value, tuple | list):
        begins_at, ends_at = value
        return dates.window(begins_at, ends_at, zone())
    return words_of(value.activity_type, value.window_begins_at, value.window_ends_at, zone())
