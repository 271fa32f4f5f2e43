"""Words in the reader's language: gettext on a context variable, so that no floor needs Flask for it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.support import LazyProxy, NullTranslations, Translations

from fieldsvc.core.resources import PACKAGE

DEFAULT_LOCALE = "en"
LOCALES: dict[str, str] = {
    "en": "English",
    "pt-PT": "Português",
    "pt-BR": "Português (Brasil)",
    "fr": "Français",
}

_current: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)


def current_locale() -> str:
    """The locale words are given in now, such as `pt-PT`."""
    return _current.get()


def set_locale(locale: str) -> None:
    """Give words in `locale` from here on in this context."""
    _current.set(locale if locale in LOCALES else DEFAULT_LOCALE)


@contextmanager
def in_locale(locale: str) -> Iterator[None]:
    """Give words in `locale` inside the block."""
    token = _current.set(locale if locale in LOCALES else DEFAULT_LOCALE)
    try:
        yield
    finally:
        _current.reset(token)


def babel_locale(locale: str | None = None) -> Locale:
    """Babel's locale of `locale`, or of the present one; English writes dates the European way."""
    tag = locale or current_locale()
    return Locale.parse("en-GB" if tag == "en" else tag, sep="-")


def best_locale(accepted: Mapping[str, float] | None, offered: tuple[str, ...] = tuple(LOCALES)) -> str:
    """The offered locale that a reader who accepts `accepted` (tag → weight) likes best."""
    for tag in sorted(accepted or {}, key=lambda t: -(accepted or {})[t]):
        for locale in offered:
            if locale.lower() == tag.lower():
                return locale
        for locale in offered:
            if locale.split("-")[0].lower() == tag.split("-")[0].lower():
                return locale
    return offered[0]


@cache
def _translations(locale: str) -> NullTranslations:
    return Translations.load(PACKAGE / "locale", [locale.replace("-", "_")])


def gettext(message: str, **parameters: Any) -> str:
    """`message` in the present locale, its `%(name)s` filled in."""
    words = _translations(current_locale()).ugettext(message)
    return words % parameters if parameters else words


def ngettext(one: str, many: str, n: int, **parameters: Any) -> str:
    """`one` or `many` for the number `n`, which is also the parameter `n`."""
    return _translations(current_locale()).ungettext(one, many, n) % {"n": n, "num": n, **parameters}


def lazy_gettext(message: str, **parameters: Any) -> Any:
    """`message` in the locale of the moment it is read (for forms and tables defined at import)."""
    return LazyProxy(gettext, message, enable_cache=False, **parameters)


_ = gettext
_l = lazy_gettext


def together(names: Sequence[str]) -> str:
    """Names as a sentence lists them: Ana, Rui and Inês."""
    return format_list(names, locale=babel_locale())


def pick(words: Mapping[str, str] | str | None, locale: str | None = None) -> str:
    """An administrator's text in the reader's language, else its sister, else English, else any."""
    if not words:
        return ""
    if isinstance(words, str):
        return words
    wanted = locale or current_locale()
    sister = next((tag for tag in words if tag.split("-")[0] == wanted.split("-")[0]), "")
    for tag in (wanted, sister, DEFAULT_LOCALE):
        if words.get(tag):
            return words[tag]
    return next((text for text in words.values() if text), "")
