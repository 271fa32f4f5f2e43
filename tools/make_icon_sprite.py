"""Draws `fieldsvc/static/icons.svg` from the Tabler icons that `tools/icons.txt` names.

    python -m tools.make_icon_sprite            needs the packages that tools.vendor_front_end installs
    python -m tools.make_icon_sprite --check    offline: the sprite holds exactly the icons that are named,
                                                and those that templates write out are among them

A page draws one with `<svg class="ico"><use href="…/icons.svg#i-truck"/></svg>`.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

TOOLS = Path(__file__).resolve().parent
NAMES = TOOLS / "icons.txt"
DRAWINGS = TOOLS / "node_modules/@tabler/icons/icons/outline"
SPRITE = TOOLS.parent / "fieldsvc/static/icons.svg"
TEMPLATES = TOOLS.parent / "templates"

HEAD = """<svg xmlns="http://www.w3.org/2000/svg">
<!-- Tabler Icons, MIT licence: vendor/licences/tabler-icons.txt -->
"""
BOUNDING_BOX = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    names = read_names()
    if not arguments:
        SPRITE.write_text(draw(names))
    faults = check(names, SPRITE.read_text() if SPRITE.is_file() else "")
    for path in sorted(TEMPLATES.rglob("*.html")):
        faults += [
            f"{path.relative_to(TEMPLATES.parent)} draws {name}, which tools/icons.txt does not name"
            for name in sorted(drawn_by(path.read_text()) - set(names))
        ]
    print("\n".join(faults) or f"{len(names)} icons are in the sprite")
    return 1 if faults else 0


def read_names() -> list[str]:
    """The icons the pages use, in the order of the alphabet."""
    return sorted(set(NAMES.read_text().split()))


def draw(names: list[str]) -> str:
    """A sheet with one symbol per icon."""
    return HEAD + "\n".join(_symbol(name) for name in names) + "\n</svg>\n"


def check(names: list[str], sprite: str) -> list[str]:
    """How the sprite and the list of names differ, in words."""
    drawn = set(re.findall(r'<symbol id="i-([^"]+)"', sprite))
    faults = [f"icon {name} is named but not drawn: run make vendor" for name in names if name not in drawn]
    return faults + [f"icon {name} is drawn but not named" for name in sorted(drawn - set(names))]


def drawn_by(template: str) -> set[str]:
    """The icons that a template writes out, as in `icon("truck")`; others come from the code."""
    calls = Environment(extensions=["jinja2.ext.i18n"]).parse(template).find_all(nodes.Call)
    return {
        name
        for call in calls
        if isinstance(call.node, nodes.Name) and call.node.name == "icon" and call.args
        for name in _names_in(call.args[0])
    }


def _names_in(expression: nodes.Node | None) -> Iterator[str]:
    match expression:
        case nodes.Const(value=str(name)):
            yield name
        case nodes.CondExpr():
            yield from _names_in(expression.expr1)
            yield from _names_in(expression.expr2)
        case nodes.Getitem(node=nodes.Dict(items=choices)):
            for choice in choices:
                yield from _names_in(choice.value)


def _symbol(name: str) -> str:
    path = DRAWINGS / f"{name}.svg"
    if not path.is_file():
        raise SystemExit(f"Tabler has no outline icon {name!r} (or run tools.vendor_front_end first)")
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
    if not drawing:
        raise SystemExit(f"{path.name} is not a drawing")
    strokes = " ".join(drawing[1].replace(BOUNDING_BOX, "").split())
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{strokes}</symbol>'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
