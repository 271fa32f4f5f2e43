"""The visits of a client: the list, one visit, its calendar file, moving and cancelling it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.booking import acting, actions, drafts
from fieldsvc.domain.booking.cancel import cancel_by_contact
from fieldsvc.domain.interventions import find as interventions
from fieldsvc.domain.interventions import questionnaires
from fieldsvc.domain.interventions.lifecycle import ENDED
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.calendar_file import calendar_file
from fieldsvc.web.expected import expected_of
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.portal.calendar_links import calendar_links
from fieldsvc.web.portal.conversation import MessageForm
from fieldsvc.web.portal.routes import blueprint, go
from fieldsvc.web.portal.visit_buttons import buttons_of
from fieldsvc.web.portal.visit_page import page_of
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, now
from fieldsvc.web.shown import shown_of


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
    found = shown_visit(intervention_id)
    page = page_of(found)
    return render_template(
        "portal/visits/on_the_way.html" if page.is_on_the_way else "portal/visits/show.html",
        page=page,
        visit=found,
        message=MessageForm(),
        expected=expected_of(found, now=now()) if page.is_on_the_way else None,
    )


@blueprint.get("/visits/<int:intervention_id>/calendar.ics")
def visit_calendar(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Give the visit as a calendar file."""
    return calendar_file(shown_visit(intervention_id))


@blueprint.get("/visits/<int:intervention_id>/booked")
def booked(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Confirm a visit that was just booked or moved."""
    found = shown_visit(intervention_id)
    if found.window_begins_at is None or found.status in ENDED:
        return go("visit", intervention_id=found.id)
    return render_template(
        "portal/visits/booked.html",
        visit=found,
        shown=shown_of(found),
        was_moved="moved" in request.args,
        calendars=calendar_links(unit(), found),
        buttons=buttons_of(actions.actions_of(db(), found, contact(), now=now()), found),
    )


@blueprint.route("/visits/<int:intervention_id>/cancel", methods=["GET", "POST"])
def cancel(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Ask whether to cancel a visit, and why; then cancel it."""
    found = shown_visit(intervention_id)
    actions.require(db(), found, contact(), "cancel", now=now())
    form = CancelForm()
    if form.validate_on_submit():
        with shown_in(form):
            cancel_by_contact(db(), unit(), contact(), intervention_id, form.reason.data or "", now=now())
            flash(_("The visit is cancelled."), "good")
            return go("visit", intervention_id=intervention_id)
    possible = {action.kind for action in actions.actions_of(db(), found, contact(), now=now()) if action.is_allowed}
    page = render_template(
        "portal/visits/cancel.html",
        visit=found,
        shown=shown_of(found),
        form=form,
        can_reschedule="reschedule" in possible,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/visits/<int:intervention_id>/reschedule")
def reschedule(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Begin to choose another time; the old one stays until the new one is confirmed."""
    draft = drafts.reschedule(db(), contact(), shown_visit(intervention_id).id, now=now())
    return go("when", draft=draft.id)


@blueprint.post("/visits/<int:intervention_id>/book")
def book_visit(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Begin to choose the time of a visit that has none yet."""
    draft = drafts.book_existing(db(), contact(), shown_visit(intervention_id).id, now=now())
    return go("when", draft=draft.id)


@blueprint.post("/visits/<int:intervention_id>/questionnaire")
def questionnaire(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Open the questionnaire of a visit, by a fresh link."""
    token = questionnaires.renew_link(db(), contact(), shown_visit(intervention_id).id, now=now())
    return redirect(url_for("guest.questionnaire", token=token), 303)


def shown_visit(intervention_id: int) -> Intervention:
    """A visit that the reader sees. Raises `NotFound`."""
    return acting.shown(db(), contact(), intervention_id, now=now())
