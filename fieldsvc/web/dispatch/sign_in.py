"""Signing in with e-mail and password, for dispatchers and technicians."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.accounts import passwords
from fieldsvc.domain.accounts.models import Staff
from fieldsvc.web import principal
from fieldsvc.web.dispatch.blueprint import staff_blueprint
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.local_path import local_path
from fieldsvc.web.session import db


class StaffSignInForm(PageForm):
    """Who signs in."""

    email = StringField(_l("E-mail"), [InputRequired(_l("Please type your e-mail address."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Please type your password."))])


@staff_blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and password."""
    form = StaffSignInForm()
    if form.validate_on_submit():
        with shown_in(form):
            person = passwords.check(db(), form.email.data or "", form.password.data or "")
            principal.sign_in("staff", person.id, person.unit_id)
            return redirect(_first_page(person, request.args.get("next")), 303)
    return render_template("dispatch/sign_in.html", form=form), 422 if form.errors else 200


@staff_blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session of this browser."""
    principal.sign_out("staff")
    return redirect(url_for("staff.sign_in"), 303)


def _first_page(person: Staff, wanted: str | None) -> str:
    """The page that was asked for, if it is one of this site; else what the person works with."""
    return local_path(wanted) or url_for("field.day" if person.role == "technician" else "dispatch.board")
