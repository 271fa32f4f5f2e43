"""A tree of conditions as a form sends it: JSON, checked, with its errors at the field."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import Field as Element
from wtforms.validators import ValidationError

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.conditions import Condition, Parameter, offered, sentence, validate
from fieldsvc.domain.catalogue.fields import Field

LONGEST = 20_000
HEADINGS = {
    frozenset({"intervention"}): _l("The intervention"),
    frozenset({"intervention", "time"}): _l("Its times"),
    frozenset({"client"}): _l("The client"),
    frozenset({"time"}): _l("Today"),
    frozenset({"answers"}): _l("Answers"),
}


class ConditionsField(Element):
    """A tree of conditions about a `subject`; `questions` are those whose answers it may ask about."""

    def __init__(
        self,
        label: Any = None,
        validators: Any = (),
        *,
        subject: str = "intervention",
        questions: Sequence[Field] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.subject, self.questions = subject, questions
        self.raw: str | None = None

    def process_data(self, value: Any) -> None:
        """Show the tree there is."""
        self.data = value or {}

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was posted; what cannot be read is kept as it was typed."""
        if not valuelist:
            return
        self.raw = valuelist[0]
        self.data = read_tree(valuelist[0])
        self.raw = None

    def pre_validate(self, form: Any) -> None:
        """Refuse a tree that cannot be evaluated."""
        if self.raw is not None:
            return
        try:
            validate(self.data, subject=self.subject)
        except Invalid as refusal:
            raise ValidationError(refusal.words) from refusal

    @property
    def text(self) -> str:
        """The tree as a person can write it."""
        return self.raw if self.raw is not None else json.dumps(self.data, indent=2, ensure_ascii=False)

    @property
    def sentence(self) -> str:
        """What the tree says; nothing while it is wrong."""
        if self.errors or self.raw is not None:
            return ""
        return sentence(self.data, {question.code: pick(question.label) for question in self.questions})

    @property
    def setup(self) -> dict[str, Any]:
        """What the script of the editor needs to know."""
        return {
            "subject": self.subject,
            "conditions": [described(one) for one in sorted(offered(self.subject), key=_heading_number)],
            "questions": questions_of(self.questions),
            "words": editor_words(),
        }


def read_tree(text: str) -> Any:
    """The tree that was typed. Raises `ValueError` with words."""
    if len(text) > LONGEST:
        raise ValueError(_("Please shorten this to %(n)s characters.", n=LONGEST))
    try:
        found = json.loads(text) if text.strip() else None
    except json.JSONDecodeError as wrong:
        raise ValueError(
            _("This cannot be read: line %(line)s, column %(column)s.", line=wrong.lineno, column=wrong.colno)
        ) from wrong
    except (RecursionError, ValueError) as wrong:
        raise ValueError(_("This cannot be read.")) from wrong
    return {} if found is None else found


def described(condition: Condition) -> dict[str, Any]:
    """A condition as the editor offers it."""
    return {
        "name": condition.name,
        "label": str(condition.label),
        "heading": str(HEADINGS[condition.subjects]),
        "parameters": [_parameter(name, one) for name, one in condition.parameters.items()],
    }


def questions_of(questions: Iterable[Field]) -> list[dict[str, Any]]:
    """Questions as the editor offers them, with the answers they can have."""
    return [
        {
            "code": question.code,
            "label": pick(question.label) or question.code,
            "kind": question.kind,
            "options": _answers_of(question),
        }
        for question in questions
        if question.is_asked
    ]


def editor_words() -> dict[str, str]:
    """What the script of the editor says; `%(name)s` is filled in by the script."""
    return {
        "all": _("all"),
        "any": _("any"),
        "none": _("none"),
        "available": _("When"),
        "of_all": _("of these are true"),
        "of_any": _("of these is true"),
        "of_none": _("of these is true"),
        "how": _("How the group is read"),
        "and": _("and"),
        "or": _("or"),
        "nor": _("nor"),
        "always": _("No conditions: always."),
        "condition": _("Condition"),
        "condition_of": _("Condition %(n)s of %(total)s: %(label)s"),
        "group_of": _("Group %(n)s of %(total)s: %(mode)s of these"),
        "whole": _("All conditions: %(mode)s of these"),
        "add_condition": _("Add a condition"),
        "add_group": _("Add a group"),
        "up": _("Move up"),
        "down": _("Move down"),
        "wrap": _("Put into a group"),
        "remove": _("Remove"),
        "remove_group": _("Remove the group"),
        "removed": _("Removed."),
        "moved": _("Moved: now %(n)s of %(total)s."),
        "added": _("Added: %(label)s."),
        "holds": _("true"),
        "fails": _("false"),
        "several_texts": _("Separate with commas"),
        "no_connection": _("The sentence cannot be updated now. Your changes are kept on this page."),
        "choose": _("Choose…"),
        "drag": _("Drag to move"),
    }


def _heading_number(condition: Condition) -> int:
    return list(HEADINGS).index(condition.subjects)


def _parameter(name: str, parameter: Parameter) -> dict[str, Any]:
    return {
        "name": name,
        "kind": parameter.kind,
        "label": str(parameter.label),
        "lowest": parameter.lowest,
        "highest": parameter.highest,
        "options": [{"value": value, "label": str(words)} for value, words in parameter.options.items()],
    }


def _answers_of(question: Field) -> list[dict[str, str]]:
    if question.kind == "yes_no":
        return [{"value": "yes", "label": _("Yes")}, {"value": "no", "label": _("No")}]
    return [{"value": option["code"], "label": pick(option["label"]) or option["code"]} for option in question.options]
