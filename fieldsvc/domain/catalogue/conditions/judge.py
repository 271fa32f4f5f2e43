"""What a tree says of the facts: the verdict, and how every part of it came about."""

from collections.abc import Iterator, Mapping
from typing import Any

from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.conditions.facts import Facts, Verdict
from fieldsvc.domain.catalogue.conditions.registry import REGISTRY
from fieldsvc.domain.catalogue.conditions.sentence import clause

Tree = Mapping[str, Any]
ROOT = "conditions"


def parameters_of(leaf: Tree) -> dict[str, Any]:
    """What a condition of a tree is told."""
    return {name: value for name, value in leaf.items() if name != "condition"}


def holds(tree: Tree, facts: Facts) -> bool:
    """Whether a tree allows; an empty one does."""
    if not tree:
        return True
    if "condition" in tree:
        return REGISTRY[tree["condition"]].check(facts, **parameters_of(tree))
    [(group, children)] = tree.items()
    if group == "all":
        return all(holds(child, facts) for child in children)
    is_one = any(holds(child, facts) for child in children)
    return is_one if group == "any" else not is_one


def evaluate(tree: Tree, facts: Facts, path: str = ROOT) -> Verdict:
    """The verdict of a whole tree; its words and path are those of the condition that decided. An empty tree allows."""
    if not tree:
        return Verdict(True, "")
    if "condition" in tree:
        word, parameters = REGISTRY[tree["condition"]], parameters_of(tree)
        return Verdict(word.check(facts, **parameters), word.words(**parameters), path)
    [(group, children)] = tree.items()
    verdicts = [evaluate(child, facts, f"{path}.{group}[{number}]") for number, child in enumerate(children)]
    if group == "all":
        return next((verdict for verdict in verdicts if not verdict.is_allowed), Verdict(True, ""))
    holding = next((verdict for verdict in verdicts if verdict.is_allowed), None)
    if group == "any":
        return Verdict(True, "", holding.path) if holding else verdicts[0]
    if holding is None:
        return Verdict(True, "")
    return Verdict(False, _("Not possible in this case."), holding.path)


def explain(tree: Tree, facts: Facts, path: str = ROOT) -> list[tuple[str, str, Verdict]]:
    """Every group and condition of a tree with its path, its words and its own verdict, the outer ones first."""
    return list(_explain(tree, facts, path))


def part(tree: Tree, path: str) -> Tree:
    """The part of a tree at `path`, such as `conditions.all[1]`."""
    found: Tree = tree
    for step in path.removeprefix(ROOT).split(".")[1:]:
        group, _bracket, number = step.removesuffix("]").partition("[")
        found = found[group][int(number)]
    return found


def _explain(tree: Tree, facts: Facts, path: str) -> Iterator[tuple[str, str, Verdict]]:
    yield path, clause(tree), evaluate(tree, facts, path)
    for group, children in tree.items() if "condition" not in tree else ():
        for number, child in enumerate(children):
            yield from _explain(child, facts, f"{path}.{group}[{number}]")
