"""The addresses of the staff's pages, and the way from one to another."""

from typing import Any

from babel.numbers import format_decimal
from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import babel_locale

blueprint = Blueprint("dispatch", __name__, url_prefix="/dispatch")
staff_blueprint = Blueprint("staff", __name__, url_prefix="/staff")


def go(page: str, **values: Any) -> ResponseReturnValue:
    """Send the reader to another page of the dispatchers."""
    return redirect(url_for(f"dispatch.{page}", **values), 303)


@blueprint.app_template_filter("clock")
def clock(minute: int) -> str:
    """A minute of the day as people read it: 490 → 08:10."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


@blueprint.app_template_filter("one_digit")
def one_digit(value: float) -> str:
    """A number with one digit after the comma or point of the reader's language."""
    return format_decimal(value, "0.0", locale=babel_locale())
