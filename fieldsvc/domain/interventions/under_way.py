"""The technician sets off and arrives: two steps that the client can follow."""

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotAllowed, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions import find, lifecycle, notices
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit

# What comes next for somebody who is to go there, by status.
NEXT = {"scheduled": "set_off", "dispatched": "set_off", "travelling": "arrive", "in_progress": "complete"}


def next_step(intervention: Intervention) -> str:
    """What its technician does next: `set_off`, `arrive`, `complete`, or nothing; without a place nobody sets off."""
    step = NEXT.get(intervention.status, "")
    return "arrive" if step == "set_off" and intervention.site_id is None else step


def set_off(
    session: Session, unit: BusinessUnit, intervention_id: int, *, version: int | None, actor: Actor, now: datetime
) -> Intervention:
    """The technician is on his way, and the client is told. Raises `Stale`, `NotAllowed`."""
    intervention = find.for_change(session, unit.id, intervention_id, version)
    if intervention.site_id is None:
        raise NotAllowed(_("Nobody has to go anywhere for this: it can begin at once."))
    lifecycle.move(session, intervention, "travelling", actor=actor, now=now)
    notices.send(session, unit, intervention, "on_the_way", now=now)
    return intervention


def arrive(
    session: Session, unit: BusinessUnit, intervention_id: int, *, version: int | None, actor: Actor, now: datetime
) -> Intervention:
    """The technician is there and begins. Raises `Stale`, `NotAllowed`."""
    intervention = find.for_change(session, unit.id, intervention_id, version)
    lifecycle.move(session, intervention, "in_progress", actor=actor, now=now)
    intervention.actual_begins_at = now
    return intervention


def his(session: Session, unit: BusinessUnit, technician_id: int, intervention_id: int) -> Intervention:
    """One intervention that takes this technician's time. Raises `NotFound`."""
    intervention = find.by_id(session, unit.id, intervention_id)
    if all(visit.technician_id != technician_id or not visit.is_occupying for visit in intervention.visits):
        raise NotFound(_("This intervention does not exist."))
    return intervention
