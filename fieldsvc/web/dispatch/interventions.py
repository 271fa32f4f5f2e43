"""The searchable list of interventions, and everything there is to know about one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.booking.actions import actions_of
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.interventions import find, questionnaires
from fieldsvc.domain.interventions.lifecycle import ENDED, WORDS
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse
from fieldsvc.domain.teams import find as teams
from fieldsvc.web.dispatch import asked
from fieldsvc.web.dispatch.blueprint import blueprint
from fieldsvc.web.dispatch.history import history_of
from fieldsvc.web.dispatch.layers import layers_of
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db, now

STATUSES = tuple(status for status in WORDS if status != "held")
Options = list[tuple[str | int, str]]


@blueprint.get("/interventions")
def interventions() -> ResponseReturnValue:
    """The interventions that pass the filters of the address."""
    filters = _filters()
    page = find.search(db(), unit(), filters, number=asked.number("page") or 1)
    return render_template(
        "dispatch/interventions.html",
        section="interventions",
        page=page,
        filters=filters,
        is_filtered=filters != find.Filters(sort=filters.sort),
        status_options=[("", _("Any status")), *((status, str(WORDS[status])) for status in STATUSES)],
        technician_options=_technician_options(),
        type_options=_type_options(),
    )


@blueprint.get("/interventions/<int:intervention_id>")
def intervention(intervention_id: int) -> ResponseReturnValue:
    """One intervention: its two layers of time, history, answers, and what the client may do now."""
    found = find.by_id(db(), unit().id, intervention_id)
    opinion = questionnaires.of_intervention(db(), found)
    return render_template(
        "dispatch/intervention.html",
        section="interventions",
        intervention=found,
        is_open=found.status not in ENDED,
        layers=layers_of(found, unit().zone),
        needs=_needs(found),
        cost_words=_cost_words(found),
        history=history_of(found, unit().zone),
        portal_actions=actions_of(db(), found, found.contact, now=now()) if found.contact else [],
        intake_answers=list(_answers(found.form_version.questions if found.form_version else [], found.answers)),
        opinion=opinion,
        opinion_answers=_opinion_answers(opinion),
    )


def _filters() -> find.Filters:
    status, sort = request.args.get("status", ""), request.args.get("sort", "")
    return find.Filters(
        text=request.args.get("q", "").strip()[:100],
        status=status if status in STATUSES else "",
        technician_id=asked.number("technician"),
        activity_type_id=asked.number("type"),
        day=asked.day(),
        sort=sort if sort in find.SORTS else "-reference",
    )


def _technician_options() -> Options:
    return [("", _("Anybody")), *((row.id, row.name) for row in teams.active(db(), unit().id))]


def _type_options() -> Options:
    return [("", _("Any activity")), *((row.id, pick(row.title)) for row in catalogue.in_use(db(), unit().id))]


def _needs(found: Intervention) -> str:
    return ", ".join(f"{pick(need.skill.name)} {need.level}" for need in found.activity_type.skills)


def _cost_words(found: Intervention) -> str:
    bands = {"green": _("Green"), "orange": _("Orange"), "red": _("Red")}
    words = bands.get(found.band, "")
    minutes = found.marginal_cost.get("travel_minutes")
    return words if minutes is None else _("%(band)s, %(minutes)s min travel", band=words, minutes=f"{minutes:+d}")


def _answers(fields: Sequence[Field], given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each question that was answered, with the answer as a person reads it."""
    for field in fields:
        if field.code in given:
            yield pick(field.label), answers.in_words(field, given[field.code])


def _opinion_answers(opinion: QuestionnaireResponse | None) -> list[tuple[str, str]]:
    if opinion is None or opinion.answered_at is None:
        return []
    return list(_answers(opinion.form_version.questions, opinion.answers))
