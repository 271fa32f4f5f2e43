"""What there is to know of a client's interventions on one page."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions.find import SHOWN
from fieldsvc.domain.interventions.lifecycle import PLANNED
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse

LATEST = 8


@dataclass(frozen=True, slots=True)
class Summary:
    """The latest of `total` interventions, the next one, and the mean of the answers from 0 to 10."""

    total: int
    latest: list[Intervention]
    next: Intervention | None
    answers: int
    mean: float | None


def summary(session: Session, client: Client) -> Summary:
    """The summary of one client."""
    theirs = (
        Intervention.client_id == client.id,
        Intervention.unit_id == client.unit_id,
        Intervention.status != "held",
    )
    rows = select(Intervention).where(*theirs).options(*SHOWN)
    coming = rows.where(Intervention.status.in_(PLANNED)).order_by(Intervention.window_begins_at, Intervention.id)
    answers, mean = session.execute(
        select(func.count(QuestionnaireResponse.nps), func.avg(QuestionnaireResponse.nps))
        .join(Intervention, Intervention.id == QuestionnaireResponse.intervention_id)
        .where(*theirs)
    ).one()
    return Summary(
        total=session.scalar(select(func.count()).where(*theirs)) or 0,
        latest=list(session.scalars(rows.order_by(Intervention.id.desc()).limit(LATEST))),
        next=session.scalar(coming.limit(1)),
        answers=answers,
        mean=None if mean is None else float(mean),
    )
