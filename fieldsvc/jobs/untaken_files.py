"""Uploads that nothing took: files that were sent with a form which nobody sent again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.catalogue.answers import file_of
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.domain.interventions.models import Document, FormAnswer
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

KEPT_FOR = timedelta(days=1)
SWEPT_AT_ONCE = 100


def sweep(session: Session, *, now: datetime) -> bool:
    """Delete some files that are older than a day and that no row refers to; False when there are no more."""
    is_document = exists().where(Document.file_id == StoredFile.id)
    untaken = select(StoredFile.id).where(
        StoredFile.about_kind == "", StoredFile.created_at < now - KEPT_FOR, ~is_document
    )
    found = set(session.scalars(untaken))
    if found:
        found -= set(_referred_to(session))
    chosen = sorted(found)[:SWEPT_AT_ONCE]
    # One that is taken at this very moment belongs to something by now.
    session.execute(delete(StoredFile).where(StoredFile.id.in_(chosen), StoredFile.about_kind == ""))
    return len(chosen) == SWEPT_AT_ONCE


def _referred_to(session: Session) -> Iterator[int]:
    """The logos, and what answers hold that belong to no intervention yet, or to none at all."""
    for unit in session.scalars(select(BusinessUnit)):
        yield settings_of(unit).logo_id
    running = select(BookingDraft.answers).where(BookingDraft.finished_at.is_(None))
    alone = select(FormAnswer.answers).where(FormAnswer.intervention_id.is_(None))
    for rows in (running, alone):
        for answers in session.scalars(rows):
            yield from (number for answer in answers.values() if (number := file_of(answer)) is not None)
