"""The address of a unit's portal, and the way from one of its pages to another."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.web.local_path import local_path
from fieldsvc.web.principal import unit

blueprint = Blueprint("portal", __name__, url_prefix="/portal/<unit_slug>")


def address(page: str, **values: Any) -> str:
    """The address of a page of this unit's portal."""
    return url_for(f"portal.{page}", unit_slug=unit().slug, **values)


def go(page: str, **values: Any) -> ResponseReturnValue:
    """Send the reader to a page of this unit's portal."""
    return redirect(address(page, **values), 303)


def go_back(wanted: str | None) -> ResponseReturnValue:
    """Send the reader to a path of this site, else home; never to another site."""
    path = local_path(wanted)
    return redirect(path, 303) if path else go("home")
