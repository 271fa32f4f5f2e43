"""The questionnaire after a visit: one question a step, saved as the reader goes."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.domain.interventions import questionnaires
from fieldsvc.domain.interventions.models import QuestionnaireResponse
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.web.forms.questions import PREFIX, QuestionsForm, questions_form
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.session import db, now

blueprint = Blueprint("guest", __name__)


@blueprint.route("/questionnaire/<token>", methods=["GET", "POST"])
def questionnaire(token: str) -> ResponseReturnValue:
    """Ask one question; the last one sends the questionnaire."""
    response = _response(token)
    if response.answered_at is not None:
        return redirect(url_for("guest.thanks", token=token), 303)
    questions = response.form_version.questions
    step = _step(len(questions))
    asked = questions[step - 1 : step]
    form = questions_form(asked, response.answers, QuestionsForm)
    if form.validate_on_submit():
        with shown_in(form, PREFIX):
            questionnaires.save(db(), response, asked, form.given())
            if step < len(questions):
                return redirect(url_for("guest.questionnaire", token=token, step=step + 1), 303)
            questionnaires.finish(db(), response, now=now())
            return redirect(url_for("guest.thanks", token=token), 303)
    page = render_template(
        "guest/questionnaire.html",
        form=form,
        step=step,
        total=len(questions),
        visit=response.intervention,
        response=response,
    )
    return page, 422 if form.errors else 200


@blueprint.get("/questionnaire/<token>/thanks")
def thanks(token: str) -> ResponseReturnValue:
    """Thank the reader and say what happens next."""
    _response(token)
    return render_template("guest/thanks.html")


def _response(token: str) -> QuestionnaireResponse:
    response = questionnaires.by_token(db(), token, now=now())
    g.unit = db().get_one(BusinessUnit, response.unit_id)
    return response


def _step(total: int) -> int:
    return min(max(1, request.args.get("step", 1, type=int)), total)
