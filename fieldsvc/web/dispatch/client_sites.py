"""The sites of a client."""

from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import FloatField, StringField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.validators import Optional as MayBeEmpty

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.clients import find, sites
from fieldsvc.domain.clients.models import Client, Site
from fieldsvc.domain.clients.sites import SiteFacts
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.forms.versioned import VersionedForm, shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, geocoder, now

NAMES = ("name", "address", "postcode", "city", "reference", "access_notes", "latitude", "longitude")


class SiteForm(VersionedForm):
    """An address where work happens."""

    address = StringField(_l("Street and number"), [InputRequired(_l("Please type the street and number."))])
    postcode = StringField(_l("Postcode"))
    city = StringField(_l("Town"))
    name = StringField(_l("What you call it"))
    reference = StringField(_l("Reference"))
    access_notes = TextAreaField(_l("How to get in"))
    latitude = FloatField(_l("Latitude"), [MayBeEmpty()])
    longitude = FloatField(_l("Longitude"), [MayBeEmpty()])

    def facts(self) -> SiteFacts:
        """What the form says."""
        texts = ("address", "name", "reference", "postcode", "city", "access_notes")
        return SiteFacts(
            **{name: self[name].data or "" for name in texts},
            latitude=self.latitude.data,
            longitude=self.longitude.data,
        )


@blueprint.route("/clients/<int:client_id>/sites/new", methods=["GET", "POST"])
def new_site(client_id: int) -> ResponseReturnValue:
    """Add a site to a client."""
    client = find.client(db(), unit().id, client_id)
    form = SiteForm(version=client.version)
    if form.validate_on_submit():
        with shown(form):
            kept = find.for_change(db(), unit().id, client_id, form.seen_version)
            added = sites.add(db(), kept, form.facts(), geocoder(), actor=actor(), now=now())
            return _saved(client_id, added)
    return _page(form, client, None)


@blueprint.route("/sites/<int:site_id>", methods=["GET", "POST"])
def site(site_id: int) -> ResponseReturnValue:
    """Change a site."""
    found = find.site(db(), unit().id, site_id)
    form = SiteForm(version=found.client.version, **{name: getattr(found, name) for name in NAMES})
    if form.validate_on_submit():
        with shown(form):
            kept = find.for_change(db(), unit().id, found.client_id, form.seen_version)
            sites.change(db(), kept, found, form.facts(), geocoder(), actor=actor(), now=now())
            return _saved(kept.id, found)
    return _page(form, found.client, found)


def _saved(client_id: int, row: Site) -> ResponseReturnValue:
    if row.is_located:
        flash(_("Saved."), "good")
    else:
        flash(_("Saved. We do not know where it is on the map: nothing can be planned there before that."), "warn")
    return go("client", client_id=client_id)


def _page(form: SiteForm, client: Client, found: Site | None) -> ResponseReturnValue:
    values: dict[str, Any] = {"form": form, "client": client, "site": found, "has_geocoder": geocoder() is not None}
    page = render_template("dispatch/clients/site.html", section="clients", **values)
    return page, form.status if form.errors else 200
