"""How large a file is, as people say it."""

from babel.numbers import format_decimal

from fieldsvc.core.text import babel_locale
from fieldsvc.core.text import gettext as _

KILO, MEGA = 1000, 1_000_000


def in_words(size: int) -> str:
    """412 KB, 1.2 MB; what is smaller than a kilobyte is one."""
    if size < MEGA:
        return _("%(n)s KB", n=max(1, round(size / KILO)))
    return _("%(n)s MB", n=format_decimal(round(size / MEGA, 1), locale=babel_locale()))
