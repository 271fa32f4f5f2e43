"""A client says that the promised time suits him."""

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotAllowed
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions import events, notices
from fieldsvc.domain.interventions.lifecycle import PLANNED
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit


def confirm(session: Session, unit: BusinessUnit, intervention: Intervention, *, actor: Actor, now: datetime) -> None:
    """Note the client's yes and thank him; a second one changes nothing. Raises `NotAllowed` without a promise."""
    if intervention.status not in PLANNED or intervention.window_begins_at is None:
        raise NotAllowed(_("This visit has no time that could be confirmed."))
    if intervention.confirmed_at is not None:
        return
    intervention.confirmed_at = intervention.changed_at = now
    intervention.calendar_sequence += 1
    events.record(session, "intervention.confirmed", intervention, actor=actor, now=now)
    notices.send(session, unit, intervention, "visit_confirmed", now=now)
