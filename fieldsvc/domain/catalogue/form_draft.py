"""The fields of a form while they are being written: pure changes of a list, and what is missing to publish it.

A new field gets a code of its own that nobody sees, `new_3`, until its question is written.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import ngettext, pick
from fieldsvc.domain.catalogue import answers, conditions
from fieldsvc.domain.catalogue.fields import CHOICES, KINDS, UPLOADS, Field

MOST_FIELDS = 100
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
UNNAMED = re.compile(r"new_[0-9]+")
LONGEST_CODE = 40
NO_DEFAULT = ("text", *UPLOADS)


def of(fields: Sequence[Field], code: str) -> Field:
    """The field with this code. Raises `NotFound`."""
    for field in fields:
        if field.code == code:
            return field
    raise NotFound(_("This question does not exist."))


def added(fields: Sequence[Field], kind: str, *, after: str = "") -> tuple[list[Field], str]:
    """The fields with an empty new one, after another or at the end; and its code. Raises `Invalid`."""
    if kind not in KINDS:
        raise Invalid(_("There is no such kind of question."))
    if len(fields) >= MOST_FIELDS:
        raise Invalid(_("A form has at most %(n)s questions.", n=MOST_FIELDS))
    taken = {field.code for field in fields}
    code = next(name for number in range(1, MOST_FIELDS + 2) if (name := f"new_{number}") not in taken)
    return _inserted(fields, Field(code=code, kind=kind, label={}), after), code


def changed(fields: Sequence[Field], code: str, field: Field) -> list[Field]:
    """The fields with another one in the place of `code`; conditions follow a new code. Raises `Invalid`."""
    wrong = _wrong_shape(fields, code, field)
    if wrong:
        raise Invalid(_("Some of this needs another look."), wrong)
    renamed = {code: field.code}
    rest = [field if one.code == code else one for one in fields]
    return [replace(one, show_if=_renamed(one.show_if, renamed)) for one in rest]


def duplicated(fields: Sequence[Field], code: str) -> tuple[list[Field], str]:
    """The fields with a copy after the one that was copied; and its code. Raises `NotFound`, `Invalid`."""
    model = of(fields, code)
    if len(fields) >= MOST_FIELDS:
        raise Invalid(_("A form has at most %(n)s questions.", n=MOST_FIELDS))
    copy = replace(model, code=free_code(code, {field.code for field in fields}))
    return _inserted(fields, copy, code), copy.code


def without(fields: Sequence[Field], code: str) -> list[Field]:
    """The fields without one. Raises `NotFound`."""
    gone = of(fields, code)
    return [field for field in fields if field is not gone]


def moved(fields: Sequence[Field], code: str, step: int) -> list[Field]:
    """The fields with one a place further up (-1) or down (1); nothing moves past an end. Raises `NotFound`."""
    order = [field.code for field in fields]
    place = order.index(of(fields, code).code)
    order.insert(max(0, place + step), order.pop(place))
    return in_order(fields, order)


def in_order(fields: Sequence[Field], codes: Sequence[str]) -> list[Field]:
    """The fields in the order of `codes`; those it does not name come last."""
    places = {code: number for number, code in enumerate(codes)}
    return sorted(fields, key=lambda field: places.get(field.code, len(places)))


def proposed_code(label: Mapping[str, str], taken: set[str]) -> str:
    """A code made of the question: Which error code? → which_error_code. Raises `Invalid` without a question."""
    plain = unicodedata.normalize("NFKD", pick(label)).encode("ascii", "ignore").decode().lower()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_0123456789")[:LONGEST_CODE].rstrip("_")
    return free_code(code or "question", taken)


def free_code(code: str, taken: set[str]) -> str:
    """This code, or the same with the next free number."""
    if code not in taken:
        return code
    stem = re.sub(r"_[0-9]+$", "", code)[: LONGEST_CODE - 4]
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}_{number}") not in taken)


def problems(fields: Sequence[Field]) -> dict[str, list[str]]:
    """What is missing before the fields can be published, in words by field code."""
    circles = conditions.cycle(fields)
    found = {
        field.code: [*_missing(field), *([circles[field.code]] if field.code in circles else [])] for field in fields
    }
    return {code: words for code, words in found.items() if words}


def _inserted(fields: Sequence[Field], field: Field, after: str) -> list[Field]:
    place = next((number for number, one in enumerate(fields, start=1) if one.code == after), len(fields))
    return [*fields[:place], field, *fields[place:]]


def _renamed(tree: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
    """A condition with other codes of questions."""
    if "condition" in tree:
        return {**tree, "field": codes.get(tree["field"], tree["field"])}
    return {group: [_renamed(child, codes) for child in children] for group, children in tree.items()}


def _wrong_shape(fields: Sequence[Field], code: str, field: Field) -> dict[str, str]:
    """What cannot even be kept in a draft."""
    wrong: dict[str, str] = {}
    of(fields, code)
    if not CODE.fullmatch(field.code):
        wrong["code"] = _("Please use small letters, figures and underscores, beginning with a letter.")
    elif field.code in {one.code for one in fields if one.code != code}:
        wrong["code"] = _("Another question of this form has this code.")
    codes = [option["code"] for option in field.options]
    if not all(CODE.fullmatch(one) for one in codes):
        wrong["options"] = _("Codes of answers are small letters, figures and underscores, beginning with a letter.")
    elif len(set(codes)) < len(codes):
        wrong["options"] = _("Two answers have the same code.")
    if field.lowest is not None and field.highest is not None and field.lowest > field.highest:
        wrong["highest"] = _("The largest number is smaller than the smallest.")
    default = _wrong_default(field)
    if default and not wrong:
        wrong["default"] = default
    return wrong


def _wrong_default(field: Field) -> str:
    if not field.default or field.kind in NO_DEFAULT:
        return ""
    given = field.default.split(",") if field.kind == "choices" else field.default
    asked = replace(field, show_if={}, is_required=False)
    return answers.look([asked], {field.code: given}).wrong.get(field.code, "")


def _missing(field: Field) -> list[str]:
    found = []
    if not pick(field.label):
        found.append(_("The text is missing.") if field.kind == "text" else _("The question is missing."))
    if field.kind in CHOICES and len(field.options) < 2:
        found.append(_("A choice needs at least two answers."))
    unnamed = sum(not pick(option["label"]) for option in field.options)
    if field.kind in CHOICES and unnamed:
        found.append(ngettext("%(n)s answer has no words.", "%(n)s answers have no words.", unnamed))
    return found
