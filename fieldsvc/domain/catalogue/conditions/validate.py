"""Refuses a tree that cannot be evaluated, with the path of what is wrong with it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NoReturn

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.conditions.judge import ROOT
from fieldsvc.domain.catalogue.conditions.registry import OFFERED, REGISTRY, Parameter

GROUPS = ("all", "any", "none")
DEEPEST = 8
WIDEST = 50
LONGEST = 200


def validate(tree: Any, path: str = ROOT, depth: int = 0, *, subject: str = "intervention") -> None:
    """Refuse a tree that cannot be evaluated about `subject`. Raises `Invalid` with the path of the wrong part."""
    if not isinstance(tree, dict) or depth > DEEPEST:
        _refuse(path, _("expected a group or a condition, at most %(n)s deep.", n=DEEPEST))
    if not tree:
        return
    if "condition" in tree:
        _validate_leaf(tree, path, subject)
        return
    if len(tree) != 1 or next(iter(tree)) not in GROUPS:
        _refuse(path, _("expected one of all, any, none, or a condition."))
    [(group, children)] = tree.items()
    if not isinstance(children, list) or not 1 <= len(children) <= WIDEST:
        _refuse(f"{path}.{group}", _("expected a list of 1 to %(n)s conditions.", n=WIDEST))
    for number, child in enumerate(children):
        validate(child, f"{path}.{group}[{number}]", depth + 1, subject=subject)


def _refuse(path: str, words: str) -> NoReturn:
    raise Invalid(f"{path}: {words}")


def _validate_leaf(leaf: Mapping[str, Any], path: str, subject: str) -> None:
    name = leaf["condition"]
    word = REGISTRY.get(name) if isinstance(name, str) else None
    if word is None:
        _refuse(f"{path}.condition", _("there is no condition named %(name)s.", name=str(name)[:LONGEST]))
    if not word.subjects <= OFFERED[subject]:
        _refuse(f"{path}.condition", _("%(name)s cannot be asked here.", name=name))
    for unknown in sorted(str(key) for key in set(leaf) - {"condition"} - set(word.parameters)):
        _refuse(f"{path}.{unknown[:LONGEST]}", _("%(name)s has no parameter of this name.", name=name))
    for key, parameter in word.parameters.items():
        if key not in leaf:
            _refuse(f"{path}.{key}", _("%(name)s needs it.", name=name))
        CHECKS[parameter.kind](leaf[key], parameter, f"{path}.{key}")


def _number(value: Any, parameter: Parameter, path: str) -> None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or not parameter.lowest <= value <= parameter.highest:
        _refuse(
            path,
            _("expected a whole number from %(a)s to %(b)s.", a=parameter.lowest, b=parameter.highest),
        )


def _text(value: Any, parameter: Parameter, path: str) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        _refuse(path, _("expected a text of at most %(n)s characters.", n=LONGEST))


def _texts(value: Any, parameter: Parameter, path: str) -> None:
    if not isinstance(value, list) or not 1 <= len(value) <= WIDEST:
        _refuse(path, _("expected a list of 1 to %(n)s texts.", n=WIDEST))
    for number, one in enumerate(value):
        _text(one, parameter, f"{path}[{number}]")


def _choice(value: Any, parameter: Parameter, path: str) -> None:
    if not isinstance(value, str) or value not in parameter.options:
        _refuse(path, _("expected one of %(options)s.", options=", ".join(parameter.options)))


def _choices(value: Any, parameter: Parameter, path: str) -> None:
    if not isinstance(value, list) or not value or len(value) > len(parameter.options):
        _refuse(path, _("expected at least one of %(options)s.", options=", ".join(parameter.options)))
    for one in value:
        _choice(one, parameter, path)


def _day(value: Any, parameter: Parameter, path: str) -> None:
    try:
        is_day = date.fromisoformat(value).isoformat() == value and 2000 <= date.fromisoformat(value).year <= 2100
    except (TypeError, ValueError):
        is_day = False
    if not is_day:
        _refuse(path, _("expected a day such as 2026-11-23."))


CHECKS: dict[str, Callable[[Any, Parameter, str], None]] = {
    "number": _number,
    "text": _text,
    "texts": _texts,
    "choice": _choice,
    "choices": _choices,
    "day": _day,
    "question": _text,
}
