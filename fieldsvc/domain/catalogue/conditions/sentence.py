"""A tree of conditions in the words of the reader's language."""

from collections.abc import Mapping
from typing import Any

from babel.lists import format_list

from fieldsvc.core.text import babel_locale
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.conditions.registry import REGISTRY

NO_LABELS: Mapping[str, str] = {}


def sentence(tree: Mapping[str, Any], labels: Mapping[str, str] = NO_LABELS) -> str:
    """A whole tree as one sentence; `labels` are the words of questions by their code."""
    if not tree:
        return _("Always.")
    if set(tree) == {"none"}:
        return _("Not when %(conditions)s.", conditions=_joined(tree["none"], "or", labels))
    return _("When %(conditions)s.", conditions=clause(tree, labels))


def clause(tree: Mapping[str, Any], labels: Mapping[str, str] = NO_LABELS) -> str:
    """A tree as a part of a sentence: the status is scheduled, and it is less than 24 hours before the visit."""
    if not tree:
        return _("always")
    if "condition" in tree:
        parameters = {name: value for name, value in tree.items() if name != "condition"}
        if "field" in parameters:
            parameters["field"] = labels.get(parameters["field"], parameters["field"])
        return REGISTRY[tree["condition"]].sentence(**parameters)
    [(group, children)] = tree.items()
    if group == "none":
        return _("not when %(conditions)s", conditions=_joined(children, "or", labels))
    return _joined(children, "standard" if group == "all" else "or", labels)


def _joined(children: list[Mapping[str, Any]], style: Any, labels: Mapping[str, str]) -> str:
    parts = [f"({clause(child, labels)})" if _is_several(child) else clause(child, labels) for child in children]
    return format_list(parts, style=style, locale=babel_locale())


def _is_several(tree: Mapping[str, Any]) -> bool:
    """Whether a part needs brackets beside others."""
    return any(len(tree.get(group, ())) > 1 for group in ("all", "any", "none"))
