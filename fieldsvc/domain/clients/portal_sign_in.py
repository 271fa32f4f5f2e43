"""Clients sign in with an e-mail or phone that is already on a contact; they cannot create an account."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fieldsvc.core import email, links, phone
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.accounts import codes
from fieldsvc.domain.clients import permanent_codes
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.notify.values import Makers, Values, of_unit
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of


@dataclass(frozen=True, slots=True)
class Identity:
    """What somebody typed to sign in, in its normal form."""

    kind: str
    value: str

    @property
    def masked(self) -> str:
        """The identity as it may be shown on a page: m•••@client.example, ••• ••• 118."""
        if self.kind == "phone":
            return f"••• ••• {self.value[-3:]}"
        name, _at, domain = self.value.partition("@")
        return f"{name[:1]}•••@{domain}"


def read_identity(unit: BusinessUnit, text: str) -> Identity:
    """The e-mail or phone in `text`. Raises `Invalid` when it is neither, or of a kind the unit does not take."""
    if "@" in text and takes(unit, "email") and (address := email.normal(text)):
        return Identity("email", address)
    if "@" not in text and takes(unit, "phone") and (number := phone.normal(text)):
        return Identity("phone", number)
    words = _("Please type an e-mail address such as ana@example.com, or a phone number such as 912 345 678.")
    raise Invalid(words, {"identifier": words})


def request_code(
    session: Session, key: str, unit: BusinessUnit, identity: Identity, *, now: datetime, locale: str
) -> int:
    """Send a code and a link to the contact behind `identity`, if there is one; the id to type the code for.

    The answer and the work are the same for an unknown identity: its message is written too, and taken back before
    anybody could see it. Raises `TooMany`.
    """
    contact = _contact_of(session, unit, identity)
    issued = codes.issue(session, key, unit.id, f"{unit.id}:{identity.value}", contact.id if contact else None, now=now)
    message = session.begin_nested()
    _write(session, unit, identity, contact, issued, now=now, locale=locale)
    message.commit() if contact is not None else message.rollback()
    return issued.row.id


def redeem_code(
    session: Session, key: str, unit: BusinessUnit, code_id: int, code: str, *, now: datetime
) -> Contact | None:
    """The contact whose code this is; None when it is wrong, old or tried five times. Commit either way.

    Where the unit allows it, a permanent code of the same contact does as well, within the same five tries.
    """
    typed = "".join(code.split()).replace("-", "")
    attempt = codes.attempt(session, key, unit.id, code_id, typed, now=now)
    permanent = permanent_codes.matching(session, key, unit, attempt.subject_id if attempt else None, typed)
    if attempt is None or not (attempt.is_right or permanent):
        return None
    codes.end(session, code_id, now=now)
    contact = _allowed(session, unit, attempt.subject_id)
    if contact is not None and permanent is not None:
        permanent_codes.note_use(session, permanent, contact, now=now)
    return contact


def redeem_link(session: Session, unit: BusinessUnit, link: str, *, now: datetime) -> Contact | None:
    """The contact whose sign-in link this is; None when it is unknown, old or used."""
    return _allowed(session, unit, codes.redeem_link(session, unit.id, link, now=now))


def _write(
    session: Session,
    unit: BusinessUnit,
    identity: Identity,
    contact: Contact | None,
    issued: codes.Issued,
    *,
    now: datetime,
    locale: str,
) -> None:
    by_email = identity.kind == "email"
    recipient = outbox.Recipient(
        identity.value if by_email else None,
        None if by_email else identity.value,
        (contact.locale if contact else "") or locale,
        contact.id if contact else None,
    )
    address = links.absolute(f"/portal/{unit.slug}/sign-in/link/{issued.link}")
    known: Makers = {
        "contact.name": contact.name if contact else identity.masked,
        "sign_in.code": issued.code,
        "sign_in.link": address,
        "sign_in.minutes": "10",
    }
    outbox.enqueue(session, "sign_in_code", unit, recipient, Values(of_unit(unit, now), known), now=now)


def _contact_of(session: Session, unit: BusinessUnit, identity: Identity) -> Contact | None:
    if not takes(unit, identity.kind):
        return None
    column = Contact.email if identity.kind == "email" else Contact.phone
    rows = session.scalars(
        select(Contact)
        .where(Contact.unit_id == unit.id, column == identity.value, Contact.is_active)
        .options(joinedload(Contact.client))
        .order_by(Contact.id)
    )
    return next((contact for contact in rows if has_portal(unit, contact.client)), None)


def takes(unit: BusinessUnit, kind: str) -> bool:
    """Whether people sign in to the portal of `unit` with this kind of identity, `email` or `phone`."""
    settings = settings_of(unit)
    return settings.sign_in_by_email if kind == "email" else settings.sign_in_by_phone


def _allowed(session: Session, unit: BusinessUnit, contact_id: int | None) -> Contact | None:
    contact = session.get(Contact, contact_id) if contact_id is not None else None
    if contact is None or not contact.is_active or not has_portal(unit, contact.client):
        return None
    return contact
