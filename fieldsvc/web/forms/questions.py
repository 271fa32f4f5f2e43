"""Turns the questions an administrator wrote into a form."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from wtforms import Field as Element
from wtforms import RadioField, StringField, TextAreaField

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.web.forms.page_form import PageForm

PREFIX = "q_"


class QuestionsForm(PageForm):
    """A form of questions; the domain reads and checks the answers."""

    def questions(self) -> Iterator[Element]:
        """The questions in their order, without the token of the form."""
        return (field for field in self if field.name.startswith(PREFIX))

    def given(self) -> dict[str, str]:
        """What was typed, by the code of the question."""
        return {field.name.removeprefix(PREFIX): field.data or "" for field in self.questions()}


AskedForm = TypeVar("AskedForm", bound=QuestionsForm)


def questions_form(
    questions: Sequence[Field], answers: Mapping[str, Any], base: type[AskedForm], **values: Any
) -> AskedForm:
    """A form that asks `questions` before the fields of `base`, filled with the answers there are."""
    fields = {PREFIX + question.code: _field(question) for question in questions}
    form: AskedForm = type("AskedQuestions", (base,), fields)(**_typed(answers), **values)
    for question in questions:
        field = form[PREFIX + question.code]
        field.flags.kind = question.kind
        field.flags.required = question.is_required
    return form


def _field(question: Field) -> Any:
    label, hint = pick(question.label), pick(question.help)
    if question.kind in CHOICES:
        # The domain checks the choice, with better words.
        return RadioField(label, choices=CHOICES[question.kind](question), description=hint, validate_choice=False)
    if question.kind == "long_text":
        return TextAreaField(label, description=hint)
    return StringField(label, description=hint)


def _typed(answers: Mapping[str, Any]) -> dict[str, str]:
    words = {True: "yes", False: "no"}
    return {
        PREFIX + code: words[answer] if isinstance(answer, bool) else str(answer) for code, answer in answers.items()
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
