"""Draws `fieldsvc/static/icons.svg` from the Tabler icons that `tools/icons.txt` names.

    python -m tools.make_icon_sprite            needs the packages that tools.vendor_front_end installs
    python -m tools.make_icon_sprite --check    offline: the sprite holds exactly the icons that are named

A page draws one with `<svg class="ico"><use href="…/icons.svg#i-truck"/></svg>`.
"""

import re
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
NAMES = TOOLS / "icons.txt"
DRAWINGS = TOOLS / "node_modules/@tabler/icons/icons/outline"
SPRITE = TOOLS.parent / "fieldsvc/static/icons.svg"

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
