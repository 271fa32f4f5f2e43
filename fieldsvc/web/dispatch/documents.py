"""Files of an intervention, and documents for the client to decide about."""

from collections.abc import Sequence

from flask import Response, flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, FileField, StringField
from wtforms.validators import InputRequired, Length

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.interventions import attachments, documents, find
from fieldsvc.domain.interventions.documents import NewDocument
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.files import Upload, send, uploads
from fieldsvc.web.forms.amounts import PriceField
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now


class FileForm(PageForm):
    """A file, and whether it is for the staff only."""

    file = FileField(_l("Choose files"))
    is_internal = BooleanField(_l("For the staff only"))


class DocumentForm(PageForm):
    """A title, an amount, and the file with the rest."""

    title = StringField(_l("Title"), [InputRequired(_l("Please type a title.")), Length(max=documents.LONGEST_TITLE)])
    amount = PriceField(_l("Amount"))
    file = FileField(_l("File"))


@blueprint.route("/interventions/<int:intervention_id>/files", methods=["GET", "POST"])
def add_file(intervention_id: int) -> ResponseReturnValue:
    """Add files to an intervention, for the client too or for the staff only."""
    found = find.by_id(db(), unit().id, intervention_id)
    form = FileForm()
    if form.validate_on_submit():
        with shown_in(form):
            if not _keep(found, uploads("file"), is_internal=form.is_internal.data):
                words = _("Please choose a file.")
                raise Invalid(words, {"file": words})
            flash(_("The file is kept."), "good")
            return go("intervention", intervention_id=intervention_id, _anchor="files")
    page = render_template("dispatch/add_file.html", section="interventions", intervention=found, form=form)
    return page, 422 if form.errors else 200


@blueprint.get("/interventions/<int:intervention_id>/files/<int:file_id>")
def file(intervention_id: int, file_id: int) -> Response:
    """Give one file of an intervention."""
    found = find.by_id(db(), unit().id, intervention_id)
    return send(attachments.one(db(), found, file_id, with_internal=True))


@blueprint.route("/interventions/<int:intervention_id>/documents", methods=["GET", "POST"])
def add_document(intervention_id: int) -> ResponseReturnValue:
    """Ask the client to approve or decline something, such as a quote."""
    found = find.by_id(db(), unit().id, intervention_id)
    form = DocumentForm()
    if form.validate_on_submit():
        with shown_in(form):
            kept = next(iter(_keep(found, uploads("file"), is_internal=False)), None)
            new = NewDocument(form.title.data or "", form.amount.data, kept)
            documents.add(db(), unit(), found, new, actor=actor(), now=now())
            flash(_("The client has been told that a document waits for him."), "good")
            return go("intervention", intervention_id=intervention_id, _anchor="documents")
    page = render_template("dispatch/add_document.html", section="interventions", intervention=found, form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/interventions/<int:intervention_id>/documents/<int:document_id>/withdraw")
def withdraw_document(intervention_id: int, document_id: int) -> ResponseReturnValue:
    """Take a document back that the client has not decided about."""
    found = find.by_id(db(), unit().id, intervention_id)
    documents.withdraw(db(), found, document_id, actor=actor(), now=now())
    flash(_("The document is withdrawn."), "good")
    return go("intervention", intervention_id=intervention_id, _anchor="documents")


def _keep(found: Intervention, sent: Sequence[Upload], *, is_internal: bool) -> list[int]:
    """Keep what was sent; the numbers of the files. Raises `Invalid` at the field."""
    kept = []
    for upload in sent:
        try:
            stored = attachments.add(
                db(), found, upload.name, upload.content, actor=actor(), now=now(), is_internal=is_internal
            )
        except Invalid as refusal:
            raise Invalid(refusal.words, {"file": refusal.words}) from refusal
        kept.append(stored.id)
    return kept
