"""The fields of a form: plain values that a version keeps for ever."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

KINDS = (
    "short_text",
    "long_text",
    "date",
    "time",
    "number",
    "yes_no",
    "choice",
    "choices",
    "photo",
    "file",
    "signature",
    "text",
    "rating",
    "nps",
)


CHOICES = ("choice", "choices")
UPLOADS = ("photo", "file", "signature")
MOST_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Field:
    """One question, or a displayed `text`; `options` are `{"code", "label"}` of a choice.

    `show_if` is a tree of the condition language over the answers that stand before it; a hidden field is never
    asked, and never required. A number has at most `decimals` digits after the point, and lies within its bounds.
    """

    code: str
    kind: str
    label: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    options: Sequence[Mapping[str, Any]] = ()
    is_required: bool = False
    default: str = ""
    show_if: Mapping[str, Any] = field(default_factory=dict)
    is_for_technician: bool = True
    is_for_client: bool = True
    """Whether the client reads the answer in the report of his visit."""
    lowest: float | None = 0
    highest: float | None = None
    decimals: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether it can be answered; a displayed text is only read."""
        return self.kind != "text"


def read_fields(rows: Iterable[Mapping[str, Any]]) -> list[Field]:
    """The fields that a version keeps."""
    return [Field(**row) for row in rows]


def as_rows(fields: Iterable[Field]) -> list[dict[str, Any]]:
    """What a version keeps of `fields`."""
    return [{**asdict(one), "options": [dict(option) for option in one.options]} for one in fields]
