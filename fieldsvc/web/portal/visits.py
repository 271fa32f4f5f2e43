"""The visits of a client: the list, one visit, its calendar file, moving and cancelling it."""

from collections.abc import Iterator

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from fieldsvc.core import audit
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import pick
from fieldsvc.domain.booking import actions, drafts
from fieldsvc.domain.booking.cancel import cancel_by_contact
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.interventions import calendar_event, questionnaires
from fieldsvc.domain.interventions import find as interventions
from fieldsvc.domain.interventions.lifecycle import ENDED
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.portal.calendar_links import calendar_links
from fieldsvc.web.portal.routes import blueprint, go
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, now

# What of the audit a client sees, in his words.
HAPPENED = {
    "intervention.requested": _l("You asked us to call you"),
    "intervention.scheduled": _l("The visit was booked"),
    "intervention.rescheduled": _l("The time was changed"),
    "intervention.travelling": _l("The technician set off"),
    "intervention.in_progress": _l("The work began"),
    "intervention.completed": _l("The work was finished"),
    "intervention.cancelled": _l("The visit was cancelled"),
    "questionnaire.answered": _l("You told us how it went"),
}


class CancelForm(PageForm):
    """Why a visit is cancelled."""

    reason = TextAreaField(_l("Why do you cancel?"))


@blueprint.get("/visits")
def visits(unit_slug: str) -> ResponseReturnValue:
    """List the visits; the search stays in the address."""
    query, which = request.args.get("q", ""), request.args.get("filter", "")
    page = interventions.search_of_contact(
        db(), contact(), text=query, now=now(), which=which, number=request.args.get("page", 1, type=int)
    )
    return render_template("portal/visits/list.html", page=page, query=query, filter=which)


@blueprint.get("/visits/<int:intervention_id>")
def visit(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Show one visit, what happened, and what can be done now."""
    found = _visit(intervention_id)
    asked = questionnaires.of_intervention(db(), found)
    is_running = found.status not in ENDED
    offered = actions.actions_of(db(), found, contact(), now=now()) if is_running else []
    return render_template(
        "portal/visits/show.html",
        visit=found,
        is_running=is_running,
        possible=[action for action in offered if action.is_allowed],
        refused=[action for action in offered if not action.is_allowed and action.is_mentioned],
        is_asked=asked is not None and asked.answered_at is None and asked.expires_at > now(),
        history=[entry for entry in audit.history(db(), found) if entry.action in HAPPENED],
        happened=HAPPENED,
        answers=list(_answers(found)),
    )


@blueprint.get("/visits/<int:intervention_id>/calendar.ics")
def visit_calendar(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Give the visit as a calendar file."""
    found = _visit(intervention_id)
    if found.window_begins_at is None:
        abort(404)
    file = calendar_event.for_client(unit(), found, now=now())
    headers = {"Content-Disposition": f'attachment; filename="visit-{found.reference}.ics"'}
    return Response(file, content_type="text/calendar; charset=utf-8", headers=headers)


@blueprint.get("/visits/<int:intervention_id>/booked")
def booked(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Confirm a visit that was just booked or moved."""
    found = _visit(intervention_id)
    if found.window_begins_at is None or found.status in ENDED:
        return go("visit", intervention_id=found.id)
    return render_template(
        "portal/visits/booked.html",
        visit=found,
        was_moved="moved" in request.args,
        calendars=calendar_links(unit(), found),
        possible=[action for action in actions.actions_of(db(), found, contact(), now=now()) if action.is_allowed],
    )


@blueprint.route("/visits/<int:intervention_id>/cancel", methods=["GET", "POST"])
def cancel(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Ask whether to cancel a visit, and why; then cancel it."""
    found = _visit(intervention_id)
    actions.require(db(), found, contact(), "cancel", now=now())
    form = CancelForm()
    if form.validate_on_submit():
        with shown_in(form):
            cancel_by_contact(db(), unit(), contact(), intervention_id, form.reason.data or "", now=now())
            flash(_("The visit is cancelled."), "good")
            return go("visit", intervention_id=intervention_id)
    possible = {action.kind for action in actions.actions_of(db(), found, contact(), now=now()) if action.is_allowed}
    page = render_template("portal/visits/cancel.html", visit=found, form=form, can_reschedule="reschedule" in possible)
    return page, 422 if form.errors else 200


@blueprint.post("/visits/<int:intervention_id>/reschedule")
def reschedule(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Begin to choose another time; the old one stays until the new one is confirmed."""
    draft = drafts.reschedule(db(), contact(), intervention_id, now=now())
    return go("when", draft=draft.id)


@blueprint.post("/visits/<int:intervention_id>/questionnaire")
def questionnaire(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Open the questionnaire of a visit, by a fresh link."""
    token = questionnaires.renew_link(db(), contact(), intervention_id, now=now())
    return redirect(url_for("guest.questionnaire", token=token), 303)


def _visit(intervention_id: int) -> Intervention:
    return interventions.of_contact(db(), contact(), intervention_id)


def _answers(found: Intervention) -> Iterator[tuple[str, str]]:
    for field in found.form_version.questions if found.form_version else []:
        if field.code in found.answers:
            yield pick(field.label), answers.in_words(field, found.answers[field.code])
