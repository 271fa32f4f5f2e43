"""How long a visit that is over stays on the portal: the days its activity type gives it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, true
from sqlalchemy.orm import Session

from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.interventions.lifecycle import ENDED
from fieldsvc.domain.interventions.models import Intervention


def has_gone(intervention: Intervention, *, now: datetime) -> bool:
    """Whether the visit has been over for longer than its activity type shows it."""
    days = intervention.activity_type.history_days
    if days is None or intervention.status not in ENDED:
        return False
    over_since = intervention.actual_ends_at or intervention.window_ends_at or intervention.changed_at
    return over_since < now - timedelta(days=days)


def still_shown(session: Session, unit_id: int, *, now: datetime) -> ColumnElement[bool]:
    """The same for lists, as a condition of the query."""
    limited = session.execute(
        select(ActivityType.id, ActivityType.history_days).where(
            ActivityType.unit_id == unit_id, ActivityType.history_days.is_not(None)
        )
    ).all()
    if not limited:
        return true()
    over_since = func.coalesce(Intervention.actual_ends_at, Intervention.window_ends_at, Intervention.changed_at)
    gone = [
        and_(Intervention.activity_type_id == type_id, over_since < now - timedelta(days=days))
        for type_id, days in limited
        if days is not None
    ]
    return not_(and_(Intervention.status.in_(ENDED), or_(*gone)))
