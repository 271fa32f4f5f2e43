"""A new intervention: find the client, then say what is to be done where. Works without scripts."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import DateField, IntegerField, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.domain.clients import find as clients
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions.create import NewIntervention, create
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web import asked
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now


class InterventionForm(PageForm):
    """What is to be done for one client."""

    activity_type_id = SelectField(_l("Activity"), coerce=int)
    site_id = SelectField(_l("Site"), coerce=int)
    contact_id = SelectField(_l("Contact"), coerce=int)
    due_on = DateField(_l("Due by"), [MayBeEmpty()])
    priority = IntegerField(
        _l("Priority"), [MayBeEmpty(), NumberRange(1, 10, _l("Please type a number from 1 to 10."))]
    )
    notes = TextAreaField(_l("Notes for the technician"), [Length(max=2000)])


@blueprint.route("/interventions/new", methods=["GET", "POST"])
def new_intervention() -> ResponseReturnValue:
    """First who it is for, then the work."""
    client_id = asked.number("client")
    if client_id is None:
        return _find_client()
    client = clients.client(db(), unit().id, client_id)
    form = _form_for(client)
    if form.validate_on_submit():
        with shown_in(form):
            made = _create(client, form)
            return go("assistant" if "then" in request.form else "intervention", intervention_id=made.id)
    page = render_template("dispatch/new_intervention.html", section="interventions", client=client, form=form)
    return page, 422 if form.errors else 200


def _find_client() -> ResponseReturnValue:
    text = request.args.get("q", "").strip()[:100]
    found = clients.search(db(), unit().id, text) if text else []
    return render_template("dispatch/new_find_client.html", section="interventions", text=text, clients=found)


def _form_for(client: Client) -> InterventionForm:
    form = InterventionForm()
    form.activity_type_id.choices = {str(row.id): pick(row.title) for row in catalogue.in_use(db(), unit().id)}
    form.site_id.choices = {
        **{str(site.id): site.full_address for site in client.sites},
        "0": _("No site: a call, a task, work at a distance"),
    }
    people = {str(contact.id): contact.name for contact in client.contacts if contact.is_active}
    form.contact_id.choices = people or {"0": _("Nobody")}
    return form


def _create(client: Client, form: InterventionForm) -> Intervention:
    new = NewIntervention(
        client_id=client.id,
        site_id=form.site_id.data or None,
        activity_type_id=form.activity_type_id.data,
        contact_id=form.contact_id.data or None,
        due_on=form.due_on.data,
        priority=form.priority.data,
        notes=form.notes.data or "",
    )
    return create(db(), unit(), new, actor=actor(), now=now())
