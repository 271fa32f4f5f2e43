"""The choices of a field, from what is kept to its words."""

from collections.abc import Mapping
from typing import Any

# The stubs are those of an older one.
from wtforms import SelectChoice  # type: ignore[attr-defined]


def choices_of(words: Mapping[str, Any]) -> list[SelectChoice]:
    """A choice for each value; words may be lazy, for a form that is defined at import."""
    return [SelectChoice(value, label) for value, label in words.items()]
