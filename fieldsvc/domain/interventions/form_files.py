"""Files that were sent with answers: they belong to the intervention, and are shown to whoever may see it.

Those that were answered about nothing in particular belong to their answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.files import find
from fieldsvc.domain.files.keep import belong_to
from fieldsvc.domain.interventions.models import FormAnswer, Intervention


def attach(
    session: Session, about: Intervention | FormAnswer, fields: Sequence[Field], given: Mapping[str, Any]
) -> None:
    """Give the files among the answers to what they are about; one that belongs to something already stays there."""
    ids = answers.files_of(fields, given).values()
    for file in find.by_ids(session, about.unit_id, ids).values():
        if not file.about_kind:
            belong_to(file, about)


def keep_inside(
    session: Session, intervention: Intervention, fields: Sequence[Field], given: Mapping[str, Any]
) -> None:
    """Keep the files of answers that are not for the client for the staff."""
    ids = answers.files_of([field for field in fields if not field.is_for_client], given).values()
    for file in find.by_ids(session, intervention.unit_id, ids).values():
        if (file.about_kind, file.about_id) == (intervention.__tablename__, intervention.id):
            file.is_internal = True


def attach_intake(session: Session, intervention: Intervention) -> None:
    """The same for the answers that were given before a booking."""
    if intervention.form_version is not None:
        attach(session, intervention, intervention.form_version.questions, intervention.answers)
