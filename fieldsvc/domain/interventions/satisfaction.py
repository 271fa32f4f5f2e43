"""What clients think, over a period: NPS and ratings by month, technician and activity type, and each question."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fieldsvc.core.dates import local_day
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.catalogue.models import ActivityType, Form, FormVersion
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit

COUNTED = ("rating", "nps", "yes_no", "choice", "choices")


@dataclass(frozen=True, slots=True)
class Filters:
    """The answers given between two instants, perhaps about one technician's or one kind of work."""

    begins_at: datetime
    ends_at: datetime
    technician_id: int | None = None
    activity_type_id: int | None = None

    def before(self) -> "Filters":
        """The same for the time before, as long as this one."""
        return replace(self, begins_at=self.begins_at - (self.ends_at - self.begins_at), ends_at=self.begins_at)


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
class QuestionScore:
    """How one question was answered: each answer with its count, and the mean of numbers."""

    form: str
    label: str
    answers: int
    counts: list[tuple[str, int]]
    mean: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the satisfaction page shows but the comments."""

    total: Score
    before: Score
    sent: int
    months: list[MonthScore]
    distribution: list[int]
    by_technician: list[Score]
    by_activity_type: list[Score]
    questions: list[QuestionScore]


@dataclass(frozen=True, slots=True)
class _Answered:
    """What the figures need of one response."""

    answered_at: datetime
    nps: int | None
    rating: int | None
    technician_id: int | None
    activity_type_id: int
    form_version_id: int
    answers: Mapping[str, Any] = field(default_factory=dict)


def report(session: Session, unit: BusinessUnit, filters: Filters) -> Report:
    """The answers that the filters let through."""
    rows = _answered(session, unit, filters)
    technicians = _names(session, Technician.id, Technician.name, Technician.unit_id == unit.id)
    types = _names(session, ActivityType.id, ActivityType.title, ActivityType.unit_id == unit.id)
    return Report(
        total=_score("", rows),
        before=_score("", _answered(session, unit, filters.before())),
        sent=_sent(session, unit, filters),
        months=_by_month(rows, unit.zone),
        distribution=[sum(row.nps == number for row in rows) for number in range(11)],
        by_technician=_by(rows, lambda row: technicians.get(row.technician_id)),
        by_activity_type=_by(rows, lambda row: pick(types.get(row.activity_type_id))),
        questions=list(_questions(session, rows)),
    )


def where(unit: BusinessUnit, filters: Filters) -> list[ColumnElement[bool]]:
    """The responses, joined with their interventions, that the filters let through."""
    found = [
        QuestionnaireResponse.unit_id == unit.id,
        QuestionnaireResponse.answered_at >= filters.begins_at,
        QuestionnaireResponse.answered_at < filters.ends_at,
    ]
    return found + _about(filters)


def nps_of(scores: Sequence[int]) -> int | None:
    """The share of promoters (9, 10) less the share of detractors (0 to 6), from -100 to 100 (Reichheld, 2003)."""
    if not scores:
        return None
    promoters, detractors = sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
    return round(100 * (promoters - detractors) / len(scores))


def _about(filters: Filters) -> list[ColumnElement[bool]]:
    found = []
    if filters.technician_id is not None:
        found.append(QuestionnaireResponse.technician_id == filters.technician_id)
    if filters.activity_type_id is not None:
        found.append(Intervention.activity_type_id == filters.activity_type_id)
    return found


def _answered(session: Session, unit: BusinessUnit, filters: Filters) -> list[_Answered]:
    rows = session.execute(
        select(
            QuestionnaireResponse.answered_at,
            QuestionnaireResponse.nps,
            QuestionnaireResponse.rating,
            QuestionnaireResponse.technician_id,
            Intervention.activity_type_id,
            QuestionnaireResponse.form_version_id,
            QuestionnaireResponse.answers,
        )
        .join(Intervention, Intervention.id == QuestionnaireResponse.intervention_id)
        .where(*where(unit, filters))
    )
    return [_Answered(*row) for row in rows]


def _sent(session: Session, unit: BusinessUnit, filters: Filters) -> int:
    """How many were asked in this time."""
    asked = (
        select(func.count())
        .select_from(QuestionnaireResponse)
        .join(Intervention, Intervention.id == QuestionnaireResponse.intervention_id)
        .where(
            QuestionnaireResponse.unit_id == unit.id,
            QuestionnaireResponse.sent_at >= filters.begins_at,
            QuestionnaireResponse.sent_at < filters.ends_at,
            *_about(filters),
        )
    )
    return session.scalar(asked) or 0


def _names(session: Session, number: Any, name: Any, *conditions: ColumnElement[bool]) -> dict[Any, Any]:
    return {row[0]: row[1] for row in session.execute(select(number, name).where(*conditions))}


def _score(label: str, rows: Sequence[_Answered]) -> Score:
    ratings = [row.rating for row in rows if row.rating is not None]
    return Score(
        label=label,
        answers=len(rows),
        nps=nps_of([row.nps for row in rows if row.nps is not None]),
        rating=round(sum(ratings) / len(ratings), 1) if ratings else None,
    )


def _grouped(rows: Iterable[_Answered], key: Callable[[_Answered], Hashable]) -> dict[Any, list[_Answered]]:
    found: dict[Any, list[_Answered]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _by_month(rows: Sequence[_Answered], zone: str) -> list[MonthScore]:
    months = _grouped(rows, lambda row: local_day(row.answered_at, zone).replace(day=1))
    return [MonthScore(month, _score("", months[month])) for month in sorted(months)]


def _by(rows: Sequence[_Answered], label: Callable[[_Answered], str | None]) -> list[Score]:
    """The score of each group that has a name, by name."""
    found = _grouped(rows, label)
    return sorted((_score(name, mine) for name, mine in found.items() if name), key=lambda score: score.label)


def _questions(session: Session, rows: Sequence[_Answered]) -> Iterable[QuestionScore]:
    """Each question of each questionnaire whose answers can be counted, over all versions, in their order."""
    by_version = _grouped(rows, lambda row: row.form_version_id)
    versions = session.execute(
        select(FormVersion, Form)
        .join(Form, Form.id == FormVersion.form_id)
        .where(FormVersion.id.in_(by_version))
        .order_by(Form.id, FormVersion.number.desc())
    )
    asked: dict[tuple[int, str], tuple[Form, Field, list[Any]]] = {}
    for version, form in versions:
        for question in version.questions:
            if question.kind in COUNTED:
                _form, _field, given = asked.setdefault((form.id, question.code), (form, question, []))
                mine = by_version[version.id]
                given += [row.answers[question.code] for row in mine if question.code in row.answers]
    for form, question, given in asked.values():
        if given:
            yield _counted(form, question, given)


def _counted(form: Form, question: Field, given: Sequence[Any]) -> QuestionScore:
    chosen = [one for answer in given for one in (answer if isinstance(answer, list) else [answer])]
    scales: dict[str, Sequence[Any]] = {"rating": range(1, 6), "nps": range(11), "yes_no": (True, False)}
    options = scales.get(question.kind) or [option["code"] for option in question.options]
    counts = Counter(chosen)
    every = [*options, *(one for one in counts if one not in options)]
    is_scale = question.kind in ("rating", "nps")
    return QuestionScore(
        form=pick(form.title),
        label=pick(question.label),
        answers=len(given),
        counts=[(_words(question, one), counts[one]) for one in every],
        mean=round(sum(given) / len(given), 1) if is_scale else None,
    )


def _words(question: Field, one: Any) -> str:
    return answers.label_of(question, one) if question.kind == "choices" else answers.in_words(question, one)
