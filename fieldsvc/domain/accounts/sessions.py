"""Signed-in browsers, kept on the server: opened, recognised, listed and revoked."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldsvc.core import tokens
from fieldsvc.domain.accounts.models import SignInSession

LIFETIME = {"contact": timedelta(days=30), "staff": timedelta(hours=12)}


def open_session(
    session: Session,
    kind: str,
    principal_id: int,
    unit_id: int,
    *,
    now: datetime,
    browser: str = "",
    lifetime: timedelta | None = None,
) -> str:
    """Sign somebody in: the secret that goes into the cookie. `kind` is `contact` or `staff`.

    The session lasts as long as is usual for its kind, unless another `lifetime` is said.
    """
    secret = tokens.make()
    session.add(
        SignInSession(
            token_hash=tokens.digest(secret),
            principal_kind=kind,
            principal_id=principal_id,
            unit_id=unit_id,
            created_at=now,
            expires_at=now + (lifetime or LIFETIME[kind]),
            browser=browser[:200],
        )
    )
    return secret


def recognise(session: Session, secret: str, *, now: datetime) -> SignInSession | None:
    """The running session of this cookie; None when it is unknown, expired or revoked."""
    return session.scalar(
        select(SignInSession).where(
            SignInSession.token_hash == tokens.digest(secret),
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > now,
        )
    )


def revoke(session: Session, secret: str, *, now: datetime) -> None:
    """Sign the browser with this cookie out, for good."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == tokens.digest(secret), SignInSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
