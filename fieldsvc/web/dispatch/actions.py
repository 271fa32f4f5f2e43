"""What staff do with one intervention from its page, by plain forms: move, lock, unschedule, complete, cancel."""

from datetime import timedelta
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from fieldsvc.core.dates import at_wall_time, hour, local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.booking.cancel import cancel_by_staff
from fieldsvc.domain.interventions import find, questionnaires
from fieldsvc.domain.interventions.complete import Closing, ClosingAnswers, questions_of
from fieldsvc.domain.interventions.complete import complete as complete_intervention
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import moves
from fieldsvc.domain.teams import find as teams
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.forms.questions import PREFIX, QuestionsForm, questions_form
from fieldsvc.web.forms.versioned import ClockField, VersionedForm, shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now


class MoveForm(VersionedForm):
    """A technician and a planned start."""

    technician = SelectField(_l("Technician"), coerce=int)
    instead_of = SelectField(_l("In place of"), coerce=int, validate_choice=False)
    day = DateField(_l("Day"), [InputRequired(_l("Please choose a day."))])
    begins = ClockField(_l("Planned start"), [InputRequired(_l("Please type an hour."))])
    reason = StringField(_l("Reason"), [Length(max=200)])


class CompleteForm(VersionedForm, QuestionsForm):
    """The three fixed fields of a closing form, and a comment; what its form asks further stands before them."""

    day = DateField(_l("Day"), [InputRequired(_l("Please choose a day."))])
    begins = ClockField(_l("Work began"), [InputRequired(_l("Please type an hour."))])
    ends = ClockField(_l("Work ended"), [InputRequired(_l("Please type an hour."))])
    outcome = RadioField(_l("How did it go?"), [InputRequired(_l("Please say whether the work went well."))])
    comment = TextAreaField(_l("Comment"), [Length(max=2000)])


class CancelForm(VersionedForm):
    """Why it is cancelled."""

    reason = StringField(_l("Reason"), [InputRequired(_l("Please say why, so that the client can be told."))])


@blueprint.route("/interventions/<int:intervention_id>/move", methods=["GET", "POST"])
def move_form(intervention_id: int) -> ResponseReturnValue:
    """Give the intervention a technician and a time by hand."""
    found = find.by_id(db(), unit().id, intervention_id)
    form = MoveForm(**_place_of(found))
    form.technician.choices = {str(row.id): row.name for row in teams.active(db(), unit().id)}
    if len(found.crew) > 1:
        form.instead_of.choices = {str(row.id): row.name for row in found.crew}
    else:
        del form.instead_of
    if form.validate_on_submit():
        with shown(form):
            _move(intervention_id, form)
            flash(_("It is in the plan."), "good")
            return go("intervention", intervention_id=intervention_id)
    return _page("move", found, form)


@blueprint.post("/interventions/<int:intervention_id>/lock")
def lock_form(intervention_id: int) -> ResponseReturnValue:
    """Keep the optimiser away from the visit, or let it in again."""
    form = VersionedForm()
    locked = request.form.get("locked") == "y"
    with shown(form):
        moves.lock(db(), unit(), intervention_id, version=form.seen_version, locked=locked, actor=actor(), now=now())
    return _back_to(intervention_id, form)


@blueprint.post("/interventions/<int:intervention_id>/unschedule")
def unschedule_form(intervention_id: int) -> ResponseReturnValue:
    """Take the visit off the board."""
    form = VersionedForm()
    with shown(form):
        moves.unschedule(db(), unit(), intervention_id, version=form.seen_version, actor=actor(), now=now())
    return _back_to(intervention_id, form)


@blueprint.route("/interventions/<int:intervention_id>/complete", methods=["GET", "POST"])
def complete(intervention_id: int) -> ResponseReturnValue:
    """Close the intervention with its actual times and outcome."""
    found = find.by_id(db(), unit().id, intervention_id)
    form = questions_form(questions_of(found), {}, CompleteForm, **_work_of(found))
    form.outcome.choices = {"ok": _("OK, the work is done"), "not_ok": _("Not OK, something is left to do")}
    if form.is_complete():
        with shown(form, PREFIX):
            complete_intervention(
                db(),
                unit(),
                intervention_id,
                _closing(form),
                version=form.seen_version,
                actor=actor(),
                now=now(),
                answered=ClosingAnswers(form.given(), form.files()),
            )
            flash(_("Completed."), "good")
            return go("intervention", intervention_id=intervention_id)
    form.keep_uploads()
    return _page("complete", found, form)


@blueprint.post("/interventions/<int:intervention_id>/questionnaire/withdraw")
def withdraw_questionnaire(intervention_id: int) -> ResponseReturnValue:
    """End the links to a questionnaire that nobody has answered."""
    found = find.by_id(db(), unit().id, intervention_id)
    questionnaires.withdraw(db(), unit(), found, actor=actor(), now=now())
    flash(_("The questionnaire is withdrawn."), "good")
    return go("intervention", intervention_id=intervention_id)


@blueprint.route("/interventions/<int:intervention_id>/cancel", methods=["GET", "POST"])
def cancel(intervention_id: int) -> ResponseReturnValue:
    """Cancel the intervention, with a reason for the client."""
    found = find.by_id(db(), unit().id, intervention_id)
    form = CancelForm(version=str(found.version))
    if form.validate_on_submit():
        with shown(form):
            reason = form.reason.data or ""
            cancel_by_staff(db(), unit(), intervention_id, reason, version=form.seen_version, actor=actor(), now=now())
            flash(_("Cancelled."), "good")
            return go("intervention", intervention_id=intervention_id)
    return _page("cancel", found, form)


def _page(name: str, found: Intervention, form: VersionedForm) -> ResponseReturnValue:
    page = render_template(f"dispatch/{name}.html", section="interventions", intervention=found, form=form)
    return page, form.status if form.errors else 200


def _back_to(intervention_id: int, form: VersionedForm) -> ResponseReturnValue:
    for words in form.form_errors:
        flash(words, "warn")
    return go("intervention", intervention_id=intervention_id)


def _place_of(found: Intervention) -> dict[str, Any]:
    """What the form starts with: where the visit is, else today."""
    visit = found.planned
    place: dict[str, Any] = {"version": str(found.version), "day": local_day(now(), unit().zone)}
    if visit is not None:
        place["day"] = local_day(visit.begins_at, unit().zone)
        place |= {"technician": visit.technician_id, "begins": hour(visit.begins_at, unit().zone)}
    return place


def _move(intervention_id: int, form: MoveForm) -> None:
    assert form.day.data is not None
    moves.move(
        db(),
        unit(),
        intervention_id,
        form.technician.data,
        at_wall_time(form.day.data, form.begins.minute, unit().zone),
        instead_of=form.instead_of.data if "instead_of" in form else None,
        version=form.seen_version,
        reason=form.reason.data or "",
        actor=actor(),
        now=now(),
    )


def _work_of(found: Intervention) -> dict[str, Any]:
    visit = found.planned
    work: dict[str, Any] = {"version": str(found.version)}
    if visit is not None:
        work |= {
            "day": local_day(visit.begins_at, unit().zone),
            "begins": hour(visit.begins_at, unit().zone),
            "ends": hour(visit.ends_at, unit().zone),
        }
    return work


def _closing(form: CompleteForm) -> Closing:
    """The closing; work that ends at an earlier hour than it began ended on the next day."""
    assert form.day.data is not None
    begins, ends = form.begins.minute, form.ends.minute
    last_day = form.day.data + timedelta(days=1) if ends < begins else form.day.data
    return Closing(
        actual_begins_at=at_wall_time(form.day.data, begins, unit().zone),
        actual_ends_at=at_wall_time(last_day, ends, unit().zone),
        outcome=form.outcome.data,
        comment=form.comment.data or "",
    )
