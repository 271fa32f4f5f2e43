"""The conditions by name: small pure functions, each with the words that an administrator and a client read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from babel.lists import format_list

from fieldsvc.core.text import babel_locale

Check = Callable[..., bool]
Words = Callable[..., str]

# What may be asked where: an editor's subject → what its conditions may speak of.
OFFERED = {
    "intervention": frozenset({"intervention", "time", "client", "answers"}),
    "unit": frozenset({"time", "client"}),
    "answers": frozenset({"answers"}),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a condition is told: a `number`, one (`choice`) or some (`choices`) of the options, a `text` or several
    (`texts`), a `day`, or the code of a `question`.
    """

    kind: str
    label: Any
    lowest: int = 0
    highest: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """One word of the language.

    `label` names it in the editor, `sentence` says it as a clause, `words` tell the client why not. `samples` are
    values of the facts at which it may change its mind; `turns` the instants at which time alone changes it.
    """

    name: str
    check: Check
    parameters: Mapping[str, Parameter]
    label: Any
    words: Words
    sentence: Words
    subjects: frozenset[str]
    samples: Callable[..., Mapping[str, Sequence[Any]]]
    turns: Callable[..., Iterable[datetime]]


REGISTRY: dict[str, Condition] = {}


def condition(
    label: Any,
    *subjects: str,
    sentence: Words,
    words: Words,
    samples: Callable[..., Mapping[str, Sequence[Any]]],
    turns: Callable[..., Iterable[datetime]] = lambda facts, **_parameters: (),
    **parameters: Parameter,
) -> Callable[[Check], Check]:
    """Put a function into the condition language under its name."""

    def put(check: Check) -> Check:
        REGISTRY[check.__name__] = Condition(
            check.__name__, check, parameters, label, words, sentence, frozenset(subjects), samples, turns
        )
        return check

    return put


def offered(subject: str) -> list[Condition]:
    """The conditions that may be used about `subject`, in the order of the registry."""
    return [one for one in REGISTRY.values() if one.subjects <= OFFERED[subject]]


def number(label: Any, lowest: int, highest: int) -> Parameter:
    """A whole number between two limits."""
    return Parameter("number", label, lowest=lowest, highest=highest)


def one_of(label: Any, options: Mapping[str, Any]) -> Parameter:
    """One of several values."""
    return Parameter("choice", label, options=options)


def some_of(label: Any, options: Mapping[str, Any]) -> Parameter:
    """At least one of several values."""
    return Parameter("choices", label, options=options)


def text(label: Any) -> Parameter:
    """A text."""
    return Parameter("text", label)


def texts(label: Any) -> Parameter:
    """At least one text."""
    return Parameter("texts", label)


def day(label: Any) -> Parameter:
    """A local day, such as 2026-11-23."""
    return Parameter("day", label)


def question(label: Any) -> Parameter:
    """The code of a question of a form."""
    return Parameter("question", label)


def either(words: Iterable[Any]) -> str:
    """Several words as a person says them: a, b or c."""
    return format_list([str(word) for word in words], style="or", locale=babel_locale())


def named(options: Mapping[str, Any], values: Iterable[str]) -> str:
    """The words of several values: scheduled or dispatched."""
    return either(options.get(value, value) for value in values)
