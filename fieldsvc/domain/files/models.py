"""Uploaded files."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from fieldsvc.core.db import Base


class StoredFile(Base):
    """One uploaded file; it commits, and is backed up, with what it belongs to.

    `about_kind` and `about_id` name the row it belongs to, such as an `intervention`; a file that a form has not sent
    yet belongs to nothing.
    """

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_about", "about_kind", "about_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"), index=True)
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    about_kind: Mapped[str] = mapped_column(default="")
    about_id: Mapped[int | None]
    author_kind: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(default="")
    is_internal: Mapped[bool] = mapped_column(default=False)
    """For staff only."""
    created_at: Mapped[datetime]
