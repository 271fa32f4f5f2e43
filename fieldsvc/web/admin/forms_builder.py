"""The form builder: one page, one form, in which one field is open.

Every button sends what is typed in the open field along, so that nothing is lost on the way to another one; each is
called `do` and says what is to be done with which field (`open:error_code`, `add:date`), or `up` and `down`.
"""

from collections.abc import Callable
from dataclasses import replace

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import LOCALES
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import form_draft
from fieldsvc.domain.catalogue import forms as catalogue
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.catalogue.models import Form
from fieldsvc.domain.interventions import form_answers
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.admin.forms_field import FieldForm, TitleForm, field_form
from fieldsvc.web.admin.forms_preview import preview_of
from fieldsvc.web.admin.forms_words import FIELD_ICONS, FIELD_WORDS, KIND_WORDS
from fieldsvc.web.forms.versioned import shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

Editor = FieldForm | TitleForm
# What is done with the fields: the new ones, and the field that is open afterwards.
Done = tuple[list[Field], str]


@blueprint.route("/forms/<int:form_id>", methods=["GET", "POST"])
def form(form_id: int) -> ResponseReturnValue:
    """Shape a form, one field open at a time."""
    row = catalogue.by_id(db(), unit(), form_id)
    editor = _editor(row, request.values.get("field", ""))
    if request.method == "POST" and not _is_about_options(editor):
        name, about = _wanted()
        # Of a field that is to be deleted nothing has to be right.
        if (name, about) == ("delete", request.form.get("field")) or editor.validate():
            with shown(editor):
                return _do(row, editor, name, about)
    return _page(row, editor)


@blueprint.post("/forms/<int:form_id>/preview")
def preview_form(form_id: int) -> ResponseReturnValue:
    """The questions as their reader sees them with what is typed in the open field; nothing is saved."""
    row = catalogue.by_id(db(), unit(), form_id)
    fields, editor = catalogue.draft_of(row), _editor(row, request.values.get("field", ""))
    if isinstance(editor, FieldForm):
        before = form_draft.of(fields, request.values["field"])
        typed = editor.field(fields, before)
        if not editor.show_if.validate(editor):
            typed = replace(typed, show_if=before.show_if)
        fields = [typed if field is before else field for field in fields]
    return preview_of(form_draft.in_order(fields, request.form.getlist("order")), _language())


def _editor(row: Form, code: str) -> Editor:
    fields = catalogue.draft_of(row)
    if not any(field.code == code for field in fields):
        return TitleForm(version=str(row.version), title=row.title)
    return field_form(form_draft.of(fields, code), fields, row.version)


def _is_about_options(editor: Editor) -> bool:
    """Whether a button was for the answers of the open choice; they are saved with the field."""
    return isinstance(editor, FieldForm) and "options" in editor and editor.options.is_asked(request.form)


def _wanted() -> tuple[str, str]:
    """What is to be done, and with which field."""
    for step in ("up", "down"):
        if step in request.form:
            return step, request.form[step]
    name, _colon, about = request.form.get("do", "save").partition(":")
    return name, about


def _do(row: Form, editor: Editor, name: str, about: str) -> ResponseReturnValue:
    locked = catalogue.for_change(db(), unit(), row.id, editor.seen_version)
    opened = request.form.get("field", "")
    fields, title = catalogue.draft_of(locked), None
    is_deleted = (name, about) == ("delete", opened)
    if isinstance(editor, TitleForm):
        title = editor.title.data
    elif not is_deleted:
        place = next(number for number, field in enumerate(fields) if field.code == opened)
        fields = editor.applied(fields, opened)
        opened, about = fields[place].code, fields[place].code if about == opened else about
    fields = form_draft.in_order(fields, [opened if code == request.form.get("field") else code for code in _order()])
    if name not in STEPS:
        raise Invalid(_("This cannot be done with a form."))
    fields, opened = STEPS[name](fields, about, opened)
    catalogue.save(db(), locked, fields, title, actor=actor(), now=now())
    if name == "publish":
        opened = _publish(locked, fields, opened)
    if name == "test":
        return go("test_form", form_id=row.id, lang=_language())
    anchor = {"_anchor": f"field-{opened}"} if opened else {}
    return go("form", form_id=row.id, field=opened or None, lang=request.form.get("lang") or None, **anchor)


def _publish(row: Form, fields: list[Field], opened: str) -> str:
    """Publish what was saved; with something missing the draft stays, and the first such field opens."""
    missing = form_draft.problems(fields)
    if missing:
        flash(_("The draft is saved. Before it is published, look at what is marked."), "warn")
        return next(field.code for field in fields if field.code in missing)
    version = catalogue.publish(db(), row, actor=actor(), now=now())
    flash(_("Version %(number)s is published.", number=version.number), "good")
    return opened


def _moved(step: int) -> Callable[[list[Field], str, str], Done]:
    return lambda fields, code, opened: (form_draft.moved(fields, code, step), opened)


STEPS: dict[str, Callable[[list[Field], str, str], Done]] = {
    "save": lambda fields, _about, opened: (fields, opened),
    "publish": lambda fields, _about, opened: (fields, opened),
    "test": lambda fields, _about, opened: (fields, opened),
    "open": lambda fields, about, _opened: (fields, about),
    "add": lambda fields, kind, opened: form_draft.added(fields, kind, after=opened),
    "duplicate": lambda fields, code, _opened: form_draft.duplicated(fields, code),
    "delete": lambda fields, code, opened: (form_draft.without(fields, code), "" if code == opened else opened),
    "up": _moved(-1),
    "down": _moved(1),
}


def _order() -> list[str]:
    return request.form.getlist("order")


def _language() -> str:
    languages = settings_of(unit()).languages
    wanted = request.values.get("lang", "")
    return wanted if wanted in languages else languages[0]


def _page(row: Form, editor: Editor) -> ResponseReturnValue:
    fields = catalogue.draft_of(row)
    if request.method == "POST":
        fields = form_draft.in_order(fields, _order())
    counts = form_answers.counts(db(), unit().id)
    page = render_template(
        "admin/forms/builder.html",
        page_of="admin.forms",
        row=row,
        fields=fields,
        opened=request.values.get("field", "") if isinstance(editor, FieldForm) else "",
        form=editor,
        problems=form_draft.problems(fields),
        labels=catalogue.labels(fields),
        is_changed=catalogue.is_changed(row),
        next_number=max((version.number for version in row.versions), default=0) + 1,
        counts=counts,
        uses=catalogue.uses(db(), unit()).get(row.id, []),
        kind_words=KIND_WORDS,
        field_words=FIELD_WORDS,
        field_icons=FIELD_ICONS,
        languages=[(tag, LOCALES[tag]) for tag in settings_of(unit()).languages if tag in LOCALES],
        language=_language(),
        preview=preview_of(fields, _language()),
    )
    return page, editor.status if editor.errors else 200
