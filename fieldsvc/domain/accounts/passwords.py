"""Staff passwords, kept with Argon2."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.accounts.models import Staff

LONGEST = 1024

_hasher = PasswordHasher()


def hash_of(password: str) -> str:
    """The hash under which a password is kept."""
    return _hasher.hash(password)


def check(session: Session, email: str, password: str) -> Staff:
    """The staff member with this e-mail and password. Raises `Invalid`, the same for whatever is wrong."""
    staff = session.scalar(select(Staff).where(Staff.email == email.strip().lower(), Staff.is_active))
    kept = staff.password_hash if staff else _decoy()
    if not _verifies(kept, password) or staff is None:
        raise Invalid(_("This e-mail and password do not go together. Please try again."))
    return staff


def _verifies(kept: str, password: str) -> bool:
    if len(password) > LONGEST:
        return False
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    """Checked for unknown people, so that an answer takes as long for them."""
    return _hasher.hash("nobody has this password")
