"""The list of forms: find, add, copy, archive, delete, and the versions of before."""

from collections.abc import Mapping

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue import conditions
from fieldsvc.domain.catalogue import forms as catalogue
from fieldsvc.domain.catalogue.models import Form
from fieldsvc.domain.interventions import form_answers
from fieldsvc.web import asked
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.admin.forms_words import FIELD_WORDS, KIND_HINTS, KIND_WORDS
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.forms.texts import RequiredText, TextsField
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now


class NewForm(PageForm):
    """The first words about a form; its questions come next."""

    kind = RadioField(
        _l("When is it asked?"),
        choices=lambda: {kind: str(words) for kind, words in KIND_WORDS.items()},
        validate_choice=False,
    )
    title = TextsField(
        _l("Title"),
        [RequiredText(_l("Please give it a title in at least one language."))],
        longest=catalogue.LONGEST_TITLE,
    )


@blueprint.get("/forms")
def forms() -> ResponseReturnValue:
    """List the forms, with who asks them and how often they were answered."""
    text, kind = request.args.get("q", "").strip()[:100], asked.one_of("kind", KIND_WORDS)
    archived = request.args.get("state") == "archived"
    rows = catalogue.every(db(), unit(), archived=archived)
    counts = form_answers.counts(db(), unit().id)
    return render_template(
        "admin/forms/list.html",
        page_of="admin.forms",
        rows=[row for row in rows if kind in ("", row.kind) and _is_found(row, text)],
        uses=catalogue.uses(db(), unit()),
        answered={row.id: sum(counts.get(version.id, 0) for version in row.versions) for row in rows},
        kinds=KIND_WORDS,
        kind=kind,
        text=text,
        archived=archived,
        is_changed=catalogue.is_changed,
    )


@blueprint.route("/forms/new", methods=["GET", "POST"])
def new_form() -> ResponseReturnValue:
    """Choose when a form is asked, and give it a title."""
    form = NewForm(kind=request.args.get("kind", "intake"))
    if form.validate_on_submit():
        with shown_in(form):
            made = catalogue.add(db(), unit(), form.kind.data or "", form.title.data, actor=actor(), now=now())
            return go("form", form_id=made.id)
    page = render_template("admin/forms/new.html", page_of="admin.forms", form=form, hints=KIND_HINTS)
    return page, 422 if form.errors else 200


@blueprint.get("/forms/<int:form_id>/versions/<int:number>")
def form_version(form_id: int, number: int) -> ResponseReturnValue:
    """One published version, as it will be for ever."""
    row = catalogue.by_id(db(), unit(), form_id)
    version = catalogue.version_of(row, number)
    return render_template(
        "admin/forms/version.html",
        page_of="admin.forms",
        row=row,
        version=version,
        labels=catalogue.labels(version.questions),
        sentence=conditions.sentence,
        field_words=FIELD_WORDS,
        answered=form_answers.counts(db(), unit().id).get(version.id, 0),
    )


@blueprint.post("/forms/<int:form_id>/versions/<int:number>/take-up")
def take_up_version(form_id: int, number: int) -> ResponseReturnValue:
    """Begin the draft again with the questions of a version."""
    row = catalogue.by_id(db(), unit(), form_id)
    catalogue.take_up(db(), row, number, actor=actor(), now=now())
    flash(_("The draft has the questions of version %(number)s again.", number=number), "good")
    return go("form", form_id=form_id)


@blueprint.post("/forms/<int:form_id>/copy")
def copy_form(form_id: int) -> ResponseReturnValue:
    """Make another form like it, and open it."""
    made = catalogue.copy(db(), unit(), form_id, actor=actor(), now=now())
    flash(_("This is the copy. Nobody is asked it yet."), "good")
    return go("form", form_id=made.id)


@blueprint.post("/forms/<int:form_id>/archive")
def archive_form(form_id: int) -> ResponseReturnValue:
    """Offer a form no longer."""
    row = catalogue.archive(db(), unit(), form_id, actor=actor(), now=now())
    flash(_("%(title)s is archived. Its answers stay.", title=pick(row.title)), "good")
    return go("forms")


@blueprint.post("/forms/<int:form_id>/restore")
def restore_form(form_id: int) -> ResponseReturnValue:
    """Bring an archived form back."""
    row = catalogue.restore(db(), unit(), form_id, actor=actor(), now=now())
    flash(_("%(title)s is back.", title=pick(row.title)), "good")
    return go("form", form_id=row.id)


@blueprint.post("/forms/<int:form_id>/delete")
def delete_form(form_id: int) -> ResponseReturnValue:
    """Take away a form that was never published."""
    catalogue.delete(db(), unit(), form_id, actor=actor(), now=now())
    flash(_("The form is deleted."), "good")
    return go("forms")


def _is_found(row: Form, text: str) -> bool:
    said: Mapping[str, str] = row.title
    return text.casefold() in " ".join([row.code, *said.values()]).casefold()
