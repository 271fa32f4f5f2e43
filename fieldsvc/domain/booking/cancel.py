"""Cancelling: clients within their notice and conditions, staff whenever the state permits it."""

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import actions
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import find, lifecycle, notices
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import guard, place
from fieldsvc.domain.units.models import BusinessUnit

LONGEST_REASON = 500


def cancel_by_contact(
    session: Session, unit: BusinessUnit, contact: Contact, intervention_id: int, reason: str, *, now: datetime
) -> Intervention:
    """Cancel a client's own visit. Raises `NotFound`, `NotAllowed` with the condition, `Invalid`."""
    shown = find.of_contact(session, contact, intervention_id)
    guard.take(session, place.technicians_of(shown), now=now)
    intervention = find.locked(session, unit.id, shown.id)
    actions.require(session, intervention, contact, "cancel", now=now)
    return _cancel(session, unit, intervention, reason, actor=Actor("contact", contact.id, contact.name), now=now)


def cancel_by_staff(
    session: Session,
    unit: BusinessUnit,
    intervention_id: int,
    reason: str,
    *,
    version: int | None,
    actor: Actor,
    now: datetime,
) -> Intervention:
    """Cancel any visit that has not ended; the reason is required. Raises `Stale`, `NotAllowed`, `Invalid`."""
    guard.take(session, place.technicians_of(find.by_id(session, unit.id, intervention_id)), now=now)
    intervention = find.for_change(session, unit.id, intervention_id, version)
    if not reason.strip():
        words = _("Please say why, so that the client can be told.")
        raise Invalid(words, {"reason": words})
    return _cancel(session, unit, intervention, reason, actor=actor, now=now)


def _cancel(
    session: Session, unit: BusinessUnit, intervention: Intervention, reason: str, *, actor: Actor, now: datetime
) -> Intervention:
    reason = reason.strip().replace("\x00", "")
    if len(reason) > LONGEST_REASON:
        words = _("Please shorten this to %(n)s characters.", n=LONGEST_REASON)
        raise Invalid(words, {"reason": words})
    lifecycle.move(session, intervention, "cancelled", actor=actor, now=now, reason=reason)
    intervention.cancel_reason = reason
    place.stop_occupying(intervention)
    notices.cancelled(session, unit, intervention, now=now)
    return intervention
