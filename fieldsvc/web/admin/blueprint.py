"""The addresses of the administrators' pages, and the way from one to another."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

blueprint = Blueprint("admin", __name__, url_prefix="/settings")


def go(page: str, **values: Any) -> ResponseReturnValue:
    """Send the reader to another page of the administrators."""
    return redirect(url_for(f"admin.{page}", **values), 303)
