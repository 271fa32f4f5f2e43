"""What a client may do with a visit, and why not: the portal actions of its activity type and their conditions."""

from dataclasses import dataclass
from datetime import datetime

from fieldsvc.core.errors import NotAllowed
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue.conditions import Facts, evaluate
from fieldsvc.domain.interventions.models import Intervention


@dataclass(frozen=True, slots=True)
class Action:
    """One action: `words` say until when it is possible, or why it is not."""

    kind: str
    label: str
    is_allowed: bool
    words: str


def actions_of(intervention: Intervention, *, now: datetime) -> list[Action]:
    """Every action of the visit's activity type, allowed or not."""
    facts = facts_of(intervention, now=now)
    found = []
    for action in intervention.activity_type.actions:
        verdict = evaluate(action.conditions, facts)
        found.append(
            Action(action.kind, pick(action.label) or _default_label(action.kind), verdict.is_allowed, verdict.words)
        )
    return found


def require(intervention: Intervention, kind: str, *, now: datetime) -> None:
    """Refuse what the client may not do now. Raises `NotAllowed` with the condition that decided."""
    action = next((a for a in actions_of(intervention, now=now) if a.kind == kind), None)
    if action is None:
        raise NotAllowed(_("This cannot be done online for this visit. Please call us."))
    if not action.is_allowed:
        raise NotAllowed(_("%(why)s Please call us.", why=action.words))


def facts_of(intervention: Intervention, *, now: datetime) -> Facts:
    """What the condition language may know about a visit."""
    return Facts(
        now=now,
        status=intervention.status,
        window_begins_at=intervention.window_begins_at,
        window_ends_at=intervention.window_ends_at,
        answers=intervention.answers,
    )


def _default_label(kind: str) -> str:
    labels = {"reschedule": _("Change the time"), "cancel": _("Cancel the visit")}
    return labels.get(kind, kind)
