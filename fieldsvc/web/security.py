"""Security headers and rate limits."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
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

# Sign-in is what strangers can try; everything else needs a session or a secret link.
SIGN_IN_LIMIT = "30 per minute; 200 per hour"
LIMITS = {
    "portal.sign_in": SIGN_IN_LIMIT,
    "portal.sign_in_code": SIGN_IN_LIMIT,
    "portal.sign_in_link": SIGN_IN_LIMIT,
    "portal.resend": "10 per minute; 60 per hour",
    "staff.sign_in": SIGN_IN_LIMIT,
    "guest.questionnaire": "120 per minute",
    "portal.hold": "60 per minute",
}


def install(app: Flask, *, has_tls: bool, limits: bool, storage: str) -> None:
    """Put the headers on every answer and the limits on the routes that need them."""

    @app.after_request
    def headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if has_tls:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    limiter = Limiter(get_remote_address, app=app, storage_uri=storage, enabled=limits)
    app.extensions["limiter"] = limiter  # what it decorates holds it weakly only
    for endpoint, limit in LIMITS.items():
        limited: Callable[..., Any] = limiter.limit(limit, methods=["POST"])(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited
