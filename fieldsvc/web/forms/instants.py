"""A day and an hour of the unit's own clock, as people type them: 23/11/2026 14:20."""

import re
from datetime import date, datetime

from fieldsvc.core.dates import at_wall_time, local
from fieldsvc.core.text import gettext as _
from fieldsvc.web.forms.amounts import TypedField
from fieldsvc.web.principal import unit

INSTANT = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})[ ,T]+([01]?\d|2[0-3])[:h]([0-5]\d)", re.ASCII)
EARLIEST, LATEST = 2000, 2100


class InstantField(TypedField):
    """An instant; day before month, on the clock of the unit's zone."""

    def written(self, value: datetime) -> str:
        """The instant as it is typed."""
        return written(value, unit().zone)

    def read(self, text: str) -> datetime:
        """Raises `ValueError` for what is no instant."""
        return read(text, unit().zone)


def read(text: str, zone: str) -> datetime:
    """The instant that was typed. Raises `ValueError` with words."""
    matched = INSTANT.fullmatch(text.strip())
    try:
        day, month, year, hour, minute = (int(part) for part in matched.groups()) if matched else (0,) * 5
        settled = date(year, month, day)
    except ValueError as wrong:
        raise ValueError(_("Please type a day and an hour such as 23/11/2026 14:20.")) from wrong
    if not EARLIEST <= year <= LATEST:
        raise ValueError(_("Please choose a day of this century."))
    return at_wall_time(settled, hour * 60 + minute, zone)


def written(at: datetime, zone: str) -> str:
    """An instant as it is typed."""
    return f"{local(at, zone):%d/%m/%Y %H:%M}"
