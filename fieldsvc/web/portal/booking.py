"""Booking a visit, step by step: what, where, questions, confirm; the times are in `times.py`."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import actions, drafts, waiting
from fieldsvc.domain.booking.confirm import confirm as confirm_hold
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.booking.slots import read_window
from fieldsvc.domain.clients import find as clients
from fieldsvc.web import offer_log
from fieldsvc.web.forms.questions import PREFIX
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.portal.booking_forms import ELSEWHERE, booking_questions_form, what_form, where_form
from fieldsvc.web.portal.countdown import countdown_of, kept_window, running_hold
from fieldsvc.web.portal.routes import address, blueprint, go
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, geocoder, now


@blueprint.route("/book", methods=["GET", "POST"])
def what(unit_slug: str) -> ResponseReturnValue:
    """Choose the work: for a new booking, or for one on its way."""
    draft_id = request.args.get("draft", type=int)
    found = drafts.running(db(), contact(), draft_id) if draft_id is not None else None
    if found is not None and found.reschedules_id is not None:
        return go("when", draft=found.id)
    offered = actions.bookable(db(), unit(), contact(), now=now())
    form = what_form(offered, found, request.args.get("what"))
    if form.validate_on_submit():
        if found is None:
            found = drafts.start(db(), contact(), form.activity_type.data or 0, now=now())
        else:
            drafts.change_activity_type(db(), contact(), found.id, form.activity_type.data or 0, now=now())
        return go(_next_step(found, "where" if found.needs_site else "questions"), draft=found.id)
    page = render_template("portal/booking/what.html", form=form, offered=offered)
    return page, 422 if form.errors else 200


@blueprint.route("/book/<int:draft>/where", methods=["GET", "POST"])
def where(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Choose one of the client's sites, or type a new address."""
    found = drafts.running(db(), contact(), draft)
    if found.reschedules_id is not None or not found.needs_site:
        return go("when", draft=draft)
    sites = clients.sites_of(db(), contact())
    form = where_form(sites, found)
    if form.validate_on_submit():
        if form.is_elsewhere:
            drafts.choose_new_address(db(), contact(), draft, form.new_address(), geocoder(), now=now())
        else:
            drafts.choose_site(db(), contact(), draft, form.site_id(), now=now())
        return go(_next_step(found, "questions"), draft=draft)
    page = render_template(
        "portal/booking/where.html", form=form, sites=sites, draft=found, links=links_of(found), elsewhere=ELSEWHERE
    )
    return page, 422 if form.errors else 200


@blueprint.route("/book/<int:draft>/questions", methods=["GET", "POST"])
def questions(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Ask what the technician should know beforehand."""
    found = drafts.running(db(), contact(), draft)
    if found.reschedules_id is not None:
        return go("when", draft=draft)
    form = booking_questions_form(drafts.questions_of(found), found)
    if form.is_complete():
        with shown_in(form, PREFIX):
            drafts.answer(db(), contact(), draft, form.given(), form.notes.data or "", files=form.files())
            return go("when", draft=draft)
    form.keep_uploads()
    page = render_template("portal/booking/questions.html", form=form, draft=found, links=links_of(found))
    return page, 422 if form.errors or form.opened else 200


@blueprint.route("/book/<int:draft>/confirm", methods=["GET", "POST"])
def confirm(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Show everything once more; the button books the time that is kept."""
    found = drafts.of_contact(db(), contact(), draft)
    if request.method == "POST" and _is_another_kept(draft):
        flash(_("Meanwhile you have chosen another time. Please look at it once more."), "warn")
        return go("confirm", draft=draft)
    if request.method == "POST" or found.finished_at is not None:
        has_moved = found.reschedules is not None and found.reschedules.window_begins_at is not None
        with offer_log.noting_loss(draft, read_window("/".join(found.wanted_window))):
            visit = confirm_hold(db(), unit(), contact(), draft, now=now())
        return go("booked", intervention_id=visit.id, moved=1 if has_moved else None)
    held = running_hold(found, now=now())
    if held is None:
        return go("when", draft=draft, lost=1)
    return render_template(
        "portal/booking/confirm.html",
        draft=found,
        held=held,
        window=kept_window(found, now=now()),
        links=links_of(found),
        countdown=countdown_of(held, now=now()),
        waiting_entry=waiting.of_draft(db(), found),
    )


@blueprint.post("/book/<int:draft>/call-me")
def call_me(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Ask the staff to call, because no time suits."""
    visit = drafts.ask_for_a_call(db(), unit(), contact(), draft, now=now())
    flash(_("We have your request and will call you to find a time."), "good")
    return go("visit", intervention_id=visit.id)


def _is_another_kept(draft: int) -> bool:
    """Whether the time that is kept now is not the one that the page showed, as when it was open in two tabs."""
    shown = request.form.get("window", "")
    kept = kept_window(drafts.locked(db(), contact(), draft), now=now())
    return bool(shown and kept and shown != kept)


def links_of(draft: BookingDraft) -> list[str | None]:
    """The way back to each step; what is being moved keeps its work, its place and its answers."""
    when = address("when", draft=draft.id)
    if draft.reschedules_id is not None:
        return [None, None, None, when]
    return [
        address("what", draft=draft.id),
        address("where", draft=draft.id) if draft.needs_site else None,
        address("questions", draft=draft.id),
        when,
    ]


def _next_step(draft: BookingDraft, following: str) -> str:
    """The step that follows, or the time when everything before it was answered already."""
    has_place = draft.site_id is not None or not draft.needs_site
    return "when" if has_place and draft.is_answered else following
