"""View as this client: the portal in the staff member's browser, read-only, at an instant of his choice."""

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.core import audit
from fieldsvc.core.errors import Invalid, NotAllowed
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.accounts import sessions, views
from fieldsvc.domain.clients import find as clients
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.web import viewing
from fieldsvc.web.admin.blueprint import blueprint
from fieldsvc.web.forms import instants
from fieldsvc.web.principal import actor, staff, unit
from fieldsvc.web.session import db, now


@blueprint.post("/view-as/<int:contact_id>")
def view_as(contact_id: int) -> ResponseReturnValue:
    """Begin to look as a contact; the address of a visit may say where."""
    contact = clients.contact(db(), unit().id, contact_id)
    if not contact.is_active or not has_portal(unit(), contact.client):
        raise NotAllowed(_("%(name)s has no access to the portal, so there is nothing to see.", name=contact.name))
    typed = request.form.get("at", "").strip()
    try:
        at = instants.read(typed, unit().zone) if typed else None
    except ValueError as wrong:
        raise Invalid(str(wrong)) from wrong
    _end_running()
    g.sign_in = "view", views.begin(db(), staff(), contact.id, at=at, now=now())
    audit.record(
        db(), "contact.view_began", contact, actor=actor(), now=now(), at=at.isoformat() if at is not None else None
    )
    return redirect(url_for("portal.home", unit_slug=unit().slug), 303)


@blueprint.post("/view-as/leave")
def leave_view() -> ResponseReturnValue:
    """Stop looking."""
    client_id = _end_running()
    g.sign_in = "view", None
    if client_id is None:
        flash(_("The view had ended by itself."))
        return redirect(url_for("dispatch.clients"), 303)
    return redirect(url_for("dispatch.client", client_id=client_id), 303)


def _end_running() -> int | None:
    """End the view of this browser; answers the client it was of."""
    row = viewing.running()
    if row is None or row.unit_id != unit().id:
        return None
    sessions.revoke(db(), request.cookies[viewing.COOKIE], now=now())
    contact = clients.contact(db(), unit().id, row.principal_id)
    audit.record(db(), "contact.view_ended", contact, actor=actor(), now=now())
    return contact.client_id
