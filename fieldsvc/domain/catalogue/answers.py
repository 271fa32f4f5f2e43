"""Reads what somebody answered to the questions of a form, and which questions that person is asked at all.

A question is asked when its condition holds for the answers before it. What is hidden is neither required nor kept,
and counts as not answered for the questions after it; the portal shows the same live (`static/js/portal/questions.js`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import babel_locale, ngettext, pick
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.conditions import Facts, evaluate
from fieldsvc.domain.catalogue.fields import UPLOADS, Field

LONGEST = {"short_text": 200, "long_text": 2000}
LONGEST_NAME = 100
NUMBER = re.compile(r"(-?[0-9]{1,9})(?:[.,]([0-9]{1,4}))?")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # conditions over answers know no time

Given = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was asked, what was answered to it, and what is wrong by field code."""

    shown: list[Field]
    answers: dict[str, Any]
    wrong: dict[str, str]


def read(fields: Sequence[Field], given: Given, files: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The typed answers by field code, without the empty ones and those to hidden questions.

    `files` are the ids of the files kept for photos, files and drawn signatures. Raises `Invalid` with the words by
    field.
    """
    found = look(fields, given, files)
    if found.wrong:
        raise Invalid(_("Some answers need another look."), found.wrong)
    return found.answers


def look(fields: Sequence[Field], given: Given, files: Mapping[str, int] | None = None) -> Reading:
    """Read answers question by question, also when some are wrong: a wrong answer counts as none."""
    found = Reading([], {}, {})
    for field in fields:
        if not _is_shown(field, found.answers):
            continue
        found.shown.append(field)
        try:
            answer = _answer(field, given, (files or {}).get(field.code))
        except ValueError as refusal:
            found.wrong[field.code] = str(refusal)
            continue
        if answer is not None:
            found.answers[field.code] = answer
        elif field.is_required and field.is_asked:
            found.wrong[field.code] = _missing(field)
    return found


def kept(fields: Sequence[Field], answers: Mapping[str, Any]) -> Reading:
    """The same for answers that were read before, each perhaps at another time."""
    found = Reading([], {}, {})
    for field in fields:
        if not _is_shown(field, found.answers):
            continue
        found.shown.append(field)
        if field.code in answers:
            found.answers[field.code] = answers[field.code]
        elif field.is_required and field.is_asked:
            found.wrong[field.code] = _missing(field)
    return found


def file_of(answer: Any) -> int | None:
    """The id of the stored file an answer to a photo, a file or a signature holds."""
    if isinstance(answer, Mapping):
        return answer.get("file")
    return answer if isinstance(answer, int) else None


def files_of(fields: Sequence[Field], answers: Mapping[str, Any]) -> dict[str, int]:
    """The ids of the stored files among the answers, by field code."""
    found = {field.code: file_of(answers.get(field.code)) for field in fields if field.kind in UPLOADS}
    return {code: file_id for code, file_id in found.items() if file_id is not None}


def in_words(field: Field, answer: Any) -> str:
    """An answer as a person reads it."""
    return WORDS.get(field.kind, _as_it_is)(field, answer)


def label_of(field: Field, code: Any) -> str:
    """The words of one option; an option that is gone is its code."""
    return next((pick(option["label"]) for option in field.options if option["code"] == code), str(code))


def _is_shown(field: Field, answers: Mapping[str, Any]) -> bool:
    return evaluate(field.show_if, Facts(now=NO_TIME, status="", answers=answers)).is_allowed


def _answer(field: Field, given: Given, file_id: int | None) -> Any:
    if not field.is_asked:
        return None
    if field.kind in UPLOADS and file_id is not None:
        return {"file": file_id} if field.kind == "signature" else file_id
    said = given.get(field.code, "")
    texts = [said] if isinstance(said, str) else list(said)
    texts = [text for text in (text.replace("\x00", "").replace("\r\n", "\n").strip() for text in texts) if text]
    if not texts:
        return None
    if field.kind == "choices":
        return _choices(field, texts)
    return READERS[field.kind](field, texts[0])


def _missing(field: Field) -> str:
    if field.kind == "signature":
        return _("Please sign, or type your name.")
    if field.kind in UPLOADS:
        return _("Please choose a file.")
    return _("Please answer this question.")


def _text(field: Field, text: str) -> str:
    longest = LONGEST[field.kind]
    if len(text) > longest:
        raise ValueError(_("Please shorten this to %(n)s characters.", n=longest))
    return text


def _date(field: Field, text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError as wrong:
        raise ValueError(_("Please choose a day.")) from wrong
    if found.isoformat() != text or not 1900 <= found.year < 2200:
        raise ValueError(_("Please choose a day."))
    return found.isoformat()


def _time(field: Field, text: str) -> str:
    if not CLOCK.fullmatch(text):
        raise ValueError(_("Please type an hour such as 14:30."))
    return text


def _number(field: Field, text: str) -> int | float:
    matched = NUMBER.fullmatch(text)
    if matched is None:
        raise ValueError(_("Please type a number.") if field.decimals else _("Please type a whole number."))
    whole, decimals = matched.groups()
    if len(decimals or "") > field.decimals:
        raise ValueError(_too_exact(field.decimals))
    number = float(f"{whole}.{decimals or 0}")
    if field.lowest is not None and number < field.lowest:
        raise ValueError(_("Please type %(number)s or more.", number=_decimal(field.lowest)))
    if field.highest is not None and number > field.highest:
        raise ValueError(_("Please type %(number)s or less.", number=_decimal(field.highest)))
    return int(number) if number.is_integer() else number


def _too_exact(decimals: int) -> str:
    if not decimals:
        return _("Please type a whole number.")
    return ngettext(
        "At most %(n)s digit after the comma, please.", "At most %(n)s digits after the comma, please.", decimals
    )


def _yes_no(field: Field, text: str) -> bool:
    if text not in {"yes", "no"}:
        raise ValueError(_("Please choose yes or no."))
    return text == "yes"


def _choice(field: Field, text: str) -> str:
    if text not in {option["code"] for option in field.options}:
        raise ValueError(_("Please choose one of the answers."))
    return text


def _choices(field: Field, texts: Sequence[str]) -> list[str]:
    codes = [option["code"] for option in field.options]
    if not set(texts) <= set(codes):
        raise ValueError(_("Please choose among the answers."))
    return [code for code in codes if code in texts]


def _file(field: Field, text: str) -> Any:
    raise ValueError(_("Please choose a file."))


def _signature(field: Field, text: str) -> dict[str, str]:
    if len(text) > LONGEST_NAME:
        raise ValueError(_("Please shorten this to %(n)s characters.", n=LONGEST_NAME))
    return {"name": text}


def _scale(lowest: int, highest: int) -> Callable[[Field, str], int]:
    def read_scale(field: Field, text: str) -> int:
        if text not in {str(number) for number in range(lowest, highest + 1)}:
            raise ValueError(_("Please choose a number from %(a)s to %(b)s.", a=lowest, b=highest))
        return int(text)

    return read_scale


READERS: dict[str, Callable[[Field, str], Any]] = {
    "short_text": _text,
    "long_text": _text,
    "date": _date,
    "time": _time,
    "number": _number,
    "yes_no": _yes_no,
    "choice": _choice,
    "photo": _file,
    "file": _file,
    "signature": _signature,
    "rating": _scale(1, 5),
    "nps": _scale(0, 10),
}


def _as_it_is(_field: Field, answer: Any) -> str:
    return str(answer)


def _decimal(number: float) -> str:
    return format_decimal(number, locale=babel_locale())


def _signed(_field: Field, answer: Any) -> str:
    name = answer.get("name") if isinstance(answer, Mapping) else ""
    return _("Signed by %(name)s", name=name) if name else _("Signed")


WORDS: dict[str, Callable[[Field, Any], str]] = {
    "date": lambda _field, answer: format_date(date.fromisoformat(answer), "long", locale=babel_locale()),
    "time": lambda _field, answer: format_time(time.fromisoformat(answer), "short", locale=babel_locale()),
    "number": lambda _field, answer: _decimal(answer),
    "yes_no": lambda _field, answer: _("Yes") if answer else _("No"),
    "choice": label_of,
    "choices": lambda field, answer: ", ".join(label_of(field, code) for code in answer),
    "photo": lambda _field, _answer: _("Photo"),
    "file": lambda _field, _answer: _("File"),
    "signature": _signed,
}
