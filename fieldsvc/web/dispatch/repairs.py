"""A day that is upset: somebody is ill, a visit runs late, something urgent. Each asks for a draft to review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired

import solver
from fieldsvc.core.dates import hour, local_day
from fieldsvc.core.errors import Invalid, NotAllowed
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.interventions import find
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import repair_drafts
from fieldsvc.domain.planning.models import DraftPlan
from fieldsvc.domain.planning.optimise_day import Json
from fieldsvc.domain.planning.repair_outcome import NOT_LOCATED, PLACELESS, names_of
from fieldsvc.domain.planning.words import Names, reason_words
from fieldsvc.domain.teams import find as teams
from fieldsvc.web import asked
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.forms.versioned import ClockField, VersionedForm, shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

A_WHILE = timedelta(minutes=30)


class LateForm(VersionedForm):
    """Until when a visit runs."""

    ends = ClockField(_l("Ends at"), [InputRequired(_l("Please type an hour."))])


@dataclass(frozen=True, slots=True)
class Call:
    """A client who has to be called: why his time cannot be kept, whom to ask for, and when somebody could come."""

    change: Json
    phone: str
    person: str
    why: Sequence[str]
    starts: Sequence[tuple[datetime, str]]


@blueprint.post("/repairs/ill")
def ill() -> ResponseReturnValue:
    """A technician is away on a day, or from now on: who takes over?"""
    form, technician_id = VersionedForm(), request.form.get("technician", 0, type=int)
    first = asked.as_day(request.form.get("day", "")) or local_day(now(), unit().zone)
    last = max(first, asked.as_day(request.form.get("until", "")) or first)
    with shown(form):
        if technician_id not in {row.id for row in teams.active(db(), unit().id)}:
            raise Invalid(_("Please choose a technician."))
        plan = repair_drafts.start_ill(db(), unit(), technician_id, first, last, actor=actor(), now=now())
    if form.form_errors:
        flash(form.form_errors[0], "warn")
        return go("board", day=first, view="day")
    return go("plan", plan_id=plan.id)


@blueprint.route("/interventions/<int:intervention_id>/late", methods=["GET", "POST"])
def late(intervention_id: int) -> ResponseReturnValue:
    """A visit runs late: until when, and what follows from it."""
    found = find.by_id(db(), unit().id, intervention_id)
    if found.planned is None:
        raise NotAllowed(_("Only a planned visit can run late."))
    likely = max(found.planned.ends_at, now()) + A_WHILE
    form = LateForm(version=str(found.version), ends=hour(likely, unit().zone))
    if form.validate_on_submit():
        with shown(form):
            plan = repair_drafts.start_late(db(), unit(), found.id, form.ends.minute, actor=actor(), now=now())
            return go("plan", plan_id=plan.id)
    page = render_template("dispatch/late.html", section="interventions", intervention=found, form=form)
    return page, form.status if form.errors else 200


@blueprint.post("/interventions/<int:intervention_id>/urgent")
def urgent(intervention_id: int) -> ResponseReturnValue:
    """Something that waits has to be served today: who can go?"""
    form = VersionedForm()
    with shown(form):
        plan = repair_drafts.start_urgent(db(), unit(), intervention_id, actor=actor(), now=now())
    if form.form_errors:
        flash(form.form_errors[0], "warn")
        return go("intervention", intervention_id=intervention_id)
    return go("plan", plan_id=plan.id)


def why_not_words(plan: DraftPlan) -> list[str]:
    """Why something urgent found no place."""
    return _words(plan.summary.get("why_not", ()), names_of(plan.summary)) if plan.state == "ready" else []


def calls_of(plan: DraftPlan) -> list[Call]:
    """The clients whose time cannot be kept."""
    if plan.state != "ready":
        return []
    names = names_of(plan.summary)
    return [_call(one, names) for one in plan.changes if one["after"] is None]


def _call(change: Json, names: Names) -> Call:
    person, phone = _contact(find.by_id(db(), unit().id, change["intervention"]))
    starts = [(datetime.fromisoformat(one["begins_at"]), one["technician_name"]) for one in change["starts"]]
    return Call(change, phone, person, _words(change["why"], names), starts)


def _contact(intervention: Intervention) -> tuple[str, str]:
    """Who can be called, and how: the person who asked for it before the others of the client."""
    people = [intervention.contact, *intervention.client.contacts]
    return next(((one.name, one.phone) for one in people if one is not None and one.phone), ("", ""))


def _words(reasons: Sequence[Json], names: Names) -> list[str]:
    return list(dict.fromkeys(_reason_words(one, names) for one in reasons))


def _reason_words(reason: Json, names: Names) -> str:
    if reason["code"] == NOT_LOCATED:
        return _("The site is not located on the map, so nobody knows the way there.")
    if reason["code"] == PLACELESS:
        return _("Nobody drives for it, so it is not handed on by itself. Give it to somebody else with the assistant.")
    if reason["code"] == "lock":
        return _("It is locked. Unlock it to let others take it.")
    return reason_words(solver.Reason(reason["code"], reason["parameters"]), names)
