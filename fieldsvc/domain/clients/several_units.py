"""People whom several units know sign in once, with the e-mail or phone they gave to each, and then choose the unit."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fieldsvc.core import email, phone
from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.accounts import codes
from fieldsvc.domain.clients import portal_sign_in
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.clients.portal_sign_in import Identity
from fieldsvc.domain.units import find as units
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class Door:
    """A unit that knows somebody, and as whom."""

    unit: BusinessUnit
    contact: Contact


def read_identity(text: str) -> Identity:
    """The e-mail or phone in `text`; which of them a unit takes is another matter. Raises `Invalid`."""
    address = email.normal(text) if "@" in text else None
    number = phone.normal(text) if "@" not in text else None
    if address is None and number is None:
        words = _("Please type an e-mail address such as ana@example.com, or a phone number such as 912 345 678.")
        raise Invalid(words, {"identifier": words})
    return Identity("email", address) if address else Identity("phone", number or "")


def doors_of(session: Session, identity: Identity) -> list[Door]:
    """The units whose portal is open to whoever has this e-mail or phone, each once, by name."""
    column = Contact.email if identity.kind == "email" else Contact.phone
    rows = session.execute(
        select(BusinessUnit, Contact)
        .join(Contact, Contact.unit_id == BusinessUnit.id)
        .where(BusinessUnit.is_active, column == identity.value, Contact.is_active)
        .options(joinedload(Contact.client))
        .order_by(BusinessUnit.name, BusinessUnit.id, Contact.id)
    )
    doors: dict[int, Door] = {}
    for unit, contact in rows:
        if portal_sign_in.takes(unit, identity.kind) and has_portal(unit, contact.client):
            doors.setdefault(unit.id, Door(unit, contact))
    return list(doors.values())


def request_code(session: Session, key: str, identity: Identity, *, now: datetime, locale: str) -> tuple[int, int]:
    """Send a code in the name of the first unit that knows the identity: that unit, and the id to type the code for.

    For an unknown identity the same is done in the name of some unit, and taken back. Raises `NotFound`, `TooMany`.
    """
    doors, every = doors_of(session, identity), units.active(session)
    if not every:
        raise NotFound(_("There is no portal here yet."))
    unit = doors[0].unit if doors else every[0]
    return unit.id, portal_sign_in.request_code(session, key, unit, identity, now=now, locale=locale)


def redeem_code(
    session: Session, key: str, unit_id: int, code_id: int, code: str, identity: Identity, *, now: datetime
) -> list[Door]:
    """The doors that the code opens; none when it is wrong, old or tried five times. Commit either way.

    A permanent code opens none: it was made by one unit, and proves nothing to the others.
    """
    typed = "".join(code.split()).replace("-", "")
    attempt = codes.attempt(session, key, unit_id, code_id, typed, now=now)
    doors = doors_of(session, identity)
    if attempt is None or not attempt.is_right or attempt.subject_id is None:
        return []
    codes.end(session, code_id, now=now)
    return doors
