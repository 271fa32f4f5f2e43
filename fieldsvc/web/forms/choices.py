"""The choices of a field, from what is kept to its words."""

from collections.abc import Iterable, Mapping
from typing import Any

# The stubs are those of an older one.
from wtforms import SelectChoice  # type: ignore[attr-defined]

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.models import ActivityType, Form


def choices_of(words: Mapping[str, Any]) -> list[SelectChoice]:
    """A choice for each value; words may be lazy, for a form that is defined at import."""
    return [SelectChoice(value, label) for value, label in words.items()]


def titles_of(rows: Iterable[ActivityType | Form], *kept: int | None) -> dict[str, str]:
    """The titles of what can be chosen, by id; what was chosen before is `kept` when it is archived as well."""
    return {str(row.id): _title(row) for row in rows if not row.is_archived or row.id in kept}


def _title(row: ActivityType | Form) -> str:
    title = pick(row.title)
    return _("%(title)s (archived)", title=title) if row.is_archived else title
