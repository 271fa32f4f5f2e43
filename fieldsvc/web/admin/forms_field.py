"""The form of one field of a form: what can be said of it depends on its kind."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wtforms import BooleanField, Form, SelectField, StringField
from wtforms.validators import Length

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue import form_draft
from fieldsvc.domain.catalogue.fields import CHOICES, MOST_DECIMALS, Field
from fieldsvc.domain.catalogue.forms import LONGEST_TITLE
from fieldsvc.web.forms.amounts import TypedField
from fieldsvc.web.forms.conditions import ConditionsField
from fieldsvc.web.forms.rows import RowsField
from fieldsvc.web.forms.texts import RequiredText, TextsField
from fieldsvc.web.forms.versioned import VersionedForm

BOUND = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,4})?")
SHORT = Length(max=200, message=_l("Please shorten this to 200 characters."))


class BoundField(TypedField):
    """The smallest or largest number, or none."""

    def written(self, value: float) -> str:
        """As it is typed."""
        return f"{value:g}" if abs(value) < 10**6 else str(value)

    def read(self, text: str) -> float:
        """Raises `ValueError` for what is no number."""
        if not BOUND.fullmatch(text):
            raise ValueError(_("Please type a number."))
        number = float(text.replace(",", "."))
        return int(number) if number.is_integer() else number


class TitleForm(VersionedForm):
    """The title of the form, when no field is open."""

    title = TextsField(
        _l("Title"), [RequiredText(_l("Please give it a title in at least one language."))], longest=LONGEST_TITLE
    )


class OptionForm(Form):
    """One answer of a choice."""

    code = StringField(_l("Code"))
    label = TextsField(_l("Answer"))


class FieldForm(VersionedForm):
    """One field; what its kind has no use for is taken away."""

    label = TextsField(_l("Question"), longest=500)
    help = TextsField(_l("Help text"), longest=1000, rows=2)
    code = StringField(_l("Code"))
    options = RowsField(OptionForm, _l("Answers"))
    default = StringField(_l("Filled in beforehand"), [SHORT])
    lowest = BoundField(_l("Smallest number"))
    highest = BoundField(_l("Largest number"))
    decimals = SelectField(
        _l("Digits after the comma"), coerce=int, choices={str(n): str(n) for n in range(MOST_DECIMALS + 1)}
    )
    show_if = ConditionsField(_l("Show if"), subject="answers")
    is_required = BooleanField(_l("Required"))
    is_for_technician = BooleanField(_l("Shown to the technician"))
    is_for_client = BooleanField(_l("Shown to the client in the report"))

    def applied(self, fields: Sequence[Field], code: str) -> list[Field]:
        """The fields with what was typed. Raises `Invalid` with the words by field."""
        return form_draft.changed(fields, code, self.field(fields, form_draft.of(fields, code)))

    def field(self, fields: Sequence[Field], before: Field) -> Field:
        """What was typed; what was not asked stays."""
        typed = {field.name: field.data for field in self if field.name not in ("version", "options", "code")}
        typed["default"] = typed.get("default") or ""
        taken = {field.code for field in fields if field.code != before.code}
        code = (self.code.data or "").strip()
        if not code:
            code = form_draft.proposed_code(typed["label"], taken) if pick(typed["label"]) else before.code
        if "options" in self:
            typed["options"] = _options(self.options.data)
        return replace(before, code=code, **typed)


def field_form(field: Field, fields: Sequence[Field], version: int) -> FieldForm:
    """A form with what there is of a field; its condition may ask about the fields before it."""
    form = FieldForm(
        version=str(version),
        label=field.label,
        help=field.help,
        code="" if form_draft.UNNAMED.fullmatch(field.code) else field.code,
        options=[dict(option) for option in field.options],
        default=field.default,
        lowest=field.lowest,
        highest=field.highest,
        decimals=field.decimals,
        show_if=field.show_if,
        is_required=field.is_required,
        is_for_technician=field.is_for_technician,
        is_for_client=field.is_for_client,
    )
    form.show_if.questions = fields[: fields.index(field)]
    # A draft may be without them; to be published it needs them.
    for words in (form.label, *(entry.form.label for entry in form.options)):
        words.flags.required = True
    for name in _unused(field):
        del form[name]
    return form


def _unused(field: Field) -> set[str]:
    unused = set()
    if field.kind not in CHOICES:
        unused.add("options")
    if field.kind != "number":
        unused |= {"lowest", "highest", "decimals"}
    if field.kind in (*form_draft.NO_DEFAULT, "rating", "nps"):
        unused.add("default")
    if not field.is_asked:
        unused |= {"is_required", "is_for_technician", "is_for_client"}
    return unused


def _options(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers that were typed; one without words is left out, one without a code gets one."""
    found: list[dict[str, Any]] = []
    for row in rows:
        code, label = (row["code"] or "").strip(), row["label"]
        if not code and not pick(label):
            continue
        taken = {option["code"] for option in found}
        found.append({"code": code or form_draft.proposed_code(label, taken), "label": label})
    return found
