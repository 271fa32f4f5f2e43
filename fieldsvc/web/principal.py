"""Who is asking: the signed-in contact or staff member, and the unit the request is about."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Response, g, request
from flask import session as cookie
from sqlalchemy.orm import joinedload

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Forbidden
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.accounts import sessions, views
from fieldsvc.domain.accounts.models import Staff
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units import find as units
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.web import viewing
from fieldsvc.web.session import config, db, now

COOKIES = {"contact": "fieldsvc_portal", "staff": "fieldsvc_staff", "view": viewing.COOKIE}
LIFETIME = {**sessions.LIFETIME, "view": views.LIFETIME}


@dataclass(frozen=True, slots=True)
class Principal:
    """The people this request speaks for; at most one contact and one staff member."""

    contact: Contact | None
    staff: Staff | None


def recognise() -> None:
    """Find out once who is asking, and for which unit."""
    slug = (request.view_args or {}).get("unit_slug")
    g.unit = units.by_slug(db(), slug) if slug else None
    g.view = viewing.recognise(g.unit)
    seen_as = g.view.contact if g.view else _contact(g.unit)
    g.principal = Principal(seen_as, _staff() if slug is None else None)
    if g.unit is None and g.principal.staff is not None:
        g.unit = db().get_one(BusinessUnit, g.principal.staff.unit_id)
        if not g.unit.is_active:
            g.unit, g.principal = None, Principal(None, None)
    g.staff_role = g.principal.staff.role if g.principal.staff else None  # outlives the row in a refusal


def contact() -> Contact:
    """The signed-in contact. Raises `Forbidden` when nobody is."""
    found = _principal().contact
    if found is None:
        raise Forbidden(_("Please sign in first."))
    return found


def staff() -> Staff:
    """The signed-in staff member. Raises `Forbidden` when nobody is."""
    found = _principal().staff
    if found is None:
        raise Forbidden(_("Please sign in first."))
    return found


def technician() -> Technician | None:
    """The technician who is signed in, if the staff member is one."""
    if "technician" not in g:
        person = _principal().staff
        g.technician = teams.of_staff(db(), person.id) if person else None
    found: Technician | None = g.technician
    return found


def unit() -> BusinessUnit:
    """The unit of the address, or of the staff member."""
    found: BusinessUnit | None = g.get("unit")
    if found is None:
        raise Forbidden(_("Please sign in first."))
    return found


def actor() -> Actor:
    """Who acts, for the audit."""
    person = _principal()
    if person.contact is not None:
        return Actor("contact", person.contact.id, person.contact.name)
    if person.staff is not None:
        return Actor("staff", person.staff.id, person.staff.name)
    return Actor("guest")


def sign_in(kind: str, principal_id: int, unit_id: int, *, lifetime: timedelta | None = None) -> None:
    """Open a session for this browser; the answer to the request carries its cookie."""
    cookie.clear()
    browser = request.headers.get("User-Agent", "")
    secret = sessions.open_session(db(), kind, principal_id, unit_id, now=now(), browser=browser, lifetime=lifetime)
    g.sign_in = kind, secret


def is_signed_in(person: Contact) -> bool:
    """Whether this browser has a running session of the contact, on a page that belongs to no portal."""
    secret = request.cookies.get(COOKIES["contact"])
    running = sessions.recognise(db(), secret, now=now()) if secret else None
    return running is not None and (running.principal_kind, running.principal_id) == ("contact", person.id)


def sign_out(kind: str) -> None:
    """End this browser's session, on the server too."""
    secret = request.cookies.get(COOKIES[kind])
    if secret:
        sessions.revoke(db(), secret, now=now())
    cookie.clear()
    g.sign_in = kind, None


def set_cookie(response: Response) -> Response:
    """Give the browser the cookie of a sign-in, or take it back."""
    if "sign_in" not in g:
        return response
    kind, secret = g.sign_in
    if secret is None:
        response.delete_cookie(COOKIES[kind], path="/")
        return response
    response.set_cookie(
        COOKIES[kind],
        secret,
        max_age=int(LIFETIME[kind].total_seconds()),
        secure=config().has_tls,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def _principal() -> Principal:
    found: Principal = g.get("principal", Principal(None, None))
    return found


def _contact(unit: BusinessUnit | None) -> Contact | None:
    secret = request.cookies.get(COOKIES["contact"])
    if unit is None or not secret:
        return None
    signed_in = sessions.recognise(db(), secret, now=now())
    if signed_in is None or signed_in.principal_kind != "contact" or signed_in.unit_id != unit.id:
        return None
    person = db().get(Contact, signed_in.principal_id, options=[joinedload(Contact.client)])
    if person is None or not person.is_active or not has_portal(unit, person.client):
        return None
    return person


def _staff() -> Staff | None:
    secret = request.cookies.get(COOKIES["staff"])
    signed_in = sessions.recognise(db(), secret, now=now()) if secret else None
    if signed_in is None or signed_in.principal_kind != "staff":
        return None
    person = db().get(Staff, signed_in.principal_id)
    return person if person is not None and person.is_active else None
