"""An action that is being edited, tried before it is saved: on one intervention, and on all that are open."""

from datetime import datetime
from typing import Any

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking.action_effect import Effect, effect_of
from fieldsvc.domain.booking.action_limits import count_uses
from fieldsvc.domain.booking.action_rules import Rules, judge, notice_of, rules
from fieldsvc.domain.catalogue.action_kinds import settings_of_kind
from fieldsvc.domain.catalogue.conditions import evaluate, explain
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.interventions import find
from fieldsvc.domain.interventions.facts import facts_of
from fieldsvc.web.admin.conditions import said
from fieldsvc.web.forms import instants
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db, now

LARGEST = 1_000_000


def tried(action: PortalAction, sent: dict[str, Any]) -> dict[str, Any]:
    """What the tree says, each part of it for the chosen intervention, and what becomes of the open ones."""
    answer = said({**sent, "subject": "unit" if action.is_for_unit else "intervention"})
    if answer["wrong"]:
        return {**answer, "effect": "", "verdict": ""}
    wanted = _rules(action, sent)
    answer["effect"] = ""
    if not action.is_for_unit:
        effect = effect_of(db(), unit(), action, wanted, is_on=sent.get("is_on") is True, now=now())
        answer["effect"] = effect_words(effect)
    return {**answer, **_on_intervention(action, wanted, sent)}


def effect_words(effect: Effect) -> str:
    """What becomes of the open interventions."""
    if not effect.total:
        return _("There is no open intervention of this activity type.")
    if effect.get:
        return _(
            "With this change, %(keep)s of %(total)s open interventions keep the action, %(lose)s lose it and "
            "%(get)s get it.",
            keep=effect.keep,
            total=effect.total,
            lose=effect.lose,
            get=effect.get,
        )
    return _(
        "With this change, %(keep)s of %(total)s open interventions keep the action, %(lose)s lose it.",
        keep=effect.keep,
        total=effect.total,
        lose=effect.lose,
    )


def _rules(action: PortalAction, sent: dict[str, Any]) -> Rules:
    asked = settings_of_kind(action.kind, is_for_unit=action.is_for_unit)
    notice = _number(sent.get("notice_hours")) if "notice_hours" in asked else None
    return rules(
        action.kind,
        is_for_unit=action.is_for_unit,
        notice_hours=notice_of(action, notice),
        most_times=_number(sent.get("most_times")) if "most_times" in asked else None,
        conditions=sent["tree"],
    )


def _on_intervention(action: PortalAction, wanted: Rules, sent: dict[str, Any]) -> dict[str, Any]:
    intervention_id = _number(sent.get("intervention"))
    if intervention_id is None or action.is_for_unit:
        return {"verdict": "", "decided": ""}
    row = find.by_id(db(), unit().id, intervention_id)
    at = _instant(sent.get("at"))
    [facts] = facts_of(db(), unit(), [row], None, now=at)
    used = count_uses(db(), [(row, action)])[row.id, action.id]
    judged = judge(wanted, facts, used)
    tree = wanted.conditions
    whole = evaluate(tree, facts)
    words = _("Shown: %(why)s.", why=judged.because) if judged.is_allowed else _("Hidden: %(why)s.", why=judged.because)
    return {
        "verdict": words,
        "is_shown": judged.is_allowed,
        "decided": "" if whole.is_allowed else whole.path,
        "parts": {path: verdict.is_allowed for path, _words, verdict in explain(tree, facts)},
    }


def _instant(text: Any) -> datetime:
    """The instant that was typed; now when none was. Raises `Invalid`."""
    if not isinstance(text, str) or not text.strip():
        return now()
    try:
        return instants.read(text, unit().zone)
    except ValueError as wrong:
        raise Invalid(str(wrong)) from wrong


def _number(value: Any) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST)) else None
