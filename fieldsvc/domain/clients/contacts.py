"""Adds and changes the people of a client; their e-mail and phone are the logins of the portal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import flag_modified

from fieldsvc.core import audit, phone
from fieldsvc.core import email as emails
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import LOCALES
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.accounts import codes
from fieldsvc.domain.clients.csv_rows import LONGEST
from fieldsvc.domain.clients.models import Client, Contact

ROLES = {
    "all": _l("Sees every visit of the client"),
    "site": _l("Sees the visits at his sites, and his own"),
    "own": _l("Sees his own visits only"),
}
CHANNELS = {"": _l("The best there is"), "email": _l("E-mail"), "sms": _l("SMS")}


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What is known of a contact; `channel` is where he wants messages."""

    name: str
    email: str = ""
    phone: str = ""
    locale: str = ""
    role: str = "all"
    site_ids: Sequence[int] = ()
    channel: str = ""
    has_opted_out: bool = False
    is_active: bool = True


def add(session: Session, client: Client, facts: ContactFacts, *, actor: Actor, now: datetime) -> Contact:
    """Add a person to a client. Raises `Invalid`."""
    row = Contact(unit_id=client.unit_id, client_id=client.id)
    _fill(session, client, row, facts)
    session.add(row)
    _touch(client)
    audit.record(session, "contact.added", row, actor=actor, now=now, client=client.id)
    return row


def change(
    session: Session, client: Client, contact: Contact, facts: ContactFacts, *, actor: Actor, now: datetime
) -> None:
    """Change a person of a client; a code that was sent to a former e-mail or phone ends. Raises `Invalid`."""
    names = ("name", "email", "phone", "locale", "role", "channel", "has_opted_out", "is_active")
    before = {name: getattr(contact, name) for name in names}
    _fill(session, client, contact, facts)
    _touch(client)
    changed = sorted(name for name, value in before.items() if getattr(contact, name) != value)
    if {"email", "phone", "is_active"} & set(changed):
        codes.end_of_subject(session, contact.unit_id, contact.id, now=now)
    audit.record(session, "contact.changed", contact, actor=actor, now=now, client=client.id, changed=changed)


def _fill(session: Session, client: Client, row: Contact, facts: ContactFacts) -> None:
    name = " ".join(facts.name.split())
    address = emails.normal(facts.email) if facts.email.strip() else None
    number = phone.normal(facts.phone) if facts.phone.strip() else None
    sites = [site for site in client.sites if site.id in facts.site_ids]
    wrong = {} if name else {"name": _("Please type the name of the person.")}
    if len(name) > LONGEST["contact_name"]:
        wrong["name"] = _("Please shorten this to %(n)s characters.", n=LONGEST["contact_name"])
    if facts.email.strip() and address is None:
        wrong["email"] = _("Please type an e-mail address such as ana@example.com.")
    if facts.phone.strip() and number is None:
        wrong["phone"] = _("Please type a phone number such as 912 345 678, with its country if it is another one.")
    wrong |= _wrong_choices(facts, address, number, has_sites=bool(sites))
    if facts.is_active:
        wrong |= _taken(session, row, address, number)
    if wrong:
        raise Invalid(_("Some of this needs another look."), wrong)
    row.name, row.email, row.phone = name, address, number
    row.locale, row.role, row.channel = facts.locale, facts.role, facts.channel
    row.has_opted_out, row.is_active = facts.has_opted_out, facts.is_active
    row.sites = [] if facts.role == "all" else sites


def _wrong_choices(facts: ContactFacts, address: str | None, number: str | None, *, has_sites: bool) -> dict[str, str]:
    wrong = {}
    if facts.role not in ROLES:
        wrong["role"] = _("Please choose one of these.")
    if facts.role == "site" and not has_sites:
        wrong["site_ids"] = _("Please choose at least one site.")
    if facts.locale and facts.locale not in LOCALES:
        wrong["locale"] = _("Please choose one of these.")
    if facts.channel not in CHANNELS:
        wrong["channel"] = _("Please choose one of these.")
    if (facts.channel == "email" and address is None) or (facts.channel == "sms" and number is None):
        wrong["channel"] = _("Messages cannot go there: the e-mail or phone is missing.")
    return wrong


def _taken(session: Session, row: Contact, address: str | None, number: str | None) -> dict[str, str]:
    """An e-mail or phone opens one door only: whose it is already."""
    wrong = {}
    for name, value in (("email", address), ("phone", number)):
        owner = _owner(session, row, getattr(Contact, name) == value) if value else None
        if owner is not None:
            words = _("This is already how %(name)s of %(client)s signs in.", name=owner.name, client=owner.client.name)
            wrong[name] = words
    return wrong


def _owner(session: Session, row: Contact, has_it: ColumnElement[bool]) -> Contact | None:
    with session.no_autoflush:
        rows = session.scalars(
            select(Contact)
            .where(Contact.unit_id == row.unit_id, has_it, Contact.is_active)
            .options(joinedload(Contact.client))
        )
        return next((found for found in rows if found.id != row.id), None)


def _touch(client: Client) -> None:
    """A client whose contact changes is another version of himself."""
    flag_modified(client, "custom")
