"""What was answered to a form, over all its versions: counted, searched, in rows.

Answers to a form before a booking stand on the intervention, those after it on the response of the questionnaire,
all others are answers of their own; a row is the same for each.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from fieldsvc.core.paging import Page, page_of
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.catalogue.models import Form
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions.models import FormAnswer, Intervention, QuestionnaireResponse, Visit

Source = type[Intervention] | type[FormAnswer] | type[QuestionnaireResponse]

SOURCES: dict[str, Source] = {
    "intake": Intervention,
    "action": FormAnswer,
    "closing": FormAnswer,
    "questionnaire": QuestionnaireResponse,
}
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Filters:
    """What the answers are narrowed to."""

    text: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    activity_type_id: int | None = None
    technician_id: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What one person answered once."""

    at: datetime
    intervention_id: int | None
    reference: str
    client: str
    technician: str
    by: str
    version: int
    answers: Mapping[str, Any]


def counts(session: Session, unit_id: int) -> dict[int, int]:
    """How often each version of a form was answered, by the id of the version."""
    found: dict[int, int] = {}
    for source in (Intervention, FormAnswer, QuestionnaireResponse):
        version = source.form_version_id
        rows = select(version, func.count()).where(source.unit_id == unit_id, version.is_not(None), *_given(source))
        for version_id, count in session.execute(rows.group_by(version)):
            assert version_id is not None
            found[version_id] = found.get(version_id, 0) + count
    return found


def columns(form: Form) -> list[Field]:
    """Every question of every version that can be answered, those of the newest version first."""
    found: dict[str, Field] = {}
    for version in reversed(form.versions):
        for field in version.questions:
            if field.is_asked:
                found.setdefault(field.code, field)
    return list(found.values())


def page(session: Session, form: Form, filters: Filters, number: int, size: int) -> Page[Answered]:
    """Some of the answers, the newest first."""
    found: Page[Any] = page_of(session, _selected(form, filters), number, size)
    return Page(list(_rows(session, form, found.rows)), found.total, found.number, found.size)


def every(session: Session, form: Form, filters: Filters) -> Iterator[Answered]:
    """All of the answers, the newest first, some at a time."""
    rows = session.scalars(_selected(form, filters).execution_options(yield_per=AT_ONCE))
    for part in rows.partitions():
        yield from _rows(session, form, part)


def _given(source: Source) -> list[ColumnElement[bool]]:
    """What is an answer: a hold is nobody's yet, and a questionnaire counts when it was sent."""
    if source is Intervention:
        return [Intervention.status != "held"]
    return [QuestionnaireResponse.answered_at.is_not(None)] if source is QuestionnaireResponse else []


def _at(source: Source) -> InstrumentedAttribute[Any]:
    return Intervention.created_at if source is Intervention else source.answered_at  # type: ignore[union-attr]


def _selected(form: Form, filters: Filters) -> Select[Any]:
    source = SOURCES[form.kind]
    at = _at(source)
    versions = [row.id for row in form.versions if filters.version in (None, row.number)]
    rows = select(source).where(source.unit_id == form.unit_id, source.form_version_id.in_(versions), *_given(source))
    if source is not Intervention:
        rows = rows.outerjoin(Intervention, Intervention.id == source.intervention_id)  # type: ignore[union-attr]
        rows = rows.options(joinedload(source.intervention).options(*WITH))  # type: ignore[union-attr]
    else:
        rows = rows.options(*WITH)
    if filters.begins_at is not None:
        rows = rows.where(at >= filters.begins_at)
    if filters.ends_at is not None:
        rows = rows.where(at < filters.ends_at)
    if filters.activity_type_id is not None:
        rows = rows.where(Intervention.activity_type_id == filters.activity_type_id)
    if filters.technician_id is not None:
        theirs = select(Visit.intervention_id).where(Visit.technician_id == filters.technician_id)
        rows = rows.where(Intervention.id.in_(theirs))
    if filters.text:
        rows = rows.where(_says(source, form, filters.text))
    return rows.order_by(at.desc(), source.id.desc())


WITH = (joinedload(Intervention.client), selectinload(Intervention.visits).joinedload(Visit.technician))


def _says(source: Source, form: Form, text: str) -> ColumnElement[bool]:
    """The text is in an answer, in the words of a chosen option, in the reference or in the client's name."""
    kept = cast(source.answers, Text)
    chosen = {
        option["code"]
        for version in form.versions
        for field in version.questions
        for option in field.options
        if any(text.casefold() in words.casefold() for words in option["label"].values())
    }
    clients = select(Client.id).where(Client.unit_id == form.unit_id, Client.name.icontains(text, autoescape=True))
    return or_(
        kept.icontains(json.dumps(text, ensure_ascii=False)[1:-1], autoescape=True),
        *(kept.contains(f'"{code}"', autoescape=True) for code in sorted(chosen)),
        Intervention.reference.icontains(text, autoescape=True),
        (FormAnswer.client_id if source is FormAnswer else Intervention.client_id).in_(clients),
    )


def _rows(session: Session, form: Form, found: Sequence[Any]) -> Iterator[Answered]:
    numbers = {version.id: version.number for version in form.versions}
    unknown = {row.client_id for row in found if isinstance(row, FormAnswer) and row.intervention is None}
    clients = select(Client.id, Client.name).where(Client.id.in_(unknown))
    names: dict[int, str] = {row[0]: row[1] for row in session.execute(clients)}
    for row in found:
        about: Intervention | None = row if isinstance(row, Intervention) else row.intervention
        planned = about.planned if about else None
        yield Answered(
            at=row.created_at if isinstance(row, Intervention) else row.answered_at,
            intervention_id=about.id if about else None,
            reference=about.reference if about else "",
            client=about.client.name if about else names.get(row.client_id, ""),
            technician=planned.technician.name if planned else "",
            by=row.answered_by if isinstance(row, FormAnswer) else "",
            version=numbers[row.form_version_id],
            answers=row.answers,
        )
