"""Login codes of contacts that stay valid until they are revoked: shown once, kept as a keyed hash."""

import secrets
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldsvc.core import audit, tokens
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotAllowed, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.clients.models import Contact, PermanentCode
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without the characters that people take for one another: 0 O, 1 I L."""
LENGTH = 10
MOST = 5


class Made(NamedTuple):
    """A new code; `code` exists only here and on the page that shows it."""

    row: PermanentCode
    code: str

    @property
    def in_words(self) -> str:
        """The code as people read it aloud."""
        return f"{self.code[:5]}-{self.code[5:]}"


def make(session: Session, key: str, unit: BusinessUnit, contact: Contact, *, actor: Actor, now: datetime) -> Made:
    """Make a code for a contact. Raises `NotAllowed` when the unit takes none, or he has as many as one can have."""
    if not settings_of(unit).sign_in_by_permanent_code:
        raise NotAllowed(_("Permanent codes are switched off for this unit. An administrator can switch them on."))
    if len(live(session, contact)) >= MOST:
        raise NotAllowed(_("%(name)s has %(n)s permanent codes. Revoke one first.", name=contact.name, n=MOST))
    code = "".join(secrets.choice(ALPHABET) for _character in range(LENGTH))
    row = PermanentCode(
        unit_id=contact.unit_id,
        contact_id=contact.id,
        code_hash=_digest(key, code),
        ending=code[-2:],
        created_at=now,
        created_by=actor.name,
    )
    session.add(row)
    audit.record(session, "permanent_code.made", row, actor=actor, now=now, contact=contact.id)
    return Made(row, code)


def revoke(session: Session, contact: Contact, code_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a code of a contact back, from now on; one that is revoked stays so. Raises `NotFound` if it is not his."""
    mine = (PermanentCode.id == code_id, PermanentCode.contact_id == contact.id)
    row = session.scalar(select(PermanentCode).where(*mine))
    if row is None:
        raise NotFound(_("This code does not exist."))
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    audit.record(session, "permanent_code.revoked", row, actor=actor, now=now, contact=contact.id)


def live(session: Session, contact: Contact) -> list[PermanentCode]:
    """The codes of a contact that work, oldest first."""
    return list(session.scalars(_live(contact.id)))


def matching(
    session: Session, key: str, unit: BusinessUnit, contact_id: int | None, typed: str
) -> PermanentCode | None:
    """The live code of this contact that was typed. For nobody's code the same is done, and nothing found."""
    if not settings_of(unit).sign_in_by_permanent_code:
        return None
    digest = _digest(key, typed.upper() if typed.isascii() and len(typed) == LENGTH else "")
    rows = session.scalars(_live(contact_id or 0)).all()
    return next((row for row in rows if tokens.equal(row.code_hash, digest)), None)


def note_use(session: Session, row: PermanentCode, contact: Contact, *, now: datetime) -> None:
    """Remember that somebody came in with a code."""
    row.last_used_at = now
    actor = Actor("contact", contact.id, contact.name)
    audit.record(session, "permanent_code.used", row, actor=actor, now=now, contact=contact.id)


def _live(contact_id: int) -> Select[PermanentCode]:
    mine = (PermanentCode.contact_id == contact_id, PermanentCode.revoked_at.is_(None))
    return select(PermanentCode).where(*mine).order_by(PermanentCode.id)


def _digest(key: str, code: str) -> str:
    return tokens.keyed_digest(key, f"permanent code:{code}")
