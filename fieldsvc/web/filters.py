"""What templates use: dates, words and numbers in the reader's language and the unit's zone."""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from babel.dates import format_date
from flask import Flask, g, request

from fieldsvc.core import dates, phone, text
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
    if chosen not in text.LOCALES and person is not None:
        chosen = person.locale
    if chosen not in text.LOCALES:
        accepted = {tag: quality for tag, quality in request.accept_languages if tag != "*"}
        unit: BusinessUnit | None = g.get("unit")
        chosen = text.best_locale(accepted) if accepted else (unit.locale if unit else text.DEFAULT_LOCALE)
    text.set_locale(chosen)


def page_context() -> dict[str, Any]:
    """What every template may use."""
    unit: BusinessUnit | None = g.get("unit")
    person = g.get("principal")
    settings = settings_of(unit) if unit else None
    theme = request.cookies.get("theme")
    return {
        "lang": text.current_locale(),
        "locales": text.LOCALES,
        "theme": theme if theme in THEMES else None,
        "accent": settings.accent if settings else None,
        "unit": unit,
        "unit_settings": settings,
        "contact": person.contact if person else None,
        "staff": person.staff if person else None,
        "technician": principal.technician() if person and person.staff else None,
        "zone_name": dates.zone_words(unit.zone) if unit else "UTC",
        "is_demo": config().is_demo,
        "now": now(),
    }


def _window(value: Any) -> str:
    begins_at, ends_at = value if isinstance(value, tuple | list) else (value.window_begins_at, value.window_ends_at)
    return dates.window(begins_at, ends_at, zone())
