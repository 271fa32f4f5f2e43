"""The portal action that a draft goes by: it must still be allowed when time is kept, and when it is booked."""

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import actions
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.units.models import BusinessUnit


def action_of(
    session: Session, unit: BusinessUnit, contact: Contact, draft: BookingDraft, *, now: datetime
) -> PortalAction:
    """The action of a draft, still allowed. Raises `NotAllowed` with the condition that decided."""
    if draft.reschedules is not None:
        return actions.require(session, draft.reschedules, contact, draft.action_id or "reschedule", now=now)
    if draft.action_id is not None:
        return actions.require_offer(session, unit, contact, draft.action_id, now=now)
    return booking_of(session, unit, contact, draft.activity_type_id, now=now)


def booking_of(
    session: Session, unit: BusinessUnit, contact: Contact, activity_type_id: int, *, now: datetime
) -> PortalAction:
    """The action by which the contact may book this work now. Raises `NotFound`, `NotAllowed` with the condition."""
    found = [
        offer
        for offer in actions.offers_of(session, unit, contact, now=now)
        if offer.kind == "book" and actions.work_of(offer.row).id == activity_type_id
    ]
    if not found:
        raise NotFound(_("This cannot be booked here."))
    return actions.first_allowed(found)
