"""The one place where a refusal becomes an answer: everything is rolled back, then words or JSON are given."""

from typing import Any

import structlog
from flask import Flask, Response, current_app, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from fieldsvc.core.errors import DomainError, Invalid, PlanRefused, SlotGone, Stale, TooMany, Unavailable
from fieldsvc.core.text import gettext as _
from fieldsvc.web.session import give_up, now

log = structlog.get_logger()

SOON = 30  # seconds after which something that was unavailable may be tried again


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, refuse)
    app.register_error_handler(StaleDataError, refuse_stale)
    app.register_error_handler(CSRFError, refuse_forged)
    app.register_error_handler(HTTPException, refuse_http)
    app.register_error_handler(DBAPIError, refuse_database)
    app.register_error_handler(PoolTimeout, refuse_unavailable)
    for unreadable in (OverflowError, RecursionError, UnicodeEncodeError):
        app.register_error_handler(unreadable, refuse_unreadable)
    app.register_error_handler(Exception, fail)


def refuse(error: DomainError) -> ResponseReturnValue:
    """A refusal of the domain, in its own words."""
    give_up()
    if isinstance(error, SlotGone) and request.blueprint == "portal" and "draft" in (request.view_args or {}):
        return _back_to_slots()
    return _answer(error.status, error.words, _retry_after(error), _details(error))


def refuse_stale(_error: Exception) -> ResponseReturnValue:
    """Two people changed the same row at once, and this one came second."""
    give_up()
    return _answer(409, _("Somebody else has just changed this. Please look again."))


def refuse_forged(_error: CSRFError) -> ResponseReturnValue:
    """A form that was open too long, or that another site sent."""
    give_up()
    return _answer(400, _("This page was open for a long time. Please go back, reload it and try again."))


def refuse_http(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself refuses: an unknown address, a wrong method, too many requests."""
    give_up()
    if error.code is None or error.code < 400:
        return error
    response = make_response(_answer(error.code, "", _seconds_to_wait() if error.code == 429 else None))
    allowed = error.get_response().headers.get("Allow")
    if allowed is not None:
        response.headers["Allow"] = allowed
    return response


def refuse_database(error: DBAPIError) -> ResponseReturnValue:
    """Text the database cannot keep is the sender's mistake; a database that does not answer is ours."""
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return refuse_unavailable(error.orig)
    if isinstance(error, DataError):
        return refuse_unreadable(error)
    log.error("database.refused", endpoint=request.endpoint, kind=type(error.orig).__name__)
    if isinstance(error, IntegrityError):
        # Two requests at once that the services let through: the schema has the last word, and the second one looks.
        return refuse_stale(error)
    give_up()
    return _answer(500, "")


def refuse_unavailable(error: BaseException | None) -> ResponseReturnValue:
    """The database does not answer, or not in time."""
    give_up()
    log.error("database.unavailable", endpoint=request.endpoint, kind=type(error).__name__)
    return _answer(503, _("We cannot reach our data right now. Please try again in a minute."), SOON)


def refuse_unreadable(error: Exception) -> ResponseReturnValue:
    """Text, numbers or nesting that nobody types and no database keeps."""
    give_up()
    log.warning("request.unreadable", endpoint=request.endpoint, kind=type(error).__name__)
    return _answer(400, _("Some of what you typed cannot be kept. Please remove unusual characters."))


def fail(error: Exception) -> ResponseReturnValue:
    """A mistake of ours: the log has it, the person gets an apology."""
    give_up()
    log.error("request.failed", endpoint=request.endpoint, kind=type(error).__name__, exc_info=error)
    return _answer(500, "")


def wants_json() -> bool:
    """Whether the asker is a script."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


def _retry_after(error: DomainError) -> int | None:
    if isinstance(error, TooMany):
        return error.retry_after
    return SOON if isinstance(error, Unavailable) else None


def _seconds_to_wait() -> int:
    limit = current_app.extensions["limiter"].current_limit
    return max(1, int(limit.reset_at - now().timestamp())) if limit else SOON


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
        response = jsonify({"error": words or HTTP_STATUS_CODES.get(status, ""), **(details or {})})
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
    if slug:
        return url_for("portal.home", unit_slug=slug)
    role = g.get("staff_role")
    if role is None:
        return None
    return url_for("field.day" if role == "technician" else "dispatch.board")


def _back_to_slots() -> ResponseReturnValue:
    arguments = request.view_args or {}
    window = request.form.get("window")
    return redirect(url_for("portal.when", **arguments, lost=1, window=window), 303)
