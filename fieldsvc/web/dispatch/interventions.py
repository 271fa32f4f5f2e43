"""The searchable list of interventions, and everything there is to know about one."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.booking import offers_find
from fieldsvc.domain.booking.actions import actions_of
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.domain.files import find as files
from fieldsvc.domain.interventions import (
    documents,
    find,
    forms_answered,
    message_log,
    messages,
    questionnaires,
    under_way,
    visit_links,
)
from fieldsvc.domain.interventions.lifecycle import ENDED, WORDS
from fieldsvc.domain.interventions.models import FormAnswer, Intervention, QuestionnaireResponse
from fieldsvc.domain.teams import find as teams
from fieldsvc.web import asked
from fieldsvc.web.answered import Answer, answers_of
from fieldsvc.web.dispatch.blueprint import blueprint
from fieldsvc.web.dispatch.history import history_of
from fieldsvc.web.dispatch.layers import layers_of
from fieldsvc.web.offer_words import offer_words
from fieldsvc.web.principal import unit
from fieldsvc.web.reply import ReplyForm
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
        unread=messages.unread_by_staff(db(), [row.id for row in page.rows]),
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
    said = messages.of_intervention(db(), found, with_notes=True)
    letters = documents.of_intervention(db(), found)
    of_letters = {document.file_id for document in letters}
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
        intake_answers=list(answers_of(found.form_version.questions if found.form_version else [], found.answers)),
        messages=said,
        told=message_log.of_intervention(db(), found, now=now(), limit=6),
        has_unread=any(one.author_kind == "contact" and one.read_at is None for one in said),
        reply=ReplyForm(),
        documents=letters,
        files=[kept for kept in files.of_row(db(), found, with_internal=True) if kept.id not in of_letters],
        answered=[_answered(one) for one in forms_answered.of_intervention(db(), found)],
        links=visit_links.running_of(db(), found, now=now()),
        next_step=under_way.next_step(found),
        offers=offers_find.about(db(), found),
        offer_words=offer_words(),
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


def _answered(one: FormAnswer) -> dict[str, Any]:
    return {
        "title": pick(one.form_version.form.title),
        "answers": list(answers_of(one.form_version.questions, one.answers)),
        "at": one.answered_at,
        "by": one.answered_by,
    }


def _opinion_answers(opinion: QuestionnaireResponse | None) -> list[Answer]:
    if opinion is None or opinion.answered_at is None:
        return []
    return list(answers_of(opinion.form_version.questions, opinion.answers))
