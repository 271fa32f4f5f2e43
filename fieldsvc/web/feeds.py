"""Calendar feeds behind secret addresses: whoever knows the address reads it, and nobody else."""

import hashlib

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue

from fieldsvc.domain.feeds import addresses, technician_feed
from fieldsvc.web.session import db, now

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds")


@blueprint.get("/<token>.ics")
def technician(token: str) -> ResponseReturnValue:
    """A technician's visits; a calendar that has them already is told so (304)."""
    content = technician_feed.calendar(db(), addresses.by_token(db(), token), now=now())
    response = make_response(content)
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response.make_conditional(request)
