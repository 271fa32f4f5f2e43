"""A new unit and the person who shapes it: the one thing that no page can do, because nobody could sign in."""

import re
import secrets
from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit, email
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import LOCALES
from fieldsvc.domain.accounts.models import Staff
from fieldsvc.domain.accounts.passwords import hash_of
from fieldsvc.domain.units.models import BusinessUnit

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def found_unit(
    session: Session, slug: str, name: str, zone: str, locale: str, administrator: str, *, now: datetime
) -> tuple[BusinessUnit, str]:
    """An empty unit with one administrator; the unit, and his password, which is shown once and kept as a hash.

    Raises `Invalid` for what is taken or cannot be.
    """
    address = email.normal(administrator)
    if not SLUG.fullmatch(slug):
        raise Invalid(f"{slug!r} cannot be part of an address: use small letters, figures and dashes, 40 at most.")
    if session.scalar(select(BusinessUnit.id).where(BusinessUnit.slug == slug)) is not None:
        raise Invalid(f"There is a unit named {slug} already.")
    if not name.strip():
        raise Invalid("The unit needs a name.")
    if zone not in available_timezones():
        raise Invalid(f"There is no time zone named {zone}. Give one such as Europe/Lisbon.")
    if locale not in LOCALES:
        raise Invalid(f"There is no language named {locale}. There are: {', '.join(LOCALES)}.")
    if address is None:
        raise Invalid(f"{administrator!r} is no e-mail address.")
    if session.scalar(select(Staff.id).where(Staff.email == address)) is not None:
        raise Invalid(f"Somebody of the staff has the e-mail {address} already.")
    password = secrets.token_urlsafe(12)
    unit = BusinessUnit(slug=slug, name=name.strip(), zone=zone, locale=locale)
    session.add(unit)
    session.flush()
    person = Staff(
        unit_id=unit.id, email=address, name=address, role="administrator", password_hash=hash_of(password), locale=""
    )
    session.add(person)
    audit.record(session, "unit.founded", unit, actor=audit.SYSTEM, now=now, slug=slug)
    return unit, password
