"""What a change of an action would mean for the interventions there are, before it is saved."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.domain.booking.action_limits import count_uses
from fieldsvc.domain.booking.action_rules import Rules, judge, rules_of
from fieldsvc.domain.booking.actions import is_live
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.interventions.facts import facts_of
from fieldsvc.domain.interventions.find import SHOWN
from fieldsvc.domain.interventions.lifecycle import PLANNED, UNPLANNED
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit

MOST = 1000


@dataclass(frozen=True, slots=True)
class Effect:
    """Of `total` open interventions, how many keep, lose and get the action."""

    total: int
    keep: int
    lose: int
    get: int


def effect_of(
    session: Session, unit: BusinessUnit, action: PortalAction, wanted: Rules, *, is_on: bool, now: datetime
) -> Effect:
    """Judge the open interventions (the newest thousand) by the rules there are and by those that are wanted."""
    rows = list(
        session.scalars(
            select(Intervention)
            .where(
                Intervention.unit_id == unit.id,
                Intervention.activity_type_id == action.activity_type_id,
                Intervention.status.in_((*PLANNED, *UNPLANNED)),
            )
            .order_by(Intervention.id.desc())
            .limit(MOST)
            .options(*SHOWN)
        )
    )
    present, was_on = rules_of(action), is_live(action)
    is_counted = present.most_times is not None or wanted.most_times is not None
    uses = count_uses(session, [(row, action) for row in rows] if is_counted else [])
    keep = lose = get = 0
    for row, facts in zip(rows, facts_of(session, unit, rows, None, now=now), strict=True):
        used = uses[row.id, action.id]
        had = was_on and judge(present, facts, used).is_allowed
        has = is_on and action.activity_type.is_on_portal and judge(wanted, facts, used).is_allowed
        keep, lose, get = keep + (had and has), lose + (had and not has), get + (has and not had)
    return Effect(len(rows), keep, lose, get)
