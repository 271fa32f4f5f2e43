"""Staff, the sessions of everybody who signs in, and one-time codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fieldsvc.core.db import Base


class Staff(Base):
    """A person who works for a unit and signs in with a password; `role` is what he may do."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"), index=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class SignInSession(Base):
    """A signed-in browser: listed, revoked and checked on every request; the cookie holds the secret."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index("ix_sign_in_session_principal", "principal_kind", "principal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    principal_kind: Mapped[str]
    principal_id: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(default="")
    viewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """The staff member who only looks, as the principal sees it."""
    viewed_at: Mapped[datetime | None]
    """The instant at which he looks; None is the present."""


class OneTimeCode(Base):
    """A code and a link sent to somebody who wants to sign in; an unknown identity gets a row without a subject."""

    __tablename__ = "one_time_code"
    __table_args__ = (Index("ix_one_time_code_identity", "unit_id", "identity_hash", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    identity_hash: Mapped[str]
    subject_id: Mapped[int | None]
    code_hash: Mapped[str]
    link_hash: Mapped[str] = mapped_column(unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
