"""The record of one client: facts, people, sites, visits, and why he may use the portal or not."""

from collections.abc import Mapping
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.booking import portal_access
from fieldsvc.domain.clients import clients as services
from fieldsvc.domain.clients import find
from fieldsvc.domain.clients.clients import ClientFacts
from fieldsvc.domain.clients.contacts import ROLES
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions import of_client
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.dispatch.clients import KIND_WORDS
from fieldsvc.web.forms.choices import choices_of
from fieldsvc.web.forms.versioned import VersionedForm, shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

SPARE_LINES = 3


class ClientForm(VersionedForm):
    """What is known of a client himself; fields of the unit's own are lines of a name and a value."""

    name = StringField(_l("Name"), [InputRequired(_l("Please type the name of the client."))])
    reference = StringField(_l("Reference"))
    kind = SelectField(_l("Kind"), choices=choices_of(KIND_WORDS))
    category = StringField(_l("Category"))
    is_active = BooleanField(_l("Is a client now"))
    custom = StringField(_l("Your own fields"))

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The lines as they were typed, else those there are, with some to spare."""
        if request.method == "POST":
            typed = zip(request.form.getlist("custom-name"), request.form.getlist("custom-value"), strict=False)
            there = [(name, value) for name, value in typed if name.strip() or value.strip()]
        else:
            kept: Mapping[str, str] = self.custom.object_data or {}
            there = list(kept.items())
        return [*there, *[("", "")] * SPARE_LINES]

    def facts(self) -> ClientFacts:
        """What the form says."""
        return ClientFacts(
            name=self.name.data or "",
            reference=self.reference.data or "",
            kind=self.kind.data,
            category=self.category.data or "",
            is_active=bool(self.is_active.data),
            custom={name: value for name, value in self.lines if name.strip()},
        )


class AccessForm(VersionedForm):
    """The portal of one client."""

    access = SelectField(
        _l("Portal of this client"),
        choices=choices_of({"inherit": _l("As the unit"), "on": _l("On"), "off": _l("Off")}),
    )


@blueprint.get("/clients/<int:client_id>")
def client(client_id: int) -> ResponseReturnValue:
    """Everything about one client."""
    found = find.client(db(), unit().id, client_id)
    return render_template("dispatch/clients/record.html", **record(found))


@blueprint.route("/clients/new", methods=["GET", "POST"])
def new_client() -> ResponseReturnValue:
    """Add a client."""
    form = ClientForm(is_active=True)
    if form.validate_on_submit():
        with shown(form):
            added = services.add(db(), unit(), form.facts(), actor=actor(), now=now())
            flash(_("The client is added. Who is to be reached there?"), "good")
            return go("client", client_id=added.id)
    page = render_template("dispatch/clients/edit.html", section="clients", client=None, form=form)
    return page, form.status if form.errors else 200


@blueprint.route("/clients/<int:client_id>/edit", methods=["GET", "POST"])
def edit_client(client_id: int) -> ResponseReturnValue:
    """Change what is known of a client."""
    found = find.client(db(), unit().id, client_id)
    form = ClientForm(**_present(found))
    if form.validate_on_submit():
        with shown(form):
            kept = find.for_change(db(), unit().id, client_id, form.seen_version)
            services.change(db(), kept, form.facts(), actor=actor(), now=now())
            flash(_("Saved."), "good")
            return go("client", client_id=client_id)
    page = render_template("dispatch/clients/edit.html", section="clients", client=found, form=form)
    return page, form.status if form.errors else 200


@blueprint.post("/clients/<int:client_id>/portal")
def client_portal(client_id: int) -> ResponseReturnValue:
    """Open or close the portal for one client."""
    form = AccessForm()
    found = find.client(db(), unit().id, client_id)
    if form.validate():
        with shown(form):
            kept = find.for_change(db(), unit().id, client_id, form.seen_version)
            services.change_access(db(), kept, form.access.data, actor=actor(), now=now())
            flash(_("Saved."), "good")
            return go("client", client_id=client_id)
    return render_template("dispatch/clients/record.html", **record(found, access_form=form)), form.status


def record(found: Client, **more: Any) -> dict[str, Any]:
    """What the page of a client shows."""
    return {
        "section": "clients",
        "client": found,
        "summary": of_client.summary(db(), found),
        "explained": portal_access.explain(db(), unit(), found, now=now()),
        "kind_words": KIND_WORDS,
        "role_words": ROLES,
        "takes_permanent_codes": settings_of(unit()).sign_in_by_permanent_code,
        "access_form": AccessForm(access=found.portal_access, version=found.version),
        **more,
    }


def _present(found: Client) -> dict[str, Any]:
    names = ("name", "reference", "kind", "category", "is_active", "custom", "version")
    return {name: getattr(found, name) for name in names}
