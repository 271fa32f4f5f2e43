"""The sign-in of people whom several units know: one code, then they choose the unit."""

from dataclasses import asdict
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import current_locale
from fieldsvc.domain.clients import several_units
from fieldsvc.domain.clients.portal_sign_in import Identity
from fieldsvc.domain.clients.several_units import Door
from fieldsvc.web import principal
from fieldsvc.web.forms.refusals import add_error, shown_in
from fieldsvc.web.portal.sign_in import CodeForm, IdentityForm, words_for_wrong_code
from fieldsvc.web.session import config, db, now

blueprint = Blueprint("portals", __name__, url_prefix="/portal")

# What a browser keeps in its signed cookie: that it asked for a code, and later that it typed the right one.
ASKED, KNOWN = "portals_asked", "portals_known"
TIME_TO_CHOOSE = timedelta(minutes=10)


@blueprint.route("/", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for the e-mail or phone, and send a code."""
    form = IdentityForm()
    if form.validate_on_submit():
        with shown_in(form):
            _send_code(several_units.read_identity(form.identifier.data or ""))
            return redirect(url_for("portals.code"), 303)
    return render_template("portal/several_units/ask.html", form=form), 422 if form.errors else 200


@blueprint.route("/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """Take the code; a person of one unit is in, one of several chooses."""
    asked = cookie.get(ASKED)
    if asked is None:
        return redirect(url_for("portals.sign_in"), 303)
    form, identity = CodeForm(), Identity(**asked["identity"])
    if form.validate_on_submit():
        doors = several_units.redeem_code(
            db(), config().secret_key, asked["unit_id"], asked["code_id"], form.code.data or "", identity, now=now()
        )
        if len(doors) == 1:
            return _come_in(doors[0])
        if doors:
            until = (now() + TIME_TO_CHOOSE).timestamp()
            cookie.pop(ASKED)
            cookie[KNOWN] = {"identity": asked["identity"], "until": until}
            return redirect(url_for("portals.choose"), 303)
        add_error(form, "code", words_for_wrong_code(asked["code_id"]))
    page = render_template("portal/several_units/code.html", form=form, identifier=identity.masked, kind=identity.kind)
    return page, 422 if form.errors else 200


@blueprint.route("/choose", methods=["GET", "POST"])
def choose() -> ResponseReturnValue:
    """Let somebody whom several units know choose the portal."""
    known = cookie.get(KNOWN)
    if known is None or known["until"] < now().timestamp():
        return redirect(url_for("portals.sign_in"), 303)
    doors = several_units.doors_of(db(), Identity(**known["identity"]))
    wanted = request.form.get("unit", "")
    chosen = next((door for door in doors if door.unit.slug == wanted), None)
    if chosen is not None:
        return _come_in(chosen)
    return render_template("portal/several_units/choose.html", doors=doors)


def _send_code(identity: Identity) -> None:
    unit_id, code_id = several_units.request_code(
        db(), config().secret_key, identity, now=now(), locale=current_locale()
    )
    cookie[ASKED] = {"unit_id": unit_id, "code_id": code_id, "identity": asdict(identity)}


def _come_in(door: Door) -> ResponseReturnValue:
    principal.sign_in("contact", door.contact.id, door.unit.id)
    return redirect(url_for("portal.home", unit_slug=door.unit.slug), 303)
