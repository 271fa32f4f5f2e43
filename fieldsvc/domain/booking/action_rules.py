"""What the product always asks of each kind of portal action, whatever an administrator's conditions say.

A rule is a tree of the condition language, so that it is explained, simulated and dated like every other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import ngettext
from fieldsvc.domain.catalogue.conditions import Facts, Verdict, clause, evaluate, holds, part, sentence
from fieldsvc.domain.catalogue.models import PortalAction

NOT_BEGUN = ["scheduled", "dispatched"]
WAITING = ["requested", "unscheduled"]
Tree = Mapping[str, Any]
BY_KIND: Mapping[str, Tree] = {
    "book": {"all": [{"condition": "status_is", "statuses": WAITING}]},
    "reschedule": {"all": [{"condition": "status_is", "statuses": NOT_BEGUN}, {"condition": "window_known"}]},
    "cancel": {"all": [{"condition": "status_is", "statuses": [*WAITING, *NOT_BEGUN]}]},
    "confirm": {
        "all": [
            {"condition": "status_is", "statuses": NOT_BEGUN},
            {"condition": "window_known"},
            {"condition": "is_not_confirmed"},
        ]
    },
    "form": {"all": [{"condition": "status_is_not", "statuses": ["cancelled"]}]},
    "questionnaire": {"all": [{"condition": "questionnaire_waits"}]},
    "document": {"all": [{"condition": "document_waits"}]},
    "file": {"all": [{"condition": "status_is_not", "statuses": ["cancelled"]}]},
}
WITH_NOTICE = {"reschedule": "reschedule_notice_hours", "cancel": "cancel_notice_hours", "confirm": ""}


@dataclass(frozen=True, slots=True)
class Judgement:
    """`words` tell the client until when it is possible, or why it is not; `because` tells the staff.

    A refused one that is not `is_mentioned` has nothing to do at all, and no client needs to hear of it.
    """

    is_allowed: bool
    words: str
    because: str
    is_mentioned: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that decides about one action."""

    applies: Tree
    in_time: Tree
    most_times: int | None
    conditions: Tree

    @property
    def trees(self) -> tuple[Tree, ...]:
        """The trees that have to hold, in the order they are asked."""
        return self.applies, self.in_time, self.conditions

    @property
    def sentence(self) -> str:
        """When clients have the action, with its notice and the administrator's conditions."""
        parts = [
            *self.in_time.get("all", []),
            *self.conditions.get("all", [self.conditions] if self.conditions else []),
        ]
        return sentence({"all": parts} if parts else {})


def rules_of(action: PortalAction) -> Rules:
    """The rules of an action as it is."""
    return rules(
        action.kind,
        is_for_unit=action.is_for_unit,
        notice_hours=notice_of(action, action.notice_hours),
        most_times=action.most_times,
        conditions=action.conditions,
    )


def rules(kind: str, *, is_for_unit: bool, notice_hours: int, most_times: int | None, conditions: Tree) -> Rules:
    """The rules of an action of this kind. An old intervention can never be moved, cancelled or confirmed."""
    in_time: list[Tree] = [{"condition": "not_yet_begun"}] if kind in WITH_NOTICE else []
    if in_time and notice_hours:
        in_time.append({"condition": "notice_hours", "hours": notice_hours})
    return Rules(
        applies={} if is_for_unit else BY_KIND.get(kind, {}),
        in_time={"all": in_time} if in_time else {},
        most_times=most_times,
        conditions=conditions,
    )


def notice_of(action: PortalAction, own_hours: int | None) -> int:
    """How many hours before the window the client must have decided: the action's own, else the activity type's."""
    if own_hours is not None:
        return own_hours
    column = WITH_NOTICE.get(action.kind)
    return int(getattr(action.activity_type, column)) if column else 0


def judge(asked: Rules, facts: Facts, times_used: int) -> Judgement:
    """What the rules say of the facts."""
    verdict = evaluate(asked.applies, facts)
    if not verdict.is_allowed:
        return Judgement(False, verdict.words, _because(asked.applies, verdict, facts), is_mentioned=False)
    verdict = evaluate(asked.in_time, facts)
    if not verdict.is_allowed:
        return Judgement(False, verdict.words, _because(asked.in_time, verdict, facts))
    if asked.most_times is not None and times_used >= asked.most_times:
        words = _("You have done this as often as is possible online.")
        return Judgement(False, words, _times(times_used))
    verdict = evaluate(asked.conditions, facts)
    # What a condition says to a client is why not: it is nothing to one who may.
    words = _until(asked.in_time, facts) if verdict.is_allowed else verdict.words
    return Judgement(verdict.is_allowed, words, _because(asked.conditions, verdict, facts))


def _times(number: int) -> str:
    return ngettext("it was used %(n)s time already", "it was used %(n)s times already", number)


def _because(tree: Tree, verdict: Verdict, facts: Facts) -> str:
    """The condition that decided, and whether it holds."""
    if not verdict.path:
        return _("all its conditions hold") if tree else _("it has no condition of its own")
    deciding = part(tree, verdict.path)
    said = clause(deciding)
    return said if holds(deciding, facts) else _("this is not so: %(condition)s", condition=said)


def _until(in_time: Tree, facts: Facts) -> str:
    """Up to when it is possible, where a notice says so."""
    return next((evaluate(tree, facts).words for tree in in_time.get("all", []) if "hours" in tree), "")
