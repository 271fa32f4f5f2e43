"""What clients wrote in their own words, searched and page by page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session, joinedload

from fieldsvc.core.paging import Page, page_of
from fieldsvc.domain.catalogue.models import Form, FormVersion
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse
from fieldsvc.domain.interventions.satisfaction import Filters, where
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit

WRITTEN = ("short_text", "long_text")


@dataclass(frozen=True, slots=True)
class Comment:
    """What one client wrote."""

    intervention_id: int
    client: str
    technician: str
    nps: int | None
    rating: int | None
    text: str
    answered_at: datetime


def comments(
    session: Session, unit: BusinessUnit, filters: Filters, text: str, number: int, size: int
) -> Page[Comment]:
    """A page of what was written, the newest first; `text` is looked for in the words and the client's name."""
    codes = _codes(session, unit)
    if not codes:
        return Page([], 0, 1, size)
    kept = cast(QuestionnaireResponse.answers, Text)
    rows = (
        select(QuestionnaireResponse)
        .join(Intervention, Intervention.id == QuestionnaireResponse.intervention_id)
        .join(Client, Client.id == Intervention.client_id)
        .where(*where(unit, filters), or_(*(kept.contains(f'"{code}"', autoescape=True) for code in sorted(codes))))
        .order_by(QuestionnaireResponse.answered_at.desc(), QuestionnaireResponse.id.desc())
        .options(joinedload(QuestionnaireResponse.intervention).joinedload(Intervention.client))
    )
    if text:
        typed = json.dumps(text, ensure_ascii=False)[1:-1]
        rows = rows.where(or_(kept.icontains(typed, autoescape=True), Client.name.icontains(text, autoescape=True)))
    found: Page[QuestionnaireResponse] = page_of(session, rows, number, size)
    technicians = select(Technician.id, Technician.name).where(Technician.unit_id == unit.id)
    names: Mapping[Any, str] = {row[0]: row[1] for row in session.execute(technicians)}
    return Page([_comment(row, codes, names) for row in found.rows], found.total, found.number, found.size)


def _codes(session: Session, unit: BusinessUnit) -> set[str]:
    """The codes of the questions of the unit's questionnaires that are answered in words."""
    versions = session.scalars(
        select(FormVersion)
        .join(Form, Form.id == FormVersion.form_id)
        .where(Form.unit_id == unit.id, Form.kind == "questionnaire")
    )
    return {field.code for version in versions for field in version.questions if field.kind in WRITTEN}


def _comment(row: QuestionnaireResponse, codes: set[str], technicians: Mapping[Any, str]) -> Comment:
    assert row.answered_at is not None
    return Comment(
        intervention_id=row.intervention_id,
        client=row.intervention.client.name,
        technician=technicians.get(row.technician_id, ""),
        nps=row.nps,
        rating=row.rating,
        text="\n".join(str(words) for code, words in row.answers.items() if code in codes),
        answered_at=row.answered_at,
    )
