"""One visit of a technician: what the client answered and wrote, its files, and what is to be done and reported."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.core.dates import local_day
from fieldsvc.core.text import pick
from fieldsvc.domain.interventions import for_technician, forms_answered, messages
from fieldsvc.domain.interventions.models import FormAnswer, Intervention
from fieldsvc.domain.planning.technician_day import card
from fieldsvc.web.answered import Answer, answers_of
from fieldsvc.web.field.blueprint import blueprint, his, technician
from fieldsvc.web.files import send
from fieldsvc.web.principal import unit
from fieldsvc.web.reply import ReplyForm, is_written
from fieldsvc.web.session import db


@dataclass(frozen=True, slots=True)
class AnsweredForm:
    """A form with the answers that are for technicians."""

    title: str
    by: str
    at: datetime
    answers: list[Answer]


@blueprint.route("/visits/<int:intervention_id>", methods=["GET", "POST"])
def visit(intervention_id: int) -> ResponseReturnValue:
    """Everything about one of his visits, with room for a message or a note."""
    found = his(intervention_id)
    form = ReplyForm()
    if is_written(form, found):
        return redirect(url_for("field.visit", intervention_id=intervention_id, _anchor="talk"), 303)
    return render_template("field/visit.html", form=form, **_shown(found)), 422 if form.errors else 200


@blueprint.get("/visits/<int:intervention_id>/files/<int:file_id>")
def file(intervention_id: int, file_id: int) -> Response:
    """Give one file of one of his visits."""
    return send(for_technician.file(db(), his(intervention_id), file_id))


def _shown(found: Intervention) -> dict[str, Any]:
    planned = next(one for one in found.visits if one.technician_id == technician().id and one.is_occupying)
    answered = forms_answered.of_intervention(db(), found)
    return {
        "intervention": found,
        "card": card(found),
        "planned": planned,
        "day": local_day(planned.begins_at, unit().zone),
        "colleagues": [one.name for one in found.crew if one.id != technician().id],
        "intake": _intake(found),
        "forms": [form for one in answered if one.action_id is not None and (form := _form(one)).answers],
        "report": [answer for one in answered if one.action_id is None for answer in _form(one).answers],
        "messages": messages.of_intervention(db(), found, with_notes=True),
        "files": for_technician.files(db(), found),
    }


def _intake(found: Intervention) -> list[Answer]:
    if found.form_version is None:
        return []
    return list(answers_of(for_technician.questions_of(found.form_version), found.answers))


def _form(one: FormAnswer) -> AnsweredForm:
    questions = for_technician.questions_of(one.form_version)
    return AnsweredForm(
        pick(one.form_version.form.title), one.answered_by, one.answered_at, list(answers_of(questions, one.answers))
    )
