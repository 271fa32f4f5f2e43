"""The one place where a refusal becomes an answer: everything is rolled back, then words or JSON are given."""

from typing import Any

import structlog
from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from fieldsvc.core.errors import DomainError, Invalid, PlanRefused, SlotGone, Stale, TooMany
from fieldsvc.core.text import gettext as _
from fieldsvc.web.session import roll_back

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, refuse)
    app.register_error_handler(StaleDataError, refuse_stale)
    app.register_error_handler(CSRFError, refuse_forged)
    app.register_error_handler(HTTPException, refuse_http)
    app.register_error_handler(DBAPIError, refuse_database)
    app.register_error_handler(Exception, fail)


def refuse(error: DomainError) -> ResponseReturnValue:
    """A refusal of the domain, in its own words."""
    roll_back()
    if isinstance(error, SlotGone) and request.blueprint == "portal" and "draft" in (request.view_args or {}):
        return _back_to_slots()
    retry_after = error.retry_after if isinstance(error, TooMany) else None
    return _answer(error.status, error.words, retry_after, _details(error))


def refuse_stale(_error: StaleDataError) -> ResponseReturnValue:
    """Two people changed the same row at once, and this one came second."""
    roll_back()
    return _answer(409, _("Somebody else has just changed this. Please look again."))


def refuse_forged(_error: CSRFError) -> ResponseReturnValue:
    """A form that was open too long, or that another site sent."""
    roll_back()
    return _answer(400, _("This page was open for a long time. Please go back, reload it and try again."))


def refuse_http(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself refuses: an unknown address, a wrong method, too many requests."""
    roll_back()
    if error.code is None or error.code < 400:
        return error
    retry_after = 60 if error.code == 429 else None
    return _answer(error.code, "", retry_after)


def refuse_database(error: DBAPIError) -> ResponseReturnValue:
    """Text the database cannot keep is the sender's mistake; a database that does not answer is ours."""
    roll_back()
    if isinstance(error, OperationalError) or error.connection_invalidated:
        log.error("database.unavailable", kind=type(error.orig).__name__)
        return _answer(503, _("We cannot reach our data right now. Please try again in a minute."), 30)
    if isinstance(error, DataError):
        return _answer(400, _("Some of what you typed cannot be kept. Please remove unusual characters."))
    log.error("database.refused", kind=type(error.orig).__name__)
    return _answer(500, "")


def fail(error: Exception) -> ResponseReturnValue:
    """A mistake of ours: the log has it, the person gets an apology."""
    roll_back()
    log.error("request.failed", endpoint=request.endpoint, kind=type(error).__name__, exc_info=error)
    return _answer(500, "")


def wants_json() -> bool:
    """Whether the asker is a script."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


def _details(error: DomainError) -> dict[str, Any]:
    if isinstance(error, Stale):
        return {"current": error.current}
    if isinstance(error, PlanRefused):
        return {"violations": error.violations}
    if isinstance(error, Invalid):
        return {"fields": error.fields}
    return {}


def _answer(
    status: int, words: str, retry_after: int | None = None, details: dict[str, Any] | None = None
) -> ResponseReturnValue:
    response: Response
    if wants_json():
        response = jsonify({"error": words, **(details or {})})
    else:
        response = make_response(
            render_template("errors/error.html", status=status, words=words, retry_after=retry_after, back=_back())
        )
    response.status_code = status
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _back() -> str | None:
    slug = (request.view_args or {}).get("unit_slug")
    return url_for("portal.home", unit_slug=slug) if slug else None


def _back_to_slots() -> ResponseReturnValue:
    arguments = request.view_args or {}
    window = request.form.get("window")
    return redirect(url_for("portal.when", **arguments, lost=1, window=window), 303)
