"""Where templates, fixtures and migrations lie: inside the package of a wheel, beside it in a checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def folder(name: str) -> Path:
    """The folder `name` that came with the product."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
