"""Pages that belong to no audience: the welcome page and the health of the process."""

from flask import Flask, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from fieldsvc.domain.units import find as units
from fieldsvc.web.session import db


def install(app: Flask) -> None:
    """Register the pages."""
    app.add_url_rule("/", "welcome", welcome)
    app.add_url_rule("/health", "health", health)


def welcome() -> ResponseReturnValue:
    """Where to go from here: the portals, and the sign-in of the staff."""
    return render_template("welcome.html", units=units.active(db()))


def health() -> ResponseReturnValue:
    """Whether this process answers and reaches its database."""
    db().execute(text("SELECT 1"))
    return jsonify({"status": "ok"})
