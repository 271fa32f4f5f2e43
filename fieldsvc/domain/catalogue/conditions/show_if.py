"""Questions of a form that show only after certain answers: each may depend on those before it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.fields import Field


def cycle(fields: Sequence[Field]) -> dict[str, str]:
    """Questions that depend on themselves, on each other, on a later one or on none of the form: words by code."""
    places = {field.code: number for number, field in enumerate(fields)}
    wrong: dict[str, str] = {}
    for number, field in enumerate(fields):
        for other in questions_in(field.show_if):
            if other == field.code:
                wrong[field.code] = _("This question cannot depend on its own answer.")
            elif other not in places:
                wrong[field.code] = _("There is no question with the code %(code)s.", code=other)
            elif places[other] > number and field.code in questions_in(fields[places[other]].show_if):
                wrong[field.code] = _("This question and %(code)s depend on each other.", code=other)
            elif places[other] > number:
                wrong[field.code] = _("The question %(code)s comes later. Put it before this one.", code=other)
    return wrong


def questions_in(tree: Mapping[str, Any]) -> Iterator[str]:
    """The codes of the questions that a tree asks about."""
    if "field" in tree:
        yield tree["field"]
    for children in tree.values():
        for child in children if isinstance(children, list) else ():
            if isinstance(child, dict):
                yield from questions_in(child)
