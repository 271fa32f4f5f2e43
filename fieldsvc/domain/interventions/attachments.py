"""The files of an intervention: what client and staff added to it, and what they answered with."""

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotAllowed, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.files import find as files
from fieldsvc.domain.files.keep import keep
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.domain.interventions import events, forms_answered
from fieldsvc.domain.interventions.models import Intervention

MOST = 50


def add(
    session: Session,
    intervention: Intervention,
    name: str,
    content: bytes,
    *,
    actor: Actor,
    now: datetime,
    is_internal: bool = False,
) -> StoredFile:
    """Keep a file with the intervention. Raises `Invalid` for what may not be kept, `NotAllowed` for too many."""
    if len(files.of_row(session, intervention, with_internal=True)) >= MOST:
        raise NotAllowed(_("There are %(n)s files with this visit already.", n=MOST))
    stored = keep(
        session, intervention.unit_id, name, content, actor=actor, now=now, about=intervention, is_internal=is_internal
    )
    if not is_internal:
        events.record(session, "file.added", intervention, actor=actor, now=now, name=stored.name)
    return stored


def for_client(session: Session, intervention: Intervention) -> list[StoredFile]:
    """The files that the client sees, the oldest first: those of the report only when he is shown it."""
    kept = files.of_row(session, intervention, with_internal=False)
    if not kept or "report" in intervention.activity_type.shown:
        return kept
    of_report = _of_report(session, intervention)
    return [stored for stored in kept if stored.id not in of_report]


def one(session: Session, intervention: Intervention, file_id: int, *, with_internal: bool) -> StoredFile:
    """One file of the intervention, with its content. Raises `NotFound`, also for one that is not for the reader."""
    stored = files.by_id(session, intervention.unit_id, file_id)
    is_theirs = (stored.about_kind, stored.about_id) == (intervention.__tablename__, intervention.id)
    if not is_theirs or not (with_internal or stored in for_client(session, intervention)):
        raise NotFound(_("This file does not exist."))
    return stored


def _of_report(session: Session, intervention: Intervention) -> set[int]:
    closing = [one for one in forms_answered.of_intervention(session, intervention) if one.action_id is None]
    return {number for one in closing for number in answers.files_of(one.form_version.questions, one.answers).values()}
