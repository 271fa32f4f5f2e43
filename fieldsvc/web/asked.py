"""What an address or a script asks for, read with care: what cannot be is refused or left out."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import request

from fieldsvc.core.dates import at_wall_time
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _

MINUTES_OF_A_DAY = 24 * 60
MOST_COLLEAGUES = 20


def day(name: str = "day") -> date | None:
    """A day such as 2026-11-24 in the address; None when there is none that makes sense."""
    return as_day(request.args.get(name, ""))


def number(name: str) -> int | None:
    """A whole number in the address; None when there is none."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def one_of(name: str, known: Container[str]) -> str:
    """A value in the address that is `known`; empty when there is none."""
    value = request.args.get(name, "")
    return value if value in known else ""


@dataclass(frozen=True, slots=True)
class WantedPlace:
    """Where a visit is to go: a technician and a minute of wall time on a local day.

    Of a crew, `colleague_ids` are those who come with him, and `instead_of` whose place he takes.
    """

    technician_id: int
    day: date
    minute: int
    colleague_ids: tuple[int, ...] = ()
    instead_of: int | None = None

    def begins_at(self, zone: str) -> datetime:
        """The planned start as an instant."""
        return at_wall_time(self.day, self.minute, zone)


def body() -> dict[str, Any]:
    """The JSON object that was sent."""
    found = request.get_json()
    if not isinstance(found, dict):
        raise Invalid(_("This request cannot be read."))
    return found


def wanted_place(sent: dict[str, Any]) -> WantedPlace:
    """The place in a JSON body. Raises `Invalid`."""
    wanted = as_day(str(sent.get("day", "")))
    technician_id, minute = _whole(sent.get("technician")), _whole(sent.get("begins"))
    if wanted is None or technician_id is None or minute is None or not 0 <= minute < MINUTES_OF_A_DAY:
        raise Invalid(_("Please choose a technician, a day and an hour."))
    crew = sent.get("technicians")
    colleagues = (
        [one for one in map(_whole, crew[:MOST_COLLEAGUES]) if one is not None] if isinstance(crew, list) else []
    )
    return WantedPlace(technician_id, wanted, minute, tuple(colleagues), _whole(sent.get("instead_of")))


def version(sent: dict[str, Any]) -> int | None:
    """The version that was shown; the domain refuses a change without one."""
    return _whole(sent.get("version"))


def text(sent: dict[str, Any], name: str, longest: int = 200) -> str:
    """A short text in a JSON body."""
    return str(sent.get(name) or "").strip()[:longest]


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def as_day(value: str) -> date | None:
    """A day such as 2026-11-24; None for anything else."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None
