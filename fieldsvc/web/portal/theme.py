"""What a unit's pages look like: its own colour and its logo, for everybody who reads them."""

from flask import Response, make_response, request

from fieldsvc.domain.files import logo as logos
from fieldsvc.domain.units.colours import accent_of
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web.files import send
from fieldsvc.web.portal.routes import blueprint
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db

FOR_EVER = "public, max-age=31536000, immutable"
A_LITTLE_WHILE = "public, max-age=300"


@blueprint.get("/theme.css")
def stylesheet(unit_slug: str) -> Response:
    """The colour from which every shade of the unit's pages is made; the address names it, so it may be kept."""
    colour = accent_of(settings_of(unit()).accent).used
    response = make_response(f":root {{ --unit-accent: {colour}; }}\n")
    response.mimetype = "text/css"
    response.set_etag(colour[1:])
    _kept(response, colour[1:]).make_conditional(request)
    return response


@blueprint.get("/logo.png")
def logo(unit_slug: str) -> Response:
    """The unit's logo."""
    return _kept(send(logos.logo_of(db(), unit())), str(settings_of(unit()).logo_id))


def _kept(response: Response, version: str) -> Response:
    response.headers["Cache-Control"] = FOR_EVER if request.args.get("v") == version else A_LITTLE_WHILE
    return response
