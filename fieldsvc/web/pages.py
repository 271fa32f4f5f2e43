"""Pages that belong to no audience: the welcome page and the health of the process."""

from flask import Flask, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from fieldsvc.demo.people import people
from fieldsvc.domain.units import find as units
from fieldsvc.web.session import config, db


def install(app: Flask) -> None:
    """Register the pages."""
    app.add_url_rule("/", "welcome", welcome)
    app.add_url_rule("/health", "health", health)


def welcome() -> ResponseReturnValue:
    """Where to go from here: the portals, and the sign-in of the staff."""
    to_try = people() if config().is_demo else []
    return render_template("welcome.html", units=units.active(db()), people=to_try)


def health() -> ResponseReturnValue:
    """Whether this process answers and reaches its database."""
    db().execute(text("SELECT 1"))
    return jsonify({"status": "ok"})
