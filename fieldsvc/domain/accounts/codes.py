"""One-time codes and links: one live at a time, five tries, ten minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from fieldsvc.core import tokens
from fieldsvc.core.errors import TooMany
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.accounts.models import OneTimeCode
from fieldsvc.domain.units.models import BusinessUnit

LIFETIME = timedelta(minutes=10)
TRIES = 5
PER_IDENTITY = 6
PERIOD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """What was made: the secrets exist only here and in the message."""

    row: OneTimeCode
    code: str
    link: str


def issue(session: Session, key: str, unit_id: int, identity: str, subject_id: int | None, *, now: datetime) -> Issued:
    """Make a code and a link for an identity and end the ones before; unknown ones get theirs too (to nobody).

    Raises `TooMany` when the identity asked more than `PER_IDENTITY` times within an hour.
    """
    # Two requests at once come one after the other, or each would leave a live code and miss the other's count.
    session.execute(select(BusinessUnit.id).where(BusinessUnit.id == unit_id).with_for_update(key_share=True))
    identity_hash = tokens.keyed_digest(key, identity)
    mine = (OneTimeCode.unit_id == unit_id, OneTimeCode.identity_hash == identity_hash)
    asked = session.scalar(select(func.count()).where(*mine, OneTimeCode.created_at > now - PERIOD)) or 0
    if asked >= PER_IDENTITY:
        raise TooMany(_("You asked for many codes. Please wait an hour and try again."), 3600)
    session.execute(update(OneTimeCode).where(*mine, OneTimeCode.ended_at.is_(None)).values(ended_at=now))
    code, link = tokens.make_code(), tokens.make()
    row = OneTimeCode(
        unit_id=unit_id,
        identity_hash=identity_hash,
        subject_id=subject_id,
        code_hash=tokens.keyed_digest(key, code),
        link_hash=tokens.digest(link),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(row)
    session.flush()
    return Issued(row, code, link)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of typing a code: whom it was made for, and whether it is the one that was sent."""

    subject_id: int | None
    is_right: bool


def attempt(session: Session, key: str, unit_id: int, code_id: int, code: str, *, now: datetime) -> Attempt | None:
    """Try a code; None when it is old, ended, or was tried too often.

    Every call uses up one of the five tries, so the caller commits whatever comes of it; who is let in ends the code.
    """
    row = session.execute(
        update(OneTimeCode)
        .where(
            _running(now),
            OneTimeCode.id == code_id,
            OneTimeCode.unit_id == unit_id,
            OneTimeCode.tries < TRIES,
        )
        .values(tries=OneTimeCode.tries + 1)
        .returning(OneTimeCode.code_hash, OneTimeCode.subject_id)
    ).first()
    if row is None:
        return None
    # `int()` and `isdecimal` alone would take Arabic digits as well.
    is_code = code.isascii() and code.isdecimal() and len(code) <= 12
    return Attempt(row.subject_id, is_code and tokens.equal(row.code_hash, tokens.keyed_digest(key, code)))


def redeem_link(session: Session, unit_id: int, link: str, *, now: datetime) -> int | None:
    """The subject of a sign-in link, which ends with it; None when it is unknown, old or used."""
    row = session.execute(
        select(OneTimeCode.id, OneTimeCode.subject_id)
        .where(OneTimeCode.link_hash == tokens.digest(link), OneTimeCode.unit_id == unit_id, _running(now))
        .with_for_update()
    ).first()
    if row is None:
        return None
    end(session, row.id, now=now)
    subject_id: int | None = row.subject_id
    return subject_id


def tries_left(session: Session, code_id: int, *, now: datetime) -> int:
    """How often this code may still be tried; 0 for one that ended."""
    tries = session.scalar(select(OneTimeCode.tries).where(OneTimeCode.id == code_id, _running(now)))
    return 0 if tries is None else TRIES - tries


def end(session: Session, code_id: int, *, now: datetime) -> None:
    """Let nobody use this code any more."""
    session.execute(update(OneTimeCode).where(OneTimeCode.id == code_id).values(ended_at=now))


def end_of_subject(session: Session, unit_id: int, subject_id: int, *, now: datetime) -> None:
    """Let nobody use a code that was made for this person any more."""
    theirs = (OneTimeCode.unit_id == unit_id, OneTimeCode.subject_id == subject_id, OneTimeCode.ended_at.is_(None))
    session.execute(update(OneTimeCode).where(*theirs).values(ended_at=now))


def _running(now: datetime) -> ColumnElement[bool]:
    return OneTimeCode.ended_at.is_(None) & (OneTimeCode.expires_at > now)
