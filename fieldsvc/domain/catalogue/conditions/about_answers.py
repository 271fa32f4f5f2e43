"""Conditions about answers to the questions of a form; a question that shows or hides may use only these.

Answers are compared as a form sends them: `yes`, an option's code, `3`. Of several chosen options each counts.
"""

from collections.abc import Sequence
from typing import Any

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.catalogue.conditions.facts import Facts
from fieldsvc.domain.catalogue.conditions.registry import condition, either, number, question, text, texts

MOST = 1_000_000_000
QUESTION, VALUE = _l("Question"), _l("Answer")


def given(facts: Facts, field: str) -> list[str]:
    """What was answered, as texts; nothing when the question was not answered."""
    answer = (facts.answers or {}).get(field)
    if answer is None or answer == "":
        return []
    return [_as_text(one) for one in answer] if isinstance(answer, list | tuple) else [_as_text(answer)]


def _as_text(answer: Any) -> str:
    return {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else str(answer)


def _number(facts: Facts, field: str) -> float | None:
    try:
        return float(given(facts, field)[0])
    except (IndexError, ValueError):
        return None


def _refusal(**_parameters: Any) -> str:
    return _("Not possible with your answers to our questions.")


def _near(field: str, value: int) -> dict[str, Sequence[Any]]:
    return {f"answers.{field}": [None, value - 0.5, value, value + 0.5]}


@condition(
    _l("The answer is"),
    "answers",
    sentence=lambda field, value: _("the answer to “%(question)s” is “%(answer)s”", question=field, answer=value),
    words=_refusal,
    samples=lambda field, value: {f"answers.{field}": [None, value]},
    field=question(QUESTION),
    value=text(VALUE),
)
def answer_is(facts: Facts, field: str, value: str) -> bool:
    """The answer to the question `field` is `value`, or `value` is among the chosen ones."""
    return value in given(facts, field)


@condition(
    _l("The answer is not"),
    "answers",
    sentence=lambda field, value: _("the answer to “%(question)s” is not “%(answer)s”", question=field, answer=value),
    words=_refusal,
    samples=lambda field, value: {f"answers.{field}": [None, value]},
    field=question(QUESTION),
    value=text(VALUE),
)
def answer_is_not(facts: Facts, field: str, value: str) -> bool:
    """The answer to the question `field` is something else than `value`, or there is none."""
    return value not in given(facts, field)


@condition(
    _l("The answer is one of"),
    "answers",
    sentence=lambda field, values: _(
        "the answer to “%(question)s” is %(answers)s",
        question=field,
        answers=either(_("“%(answer)s”", answer=value) for value in values),
    ),
    words=_refusal,
    samples=lambda field, values: {f"answers.{field}": [None, *values]},
    field=question(QUESTION),
    values=texts(_l("Answers")),
)
def answer_is_one_of(facts: Facts, field: str, values: list[str]) -> bool:
    """The answer to the question `field` is one of `values`."""
    return any(value in values for value in given(facts, field))


@condition(
    _l("The number is at least"),
    "answers",
    sentence=lambda field, value: _(
        "the answer to “%(question)s” is at least %(number)s", question=field, number=value
    ),
    words=_refusal,
    samples=_near,
    field=question(QUESTION),
    value=number(_l("Number"), -MOST, MOST),
)
def answer_at_least(facts: Facts, field: str, value: int) -> bool:
    """The answer to the question `field` is a number, `value` or more."""
    answer = _number(facts, field)
    return answer is not None and answer >= value


@condition(
    _l("The number is at most"),
    "answers",
    sentence=lambda field, value: _("the answer to “%(question)s” is at most %(number)s", question=field, number=value),
    words=_refusal,
    samples=_near,
    field=question(QUESTION),
    value=number(_l("Number"), -MOST, MOST),
)
def answer_at_most(facts: Facts, field: str, value: int) -> bool:
    """The answer to the question `field` is a number, `value` or less."""
    answer = _number(facts, field)
    return answer is not None and answer <= value


@condition(
    _l("The question is answered"),
    "answers",
    sentence=lambda field: _("“%(question)s” is answered", question=field),
    words=_refusal,
    samples=lambda field: {f"answers.{field}": [None, "x"]},
    field=question(QUESTION),
)
def is_answered(facts: Facts, field: str) -> bool:
    """The question `field` has an answer."""
    return bool(given(facts, field))


@condition(
    _l("The question is not answered"),
    "answers",
    sentence=lambda field: _("“%(question)s” is not answered", question=field),
    words=_refusal,
    samples=lambda field: {f"answers.{field}": [None, "x"]},
    field=question(QUESTION),
)
def is_not_answered(facts: Facts, field: str) -> bool:
    """The question `field` has no answer."""
    return not given(facts, field)
