"""Combinations that can never hold, or always do: found by trying every case that a tree can tell apart.

Each condition names the values of the facts at which it may change its mind (`samples`); what lies between two of
them is the same for it. All combinations of those are therefore all there is to try.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.conditions.about_now import A_MONDAY
from fieldsvc.domain.catalogue.conditions.facts import Facts
from fieldsvc.domain.catalogue.conditions.judge import ROOT, holds, parameters_of
from fieldsvc.domain.catalogue.conditions.registry import REGISTRY
from fieldsvc.domain.catalogue.conditions.sentence import clause

MOST_CASES = 20_000
SOME_ANSWER = "\x01"  # an answer that no condition names


@dataclass(frozen=True, slots=True)
class Finding:
    """A part of a tree that is the same in every case."""

    path: str
    always: bool
    words: str


def warnings(tree: Mapping[str, Any], several: Collection[str] = ()) -> list[str]:
    """What is impossible or always true in a tree, in words; `several` questions take more than one answer."""
    return [finding.words for finding in findings(tree, several)]


def findings(tree: Mapping[str, Any], several: Collection[str] = (), path: str = ROOT) -> list[Finding]:
    """The smallest parts of a tree that never or always hold; a tree with too many cases is not judged."""
    if "condition" in tree or not tree:
        return []
    [(group, children)] = tree.items()
    inner = [
        finding
        for number, child in enumerate(children)
        for finding in findings(child, several, f"{path}.{group}[{number}]")
    ]
    if inner:
        return inner
    outcomes = _outcomes(_samples(tree, several), tree)
    if len(outcomes) != 1:
        return []
    always = outcomes.pop()
    words = (
        _("This is always so: %(conditions)s.", conditions=clause(tree))
        if always
        else _("This can never be so: %(conditions)s.", conditions=clause(tree))
    )
    return [Finding(path, always, words)]


def _outcomes(samples: Mapping[str, list[Any]], tree: Mapping[str, Any]) -> set[bool]:
    cases = 1
    for values in samples.values():
        cases *= len(values)
    if cases > MOST_CASES:
        return {True, False}
    found: set[bool] = set()
    for combination in itertools.product(*samples.values()):
        found.add(holds(tree, _facts(dict(zip(samples, combination, strict=True)))))
        if len(found) > 1:
            break
    return found


def _leaves(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "condition" in tree:
        yield tree
        return
    for children in tree.values():
        for child in children:
            yield from _leaves(child)


def _samples(tree: Mapping[str, Any], several: Collection[str]) -> dict[str, list[Any]]:
    found: dict[str, dict[Any, None]] = defaultdict(dict)
    for leaf in _leaves(tree):
        for name, values in REGISTRY[leaf["condition"]].samples(**parameters_of(leaf)).items():
            found[name].update(dict.fromkeys(values))
            if name.startswith(("answers.", "client_category", "client_fields.", "postcode")):
                found[name][SOME_ANSWER] = None
    for code in several:
        name = f"answers.{code}"
        if name in found:
            found[name] = dict.fromkeys([None, *_together([answer for answer in found[name] if answer is not None])])
    return {name: list(values) for name, values in found.items()}


def _together(answers: list[Any]) -> Iterator[tuple[Any, ...]]:
    """The answers one by one and with each other; at most one more than is ever tried."""
    sizes = range(1, len(answers) + 1)
    every = itertools.chain.from_iterable(itertools.combinations(answers, size) for size in sizes)
    return itertools.islice(every, MOST_CASES + 1)


def _facts(case: Mapping[str, Any]) -> Facts:
    """The facts of one case; times are told as spans from now."""
    day: date = case.get("day", A_MONDAY)
    now = datetime(day.year, day.month, day.day, case.get("hour", 12), 30, tzinfo=UTC)
    window, closed, created, due = (case.get(name) for name in ("window", "closed", "created", "due"))
    plain = ("status", "is_locked", "times_moved", "band", "technicians", "outcome", "postcode")
    people = ("client_kind", "client_category", "contact_role", "contact_has_email", "contact_has_phone")
    waiting = ("questionnaire_waits", "document_waits")
    return Facts(
        now=now,
        window_begins_at=None if window is None else now + window,
        closed_at=None if closed is None else now - closed,
        created_at=None if created is None else now - created,
        due_on=None if due is None else day + timedelta(days=due),
        confirmed_at=now if case.get("is_confirmed") else None,
        answers=_named(case, "answers."),
        client_fields=_named(case, "client_fields."),
        **{name: case[name] for name in (*plain, *people, *waiting) if name in case},
    )


def _named(case: Mapping[str, Any], beginning: str) -> dict[str, Any]:
    found = {name.removeprefix(beginning): value for name, value in case.items() if name.startswith(beginning)}
    return {name: value for name, value in found.items() if value is not None}
