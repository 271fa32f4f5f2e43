"""Where the reader of a message says that he wants no more like it."""

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.domain.clients import opting_out
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.web.guest.questionnaire import blueprint
from fieldsvc.web.session import db, now


@blueprint.route("/messages/<token>", methods=["GET", "POST"])
def messages(token: str) -> ResponseReturnValue:
    """Show what the reader gets, and let him change it; nothing changes by opening the page."""
    contact = opting_out.by_token(db(), token)
    g.unit = db().get_one(BusinessUnit, contact.unit_id)
    if request.method == "POST":
        opting_out.choose(db(), contact, wants_all=request.form.get("wants") != "necessary", now=now())
        return redirect(url_for("guest.messages", token=token), 303)
    return render_template("guest/messages.html", has_opted_out=contact.has_opted_out)


@blueprint.route("/messages/<token>/no-more", methods=["GET", "POST"])
def no_more(token: str) -> ResponseReturnValue:
    """Take the one click of a mail program (RFC 8058), which knows no form; whoever opens the address gets the page."""
    if request.method != "POST":
        return redirect(url_for("guest.messages", token=token), 303)
    if request.form.get("List-Unsubscribe") != "One-Click":
        abort(400)
    opting_out.choose(db(), opting_out.by_token(db(), token), wants_all=False, now=now())
    return "", 200
