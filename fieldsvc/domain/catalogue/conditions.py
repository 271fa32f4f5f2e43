"""Availability conditions: a JSON tree of `all` / `any` / `none` over small pure functions.

    {"all": [{"condition": "status_is", "statuses": ["scheduled"]}, {"condition": "notice_hours", "hours": 24}]}

A function gets frozen facts and its parameters and answers with a verdict in the reader's words; it touches no
session and no clock. Names and parameters are checked when a tree is saved; an unknown name refuses.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import ngettext

GROUPS = ("all", "any", "none")
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions may know about one intervention at one instant."""

    now: datetime
    status: str
    window_begins_at: datetime | None = None
    window_ends_at: datetime | None = None
    answers: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether, and why in words for a person."""

    is_allowed: bool
    words: str


Condition = Callable[..., Verdict]
REGISTRY: dict[str, Condition] = {}


def condition(function: Condition) -> Condition:
    """Put a function into the condition language under its name."""
    REGISTRY[function.__name__] = function
    return function


@condition
def notice_hours(facts: Facts, hours: int) -> Verdict:
    """At least `hours` before the arrival window opens."""
    words = ngettext(
        "Possible up to %(n)s hour before the visit.", "Possible up to %(n)s hours before the visit.", hours
    )
    if facts.window_begins_at is None:
        return Verdict(True, words)
    return Verdict(facts.window_begins_at - facts.now >= timedelta(hours=hours), words)


@condition
def not_yet_begun(facts: Facts) -> Verdict:
    """Before the arrival window opens: an old intervention can never be changed."""
    is_early = facts.window_begins_at is None or facts.now < facts.window_begins_at
    return Verdict(is_early, _("Possible only before the visit begins."))


@condition
def status_is(facts: Facts, statuses: list[str]) -> Verdict:
    """The status is one of `statuses`."""
    return Verdict(facts.status in statuses, _("Not possible in the visit's present state."))


@condition
def status_is_not(facts: Facts, statuses: list[str]) -> Verdict:
    """The status is none of `statuses`."""
    return Verdict(facts.status not in statuses, _("Not possible in the visit's present state."))


@condition
def answer_is(facts: Facts, field: str, value: str) -> Verdict:
    """The answer to the question `field` is `value`, as a form sends it (`yes`, an option's code, `3`)."""
    given = (facts.answers or {}).get(field, "")
    text = {True: "yes", False: "no"}[given] if isinstance(given, bool) else str(given)
    return Verdict(text == value, _("Not possible with your answers to our questions."))


def evaluate(tree: Mapping[str, Any], facts: Facts) -> Verdict:
    """The verdict of a whole tree; its words are those of the condition that decided. An empty tree allows."""
    if not tree:
        return Verdict(True, "")
    if "condition" in tree:
        parameters = {name: value for name, value in tree.items() if name != "condition"}
        return REGISTRY[tree["condition"]](facts, **parameters)
    [(group, children)] = tree.items()
    verdicts = [evaluate(child, facts) for child in children]
    if group == "all":
        return next((verdict for verdict in verdicts if not verdict.is_allowed), Verdict(True, ""))
    if group == "any":
        return _any(verdicts)
    refusing = next((verdict for verdict in verdicts if verdict.is_allowed), None)
    return Verdict(refusing is None, _("Not possible in this case.") if refusing else "")


def validate(tree: Any, path: str = "conditions", depth: int = 0) -> None:
    """Refuse a tree that cannot be evaluated. Raises `Invalid` with the path of the wrong part."""
    if not isinstance(tree, dict) or depth > DEEPEST:
        raise Invalid(f"{path}: expected a group or a condition, at most {DEEPEST} deep.")
    if not tree:
        return
    if "condition" in tree:
        _validate_leaf(tree, path)
        return
    if len(tree) != 1 or next(iter(tree)) not in GROUPS:
        raise Invalid(f"{path}: expected one of all, any, none, or a condition.")
    [(group, children)] = tree.items()
    if not isinstance(children, list) or not children:
        raise Invalid(f"{path}.{group}: expected a list with at least one condition.")
    for number, child in enumerate(children):
        validate(child, f"{path}.{group}[{number}]", depth + 1)


def _any(verdicts: list[Verdict]) -> Verdict:
    if any(verdict.is_allowed for verdict in verdicts):
        return Verdict(True, "")
    return verdicts[0]


def _validate_leaf(leaf: Mapping[str, Any], path: str) -> None:
    name = leaf["condition"]
    function = REGISTRY.get(name) if isinstance(name, str) else None
    if function is None:
        raise Invalid(f"{path}.condition: there is no condition named {name!r}; there are {', '.join(REGISTRY)}.")
    expected = dict(list(inspect.signature(function).parameters.items())[1:])
    given = set(leaf) - {"condition"}
    for unknown in sorted(given - set(expected)):
        raise Invalid(f"{path}.{unknown}: {name} has no parameter of this name.")
    for parameter in expected.values():
        if parameter.name not in leaf:
            raise Invalid(f"{path}.{parameter.name}: {name} needs it.")
        _validate_value(leaf[parameter.name], parameter.annotation, f"{path}.{parameter.name}")


def _validate_value(value: Any, kind: Any, path: str) -> None:
    if kind is int and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10_000):
        raise Invalid(f"{path}: expected a whole number from 0 to 10000.")
    if kind is str and not isinstance(value, str):
        raise Invalid(f"{path}: expected a text.")
    if kind == list[str] and not (isinstance(value, list) and value and all(isinstance(v, str) for v in value)):
        raise Invalid(f"{path}: expected a list of texts.")
