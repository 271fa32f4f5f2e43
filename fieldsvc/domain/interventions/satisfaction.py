"""What clients think, over a period: NPS and ratings by month and by technician, and what they wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from fieldsvc.core.dates import local_day
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class Score:
    """Answers of one group: the NPS runs from -100 to 100, ratings from 1 to 5; None without answers."""

    label: str
    answers: int
    nps: int | None
    rating: float | None


@dataclass(frozen=True, slots=True)
class MonthScore:
    """The answers given in one month."""

    month: date
    score: Score


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


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the satisfaction page shows."""

    total: Score
    sent: int
    months: list[MonthScore]
    distribution: list[int]
    by_technician: list[Score]
    comments: list[Comment]


def report(session: Session, unit: BusinessUnit, begins_at: datetime, ends_at: datetime) -> Report:
    """The answers given between two instants."""
    rows = list(
        session.scalars(
            select(QuestionnaireResponse)
            .where(
                QuestionnaireResponse.unit_id == unit.id,
                QuestionnaireResponse.answered_at >= begins_at,
                QuestionnaireResponse.answered_at < ends_at,
            )
            .order_by(QuestionnaireResponse.answered_at.desc())
            .options(joinedload(QuestionnaireResponse.intervention).joinedload(Intervention.client))
        )
    )
    names = {row.id: row.name for row in session.scalars(select(Technician).where(Technician.unit_id == unit.id))}
    asked = select(func.count()).where(
        QuestionnaireResponse.unit_id == unit.id,
        QuestionnaireResponse.sent_at >= begins_at,
        QuestionnaireResponse.sent_at < ends_at,
    )
    return Report(
        total=_score("", rows),
        sent=session.scalar(asked) or 0,
        months=_by_month(rows, unit.zone),
        distribution=[sum(row.nps == number for row in rows) for number in range(11)],
        by_technician=_by_technician(rows, names),
        comments=[_comment(row, names) for row in rows if row.answers.get("comment")][:20],
    )


def nps_of(scores: Sequence[int]) -> int | None:
    """The share of promoters (9, 10) less the share of detractors (0 to 6), from -100 to 100 (Reichheld, 2003)."""
    if not scores:
        return None
    promoters, detractors = sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
    return round(100 * (promoters - detractors) / len(scores))


def _score(label: str, rows: Sequence[QuestionnaireResponse]) -> Score:
    ratings = [row.rating for row in rows if row.rating is not None]
    return Score(
        label=label,
        answers=len(rows),
        nps=nps_of([row.nps for row in rows if row.nps is not None]),
        rating=round(sum(ratings) / len(ratings), 1) if ratings else None,
    )


def _by_month(rows: Sequence[QuestionnaireResponse], zone: str) -> list[MonthScore]:
    months: dict[date, list[QuestionnaireResponse]] = {}
    for row in rows:
        assert row.answered_at is not None
        months.setdefault(local_day(row.answered_at, zone).replace(day=1), []).append(row)
    return [MonthScore(month, _score("", months[month])) for month in sorted(months)]


def _by_technician(rows: Sequence[QuestionnaireResponse], names: dict[int, str]) -> list[Score]:
    found: dict[int, list[QuestionnaireResponse]] = {}
    for row in rows:
        if row.technician_id is not None:
            found.setdefault(row.technician_id, []).append(row)
    return sorted((_score(names[key], mine) for key, mine in found.items()), key=lambda score: score.label)


def _comment(row: QuestionnaireResponse, names: dict[int, str]) -> Comment:
    assert row.answered_at is not None
    return Comment(
        intervention_id=row.intervention_id,
        client=row.intervention.client.name,
        technician=names.get(row.technician_id or 0, ""),
        nps=row.nps,
        rating=row.rating,
        text=str(row.answers["comment"]),
        answered_at=row.answered_at,
    )
