"""A form as its reader sees it, in each language; trying it saves nothing."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldsvc.core.text import LOCALES, in_locale
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue import forms as catalogue
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web.admin.blueprint import blueprint
from fieldsvc.web.forms.questions import PREFIX, QuestionsForm, questions_form
from fieldsvc.web.forms.refusals import add_error
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db


def preview_of(fields: Sequence[Field], language: str) -> Markup:
    """The questions in a language of the unit."""
    with in_locale(language):
        form = questions_form(fields, {}, QuestionsForm)
        return Markup(render_template("admin/forms/asked.html", form=form, language=language))  # noqa: S704  (our own page)


@blueprint.route("/forms/<int:form_id>/test", methods=["GET", "POST"])
def test_form(form_id: int) -> ResponseReturnValue:
    """Fill the draft, or a version, as its reader would, and see what would be kept."""
    row = catalogue.by_id(db(), unit(), form_id)
    number = request.args.get("version", type=int)
    fields = catalogue.version_of(row, number).questions if number else catalogue.draft_of(row)
    languages = [tag for tag in settings_of(unit()).languages if tag in LOCALES]
    language = request.args.get("lang", "")
    language = language if language in languages else languages[0]
    with in_locale(language):
        form = questions_form(fields, {}, QuestionsForm)
        is_sent = form.validate_on_submit()
        found = form.reading
        for code, words in (found.wrong if is_sent else {}).items():
            add_error(form, PREFIX + code, words)
        questions = Markup(render_template("admin/forms/asked.html", form=form, language=language))  # noqa: S704
        said = [
            (field, answers.in_words(field, found.answers[field.code]))
            for field in found.shown
            if field.code in found.answers
        ]
    page = render_template(
        "admin/forms/test.html",
        page_of="admin.forms",
        row=row,
        number=number,
        questions=questions,
        said=said,
        hidden=[field for field in fields if field not in found.shown],
        is_sent=is_sent,
        is_complete=is_sent and not found.wrong and not form.opened,
        languages=[(tag, LOCALES[tag]) for tag in languages],
        language=language,
        has_uploads=form.has_uploads,
    )
    return page, 422 if form.errors else 200
