"""Turns the questions an administrator wrote into a form.

Every question is on the page; those whose condition does not hold are hidden there, and a small script shows them as
soon as it does. Without scripts the answers are sent first, and the page comes back with the questions they opened.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from flask import request
from wtforms import Field as Element
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue import answers as catalogue_answers
from fieldsvc.domain.catalogue.answers import Reading
from fieldsvc.domain.catalogue.fields import UPLOADS, Field
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.upload_fields import FileElement, SignatureElement, UploadElement

PREFIX = "q_"
SHOWN = "shown_questions"


class DisplayedText(Element):
    """A text between the questions; nothing is sent of it."""


class QuestionsForm(PageForm):
    """A form of questions; the domain reads and checks the answers."""

    asked: Sequence[Field] = ()

    def questions(self) -> Iterator[Element]:
        """The questions in their order, without the token of the form."""
        return (field for field in self if field.name.startswith(PREFIX))

    def given(self) -> dict[str, str | list[str]]:
        """What was typed, by the code of the question."""
        return {field.name.removeprefix(PREFIX): field.data or "" for field in self.questions()}

    @cached_property
    def reading(self) -> Reading:
        """What is asked, given what was typed so far."""
        waiting = {code: 0 for code, upload in self._uploads() if upload.is_given}
        return catalogue_answers.look(self.asked, self.given(), waiting)

    @property
    def opened(self) -> set[str]:
        """The questions that what was typed opened, and that its reader has not seen yet."""
        if SHOWN not in request.form:
            return set()
        seen = set(request.form[SHOWN].split(","))
        return {field.code for field in self.reading.shown if field.is_asked} - seen

    def is_complete(self) -> bool:
        """Whether something was posted that can be taken, and no further question is open."""
        return self.validate_on_submit() and not self.opened

    def files(self) -> dict[str, int]:
        """Keep what was uploaded; the ids by the code of the question. Raises `Invalid` with the words by field."""
        kept: dict[str, int] = {}
        wrong: dict[str, str] = {}
        for code, upload in self._shown_uploads():
            try:
                kept[code] = upload.keep()
            except Invalid as refusal:
                wrong[code] = refusal.words
        if wrong:
            raise Invalid(_("Some answers need another look."), wrong)
        return kept

    def keep_uploads(self) -> None:
        """Keep what was uploaded with answers that were refused, so that nobody has to choose it again."""
        for _code, upload in self._shown_uploads():
            upload.keep_if_possible()

    @property
    def has_uploads(self) -> bool:
        """Whether the form sends files."""
        return any(True for _upload in self._uploads())

    def rules(self) -> list[dict[str, Any]]:
        """What the script needs to show and hide questions."""
        names = ("code", "kind", "show_if", "decimals", "lowest", "highest")
        return [{name: getattr(field, name) for name in names} for field in self.asked]

    def _shown_uploads(self) -> Iterator[tuple[str, UploadElement]]:
        shown = {field.code for field in self.reading.shown}
        return ((code, upload) for code, upload in self._uploads() if upload.is_given and code in shown)

    def _uploads(self) -> Iterator[tuple[str, UploadElement]]:
        for field in self.questions():
            if isinstance(field, UploadElement):
                yield field.name.removeprefix(PREFIX), field


AskedForm = TypeVar("AskedForm", bound=QuestionsForm)


def questions_form(
    questions: Sequence[Field], answers: Mapping[str, Any], base: type[AskedForm], **values: Any
) -> AskedForm:
    """A form that asks `questions` before the fields of `base`, filled with what was answered, else the defaults."""
    fields = {PREFIX + question.code: _field(question) for question in questions}
    known = _typed(questions, answers) if answers else _defaults(questions)
    form: AskedForm = type("AskedQuestions", (base,), {**fields, "asked": questions})(**known, **values)
    shown = {field.code for field in form.reading.shown}
    for question in questions:
        field = form[PREFIX + question.code]
        field.flags.kind = question.kind
        field.flags.code = question.code
        field.flags.required = question.is_required
        field.flags.hidden = question.code not in shown
    return form


def _field(question: Field) -> Any:
    label, hint = pick(question.label), pick(question.help)
    if question.kind in CHOICES:
        # The domain checks the choice, with better words.
        return RadioField(label, choices=CHOICES[question.kind](question), description=hint, validate_choice=False)
    if question.kind == "choices":
        return SelectMultipleField(label, choices=_options(question), description=hint, validate_choice=False)
    return ELEMENTS.get(question.kind, StringField)(label, description=hint)


def _typed(questions: Sequence[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        PREFIX + question.code: _as_typed(question, answers[question.code])
        for question in questions
        if question.code in answers
    }


def _as_typed(question: Field, answer: Any) -> Any:
    if question.kind == "yes_no":
        return "yes" if answer else "no"
    return answer if question.kind in ("choices", *UPLOADS) else str(answer)


def _defaults(questions: Sequence[Field]) -> dict[str, Any]:
    return {
        PREFIX + question.code: question.default.split(",") if question.kind == "choices" else question.default
        for question in questions
        if question.default and question.kind not in UPLOADS
    }


def _options(question: Field) -> dict[str, str]:
    return {option["code"]: pick(option["label"]) for option in question.options}


def _yes_or_no(_question: Field) -> dict[str, str]:
    return {"yes": _("Yes"), "no": _("No")}


def _numbers(lowest: int, highest: int) -> dict[str, str]:
    return {str(number): str(number) for number in range(lowest, highest + 1)}


CHOICES: dict[str, Callable[[Field], dict[str, str]]] = {
    "choice": _options,
    "yes_no": _yes_or_no,
    "rating": lambda _question: _numbers(1, 5),
    "nps": lambda _question: _numbers(0, 10),
}
ELEMENTS: dict[str, type[Element]] = {
    "long_text": TextAreaField,
    "text": DisplayedText,
    "photo": FileElement,
    "file": FileElement,
    "signature": SignatureElement,
}
