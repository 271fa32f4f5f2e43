"""How many interventions are planned on some days."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.core.dates import at_wall_time
from fieldsvc.domain.interventions.lifecycle import PLANNED
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.units.models import BusinessUnit


def count(session: Session, unit: BusinessUnit, days: Sequence[date]) -> dict[date, int]:
    """How many interventions begin on each of these local days; a day without one is not named."""
    found: Counter[date] = Counter()
    for day in days:
        begins_at, ends_at = (at_wall_time(one, 0, unit.zone) for one in (day, day + timedelta(days=1)))
        rows = (
            select(func.count(Intervention.id.distinct()))
            .join(Visit, Visit.intervention_id == Intervention.id)
            .where(
                Intervention.unit_id == unit.id,
                Intervention.status.in_(PLANNED),
                Visit.is_occupying,
                Visit.begins_at >= begins_at,
                Visit.begins_at < ends_at,
            )
        )
        found[day] = session.scalar(rows) or 0
    return {day: number for day, number in found.items() if number}
