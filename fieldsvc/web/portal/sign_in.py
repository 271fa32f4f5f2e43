"""Signing in with a one-time code or link; a client cannot create an account."""

from dataclasses import asdict

from flask import flash, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired

from fieldsvc.core.text import LOCALES, current_locale, ngettext
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.accounts import codes
from fieldsvc.domain.clients import language, portal_sign_in
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web import principal
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import add_error, shown_in
from fieldsvc.web.portal.routes import blueprint, go, go_back
from fieldsvc.web.principal import unit
from fieldsvc.web.session import config, db, now

# What a browser that asked for a code keeps in its signed cookie.
ASKED = "sign_in"


class IdentityForm(PageForm):
    """Who wants to sign in."""

    identifier = StringField(
        _l("E-mail or mobile phone"), [InputRequired(_l("Please type your e-mail address or phone number."))]
    )


class CodeForm(PageForm):
    """The code that was sent."""

    code = StringField(_l("Six-digit code"), [InputRequired(_l("Please type the code we sent you."))])


class AnyCodeForm(PageForm):
    """The code that was sent, or a permanent one."""

    code = StringField(
        _l("Six-digit code, or your permanent code"), [InputRequired(_l("Please type the code we sent you."))]
    )


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in(unit_slug: str) -> ResponseReturnValue:
    """Ask for the e-mail or phone, and send a code."""
    form = IdentityForm()
    if form.validate_on_submit():
        with shown_in(form):
            identity = portal_sign_in.read_identity(unit(), form.identifier.data or "")
            _send_code(identity, request.args.get("next"))
            return go("sign_in_code")
    return render_template("portal/sign_in/ask.html", form=form), 422 if form.errors else 200


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def sign_in_code(unit_slug: str) -> ResponseReturnValue:
    """Take the code."""
    asked = cookie.get(ASKED)
    if asked is None:
        return go("sign_in")
    takes_permanent = settings_of(unit()).sign_in_by_permanent_code
    form = AnyCodeForm() if takes_permanent else CodeForm()
    if form.validate_on_submit():
        contact = portal_sign_in.redeem_code(
            db(), config().secret_key, unit(), asked["code_id"], form.code.data or "", now=now()
        )
        if contact is not None:
            return _welcome(contact, asked["next"])
        add_error(form, "code", words_for_wrong_code(asked["code_id"]))
    kind = asked["identity"]["kind"]
    page = render_template(
        "portal/sign_in/code.html",
        form=form,
        identifier=asked["masked"],
        kind=kind,
        takes_permanent=takes_permanent,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/sign-in/resend")
def resend(unit_slug: str) -> ResponseReturnValue:
    """Send another code, which ends the one before."""
    asked = cookie.get(ASKED)
    if asked is None:
        return go("sign_in")
    _send_code(portal_sign_in.Identity(**asked["identity"]), asked["next"])
    flash(_("A new code is on its way."), "good")
    return go("sign_in_code")


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
def sign_in_link(unit_slug: str, token: str) -> ResponseReturnValue:
    """Show the button of a sign-in link; only pressing it uses the link, so that mail scanners do not."""
    if request.method != "POST":
        return render_template("portal/sign_in/link.html")
    contact = portal_sign_in.redeem_link(db(), unit(), token, now=now())
    if contact is None:
        flash(_("This link was used or is too old. Ask for a new code here."), "warn")
        return go("sign_in")
    return _welcome(contact, None)


@blueprint.post("/sign-out")
def sign_out(unit_slug: str) -> ResponseReturnValue:
    """End the session of this browser."""
    principal.sign_out("contact")
    flash(_("You are signed out."))
    return go("sign_in")


def _send_code(identity: portal_sign_in.Identity, next_path: str | None) -> None:
    code_id = portal_sign_in.request_code(
        db(),
        config().secret_key,
        unit(),
        identity,
        now=now(),
        locale=current_locale(),
    )
    cookie[ASKED] = {
        "code_id": code_id,
        "identity": asdict(identity),
        "masked": identity.masked,
        "next": next_path,
    }


def _welcome(contact: Contact, next_path: str | None) -> ResponseReturnValue:
    if not contact.locale or request.cookies.get("locale") in LOCALES:
        language.choose(contact, current_locale())
    principal.sign_in("contact", contact.id, contact.unit_id)
    return go_back(next_path)


def words_for_wrong_code(code_id: int) -> str:
    """How often the code may still be typed."""
    left = codes.tries_left(db(), code_id, now=now())
    if left == 0:
        return _("This code cannot be used any more. Please send a new one.")
    return ngettext(
        "This is not the code we sent last. You have %(n)s more try.",
        "This is not the code we sent last. You have %(n)s more tries.",
        left,
    )
