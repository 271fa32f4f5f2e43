"""What a client does with a visit or for the unit: confirm a time, fill a form in, ask for something new."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import DateField, RadioField, TextAreaField, ValidationError
from wtforms.validators import Optional

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.booking import acting, actions
from fieldsvc.domain.booking.ask import Wish, ask, form_of
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients import find as clients
from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.interventions import confirmation, forms_answered
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.forms.questions import PREFIX, QuestionsForm, questions_form
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.portal.routes import blueprint, go
from fieldsvc.web.principal import actor, contact, unit
from fieldsvc.web.session import db, now


class AskForm(QuestionsForm):
    """When it would suit, and room for anything else."""

    site = RadioField(_l("Where should we come?"), validate_choice=False)
    wanted_on = DateField(_l("Which day would suit you?"), [Optional()])
    part = RadioField(_l("Which part of the day?"), validate_choice=False, default="")
    notes = TextAreaField(_l("What is it about?"))

    def validate_site(self, field: RadioField) -> None:
        """One of the addresses that were offered."""
        if field.choices and field.data not in field.choices:
            raise ValidationError(_("Please choose an address."))


@blueprint.post("/visits/<int:intervention_id>/confirm")
def confirm_visit(unit_slug: str, intervention_id: int) -> ResponseReturnValue:
    """Say that the time suits."""
    visit, _action = acting.on(db(), contact(), intervention_id, "confirm", now=now())
    confirmation.confirm(db(), unit(), visit, actor=actor(), now=now())
    flash(_("Thank you, the time is confirmed."), "good")
    return go("visit", intervention_id=intervention_id)


@blueprint.route("/visits/<int:intervention_id>/forms/<int:action_id>", methods=["GET", "POST"])
def answer_form(unit_slug: str, intervention_id: int, action_id: int) -> ResponseReturnValue:
    """Ask what the company wants to know about a visit; answers can be changed as long as the action is allowed."""
    visit = acting.shown(db(), contact(), intervention_id, now=now())
    action = acting.numbered(db(), contact(), action_id, "form", now=now(), about=visit)
    before = forms_answered.of_action(db(), action.id, visit)
    version = forms_answered.version_of(action, before)
    form = questions_form(version.questions, before.answers if before else {}, QuestionsForm)
    if form.is_complete():
        with shown_in(form, PREFIX):
            forms_answered.answer(db(), contact(), action, form.given(), form.files(), now=now(), about=visit)
            flash(_("Thank you, your answers are saved."), "good")
            return go("visit", intervention_id=intervention_id)
    form.keep_uploads()
    page = render_template("portal/visits/form.html", visit=visit, action=action, title=version.form.title, form=form)
    return page, 422 if form.errors or form.opened else 200


@blueprint.route("/forms/<int:action_id>", methods=["GET", "POST"])
def unit_form(unit_slug: str, action_id: int) -> ResponseReturnValue:
    """Ask what the company wants to know about nothing in particular."""
    action = acting.numbered(db(), contact(), action_id, "form", now=now())
    version = forms_answered.version_of(action, None)
    form = questions_form(version.questions, {}, QuestionsForm)
    if form.is_complete():
        with shown_in(form, PREFIX):
            forms_answered.answer(db(), contact(), action, form.given(), form.files(), now=now())
            flash(_("Thank you, your answers have reached us."), "good")
            return go("home")
    form.keep_uploads()
    page = render_template("portal/visits/form.html", visit=None, action=action, title=version.form.title, form=form)
    return page, 422 if form.errors or form.opened else 200


@blueprint.route("/visits/<int:intervention_id>/ask/<int:action_id>", methods=["GET", "POST"])
def ask_about(unit_slug: str, intervention_id: int, action_id: int) -> ResponseReturnValue:
    """Ask for something new because of a visit, at the same address."""
    visit = acting.shown(db(), contact(), intervention_id, now=now())
    return _ask(acting.numbered(db(), contact(), action_id, "ask", now=now(), about=visit), visit)


@blueprint.route("/ask/<int:action_id>", methods=["GET", "POST"])
def ask_for(unit_slug: str, action_id: int) -> ResponseReturnValue:
    """Ask for something new."""
    return _ask(acting.numbered(db(), contact(), action_id, "ask", now=now()), None)


def _ask(action: PortalAction, visit: Intervention | None) -> ResponseReturnValue:
    questions = form_of(action)
    has_place = actions.work_of(action).has_place
    site = visit.site if visit is not None and has_place else None
    sites = clients.sites_of(db(), contact()) if has_place and site is None else []
    form = questions_form(questions.fields if questions else [], {}, AskForm, site=_only(sites))
    form.site.choices = {str(site.id): site.full_address for site in sites}
    form.site.flags.required = True
    form.part.choices = {"": _("Any time"), "morning": _("In the morning"), "afternoon": _("In the afternoon")}
    if form.is_complete():
        with shown_in(form, PREFIX):
            asked = ask(db(), unit(), contact(), action, _wish(form), now=now(), about=visit)
            flash(_("We have your request and will contact you to agree on a time."), "good")
            return go("visit", intervention_id=asked.id)
    form.keep_uploads()
    page = render_template(
        "portal/visits/ask.html",
        visit=visit,
        action=action,
        label=actions.label_of(action),
        form=form,
        site=site,
        is_unknown_where=has_place and site is None and not sites,
    )
    return page, 422 if form.errors or form.opened else 200


def _only(sites: list[Site]) -> str:
    return str(sites[0].id) if len(sites) == 1 else ""


def _wish(form: AskForm) -> Wish:
    return Wish(
        site_id=int(form.site.data) if form.site.choices else None,  # one of the choices, by now
        wanted_on=form.wanted_on.data,
        part=form.part.data or "",
        notes=form.notes.data or "",
        given=form.given(),
        files=form.files(),
    )
