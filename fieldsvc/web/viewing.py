"""A staff member looks at the portal as one of its contacts: recognised by a cookie of its own, and read-only."""

from dataclasses import dataclass
from datetime import datetime

from flask import g, request
from sqlalchemy.orm import joinedload

from fieldsvc.core.errors import Forbidden
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.accounts import views
from fieldsvc.domain.accounts.models import SignInSession
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.web.session import SAFE, db, now

COOKIE = "fieldsvc_view"
# Pages that speak for a client; those of the staff go on working in the same browser.
CLIENTS = {"portal", "guest"}


@dataclass(frozen=True, slots=True)
class View:
    """Who is seen, at which instant (None is the present), and until when the view lasts."""

    contact: Contact
    at: datetime | None
    ends_at: datetime


def recognise(unit: BusinessUnit | None) -> View | None:
    """The view of this browser on the portal of `unit`; from here on the request happens at its instant.

    Whatever would change something is refused while a view runs, on any page for clients. Raises `Forbidden`.
    """
    row = running() if request.blueprint in CLIENTS else None
    if row is None:
        return None
    if request.method not in SAFE:
        raise Forbidden(_("You are only looking, as the client sees it: nothing can be changed here."))
    person = db().get(Contact, row.principal_id, options=[joinedload(Contact.client)])
    if unit is None or row.unit_id != unit.id or person is None:
        return None
    if not person.is_active or not has_portal(unit, person.client):
        return None
    if row.viewed_at is not None:
        g.now = row.viewed_at
    return View(person, row.viewed_at, row.expires_at)


def running() -> SignInSession | None:
    """The view that this browser has begun, if it still lasts."""
    secret = request.cookies.get(COOKIE)
    return views.running(db(), secret, now=now()) if secret else None


def is_on() -> bool:
    """Whether this page is only looked at."""
    return g.get("view") is not None
