"""Optimising a day: asked for, watched, compared with the day as it is, then published or discarded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.dates import day_short, local_day, minutes
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.planning import drafts, repair_drafts
from fieldsvc.domain.planning.models import DraftPlan
from fieldsvc.web import asked
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.dispatch.repairs import calls_of, why_not_words
from fieldsvc.web.forms.versioned import VersionedForm, shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure before and after; `kind` is how the difference is coloured."""

    words: str
    before: str
    after: str
    kind: str


@blueprint.post("/plans")
def optimise() -> ResponseReturnValue:
    """Begin to look for a better plan of a day."""
    day = asked.as_day(request.form.get("day", "")) or local_day(now(), unit().zone)
    return go("plan", plan_id=drafts.start(db(), unit(), day, actor=actor(), now=now()).id)


@blueprint.get("/plans/<int:plan_id>")
def plan(plan_id: int) -> ResponseReturnValue:
    """How far it is, and then what it would change."""
    found = drafts.get(db(), unit(), plan_id)
    if repair_drafts.is_repair(found):
        return _repair(found)
    return render_template(
        "dispatch/plan.html",
        section="board",
        title=_("Optimise %(day)s", day=day_short(found.day_on)),
        state_template="dispatch/plan_state.html",
        plan=found,
        progress=drafts.progress(db(), found),
        comparison=_compare(found.summary),
        saved=_signed_minutes(-found.summary.get("saved_minutes", 0)),
    )


@blueprint.post("/plans/<int:plan_id>/publish")
def publish(plan_id: int) -> ResponseReturnValue:
    """Make it the plan: all its changes or none; when the day has changed since, the plan's page says so."""
    form = VersionedForm()
    with shown(form):
        is_repair = repair_drafts.is_repair(drafts.get(db(), unit(), plan_id))
        (repair_drafts if is_repair else drafts).publish(db(), unit(), plan_id, actor=actor(), now=now())
    if form.form_errors:
        flash(form.form_errors[0], "warn")
        return go("plan", plan_id=plan_id)
    flash(_("The new plan is published."), "good")
    return go("board", day=drafts.get(db(), unit(), plan_id).day_on, view="day")


@blueprint.post("/plans/<int:plan_id>/discard")
def discard(plan_id: int) -> ResponseReturnValue:
    """Forget it; the day stays as it is."""
    discarded = drafts.discard(db(), unit(), plan_id, actor=actor(), now=now())
    return go("board", day=discarded.day_on, view="day")


def _repair(found: DraftPlan) -> ResponseReturnValue:
    return render_template(
        "dispatch/plan.html",
        section="board",
        title=_title(found),
        state_template="dispatch/repair_state.html",
        plan=found,
        progress=drafts.progress(db(), found),
        comparison=_compare(found.summary),
        calls=calls_of(found),
        why_not=why_not_words(found),
    )


def _title(found: DraftPlan) -> str:
    upset = found.summary["upset"]
    match upset["kind"]:
        case "ill":
            return _("%(technician)s is ill", technician=upset["name"])
        case "late":
            return _("%(client)s runs late", client=upset["name"])
    return _("Fit in %(client)s", client=upset["name"])


def _compare(summary: Mapping[str, Any]) -> list[Comparison]:
    if "before" not in summary:
        return []
    before, after = summary["before"], summary["after"]
    return [
        Comparison(_("Visits"), str(before["visits"]), str(after["visits"]), "quiet"),
        _less_is_better(_("Unscheduled"), before["unscheduled"], after["unscheduled"], str),
        _less_is_better(_("Travel"), before["travel_minutes"], after["travel_minutes"], minutes),
        _less_is_better(_("Distance"), before["km"], after["km"], _km),
    ]


def _less_is_better(words: str, before: Any, after: Any, write: Any) -> Comparison:
    kind = "better" if after < before else "worse" if after > before else "quiet"
    return Comparison(words, write(before), write(after), kind)


def _km(value: float) -> str:
    return _("%(km)s km", km=f"{value:.0f}")


def _signed_minutes(value: int) -> str:
    sign = "−" if value < 0 else "+" if value > 0 else "±"
    return f"{sign}{minutes(abs(value))}"
