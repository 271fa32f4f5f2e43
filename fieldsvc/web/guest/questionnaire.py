"""The questionnaire after a visit: one question a step, saved as the reader goes."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import gettext as _
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
    if questionnaires.is_over(response, now=now()):
        return render_template("guest/over.html", response=response), 410
    steps = questionnaires.steps(response)
    step = min(max(1, request.args.get("step", 1, type=int)), len(steps))
    asked = steps[step - 1]
    form = questions_form(asked, response.answers, QuestionsForm)
    if form.validate_on_submit():
        with shown_in(form, PREFIX):
            questionnaires.save(db(), response, asked, form.given(), form.files(), now=now())
            return _onward(response, token, step)
    form.keep_uploads()
    page = render_template(
        "guest/questionnaire.html",
        form=form,
        step=step,
        total=len(steps),
        visit=response.intervention,
        response=response,
    )
    return page, 422 if form.errors else 200


@blueprint.get("/questionnaire/<token>/thanks")
def thanks(token: str) -> ResponseReturnValue:
    """Thank the reader and say what happens next."""
    response = _response(token)
    if response.answered_at is None:
        return redirect(url_for("guest.questionnaire", token=token), 303)
    return render_template("guest/thanks.html", response=response)


def _onward(response: QuestionnaireResponse, token: str, step: int) -> ResponseReturnValue:
    """The next step, the first one that was passed over, or the end."""
    following: int | None = step + 1 if step < len(questionnaires.steps(response)) else None
    if following is None:
        following = questionnaires.missing_step(response)
        if following is None:
            questionnaires.finish(db(), response, now=now())
            return redirect(url_for("guest.thanks", token=token), 303)
        flash(_("This question was passed over. Please answer it before you send."), "warn")
    return redirect(url_for("guest.questionnaire", token=token, step=following), 303)


def _response(token: str) -> QuestionnaireResponse:
    response = questionnaires.by_token(db(), token)
    g.unit = db().get_one(BusinessUnit, response.unit_id)
    return response
