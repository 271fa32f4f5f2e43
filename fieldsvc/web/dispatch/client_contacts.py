"""The people of a client, and their permanent codes."""

from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired

from fieldsvc.core import phone
from fieldsvc.core.text import LOCALES
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.clients import contacts, find, permanent_codes
from fieldsvc.domain.clients.contacts import CHANNELS, ROLES, ContactFacts
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.forms.choices import choices_of
from fieldsvc.web.forms.versioned import VersionedForm, shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import config, db, now


class ContactForm(VersionedForm):
    """A person of a client."""

    name = StringField(_l("Name"), [InputRequired(_l("Please type the name of the person."))])
    email = StringField(_l("E-mail"))
    phone = StringField(_l("Mobile phone"))
    locale = SelectField(_l("Language"), choices=choices_of({"": _l("Not known"), **LOCALES}))
    channel = SelectField(_l("Messages by"), choices=choices_of(CHANNELS))
    has_opted_out = BooleanField(_l("Wants only messages that are necessary"))
    role = RadioField(
        _l("What this person sees"), [InputRequired(_l("Please choose one of these."))], choices=choices_of(ROLES)
    )
    site_ids = SelectMultipleField(_l("Sites of this person"), coerce=int)
    is_active = BooleanField(_l("Works there now"))

    def facts(self) -> ContactFacts:
        """What the form says."""
        return ContactFacts(
            name=self.name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            locale=self.locale.data or "",
            role=self.role.data or "",
            site_ids=self.site_ids.data or (),
            channel=self.channel.data or "",
            has_opted_out=bool(self.has_opted_out.data),
            is_active=bool(self.is_active.data),
        )


@blueprint.route("/clients/<int:client_id>/contacts/new", methods=["GET", "POST"])
def new_contact(client_id: int) -> ResponseReturnValue:
    """Add a person to a client."""
    client = find.client(db(), unit().id, client_id)
    form = _form(client, role="all", locale="", channel="", is_active=True)
    if form.validate_on_submit():
        with shown(form):
            kept = find.for_change(db(), unit().id, client_id, form.seen_version)
            contacts.add(db(), kept, form.facts(), actor=actor(), now=now())
            flash(_("Saved."), "good")
            return go("client", client_id=client_id)
    return _page(form, client, None)


@blueprint.route("/contacts/<int:contact_id>", methods=["GET", "POST"])
def contact(contact_id: int) -> ResponseReturnValue:
    """Change a person of a client."""
    found = find.contact(db(), unit().id, contact_id)
    form = _form(found.client, **_present(found))
    if form.validate_on_submit():
        with shown(form):
            kept = find.for_change(db(), unit().id, found.client_id, form.seen_version)
            contacts.change(db(), kept, found, form.facts(), actor=actor(), now=now())
            flash(_("Saved."), "good")
            return go("client", client_id=kept.id)
    return _page(form, found.client, found)


@blueprint.post("/contacts/<int:contact_id>/permanent-codes")
def new_permanent_code(contact_id: int) -> ResponseReturnValue:
    """Make a permanent code; the page that answers is the only one that ever shows it."""
    found = find.contact(db(), unit().id, contact_id)
    made = permanent_codes.make(db(), config().secret_key, unit(), found, actor=actor(), now=now())
    return render_template("dispatch/clients/permanent_code.html", section="clients", contact=found, made=made)


@blueprint.post("/contacts/<int:contact_id>/permanent-codes/<int:code_id>/revoke")
def revoke_permanent_code(contact_id: int, code_id: int) -> ResponseReturnValue:
    """Take a permanent code back."""
    found = find.contact(db(), unit().id, contact_id)
    permanent_codes.revoke(db(), found, code_id, actor=actor(), now=now())
    flash(_("The code is revoked. Nobody can sign in with it any more."), "good")
    return go("client", client_id=found.client_id)


def _form(client: Client, **values: Any) -> ContactForm:
    form = ContactForm(**{"version": client.version, **values})
    form.site_ids.choices = choices_of({str(site.id): site.name or site.full_address for site in client.sites})
    return form


def _page(form: ContactForm, client: Client, found: Contact | None) -> ResponseReturnValue:
    page = render_template("dispatch/clients/contact.html", section="clients", form=form, client=client, contact=found)
    return page, form.status if form.errors else 200


def _present(found: Contact) -> dict[str, Any]:
    names = ("name", "email", "locale", "channel", "has_opted_out", "role", "is_active")
    return {
        **{name: getattr(found, name) for name in names},
        "phone": phone.in_words(found.phone) if found.phone else "",
        "site_ids": [site.id for site in found.sites],
    }
