"""What a client and the company write to each other about a visit."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.booking import acting, actions
from fieldsvc.domain.interventions import messages
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.portal.routes import blueprint, go
from fieldsvc.web.principal import actor, contact, unit
from fieldsvc.web.session import db, now


class MessageForm(PageForm):
    """A message; the domain says what is wrong with it."""

    text = TextAreaField(_l("Your message"))


@blueprint.route("/visits/<int:intervention_id>/message", methods=["GET", "POST"])
def write(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Show the conversation with room for a message, or send one."""
    form = MessageForm()
    if form.validate_on_submit():
        with shown_in(form):
            visit, _action = acting.on(db(), contact(), intervention_id, "message", now=now())
            messages.write_as_client(db(), unit(), visit, form.text.data or "", actor=actor(), now=now())
            flash(_("Your message is sent."), "good")
            return go("visit", intervention_id=intervention_id, _anchor="messages")
    visit = acting.shown(db(), contact(), intervention_id, now=now())
    actions.require(db(), visit, contact(), "message", now=now())
    said = messages.of_intervention(db(), visit, with_notes=False)
    page = render_template("portal/visits/message.html", visit=visit, messages=said, form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/visits/<int:intervention_id>/messages/read")
def read_messages(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Note that the client has seen what was written to him, and show it."""
    visit = acting.shown(db(), contact(), intervention_id, now=now())
    messages.mark_read(db(), visit, "staff", now=now())
    return go("visit", intervention_id=intervention_id, _anchor="messages")
