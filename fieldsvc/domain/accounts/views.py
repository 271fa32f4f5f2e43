"""Sessions in which a staff member sees the portal as one of its contacts: short, read-only, and written down."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import tokens
from fieldsvc.domain.accounts import sessions
from fieldsvc.domain.accounts.models import SignInSession, Staff

KIND = "view"
LIFETIME = timedelta(minutes=30)
ROLES = ("dispatcher", "administrator")


def begin(session: Session, staff: Staff, contact_id: int, *, at: datetime | None, now: datetime) -> str:
    """Look as a contact of the staff member's unit, at the present or at the instant `at`: the cookie's secret."""
    secret = tokens.make()
    session.add(
        SignInSession(
            token_hash=tokens.digest(secret),
            principal_kind=KIND,
            principal_id=contact_id,
            unit_id=staff.unit_id,
            created_at=now,
            expires_at=now + LIFETIME,
            viewed_by_id=staff.id,
            viewed_at=at,
        )
    )
    return secret


def running(session: Session, secret: str, *, now: datetime) -> SignInSession | None:
    """The view behind a cookie, as long as it lasts and whoever looks may do so still."""
    row = sessions.recognise(session, secret, now=now)
    if row is None or row.principal_kind != KIND:
        return None
    may_look = select(Staff.id).where(
        Staff.id == row.viewed_by_id, Staff.unit_id == row.unit_id, Staff.is_active, Staff.role.in_(ROLES)
    )
    return row if session.scalar(may_look) is not None else None
