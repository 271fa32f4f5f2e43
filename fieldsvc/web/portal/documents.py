"""Files of a visit, and documents that its client approves or declines."""

from flask import Response, flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import FileField, RadioField, TextAreaField

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import ngettext
from fieldsvc.domain.booking import acting, actions
from fieldsvc.domain.interventions import attachments, documents
from fieldsvc.web.files import send, uploads
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.portal.routes import blueprint, go
from fieldsvc.web.principal import actor, contact
from fieldsvc.web.session import db, now

MOST_AT_ONCE = 5


class FileForm(PageForm):
    """One or several files."""

    file = FileField(_l("Choose files"))


class DecisionForm(PageForm):
    """Yes or no to a document, and why."""

    decision = RadioField(_l("Your answer"), validate_choice=False)
    note = TextAreaField(_l("Would you like to add something?"))


@blueprint.route("/visits/<int:intervention_id>/files", methods=["GET", "POST"])
def add_file(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Add files to a visit."""
    form = FileForm()
    if form.validate_on_submit():
        with shown_in(form):
            count = _keep(intervention_id)
            flash(ngettext("Your file is with us.", "Your %(n)s files are with us.", count), "good")
            return go("visit", intervention_id=intervention_id, _anchor="files")
    visit = acting.shown(db(), contact(), intervention_id, now=now())
    actions.require(db(), visit, contact(), "file", now=now())
    of_letters = {letter.file_id for letter in documents.of_intervention(db(), visit)}
    kept = [stored for stored in attachments.for_client(db(), visit) if stored.id not in of_letters]
    page = render_template("portal/visits/files.html", visit=visit, files=kept, form=form, most=MOST_AT_ONCE)
    return page, 422 if form.errors else 200


@blueprint.get("/visits/<int:intervention_id>/files/<int:file_id>")
def file(unit_slug: str, intervention_id: int, file_id: int) -> Response:
    """Give one file of a visit."""
    visit = acting.shown(db(), contact(), intervention_id, now=now())
    return send(attachments.one(db(), visit, file_id, with_internal=False))


@blueprint.route("/visits/<int:intervention_id>/documents/<int:document_id>", methods=["GET", "POST"])
def document(unit_slug: str, intervention_id: int, document_id: int) -> ResponseReturnValue:
    """Show a document, and take the client's decision."""
    visit = acting.shown(db(), contact(), intervention_id, now=now())
    found = documents.one(db(), visit, document_id)
    form = DecisionForm()
    form.decision.flags.required = True
    form.decision.choices = {"approved": _("I approve it"), "declined": _("I decline it")}
    if form.validate_on_submit():
        with shown_in(form):
            _decide(intervention_id, document_id, form)
            return go("visit", intervention_id=intervention_id, _anchor="documents")
    offered = actions.actions_of(db(), visit, contact(), now=now())
    judged = next((action for action in offered if action.kind == "document"), None)
    page = render_template("portal/visits/document.html", visit=visit, document=found, form=form, judged=judged)
    return page, 422 if form.errors else 200


def _keep(intervention_id: int) -> int:
    visit, _action = acting.on(db(), contact(), intervention_id, "file", now=now())
    sent = uploads("file")
    if not sent or len(sent) > MOST_AT_ONCE:
        words = _("Please choose at most %(n)s files at once.", n=MOST_AT_ONCE) if sent else _("Please choose a file.")
        raise Invalid(words, {"file": words})
    for upload in sent:
        try:
            attachments.add(db(), visit, upload.name, upload.content, actor=actor(), now=now())
        except Invalid as refusal:
            raise Invalid(refusal.words, {"file": f"{upload.name[:80]}: {refusal.words}"}) from refusal
    return len(sent)


def _decide(intervention_id: int, document_id: int, form: DecisionForm) -> None:
    visit, _action = acting.on(db(), contact(), intervention_id, "document", now=now())
    decided = documents.decide(
        db(), visit, document_id, form.decision.data or "", form.note.data or "", actor=actor(), now=now()
    )
    words = {"approved": _("Thank you, you have approved it."), "declined": _("Thank you, you have declined it.")}
    flash(words[decided.state], "good")
