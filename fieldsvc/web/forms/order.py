"""Reads in which order somebody put the rows of a list; see `templates/macros/order.html`."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _


def asked_order(present: Sequence[int]) -> list[int]:
    """The ids of `present` in the order asked for: all of them by a script, or one row moved by its button.

    Ids that are not there are left out, and rows the sender did not know of come last. Raises `Invalid`.
    """
    if request.is_json:
        wanted = _sent()
        known = [row_id for row_id in dict.fromkeys(wanted) if row_id in present]
        return known + [row_id for row_id in present if row_id not in wanted]
    for button, step in (("up", -1), ("down", 1)):
        row_id = request.form.get(button, type=int)
        if row_id is not None:
            return moved(present, row_id, step)
    return list(present)


def moved(present: Sequence[int], row_id: int, step: int) -> list[int]:
    """`present` with one row one place further up (-1) or down (1); nothing moves past an end."""
    order = list(present)
    if row_id in order:
        place = order.index(row_id)
        order.insert(max(0, place + step), order.pop(place))
    return order


def ordered(page: str) -> ResponseReturnValue:
    """The answer after the order is kept: nothing for a script, the page with the list for everybody else."""
    return ("", 204) if request.is_json else redirect(page, 303)


def _sent() -> list[int]:
    body: Any = request.get_json()
    wanted = body.get("order") if isinstance(body, dict) else None
    if not isinstance(wanted, list) or not all(type(row_id) is int for row_id in wanted):
        raise Invalid(_("The new order could not be read."))
    return wanted
