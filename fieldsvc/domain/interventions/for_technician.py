"""What the technician of a visit reads of its forms and files: nothing that an administrator keeps from him."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.catalogue.models import FormVersion
from fieldsvc.domain.files import find
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.domain.interventions import attachments, documents, forms_answered
from fieldsvc.domain.interventions.models import Intervention


def questions_of(version: FormVersion) -> list[Field]:
    """The questions whose answers are for technicians."""
    return [field for field in version.questions if field.is_for_technician]


def files(session: Session, intervention: Intervention) -> list[StoredFile]:
    """The files of the intervention, oldest first, without what answers a question that is not for technicians.

    The papers that the client decides about, such as quotes, are the office's.
    """
    kept_back = _kept_back(session, intervention)
    return [file for file in find.of_row(session, intervention, with_internal=True) if file.id not in kept_back]


def file(session: Session, intervention: Intervention, file_id: int) -> StoredFile:
    """One of these files, with its content. Raises `NotFound`."""
    if file_id in _kept_back(session, intervention):
        raise NotFound(_("This file does not exist."))
    return attachments.one(session, intervention, file_id, with_internal=True)


def _kept_back(session: Session, intervention: Intervention) -> set[int]:
    of_papers = {document.file_id for document in documents.of_intervention(session, intervention)}
    return {
        file_id
        for fields, given in _answered(session, intervention)
        for file_id in answers.files_of([field for field in fields if not field.is_for_technician], given).values()
    } | {file_id for file_id in of_papers if file_id is not None}


def _answered(session: Session, intervention: Intervention) -> Iterator[tuple[Sequence[Field], Mapping[str, Any]]]:
    if intervention.form_version is not None:
        yield intervention.form_version.questions, intervention.answers
    for one in forms_answered.of_intervention(session, intervention):
        yield one.form_version.questions, one.answers
