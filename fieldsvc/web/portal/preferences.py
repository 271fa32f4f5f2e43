"""The reader's language and appearance, kept in cookies; the language on the contact too."""

from flask import g, make_response, request
from flask.typing import ResponseReturnValue

from fieldsvc.domain.clients.language import choose
from fieldsvc.web.filters import THEMES, offered_languages
from fieldsvc.web.portal.routes import blueprint, go_back
from fieldsvc.web.session import config

ONE_YEAR = 365 * 24 * 3600


@blueprint.post("/language")
def language(unit_slug: str) -> ResponseReturnValue:
    """Read the pages in another language; whoever is signed in gets his messages in it too."""
    if g.principal.contact is not None and request.form.get("locale") in offered_languages():
        choose(g.principal.contact, request.form.get("locale", ""))
    return _keep("locale", request.form.get("locale", ""), offered_languages())


@blueprint.post("/theme")
def theme(unit_slug: str) -> ResponseReturnValue:
    """Read the pages light or dark; anything else follows the device."""
    return _keep("theme", request.form.get("theme", ""), THEMES)


def _keep(name: str, value: str, allowed: tuple[str, ...]) -> ResponseReturnValue:
    response = make_response(go_back(request.form.get("back")))
    if value in allowed:
        response.set_cookie(
            name, value, max_age=ONE_YEAR, secure=config().has_tls, httponly=True, samesite="Lax", path="/"
        )
    else:
        response.delete_cookie(name, path="/")
    return response
