"""What staff and client write to each other about an intervention, and the secret links sent to the client."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions import find, messages, visit_links
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.reply import ReplyForm, is_written
from fieldsvc.web.session import db, now


@blueprint.route("/interventions/<int:intervention_id>/messages", methods=["GET", "POST"])
def write(intervention_id: int) -> ResponseReturnValue:
    """Show the conversation with room for an answer, or write one; the button says to whom."""
    found = find.by_id(db(), unit().id, intervention_id)
    form = ReplyForm()
    if is_written(form, found):
        return go("intervention", intervention_id=intervention_id, _anchor="talk")
    said = messages.of_intervention(db(), found, with_notes=True)
    page = render_template(
        "dispatch/message.html", section="interventions", intervention=found, messages=said, reply=form, form=form
    )
    return page, 422 if form.errors else 200


@blueprint.post("/interventions/<int:intervention_id>/messages/read")
def read_messages(intervention_id: int) -> ResponseReturnValue:
    """Note that somebody has seen what the client wrote."""
    found = find.by_id(db(), unit().id, intervention_id)
    messages.mark_read(db(), found, "contact", now=now())
    return go("intervention", intervention_id=intervention_id, _anchor="talk")


@blueprint.post("/interventions/<int:intervention_id>/links/revoke")
def revoke_links(intervention_id: int) -> ResponseReturnValue:
    """End the secret links that were sent to the client."""
    found = find.by_id(db(), unit().id, intervention_id)
    visit_links.revoke_all(db(), found, actor=actor(), now=now())
    flash(_("The links that were sent do not work any more."), "good")
    return go("intervention", intervention_id=intervention_id, _anchor="links")
