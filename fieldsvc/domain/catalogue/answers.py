"""Reads what somebody answered to the questions of a form."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.fields import Field

LONGEST = {"short_text": 200, "long_text": 2000}


def read(fields: Sequence[Field], given: Mapping[str, str]) -> dict[str, Any]:
    """The typed answers by field code, without the empty ones. Raises `Invalid` with the words by field."""
    answers: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in fields:
        text = given.get(field.code, "").replace("\x00", "").strip()
        if not text:
            if field.is_required:
                wrong[field.code] = _("Please answer this question.")
            continue
        try:
            answers[field.code] = READERS[field.kind](field, text)
        except ValueError as refusal:
            wrong[field.code] = str(refusal)
    if wrong:
        raise Invalid(_("Some answers need another look."), wrong)
    return answers


def in_words(field: Field, answer: Any) -> str:
    """An answer as a person reads it."""
    if field.kind == "yes_no":
        return _("Yes") if answer else _("No")
    if field.kind == "choice":
        return next((pick(option["label"]) for option in field.options if option["code"] == answer), str(answer))
    return str(answer)


def _text(field: Field, text: str) -> str:
    longest = LONGEST[field.kind]
    if len(text) > longest:
        raise ValueError(_("Please shorten this to %(n)s characters.", n=longest))
    return text


def _number(field: Field, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ValueError(_("Please type a whole number."))
    return int(text)


def _yes_no(field: Field, text: str) -> bool:
    if text not in {"yes", "no"}:
        raise ValueError(_("Please choose yes or no."))
    return text == "yes"


def _choice(field: Field, text: str) -> str:
    if text not in {option["code"] for option in field.options}:
        raise ValueError(_("Please choose one of the answers."))
    return text


def _scale(lowest: int, highest: int) -> Callable[[Field, str], int]:
    def read_scale(field: Field, text: str) -> int:
        if text not in {str(number) for number in range(lowest, highest + 1)}:
            raise ValueError(_("Please choose a number from %(a)s to %(b)s.", a=lowest, b=highest))
        return int(text)

    return read_scale


READERS: dict[str, Callable[[Field, str], Any]] = {
    "short_text": _text,
    "long_text": _text,
    "number": _number,
    "yes_no": _yes_no,
    "choice": _choice,
    "rating": _scale(1, 5),
    "nps": _scale(0, 10),
}
