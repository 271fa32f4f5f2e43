"""The choices of a field, from what is kept to its words."""

from collections.abc import Mapping
from typing import Any

from wtforms import SelectChoice


def choices_of(words: Mapping[str, Any]) -> list[SelectChoice]:
    """A choice for each value; words may be lazy, for a form that is defined at import."""
    return [SelectChoice(value, label) for value, label in words.items()]
