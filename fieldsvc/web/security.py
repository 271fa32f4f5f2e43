"""Security headers, rate limits, and text that is refused before any view reads it."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.headers import Headers

from flask import Flask, Response, abort, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def add_to_static_file(headers: Headers, path: str, url: str) -> None:
    """Put the headers on a static file too: those are answered before any view."""
    for name, value in HEADERS.items():
        headers[name] = value


# PostgreSQL keeps no NUL, and no encoding half a character; browsers send neither.
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")

FORM = "application/x-www-form-urlencoded"
FORM_WITH_FILES = "multipart/form-data"
LARGEST_WITH_FILES = 32_000_000

# Sign-in is what strangers can try; everything else needs a session or a secret link.
SIGN_IN_LIMIT = "30 per minute; 200 per hour"
LIMITS = {
    "portal.sign_in": SIGN_IN_LIMIT,
    "portal.sign_in_code": SIGN_IN_LIMIT,
    "portal.sign_in_link": SIGN_IN_LIMIT,
    "portals.sign_in": SIGN_IN_LIMIT,
    "portals.code": SIGN_IN_LIMIT,
    "portal.resend": "10 per minute; 60 per hour",
    "staff.sign_in": SIGN_IN_LIMIT,
    "guest.questionnaire": "120 per minute",
    "guest.no_more": "300 per minute",
    "guest.confirm_visit": "60 per minute",
    "guest.change_visit": "30 per minute",
    "portal.hold": "60 per minute",
}


def install(app: Flask, *, has_tls: bool, limits: bool, storage: str) -> None:
    """Put the headers on every answer and the limits on the routes that need them."""

    def headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if has_tls:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    # The first to be registered is the last to run: an answer that replaces another one has the headers too.
    app.after_request_funcs.setdefault(None, []).insert(0, headers)
    app.before_request(check_what_was_sent)
    # Before anything reads the form, as the check against forgery does.
    app.before_request_funcs.setdefault(None, []).insert(0, make_room_for_files)

    limiter = Limiter(get_remote_address, app=app, storage_uri=storage, enabled=limits)
    app.extensions["limiter"] = limiter  # what it decorates holds it weakly only
    for endpoint, limit in LIMITS.items():
        limited: Callable[..., Any] = limiter.limit(limit, methods=["POST"])(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited


def make_room_for_files() -> None:
    """A form with files may be larger than any other request."""
    if request.mimetype == FORM_WITH_FILES:
        request.max_content_length = LARGEST_WITH_FILES


def check_what_was_sent() -> None:
    """Refuse forms beyond any page's, and text with a NUL or half a character in the address, the form or the JSON."""
    fields = sum(1 for _field in request.form.items(multi=True))
    is_long = request.mimetype == FORM and (request.content_length or 0) > current_app.config["MAX_FORM_MEMORY_SIZE"]
    if is_long or fields > current_app.config["MAX_FORM_PARTS"]:
        abort(413)  # Werkzeug holds these limits for multipart forms only
    sent = [request.view_args, request.args.to_dict(flat=False), request.form.to_dict(flat=False)]
    if request.is_json:
        sent.append(request.get_json(silent=True))
    if any(UNKEEPABLE.search(text) for text in _texts(sent)):
        abort(400)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(name)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
