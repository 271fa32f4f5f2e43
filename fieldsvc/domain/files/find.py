"""Files of one unit; who asks for one must also be allowed to see the row it belongs to."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.files.models import StoredFile


def by_id(session: Session, unit_id: int, file_id: int) -> StoredFile:
    """One file of the unit, with its content. Raises `NotFound`."""
    row = session.scalar(
        select(StoredFile)
        .where(StoredFile.id == file_id, StoredFile.unit_id == unit_id)
        .options(undefer(StoredFile.content))
    )
    if row is None:
        raise NotFound(_("This file does not exist."))
    return row


def of_row(session: Session, about: Any, *, with_internal: bool) -> list[StoredFile]:
    """The files of one row, oldest first; those for staff only if `with_internal`."""
    rows = select(StoredFile).where(StoredFile.about_kind == about.__tablename__, StoredFile.about_id == about.id)
    if not with_internal:
        rows = rows.where(~StoredFile.is_internal)
    return list(session.scalars(rows.order_by(StoredFile.id)))


def by_ids(session: Session, unit_id: int, ids: Iterable[int]) -> dict[int, StoredFile]:
    """Files of the unit by their number, without their content."""
    rows = session.scalars(select(StoredFile).where(StoredFile.unit_id == unit_id, StoredFile.id.in_(list(ids))))
    return {row.id: row for row in rows}
